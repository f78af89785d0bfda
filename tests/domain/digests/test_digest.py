"""What there is to tell a person at once: theirs alone, of now and lately, and in one statement."""

from datetime import timedelta
from typing import Any

import pytest

from app import db as database
from app.acting.inquiry import ask
from app.domain.digests.asking import INQUIRIES
from app.domain.digests.schemas import DigestAsk
from app.domain.pairings.models import Health, HealthRule, Pairing
from app.errors import Invalid
from app.reading import rows
from tests.conftest import TestClock
from tests.outcomes import refused
from tests.world import World

(INQUIRY,) = INQUIRIES
LISTS = ("tasks", "sessions", "goals", "thanks_received", "nudges")


async def told(world: World, part: str = "mentor", whose: str = "", **data: Any) -> dict[str, Any]:
    """What somebody is told."""
    person_id = world.people[whose or part]
    return (await ask(world.actors[part], INQUIRY, person_id, DigestAsk(**data))).model_dump(mode="json")


@pytest.fixture
async def pairing(world: World) -> dict[str, Any]:
    """An active pair."""
    return await world.pairing()


async def test_who_has_no_pair_is_told_that_there_is_nothing(world: World) -> None:
    found = await told(world)

    assert {name: found[name] for name in LISTS} == {name: [] for name in LISTS}
    assert (found["since"], found["until"]) == ("2026-02-23T12:00:00Z", "2026-03-02T12:00:00Z")


async def test_what_waits_comes_and_went_on_is_told(world: World, pairing: dict[str, Any], clock: TestClock) -> None:
    await world.newcomer("other mentee", rank=8)
    mentored = await world.pairing(mentee="other mentee")
    later, soon = await world.session(pairing["id"], days=10), await world.session(mentored["id"], days=3)
    await world.session(mentored["id"], days=24)
    goal = await world.do("mentee", "set_goal", pairing_id=pairing["id"], title="Ask")
    clock.advance(minutes=1)
    other = await world.do("mentee", "set_goal", pairing_id=pairing["id"], title="Listen")
    thanks = await world.do("mentee", "thank_partner", pairing_id=pairing["id"], text="For your time")

    found = await told(world)

    assert [each["id"] for each in found["sessions"]] == [soon["id"], later["id"]]
    assert [each["id"] for each in found["goals"]] == [other["id"], goal["id"]]
    assert found["thanks_received"] == [
        {
            "id": thanks["id"],
            "author_id": world.people["mentee"],
            "pairing_id": pairing["id"],
            "awarded_at": "2026-03-02T12:01:00Z",
        }
    ]
    # What is further off waits for them, too.
    assert [each["kind"] for each in found["tasks"]] == ["attend_session"] * 3
    assert (await told(world, "mentee"))["thanks_received"] == []


async def test_what_was_told_before_is_not_told_again(world: World, pairing: dict[str, Any], clock: TestClock) -> None:
    goal = await world.do("mentee", "set_goal", pairing_id=pairing["id"], title="Ask")
    await world.do("mentee", "thank_partner", pairing_id=pairing["id"], text="For your time")
    before = await told(world)
    clock.advance(days=1)

    after = await told(world, since=before["until"][:-1] + "Z")
    clock.advance(days=7)
    by_itself = await told(world)
    await world.do("mentee", "progress_goal", goal["id"], progress=40)
    moved = await told(world)

    assert len(before["goals"]) == len(before["thanks_received"]) == 1
    # What happened in the very instant is told twice rather than never.
    assert [len(after[name]) for name in ("goals", "thanks_received")] == [1, 1]
    assert [by_itself[name] for name in ("goals", "thanks_received")] == [[], []]
    assert [(each["id"], each["progress"]) for each in moved["goals"]] == [(goal["id"], 40)]


async def test_a_draft_is_no_news(world: World, pairing: dict[str, Any]) -> None:
    await world.do("mentor", "set_goal", pairing_id=pairing["id"], title="Ask", is_draft=True)

    assert [(await told(world, part))["goals"] for part in ("mentor", "mentee")] == [[], []]


async def test_a_pair_that_is_out_of_step_is_told_to_both(world: World, pairing: dict[str, Any]) -> None:
    async with database.current().writing(world.organisation_id) as db:
        row = await rows.by_id(db, Pairing, pairing["id"], lock=True)
        row.health, row.health_rule, row.health_since = Health.WATCH, HealthRule.OVERDUE, row.activated_at

    for part in ("mentor", "mentee"):
        (nudge,) = (await told(world, part))["nudges"]
        assert (nudge["pairing_id"], nudge["health"], nudge["rule"]) == (pairing["id"], "watch", "overdue")


async def test_nobody_is_told_of_others(world: World, pairing: dict[str, Any]) -> None:
    for part in ("mentor", "coordinator", "admin"):
        with refused("not_allowed"):
            await told(world, part, "mentee")
    with refused("not_found"):
        await told(world, "mentor", "admin")
    with refused("forbidden"):
        await told(world, "service", "mentee")


async def test_who_runs_the_programme_is_told_of_their_own_pairs_alone(world: World, pairing: dict[str, Any]) -> None:
    await world.session(pairing["id"])
    await world.do("mentee", "set_goal", pairing_id=pairing["id"], title="Ask")

    found = await told(world, "coordinator")

    assert {name: found[name] for name in LISTS} == {name: [] for name in LISTS}


async def test_what_is_to_come_is_no_news_yet(world: World, clock: TestClock) -> None:
    ahead = (clock.time + timedelta(seconds=1)).isoformat()

    with pytest.raises(Invalid) as caught:
        await told(world, since=ahead)

    assert [(fault.code, fault.parameter) for fault in caught.value.faults] == [("since_ahead", "since")]


async def test_it_takes_one_statement(world: World, pairing: dict[str, Any], statements: list[str]) -> None:
    await world.session(pairing["id"])
    await told(world)
    statements.clear()

    assert len((await told(world))["sessions"]) == 1

    assert len(statements) == 1
