"""Saying how a pair is: when one is asked, how often, who reads what, and what stays when it is old."""

import asyncio
from datetime import timedelta
from typing import Any

import asyncpg
import pytest
from asyncpg import CheckViolationError

from app import clock as time
from app import db as database
from app import ids
from app.domain.check_ins.models import CheckIn
from app.domain.pairings.models import PairingStatus
from app.domain.tasks.resource import TASKS
from app.errors import DomainError
from app.workers import sweep
from tests.conftest import TestClock
from tests.outcomes import refused
from tests.pulse import ANSWERS
from tests.reading.shapes import listed, page_of
from tests.world import World


@pytest.fixture
async def pairing(world: World) -> dict[str, Any]:
    """An active pair."""
    return await world.pairing()


async def submit(world: World, pairing: dict[str, Any], part: str = "mentor", **fields: Any) -> dict[str, Any]:
    """Answer the round that is open."""
    return await world.do(part, "submit_check_in", pairing_id=pairing["id"], **(ANSWERS | fields))


async def asked(world: World, part: str) -> list[str]:
    """Until when each check-in waits for somebody."""
    found = await listed(world.actors[part], page_of(TASKS, "kind", "due_at", "pairing_id"))
    return [task["due_at"] for task in found if task["kind"] == "answer_check_in"]


async def test_each_partner_is_asked_after_thirty_days_and_every_sixty(
    world: World, pairing: dict[str, Any], clock: TestClock
) -> None:
    began = clock.time
    clock.advance(days=29, hours=23, minutes=59)
    with refused("check_in_not_due"):
        await submit(world, pairing)
    assert await asked(world, "mentor") == []
    clock.advance(minutes=1)

    assert await asked(world, "mentor") == await asked(world, "mentee") == [(began + timedelta(days=90)).isoformat()]
    first = await submit(world, pairing)

    assert (first["round"], first["pairing_id"], first["author_id"]) == (1, pairing["id"], world.people["mentor"])
    assert await asked(world, "mentor") == []
    assert len(await asked(world, "mentee")) == 1
    clock.advance(days=60)
    assert await asked(world, "mentor") == [(began + timedelta(days=150)).isoformat()]
    # What was missed stays missed.
    assert (await submit(world, pairing, "mentee"))["round"] == 2
    assert await asked(world, "mentee") == []


async def test_a_round_is_answered_once_by_each(world: World, pairing: dict[str, Any], clock: TestClock) -> None:
    clock.advance(days=31)
    await submit(world, pairing)

    with refused("check_in_answered"):
        await submit(world, pairing, usefulness=1)
    assert (await submit(world, pairing, "mentee"))["round"] == 1


async def test_of_two_answers_at_once_one_is_kept(world: World, pairing: dict[str, Any], clock: TestClock) -> None:
    clock.advance(days=31)

    outcomes = await asyncio.gather(*(submit(world, pairing) for _ in range(4)), return_exceptions=True)

    codes = [outcome.code for outcome in outcomes if isinstance(outcome, DomainError)]
    assert codes == ["check_in_answered"] * 3


@pytest.mark.parametrize(
    ("moves", "status"),
    [
        (["pause"], PairingStatus.PAUSED),
        (["begin_closing"], PairingStatus.CLOSING),
        (["begin_closing", "complete"], PairingStatus.COMPLETED),
        (["begin_closing", "complete", "continue_informally"], PairingStatus.INFORMAL),
        (["end_early"], PairingStatus.ENDED_EARLY),
    ],
)
async def test_nobody_is_asked_while_the_pair_is_not_active(
    world: World, pairing: dict[str, Any], clock: TestClock, moves: list[str], status: PairingStatus
) -> None:
    clock.advance(days=31)
    for move in moves:
        name = {"continue_informally": "continue_pairing_informally", "end_early": "end_pairing_early"}.get(move)
        by = "coordinator" if move == "complete" else "mentor"
        seen = await world.do(by, name or f"{move}_pairing", pairing["id"])

    assert seen["status"] == status
    assert await asked(world, "mentor") == await asked(world, "mentee") == []
    with refused("check_in_not_due"):
        await submit(world, pairing)


