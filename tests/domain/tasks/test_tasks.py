"""What waits for whom, from the invitation to the last thing to try, and how it goes away."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import orjson

from app import db as database
from app.domain.sessions import attending
from app.domain.tasks.resource import TASKS
from app.reading import run
from tests.conftest import TestClock
from tests.full import task_of
from tests.matched import matched
from tests.reading.shapes import listed, page_of
from tests.world import World, everything


async def waiting(world: World, part: str) -> dict[str, dict[str, Any]]:
    """What waits for somebody, by its kind."""
    found = await listed(world.actors[part], page_of(TASKS, *TASKS.fields))
    by_kind = {item["kind"]: item for item in found}
    assert len(by_kind) == len(found)
    return by_kind


async def test_an_invitation_waits_for_whom_it_is_for_until_it_is_answered(world: World) -> None:
    programme_id = await world.programme(status="enrolling")
    enrolment_id = await world.enrolment(programme_id, world.people["mentor"], "mentor", status="invited")

    found = await waiting(world, "mentor")

    task = found.pop("answer_invitation")
    assert found == {}
    assert (task["id"], task["enrolment_id"], task["programme_id"]) == (
        task_of(enrolment_id),
        enrolment_id,
        programme_id,
    )
    assert (task["person_id"], task["due_at"], task["pairing_id"]) == (world.people["mentor"], None, None)
    assert await waiting(world, "mentee") == await waiting(world, "coordinator") == {}
    await world.do("mentor", "accept_enrolment", enrolment_id)
    assert await waiting(world, "mentor") == {}


async def test_a_proposal_waits_for_each_of_the_two_who_has_not_said_yes(world: World, clock: TestClock) -> None:
    pairing = await world.pairing()
    expires_at = clock.time + timedelta(days=7)
    _, proposal_id = await matched(
        world, pairing, status="half_accepted", expires_at=expires_at, mentor_accepted_at=clock.time
    )

    assert await waiting(world, "mentor") == {}
    task = (await waiting(world, "mentee"))["answer_proposal"]

    assert (task["match_proposal_id"], task["due_at"]) == (proposal_id, "2026-03-09T12:00:00+00:00")
    assert task["enrolment_id"] == pairing["mentee_enrolment_id"]


async def test_an_agreement_waits_for_each_signature(world: World) -> None:
    pairing = await world.pairing(status="pending_agreement")

    first, second = (await waiting(world, "mentor"))["sign_agreement"], await waiting(world, "mentee")
    await world.sign(pairing["id"], "mentor")

    # One object, one id: whoever else it waits for is not told by it.
    assert first["id"] == second["sign_agreement"]["id"]
    assert (first["person_id"], first["pairing_id"]) == (world.people["mentor"], pairing["id"])
    assert await waiting(world, "mentor") == {}
    assert (await waiting(world, "mentee"))["sign_agreement"]["version"] > first["version"]
    await world.sign(pairing["id"], "mentee")
    assert await waiting(world, "mentee") == {}


async def test_a_session_is_there_to_attend_then_to_report_on_then_done(world: World, clock: TestClock) -> None:
    session = await world.session((await world.pairing())["id"], days=1)

    to_attend = (await waiting(world, "mentee"))["attend_session"]
    clock.advance(days=3)
    async with database.current().writing(world.organisation_id) as db:
        await attending.lapse(db)
    to_report = await waiting(world, "mentee")
    await world.do("mentor", "complete_session", session["id"])

    assert (to_attend["session_id"], to_attend["due_at"][:13]) == (session["id"], session["starts_at"][:13])
    assert list(to_report) == ["report_session"]
    assert to_report["report_session"]["due_at"][:13] == session["ends_at"][:13]
    assert await waiting(world, "mentor") == await waiting(world, "mentee") == {}


async def test_an_action_item_is_due_when_its_day_ends_where_the_session_is_held(world: World) -> None:
    session = await world.session((await world.pairing())["id"], zone="America/New_York")
    await world.do("mentee", "cancel_session", session["id"], reason="schedule")
    given: dict[str, Any] = {"session_id": session["id"], "owner_id": world.people["mentee"], "text": "Try it"}
    item = await world.do("mentor", "create_action_item", **given, due_on=date(2026, 3, 7))

    task = (await waiting(world, "mentee"))["apply_action_item"]

    assert datetime.fromisoformat(task["due_at"]) == datetime(2026, 3, 8, 5, tzinfo=UTC)
    assert task["action_item_id"] == item["id"]
    assert await waiting(world, "mentor") == {}
    await world.do("mentee", "apply_action_item", item["id"])
    assert await waiting(world, "mentee") == {}


async def test_a_task_is_read_by_its_id_by_whom_it_waits_for(world: World) -> None:
    session = await world.session((await world.pairing())["id"])
    task = (await waiting(world, "mentor"))["attend_session"]

    found = await run.one(world.actors["mentor"], everything(TASKS), task["id"])

    assert orjson.loads(found.body) == task
    assert found.version == session["version"]
    assert await world.seen_by(task["id"]) == {"mentor"}
