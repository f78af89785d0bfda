"""The end of a pairing: who reads a farewell and when, and what nobody learns of an end that came early."""

import asyncio
from typing import Any

import pytest

from app.auth.actor import Role
from app.domain.tasks.resource import TASKS
from app.errors import DomainError
from app.workers import sweep
from tests.conftest import TestClock
from tests.outcomes import refused
from tests.reading.shapes import listed, page_of
from tests.world import World

LEARNED = "That a question is not a weakness."


@pytest.fixture
async def pairing(world: World) -> dict[str, Any]:
    """A pair that is closing."""
    return await world.do("mentor", "begin_closing_pairing", (await world.pairing())["id"])


async def write(world: World, pairing: dict[str, Any], part: str, **fields: Any) -> dict[str, Any]:
    """Say farewell."""
    given: dict[str, Any] = {"pairing_id": pairing["id"], "learned": LEARNED, "thanks": "For your patience."}
    return await world.do(part, "write_farewell", **(given | fields))


async def waits(world: World, part: str) -> list[str]:
    """What kinds of things wait for somebody."""
    return [task["kind"] for task in await listed(world.actors[part], page_of(TASKS, "kind"))]


async def test_a_farewell_waits_for_each_while_the_pairing_closes(world: World) -> None:
    pairing = await world.pairing()
    assert await waits(world, "mentor") == []
    await world.do("mentor", "begin_closing_pairing", pairing["id"])

    assert await waits(world, "mentor") == await waits(world, "mentee") == ["write_farewell"]
    await write(world, pairing, "mentor")
    assert (await waits(world, "mentor"), await waits(world, "mentee")) == ([], ["write_farewell"])
    await world.do("coordinator", "complete_pairing", pairing["id"])
    assert await waits(world, "mentee") == []


async def test_the_partner_reads_it_once_they_have_written_themselves(world: World, pairing: dict[str, Any]) -> None:
    first = await write(world, pairing, "mentor")

    assert (first["learned"], first["thanks"], first["may_be_told"]) == (LEARNED, "For your patience.", False)
    assert await world.seen_by(first["id"]) == {"mentor", "coordinator"}
    second = await write(world, pairing, "mentee", learned="To listen.")
    assert await world.seen_by(first["id"]) == {"mentor", "mentee", "coordinator"}
    seen = await world.see("mentor", second["id"])
    assert seen is not None
    assert (seen["learned"], seen["author_id"]) == ("To listen.", world.people["mentee"])


@pytest.mark.parametrize("moves", [[], ["continue_pairing_informally"], ["continue_pairing_informally", "end_pairing"]])
async def test_the_partner_reads_it_once_the_pairing_is_over(
    world: World, pairing: dict[str, Any], moves: list[str]
) -> None:
    farewell = await write(world, pairing, "mentor")
    await world.do("coordinator", "complete_pairing", pairing["id"])
    for move in moves:
        await world.do("mentor", move, pairing["id"])

    assert (await world.see("mentee", farewell["id"]) or {})["learned"] == LEARNED
    # It is too late to answer.
    with refused("pairing_not_closing"):
        await write(world, pairing, "mentee")


async def test_coordinators_see_whether_a_story_may_be_made_and_not_the_words(
    world: World, pairing: dict[str, Any]
) -> None:
    farewell = await write(world, pairing, "mentor", may_be_told=True)

    seen = await world.see("coordinator", farewell["id"])
    assert seen is not None
    assert (seen["may_be_told"], seen["learned"], seen["thanks"]) == (True, None, None)
    await world.do("mentor", "update_farewell", farewell["id"], may_be_told=False)
    assert (await world.see("coordinator", farewell["id"]) or {})["may_be_told"] is False


async def test_nobody_changes_the_partners_mind(world: World, pairing: dict[str, Any]) -> None:
    farewell = await write(world, pairing, "mentor")
    await write(world, pairing, "mentee")

    for part in ("mentee", "coordinator"):
        with refused("not_allowed"):
            await world.do(part, "update_farewell", farewell["id"], may_be_told=True)


async def test_a_farewell_is_written_once(world: World, pairing: dict[str, Any]) -> None:
    outcomes = await asyncio.gather(*(write(world, pairing, "mentor") for _ in range(3)), return_exceptions=True)

    codes = [outcome.code for outcome in outcomes if isinstance(outcome, DomainError)]
    assert codes == ["farewell_written"] * 2


async def test_it_is_written_while_the_pairing_closes(world: World) -> None:
    pairing = await world.pairing()

    with refused("pairing_not_closing"):
        await write(world, pairing, "mentor")


@pytest.mark.parametrize(("part", "code"), [("coordinator", "not_allowed"), ("service", "forbidden")])
async def test_only_the_pair_says_farewell(world: World, pairing: dict[str, Any], part: str, code: str) -> None:
    with refused(code):
        await write(world, pairing, part)


@pytest.mark.parametrize("by", ["mentor", "mentee"])
@pytest.mark.parametrize("reason", ["fit", "time", "not_said", "goals_met", "role_changed"])
async def test_why_somebody_left_early_is_told_to_the_coordinator_alone(world: World, by: str, reason: str) -> None:
    manager = await world.newcomer("manager", rank=4)
    await world.do("admin", "update_person", world.people["mentor"], manager_id=manager)
    await world.newcomer("sponsor", rank=10)
    await world.key_for(world.people["sponsor"], "auditor", Role.AUDITOR)
    pairing = await world.pairing()
    pledge: dict[str, Any] = {"programme_id": pairing["programme_id"], "person_id": world.people["sponsor"]}
    await world.do("coordinator", "pledge_sponsorship", **pledge, pledge="I learn too.")
    await world.do(by, "end_pairing_early", pairing["id"], reason=reason)

    told = {part: (await world.see(part, pairing["id"]) or {}).get("end_reason") for part in world.actors}
    assert {part: said for part, said in told.items() if said is not None} == {"coordinator": reason}
    assert await world.see("manager", pairing["id"]) is None
    assert await world.see("sponsor", pairing["id"]) is None
    event = (await world.told(pairing["id"]))[-1]
    assert (event.type, event.actor, event.data["reason"]) == ("pairing.ended_early", None, "no_fault")


async def test_a_pair_that_goes_on_informally_is_left_alone(
    world: World, pairing: dict[str, Any], clock: TestClock
) -> None:
    await world.do("coordinator", "complete_pairing", pairing["id"])
    before = await world.do("mentor", "continue_pairing_informally", pairing["id"])
    events = len(await world.told(pairing["id"]))
    clock.advance(days=200)
    await sweep.sweep_one(world.organisation_id)

    # No check-in, no farewell, no judgement on how often the two meet.
    assert await waits(world, "mentor") == await waits(world, "mentee") == []
    assert await world.see("mentor", pairing["id"]) == before
    assert len(await world.told(pairing["id"])) == events
