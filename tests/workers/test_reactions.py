"""When this, then that: what a change brings about elsewhere, once, however often and late it is asked for."""

from typing import Any

import asyncpg
import pytest

from app.domain.pairings.models import EndReason
from app.workers.reactions import REACTIONS, react
from tests.conftest import TestClock
from tests.full import CRITERION
from tests.matched import matched
from tests.workers.steps import relay_all, row
from tests.world import World


async def types_about(owner: asyncpg.Connection, subject: str) -> list[str]:
    """The types of the events about a subject, in order; every one of them in nobody's name is marked by a star."""
    rows = await owner.fetch("select type, actor from outbox_event where subject = $1 order by position", subject)
    return [told["type"] + ("*" if told["actor"] is None else "") for told in rows]


async def lead(world: World, pairing_id: str, status: str) -> None:
    """Lead an active pairing on."""
    moves = {"paused": "pause_pairing", "closing": "begin_closing_pairing"}
    if status in moves:
        await world.do("coordinator", moves[status], pairing_id)


async def pairing_in(world: World, status: str) -> dict[str, Any]:
    """A pairing in a state."""
    pairing = await world.pairing(status="pending_agreement" if status == "pending_agreement" else "active")
    await lead(world, pairing["id"], status)
    return pairing


@pytest.mark.parametrize(
    ("status", "ended"),
    [
        ("pending_agreement", "ended_early"),
        ("active", "ended_early"),
        ("paused", "ended_early"),
        ("closing", "completed"),
    ],
)
async def test_who_leaves_is_in_no_live_pairing_and_no_live_enrolment(
    world: World, owner: asyncpg.Connection, status: str, ended: str
) -> None:
    pairing = await pairing_in(world, status)
    await world.do("admin", "deactivate_person", world.people["mentor"])

    await relay_all()

    now = await row(owner, "pairing", pairing["id"])
    assert now["status"] == ended
    assert now["end_reason"] == (None if ended == "completed" else EndReason.LEFT_ORGANISATION.value)
    mentor, mentee = [await row(owner, "enrolment", now[f"{side}_enrolment_id"]) for side in ("mentor", "mentee")]
    assert (mentor["status"], mentor["live_pairings"]) == ("withdrawn", 0)
    assert (mentee["status"], mentee["live_pairings"]) == ("ready", 0)
    assert (await types_about(owner, pairing["id"]))[-1] == f"pairing.{ended}*"
    assert (await types_about(owner, mentor["id"]))[-1] == "enrolment.withdrawn*"


async def test_two_pairings_of_one_enrolment_free_two_seats(world: World, owner: asyncpg.Connection) -> None:
    programme_id = await world.programme(allows_late_intake=True, status="active")
    mentor = await world.enrolment(programme_id, world.people["mentor"], "mentor", capacity=2)
    for place in range(2):
        senior = await world.person(rank=8, department=f"Department {place}")
        mentee = await world.enrolment(programme_id, senior, "mentee")
        await world.do("coordinator", "create_pairing", mentor_enrolment_id=mentor, mentee_enrolment_id=mentee)
    assert (await row(owner, "enrolment", mentor))["live_pairings"] == 2

    await world.do("admin", "deactivate_person", world.people["mentor"])
    await relay_all()

    left = await row(owner, "enrolment", mentor)
    assert (left["status"], left["live_pairings"]) == ("withdrawn", 0)


async def test_who_is_back_before_anyone_noticed_stays_paired(world: World, owner: asyncpg.Connection) -> None:
    pairing = await world.pairing()
    await world.do("admin", "deactivate_person", world.people["mentor"])
    await world.do("admin", "reactivate_person", world.people["mentor"])

    await relay_all()

    assert (await row(owner, "pairing", pairing["id"]))["status"] == "active"


@pytest.mark.parametrize(
    ("moves", "reason"),
    [
        (("pause_pairing",), "pairing_paused"),
        (("end_pairing_early",), "pairing_ended"),
        (("dissolve_pairing",), "pairing_ended"),
        (("begin_closing_pairing", "complete_pairing"), "pairing_ended"),
    ],
)
async def test_a_pair_that_rests_or_is_over_has_nothing_ahead(
    world: World, owner: asyncpg.Connection, moves: tuple[str, ...], reason: str
) -> None:
    pairing = await world.pairing()
    past, ahead = await world.session(pairing["id"], days=-20), await world.session(pairing["id"], days=7)
    for move in moves:
        await world.do("coordinator", move, pairing["id"])

    await relay_all()

    assert (await row(owner, "session", past["id"]))["status"] == "scheduled"
    cancelled = await row(owner, "session", ahead["id"])
    assert (cancelled["status"], cancelled["cancel_reason"], cancelled["cancelled_by"]) == ("cancelled", reason, None)
    assert (await types_about(owner, ahead["id"]))[-1] == "session.cancelled*"