async def test_a_pair_that_goes_on_after_a_rest_is_asked_the_round_of_that_day(
    world: World, pairing: dict[str, Any], clock: TestClock
) -> None:
    await world.do("mentor", "pause_pairing", pairing["id"])
    clock.advance(days=100)
    await world.do("mentee", "resume_pairing", pairing["id"])

    assert (await submit(world, pairing))["round"] == 2


async def test_nobody_is_asked_before_the_pair_has_begun(world: World) -> None:
    pairing = await world.pairing(status="pending_agreement")

    with refused("check_in_not_due"):
        await submit(world, pairing)


async def test_the_answers_are_their_authors_and_the_flag_is_the_coordinators_too(
    world: World, pairing: dict[str, Any], clock: TestClock
) -> None:
    clock.advance(days=31)
    made = await submit(world, pairing, comment="I do not dare to ask.", asks_for_help=True)

    assert await world.seen_by(made["id"]) == {"mentor", "coordinator"}
    assert (made["usefulness"], made["openness"], made["time_found"]) == (4, 5, 2)
    assert made["comment"] == "I do not dare to ask."
    seen = await world.see("coordinator", made["id"])
    assert seen is not None
    assert (seen["author_id"], seen["round"], seen["asks_for_help"]) == (world.people["mentor"], 1, True)
    assert {seen[name] for name in ("usefulness", "openness", "time_found", "comment")} == {None}


async def test_the_world_is_told_ids_and_the_round_alone(
    world: World, pairing: dict[str, Any], clock: TestClock
) -> None:
    clock.advance(days=31)
    made = await submit(world, pairing, comment="Fine.", asks_for_help=True)

    (event,) = await world.told(made["id"])
    assert (event.type, event.actor, event.changed) == ("check_in.submitted", None, [])
    assert event.data == {
        "check_in_id": made["id"],
        "pairing_id": pairing["id"],
        "programme_id": pairing["programme_id"],
        "round": 1,
    }


@pytest.mark.parametrize("part", ["coordinator", "admin", "service"])
async def test_only_the_pair_answers(world: World, pairing: dict[str, Any], clock: TestClock, part: str) -> None:
    clock.advance(days=31)

    with refused("forbidden" if part == "service" else "not_allowed"):
        await submit(world, pairing, part)


async def test_an_outsider_finds_no_pair_to_speak_of(world: World, pairing: dict[str, Any], clock: TestClock) -> None:
    clock.advance(days=31)
    await world.newcomer("outsider")

    with refused("unknown_reference", "/pairing_id"):
        await submit(world, pairing, "outsider")


@pytest.mark.parametrize(("field", "value"), [("usefulness", 0), ("openness", 6), ("time_found", 9), ("round", 0)])
async def test_the_database_knows_the_scale(world: World, pairing: dict[str, Any], field: str, value: int) -> None:
    given = {"round": 1, **ANSWERS, field: value}

    with pytest.raises(CheckViolationError, match=f"ck_check_in_{field}"):
        async with database.current().writing(world.organisation_id) as db:
            db.add(
                CheckIn(
                    organisation_id=world.organisation_id,
                    id=ids.new(CheckIn.prefix),
                    pairing_id=pairing["id"],
                    programme_id=pairing["programme_id"],
                    author_id=world.people["mentor"],
                    **given,
                )
            )


async def test_what_is_too_old_is_nobodys(
    world: World, pairing: dict[str, Any], clock: TestClock, owner: asyncpg.Connection
) -> None:
    clock.advance(days=31)
    made = await submit(world, pairing, comment="Fine.", asks_for_help=True)
    programme = await world.see("coordinator", pairing["programme_id"])
    assert programme is not None

    async def kept() -> Any:
        await sweep.sweep_one(world.organisation_id)
        return await owner.fetchrow("select * from check_in where id = $1", made["id"])

    assert (await kept())["author_id"] == world.people["mentor"]
    left = time.now().fromisoformat(f"{programme['ends_on']}T12:00:00+00:00") - clock.time
    clock.advance(days=left.days + 92)
    row = await kept()

    assert (row["author_id"], row["comment"], row["asks_for_help"]) == (None, None, False)
    assert (row["usefulness"], row["openness"], row["time_found"]) == (4, 5, 2)
