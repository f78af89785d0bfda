"""Who holds an office and takes part: their own pair is none of their office's business (docs/decisions/0010)."""

from typing import Any

import pytest

from app.auth.actor import Role
from tests.outcomes import refused
from tests.world import World

OFFICERS = {"admin": Role.ORGANISATION_ADMIN, "coordinator": Role.COORDINATOR}


@pytest.fixture(params=OFFICERS)
async def officer(world: World, request: pytest.FixtureRequest) -> str:
    """Someone who holds an office, stands high enough to be a mentee, and runs every programme of the test."""
    await world.newcomer("officer", OFFICERS[request.param], rank=8)
    return "officer"


async def paired(world: World, officer: str, **fields: Any) -> dict[str, Any]:
    """A pair of which the officer is the senior, in a programme that they run."""
    pairing = await world.pairing(mentee=officer, **fields)
    await world.do(
        "admin",
        "assign_programme_role",
        programme_id=pairing["programme_id"],
        person_id=world.people[officer],
        duty="coordinator",
    )
    return pairing


async def test_they_see_it_as_their_partner_does(world: World, officer: str) -> None:
    pairing = await paired(world, officer)
    session = await world.session(pairing["id"], days=40)
    await world.do("mentor", "cancel_session", session["id"], reason="priority")
    await world.do("mentor", "end_pairing_early", pairing["id"], reason="fit")

    for object_id in (pairing["id"], session["id"], pairing["mentor_enrolment_id"], pairing["mentee_enrolment_id"]):
        seen, mentor_sees = await world.see(officer, object_id), await world.see("mentor", object_id)
        # What somebody has to learn is theirs, and no partner's.
        for one in (seen or {}, mentor_sees or {}):
            one.pop("open_trainings", None)
        assert seen == mentor_sees is not None
    assert (await world.see("coordinator", pairing["id"]) or {})["end_reason"] == "fit"
    assert (await world.see("coordinator", session["id"]) or {})["cancel_reason"] == "priority"


@pytest.mark.parametrize("move", ["activate_pairing", "dissolve_pairing", "complete_pairing"])
async def test_they_decide_nothing_about_it(world: World, officer: str, move: str) -> None:
    pairing = await paired(world, officer, status="pending_agreement")

    with refused("not_allowed"):
        await world.do(officer, move, pairing["id"])


async def test_they_settle_no_dispute_of_their_own(world: World, officer: str) -> None:
    pairing = await paired(world, officer)
    session = await world.session(pairing["id"], days=-7)
    await world.do("mentor", "complete_session", session["id"])
    await world.do(officer, "record_no_show", session["id"])

    with refused("not_allowed" if world.actors[officer].role is Role.COORDINATOR else "forbidden"):
        await world.do(officer, "resolve_session", session["id"], outcome="held")
    assert (await world.do("coordinator", "resolve_session", session["id"], outcome="held"))["status"] == "completed"


@pytest.mark.parametrize("move", ["review", "remove"])
async def test_they_decide_on_neither_enrolment(world: World, officer: str, move: str) -> None:
    pairing = await paired(world, officer)

    for side in ("mentor", "mentee"):
        with refused("not_allowed"):
            await world.do(officer, f"{move}_enrolment", pairing[f"{side}_enrolment_id"])


async def test_nobody_approves_or_pairs_themselves(world: World, officer: str) -> None:
    elsewhere = await paired(world, officer)
    programme_id = elsewhere["programme_id"]
    own = await world.enrolment(programme_id, world.people[officer], "mentor", status="under_review")
    senior = await world.person(rank=9)
    other = await world.enrolment(programme_id, senior, "mentee")

    with refused("not_allowed"):
        await world.do(officer, "approve_enrolment", own)
    with refused("not_allowed"):
        await world.do(officer, "create_pairing", mentor_enrolment_id=own, mentee_enrolment_id=other)
    assert (await world.do(officer, "pause_enrolment", other))["status"] == "paused"


async def test_they_do_not_lift_a_bar_that_names_them(world: World) -> None:
    given: dict[str, Any] = {
        "person_id": world.people["admin"],
        "other_person_id": world.people["mentor"],
        "reason": "A quarrel.",
    }
    entry = await world.do("service", "create_do_not_pair", **given)
    await world.newcomer("other admin", Role.ORGANISATION_ADMIN)

    assert (await world.see("admin", entry["id"]) or {"reason": "?"})["reason"] is None
    with refused("not_allowed"):
        await world.do("admin", "delete_do_not_pair", entry["id"])
    assert (await world.see("other admin", entry["id"]) or {})["reason"] == "A quarrel."
    await world.do("other admin", "delete_do_not_pair", entry["id"])
