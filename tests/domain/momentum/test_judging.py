"""Pairs are judged at once after their sessions, and by time alone when they are due; each finding is told once."""

from datetime import datetime, timedelta
from typing import Any

import asyncpg
import pytest

from app import db as database
from app.domain.momentum import judging
from app.workers.reactions import react
from tests.conftest import TestClock
from tests.workers.steps import relay_all
from tests.world import World

DAY = timedelta(days=1)


async def judge(world: World, **options: int) -> int:
    """What the sweep does about momentum."""
    async with database.current().writing(world.organisation_id) as db:
        db.actor_id = None
        return await judging.judge_due(db, **options)


async def momentum(world: World, pairing: dict[str, Any]) -> tuple[str, str | None]:
    """How a pair fares, and by which rule."""
    seen = await world.see("coordinator", pairing["id"])
    assert seen is not None
    return seen["health"], seen["health_rule"]


async def findings(world: World, pairing: dict[str, Any]) -> list[str]:
    """What was told of its momentum."""
    types = ("pairing.nudged", "pairing.flagged_at_risk", "pairing.recovered")
    return [told.type for told in await world.told(pairing["id"]) if told.type in types]


async def over(world: World, pairing: dict[str, Any], move: str, part: str = "mentor") -> dict[str, Any]:
    """A session of just now, and what became of it."""
    session = await world.session(pairing["id"], days=-1 / 24)
    await world.do(part, move, session["id"])
    await relay_all()
    return session


async def called_off(world: World, pairing: dict[str, Any], part: str) -> None:
    session = await world.session(pairing["id"], days=1)
    await world.do(part, "cancel_session", session["id"])
    await relay_all()


@pytest.fixture
async def pairing(world: World) -> dict[str, Any]:
    """A pair that has settled in for two weeks, and may meet as often as it likes."""
    pairing = await world.pairing()
    await world.do("coordinator", "update_pairing", pairing["id"], cadence_min_days=1)
    return pairing


async def test_a_pair_that_does_not_meet_is_told_of_once_for_each_step(
    world: World, pairing: dict[str, Any], clock: TestClock
) -> None:
    assert await judge(world) == 1
    assert await judge(world) == 0
    clock.advance(days=34)
    assert await judge(world) == 0

    clock.advance(days=1)
    assert await judge(world) == 1
    assert await momentum(world, pairing) == ("watch", "overdue")
    clock.advance(days=28)
    assert await judge(world) == 1
    assert await momentum(world, pairing) == ("at_risk", "overdue_twice")
    clock.advance(days=100)
    assert await judge(world) == 0

    assert await findings(world, pairing) == ["pairing.nudged", "pairing.flagged_at_risk"]
    event = (await world.told(pairing["id"]))[-1]
    assert (event.visibility, event.actor) == ("coordinator", None)
    assert event.changed == ["health", "health_rule", "health_since"]
    assert {name: event.data[name] for name in ("rule", "days_overdue", "last_session_at", "suggested_action")} == {
        "rule": "overdue_twice",
        "days_overdue": 35,
        "last_session_at": None,
        "suggested_action": "offer_rematch",
    }


async def test_since_when_is_the_instant_of_the_rule_and_not_of_the_look(
    world: World, pairing: dict[str, Any], clock: TestClock
) -> None:
    active_since = clock.time
    clock.advance(days=40)
    await judge(world)

    seen = await world.see("mentor", pairing["id"])
    assert seen is not None
    assert datetime.fromisoformat(seen["health_since"]) == active_since + 35 * DAY
    assert seen["version"] > pairing["version"]


async def test_what_is_as_it_was_is_not_written(world: World, pairing: dict[str, Any], clock: TestClock) -> None:
    before = await world.see("coordinator", pairing["id"])
    clock.advance(days=1)
    await judge(world)

    assert await world.see("coordinator", pairing["id"]) == before


async def test_two_sessions_called_off_by_one_side_put_a_pair_at_risk_at_once(
    world: World, pairing: dict[str, Any], clock: TestClock
) -> None:
    clock.advance(days=20)
    await called_off(world, pairing, "mentor")
    await called_off(world, pairing, "mentee")
    assert await momentum(world, pairing) == ("on_track", None)
    clock.advance(days=2)
    await called_off(world, pairing, "mentee")

    assert await momentum(world, pairing) == ("at_risk", "cancelled_twice")
    assert (await world.told(pairing["id"]))[-1].data["suggested_action"] == "ask_what_hinders"