async def test_what_was_scheduled_after_the_rest_stays(
    world: World, owner: asyncpg.Connection, clock: TestClock
) -> None:
    pairing = await world.pairing()
    await world.do("coordinator", "pause_pairing", pairing["id"])
    await world.do("coordinator", "resume_pairing", pairing["id"])
    session = await world.session(pairing["id"])

    await relay_all()

    assert (await row(owner, "session", session["id"]))["status"] == "scheduled"


@pytest.mark.parametrize(
    ("status", "ended", "reason"),
    [
        ("pending_agreement", "dissolved", "programme_cancelled"),
        ("active", "dissolved", "programme_cancelled"),
        ("paused", "dissolved", "programme_cancelled"),
        ("closing", "completed", None),
    ],
)
async def test_a_programme_that_is_called_off_has_no_live_pairing(
    world: World, owner: asyncpg.Connection, status: str, ended: str, reason: str | None
) -> None:
    pairing = await pairing_in(world, status)
    await world.do("coordinator", "cancel_programme", pairing["programme_id"])

    await relay_all()

    now = await row(owner, "pairing", pairing["id"])
    assert (now["status"], now["end_reason"]) == (ended, reason)


@pytest.mark.parametrize(
    ("status", "told"),
    [
        ("pending_agreement", ["pairing.ended_early*"]),
        ("active", ["pairing.closing_began*", "pairing.completed*"]),
        ("paused", ["pairing.ended_early*"]),
        ("closing", ["pairing.completed*"]),
    ],
)
async def test_a_programme_that_closes_completes_what_can_be_completed(
    world: World, owner: asyncpg.Connection, status: str, told: list[str]
) -> None:
    pairing = await pairing_in(world, status)
    before = await types_about(owner, pairing["id"])
    for move in ("evaluate", "close"):
        await world.do("coordinator", f"{move}_programme", pairing["programme_id"])

    await relay_all()

    assert (await types_about(owner, pairing["id"]))[len(before) :] == told


# What an operation's end brings about is about runs, and tried with them.
@pytest.mark.parametrize("event_type", [each for each in sorted(REACTIONS) if not each.startswith("operation.")])
async def test_the_second_time_nothing_happens(
    world: World, owner: asyncpg.Connection, clock: TestClock, event_type: str
) -> None:
    pairing = await world.pairing()
    await world.session(pairing["id"])
    programme_id = pairing["programme_id"]
    await matched(world, pairing)
    if event_type.startswith("pairing."):
        await world.do("coordinator", "pause_pairing", pairing["id"])
    if event_type == "programme.cancelled":
        await world.do("coordinator", "cancel_programme", programme_id)
    if event_type == "person.deactivated":
        await world.do("admin", "deactivate_person", world.people["mentor"])
    group = await world.do("admin", "create_group", display_name="Cohort")
    if event_type.startswith("group.") or event_type == "programme.published":
        await world.do("admin", "add_group_member", group_id=group["id"], person_id=await world.person())
        side = {"role": "mentee", "group_id": group["id"]}
        await world.do("coordinator", "update_programme", programme_id, eligibility=[side])
    subjects = {
        "group": group["id"],
        "person": world.people["mentor"],
        "pairing": pairing["id"],
        "programme": programme_id,
    }
    subjects["enrolment"] = pairing["mentor_enrolment_id"]
    if event_type.startswith("session."):
        # So late that the pair is behind with its sessions.
        clock.advance(days=36)
        subjects["session"] = (await world.session(pairing["id"]))["id"]
    if event_type in ("goal.achieved", "recognition.awarded"):
        measure = "goals_achieved" if event_type == "goal.achieved" else "thanks_received"
        badge = CRITERION | {"measure": measure, "at_least": 1, "programme_id": programme_id}
        await world.do("coordinator", "create_recognition_criterion", **badge)
        goal = await world.do("mentor", "set_goal", pairing_id=pairing["id"], title="One report")
        subjects["goal"] = (await world.do("mentor", "achieve_goal", goal["id"]))["id"]
        thanks = await world.do("mentor", "thank_partner", pairing_id=pairing["id"], text="Thank you")
        subjects["recognition"] = thanks["id"]
    subject = subjects[event_type.partition(".")[0]]
    count = "select count(*) from outbox_event where organisation_id = $1"
    before = await owner.fetchval(count, world.organisation_id)

    await react(world.organisation_id, event_type, subject)
    once = await owner.fetchval(count, world.organisation_id)
    await react(world.organisation_id, event_type, subject)

    assert once > before
    assert await owner.fetchval(count, world.organisation_id) == once
