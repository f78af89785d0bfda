"""Asking the partner about a time: who answers, until when, and that nothing is taken before."""

from datetime import timedelta
from typing import Any

import pytest

from app.acting.inquiry import ask
from app.domain.calendars import invitations
from app.domain.sessions.models import SessionStatus
from app.domain.tasks.resource import TASKS
from app.workers import sweep
from app.workers.reactions import react
from tests.conftest import TestClock
from tests.outcomes import at_once, invalid, refused
from tests.reading.shapes import listed, page_of
from tests.world import World


@pytest.fixture
async def pairing(world: World) -> dict[str, Any]:
    """An active pair."""
    return await world.pairing()


async def propose(
    world: World, pairing: dict[str, Any], clock: TestClock, by: str = "mentor", *, days: float = 10, **fields: Any
) -> dict[str, Any]:
    given: dict[str, Any] = {"pairing_id": pairing["id"], "starts_at": clock.time + timedelta(days=days)}
    return await world.do(by, "propose_session", **(given | fields))


async def asked(world: World, part: str) -> list[str]:
    found = await listed(world.actors[part], page_of(TASKS, "kind", "session_id"))
    return [task["session_id"] for task in found if task["kind"] == "answer_session"]


async def status(world: World, session: dict[str, Any]) -> str:
    return str((await world.see("mentor", session["id"]) or {})["status"])


async def test_the_partner_is_asked_and_a_yes_schedules_it(
    world: World, pairing: dict[str, Any], clock: TestClock
) -> None:
    session = await propose(world, pairing, clock)
    assert (session["status"], session["proposed_by"]) == ("proposed", world.people["mentor"])
    assert session["answer_by"] == (clock.time + timedelta(days=7)).isoformat()
    assert (await asked(world, "mentor"), await asked(world, "mentee")) == ([], [session["id"]])
    with refused("own_proposal"):
        await world.do("mentor", "accept_session", session["id"])

    accepted = await world.do("mentee", "accept_session", session["id"])

    assert accepted["status"] == "scheduled"
    assert await asked(world, "mentee") == []
    assert [event.type for event in await world.told(session["id"])] == ["session.proposed", "session.scheduled"]
    with refused("session_state_conflict"):
        await world.do("mentee", "decline_session", session["id"])


@pytest.mark.parametrize("part", ["mentor", "mentee"])
async def test_either_says_no_and_nobody_is_told_who(
    world: World, pairing: dict[str, Any], clock: TestClock, part: str
) -> None:
    session = await propose(world, pairing, clock)

    assert (await world.do(part, "decline_session", session["id"]))["status"] == "declined"

    told = (await world.told(session["id"]))[-1]
    assert (told.type, told.actor) == ("session.declined", None)


async def test_unanswered_it_expires(world: World, pairing: dict[str, Any], clock: TestClock) -> None:
    session = await propose(world, pairing, clock)
    clock.advance(days=7, seconds=-1)
    await sweep.sweep_one(world.organisation_id)
    assert await status(world, session) == "proposed"
    clock.advance(seconds=1)

    for _ in range(2):
        await sweep.sweep_one(world.organisation_id)

    assert await status(world, session) == "expired"
    assert [event.type for event in await world.told(session["id"])][1:] == ["session.expired"]
    with refused("session_state_conflict"):
        await world.do("mentee", "accept_session", session["id"])


async def test_it_takes_nobodys_time_and_is_looked_at_again_when_accepted(
    world: World, pairing: dict[str, Any], clock: TestClock
) -> None:
    first, second = [await propose(world, pairing, clock, days=days) for days in (10, 11)]
    await world.do("mentee", "accept_session", first["id"])

    with refused("session_too_soon"):
        await world.do("mentee", "accept_session", second["id"])

    assert await status(world, second) == "proposed"
    await world.newcomer("other mentee", rank=7)
    elsewhere = await world.pairing(mentee="other mentee")
    third = await propose(world, pairing, clock, days=40)
    await world.session(elsewhere["id"], days=40)
    with refused("session_overlap"):
        await world.do("mentee", "accept_session", third["id"])


async def test_it_lies_ahead_and_leaves_time_to_answer(world: World, pairing: dict[str, Any], clock: TestClock) -> None:
    with invalid("proposed_in_past", "/starts_at"):
        await propose(world, pairing, clock, days=-1)
    for days in (-1, 11):
        with invalid("answer_by", "/answer_by"):
            await propose(world, pairing, clock, answer_by=clock.time + timedelta(days=days))
    soon = await propose(world, pairing, clock, days=1)
    assert soon["answer_by"] == soon["starts_at"]


async def test_a_pair_that_rests_has_none(world: World, pairing: dict[str, Any], clock: TestClock) -> None:
    session = await propose(world, pairing, clock)
    await world.do("mentor", "pause_pairing", pairing["id"])

    await react(world.organisation_id, "pairing.paused", pairing["id"])

    assert await status(world, session) == "expired"


async def test_what_was_never_agreed_on_breaks_no_row_of_cancellations_and_invites_nobody(
    world: World, pairing: dict[str, Any], clock: TestClock
) -> None:
    session = await propose(world, pairing, clock, days=25)
    (inquiry,) = invitations.INQUIRIES
    with refused("session_not_agreed"):
        await ask(world.actors["mentor"], inquiry, session["id"], None)
    for days in (8, 30):
        made = await world.session(pairing["id"], days=days)
        await world.do("mentee", "cancel_session", made["id"])

    explained = [event for event in await world.told(made["id"]) if event.type == "session.cancellation_explained"]

    assert [event.data["cancellations_in_a_row"] for event in explained] == [2]


async def test_of_a_yes_and_a_no_at_once_one_counts(world: World, pairing: dict[str, Any], clock: TestClock) -> None:
    session = await propose(world, pairing, clock)

    _, refusals = await at_once(
        world.do("mentee", "accept_session", session["id"]), world.do("mentor", "decline_session", session["id"])
    )

    assert refusals == ["session_state_conflict"]
    assert await status(world, session) in (SessionStatus.SCHEDULED, SessionStatus.DECLINED)