async def test_a_pair_that_meets_again_has_recovered_and_is_then_on_track(
    world: World, pairing: dict[str, Any], clock: TestClock
) -> None:
    clock.advance(days=20)
    for _ in range(2):
        await over(world, pairing, "record_no_show")
        clock.advance(days=3)
    assert await momentum(world, pairing) == ("at_risk", "missed_twice")

    await over(world, pairing, "complete_session")
    assert await momentum(world, pairing) == ("recovered", None)
    clock.advance(days=7)
    await over(world, pairing, "complete_session")

    assert await momentum(world, pairing) == ("on_track", None)
    told = ["pairing.nudged", "pairing.flagged_at_risk", "pairing.recovered"]
    assert await findings(world, pairing) == told


async def test_what_the_service_called_off_is_nobodys_fault(
    world: World, pairing: dict[str, Any], clock: TestClock
) -> None:
    clock.advance(days=20)
    for _ in range(2):
        await world.session(pairing["id"], days=2)
        await world.do("mentee", "pause_pairing", pairing["id"])
        await relay_all()
        await world.do("mentee", "resume_pairing", pairing["id"])

    assert await momentum(world, pairing) == ("on_track", None)


async def test_a_pair_that_rests_is_not_judged_and_its_days_do_not_count(
    world: World, pairing: dict[str, Any], clock: TestClock
) -> None:
    await judge(world)
    clock.advance(days=30)
    await world.do("mentor", "pause_pairing", pairing["id"])
    clock.advance(days=30)
    assert await judge(world) == 0

    await world.do("mentor", "resume_pairing", pairing["id"])
    await judge(world)
    clock.advance(days=34)
    assert (await judge(world), await momentum(world, pairing)) == (0, ("on_track", None))
    clock.advance(days=1)
    assert (await judge(world), await momentum(world, pairing)) == (1, ("watch", "overdue"))


@pytest.mark.parametrize("moves", [["begin_closing"], ["begin_closing", "complete", "continue_informally"]])
async def test_who_is_about_to_finish_or_goes_on_informally_is_not_judged(
    world: World, pairing: dict[str, Any], clock: TestClock, moves: list[str]
) -> None:
    names = {"continue_informally": "continue_pairing_informally"}
    for move in moves:
        await world.do("coordinator", names.get(move, f"{move}_pairing"), pairing["id"])
    clock.advance(days=100)

    assert await judge(world) == 0
    assert await momentum(world, pairing) == ("on_track", None)


async def test_settling_in_takes_two_weeks_unless_somebody_said_otherwise(world: World, clock: TestClock) -> None:
    usual = await world.pairing()
    await world.newcomer("other_mentor", rank=2)
    await world.newcomer("other_mentee", rank=7)
    said = await world.pairing(mentor="other_mentor", mentee="other_mentee", grace_until=(clock.time + 60 * DAY).date())

    assert usual["grace_until"] == (clock.time + 14 * DAY).date().isoformat()
    assert said["grace_until"] == (clock.time + 60 * DAY).date().isoformat()
    clock.advance(days=60)
    await judge(world)
    assert await momentum(world, usual) == ("watch", "overdue")
    assert await momentum(world, said) == ("on_track", None)
    clock.advance(days=1)
    await judge(world)
    assert await momentum(world, said) == ("watch", "overdue")


async def test_many_are_judged_in_bites(world: World, pairing: dict[str, Any], clock: TestClock) -> None:
    await world.newcomer("other_mentor", rank=2)
    await world.newcomer("other_mentee", rank=7)
    await world.pairing(mentor="other_mentor", mentee="other_mentee")
    clock.advance(days=36)

    assert [await judge(world, limit=1) for _ in range(3)] == [1, 1, 0]


async def test_a_judgement_may_come_late_and_more_than_once(
    world: World, pairing: dict[str, Any], clock: TestClock, owner: asyncpg.Connection
) -> None:
    clock.advance(days=20)
    session = await over(world, pairing, "record_no_show")
    for _ in range(2):
        await react(world.organisation_id, "session.no_show_recorded", session["id"])

    assert await findings(world, pairing) == ["pairing.nudged"]
