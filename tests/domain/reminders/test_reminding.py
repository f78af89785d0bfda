"""People are reminded of what waits for them: once, together, and not of what they have done meanwhile."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import asyncpg

from app import db as database
from app.domain.reminders import reminding
from app.domain.reminders.rules import RULES
from app.domain.tasks.schemas import TaskKind
from app.workers.sweep import sweep_one
from tests.conftest import TestClock
from tests.full import task_of
from tests.world import World

_LATER = {"hours": 6}


async def remind(world: World, **options: int) -> bool:
    """What the sweep does about reminders."""
    async with database.current().writing(world.organisation_id) as db:
        db.actor_id = None
        return await reminding.remind(db, **options)


async def reminders(world: World, part: str) -> list[dict[str, Any]]:
    """What was told of somebody."""
    told = await world.told(world.people[part])
    return [event.data for event in told if event.type == "person.reminded"]


async def test_who_has_not_signed_is_reminded_once(world: World, clock: TestClock) -> None:
    pairing = await world.pairing(status="pending_agreement")
    agreement_id = await world.sign(pairing["id"], "mentor")
    await remind(world)
    clock.advance(hours=71)
    await remind(world)
    assert await reminders(world, "mentee") == []

    clock.advance(**_LATER)
    await remind(world)
    clock.advance(**_LATER)
    await remind(world)

    assert await reminders(world, "mentor") == []
    assert await reminders(world, "mentee") == [
        {
            "person_id": world.people["mentee"],
            "kinds": ["sign_agreement"],
            "task_ids": [task_of(agreement_id)],
            "pairing_ids": [pairing["id"]],
            "due_at": None,
        }
    ]


async def test_what_waits_together_is_told_together(world: World, clock: TestClock) -> None:
    pairing = await world.pairing()
    await world.do("coordinator", "update_pairing", pairing["id"], cadence_min_days=1)
    # The first check-in opens after 30 days; a week into it, both are reminded.
    clock.advance(days=37, hours=-3)
    await remind(world)
    session = await world.session(pairing["id"], days=1.25)

    clock.advance(**_LATER)
    await remind(world)

    (told,) = await reminders(world, "mentor")
    assert told["kinds"] == ["answer_check_in", "attend_session"]
    assert task_of(pairing["id"]) in told["task_ids"]
    assert len(told["task_ids"]) == 2
    assert told["pairing_ids"] == [pairing["id"]]
    assert told["due_at"] == session["starts_at"].replace("+00:00", "Z")
    assert (await reminders(world, "mentee"))[0]["kinds"] == told["kinds"]


async def test_what_was_done_meanwhile_is_not_told(world: World, clock: TestClock) -> None:
    pairing = await world.pairing(status="pending_agreement")
    await remind(world)
    clock.advance(hours=71)
    await world.sign(pairing["id"], "mentor", "mentee")

    clock.advance(**_LATER)
    await remind(world)

    assert await reminders(world, "mentor") == await reminders(world, "mentee") == []


async def test_people_on_leave_are_left_alone(world: World, clock: TestClock, owner: asyncpg.Connection) -> None:
    await world.pairing(status="pending_agreement")
    await remind(world)
    leave = "update person set employment_status = 'on_leave' where organisation_id = $1 and id = $2"
    await owner.execute(leave, world.organisation_id, world.people["mentee"])

    clock.advance(hours=73)
    await remind(world)

    assert (await reminders(world, "mentee"), len(await reminders(world, "mentor"))) == ([], 1)


async def test_a_round_goes_on_where_it_stopped(world: World, clock: TestClock) -> None:
    await world.pairing(status="pending_agreement")
    await remind(world)
    clock.advance(hours=73)

    assert [await remind(world, limit=1) for _ in range(4)] == [True, True, False, False]

    assert (len(await reminders(world, "mentor")), len(await reminders(world, "mentee"))) == (1, 1)


async def test_two_workers_share_no_round(world: World, clock: TestClock) -> None:
    await world.pairing(status="pending_agreement")
    await remind(world)
    clock.advance(hours=73)

    async with database.current().writing(world.organisation_id) as db:
        db.actor_id = None
        assert await reminding.remind(db, limit=1)
        assert not await remind(world)

    assert await remind(world, limit=1)


async def test_the_worker_makes_the_rounds(world: World, clock: TestClock) -> None:
    await world.pairing(status="pending_agreement")
    await sweep_one(world.organisation_id)
    clock.advance(hours=73)

    await sweep_one(world.organisation_id)

    assert len(await reminders(world, "mentor")) == 1


def test_every_kind_of_task_has_a_rule_but_those_with_a_reminder_of_their_own() -> None:
    assert set(TaskKind) - {rule.kind for rule in RULES} == {TaskKind.ANSWER_INVITATION, TaskKind.HANDLE_CONCERN}


def test_the_page_tells_of_every_rule() -> None:
    page = (Path(__file__).parents[3] / "docs" / "reminders.md").read_text(encoding="utf-8")
    told = [line.split(" | ") for line in page.splitlines() if line.startswith("| `")]

    assert [cells[0].strip("| `") for cells in told] == [rule.kind.value for rule in RULES]
    for cells, rule in zip(told, RULES, strict=True):
        near = rule.after if rule.after > -timedelta(days=30) else timedelta(days=7)
        assert (str(abs(near.days)) in cells[1]) is (near != timedelta(0))
