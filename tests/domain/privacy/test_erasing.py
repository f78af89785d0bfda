"""What is left of somebody who was forgotten: all that is counted, and no word of theirs."""

import subprocess
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import asyncpg
import orjson
import pytest
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB

from app import clock
from app import db as database
from app.acting.run import Call, perform
from app.db import Db
from app.domain.people.models import Person
from app.domain.privacy import erasing
from app.domain.privacy.inventory import INVENTORY
from app.embedded_programs import find_binaries
from app.tables import metadata
from tests.conftest import NOON
from tests.domain.privacy.subject import Subject, advanced, everything, make_subject, plant
from tests.workers.steps import row
from tests.world import World, found_world

# What reports are made of.
AGGREGATES = (
    "select count(*) from person where organisation_id = $1",
    "select rank_level, count(*) from person where organisation_id = $1 group by 1 order by 1",
    "select status, count(*) from session where organisation_id = $1 group by 1 order by 1",
    "select avg(focus_rating) from session where organisation_id = $1",
    "select sum(ends_at - starts_at) from session where organisation_id = $1",
    "select report, count(*) from attendance where organisation_id = $1 group by 1 order by 1",
    "select type, count(*), avg(rating) from feedback where organisation_id = $1 group by 1 order by 1",
    "select audience, count(*) from feedback where organisation_id = $1 group by 1 order by 1",
    "select status, count(*), avg(progress) from goal where organisation_id = $1 group by 1 order by 1",
    "select count(*), count(reached_at) from goal_milestone where organisation_id = $1",
    "select count(*), count(applied_at) from action_item where organisation_id = $1",
    "select tier, count(*) from note where organisation_id = $1 group by 1 order by 1",
    "select count(*) from win where organisation_id = $1",
    "select role, count(*) from enrolment where organisation_id = $1 group by 1 order by 1",
    "select rank_gap, count(*) from pairing where organisation_id = $1 group by 1 order by 1",
    "select count(*) from signature where organisation_id = $1",
)


@pytest.fixture
async def subject(world: World) -> Subject:
    """Somebody with all that a mentor can have."""
    return await make_subject(world)


def dump(address: str, to: Path) -> str:
    """The whole database as text."""
    subprocess.run(
        [find_binaries() / "pg_dump", "--data-only", f"--file={to}", address], check=True, capture_output=True
    )
    return to.read_text(encoding="utf-8")


async def figures(owner: asyncpg.Connection, world: World) -> list[list[tuple[object, ...]]]:
    """All aggregates as they are."""
    return [[tuple(line) for line in await owner.fetch(sql, world.organisation_id)] for sql in AGGREGATES]


def test_the_inventory_speaks_of_every_column_that_can_hold_words() -> None:
    for table in metadata.tables.values():
        references = {column.name for key in table.foreign_key_constraints for column in key.columns}
        words = {
            column.name
            for column in table.c
            if isinstance(column.type, sa.String | JSONB | sa.LargeBinary | sa.TypeDecorator)
            and not isinstance(column.type, sa.Enum)
            and not column.primary_key
            # What the database makes of other columns is blanked with them.
            and column.computed is None
            and column.name not in references
        }
        assert words <= INVENTORY[table.name].columns, table.name
        assert INVENTORY[table.name].columns <= set(table.c.keys()), table.name


def test_the_inventory_knows_no_table_that_is_not_there() -> None:
    assert set(INVENTORY) == set(metadata.tables)


@dataclass
class Told:
    """What there was of somebody before and after."""

    subject: Subject
    places: dict[str, int]
    dumps: list[str]
    figures: list[Any]
    calls: dict[str, Call]
    answers: dict[str, bytes]
    erasure_id: str = ""


@pytest.fixture(scope="module")
async def told(
    opened: database.Database, address: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Told]:
    """Somebody was forgotten: made once for the tests that only look."""
    clock.use(lambda: NOON)
    subject = await make_subject(await found_world())
    world, to = subject.world, tmp_path_factory.mktemp("dumps")
    calls = {
        "others": world.call("admin", "update_person", subject.person_id, key="a", title="Trainer"),
        "own": world.call("mentor", "celebrate_win", key="b", pairing_id=subject.full.objects["pairing"], text="Done"),
        "nobodys": world.call("admin", "update_organisation", world.organisation_id, key="c", name="Acme"),
        "empty": world.call("admin", "delete_rank", subject.full.objects["rank"], key="d"),
        "list": world.call("coordinator", "update_programme", subject.full.objects["programme"], key="e", name="New"),
    }
    answers = {name: (await perform(call)).body for name, call in calls.items()}
    owner = await asyncpg.connect(address)
    places = await plant(owner, subject)
    before = Told(subject, places, [dump(address, to / "before")], [await figures(owner, world)], calls, answers)
    before.erasure_id = await subject.erased()
    before.dumps.append(dump(address, to / "after"))
    before.figures.append(await figures(owner, world))
    yield before
    await owner.close()
    clock.use(None)


def test_no_word_of_theirs_is_left_in_a_dump_of_the_whole_database(told: Told) -> None:
    before, after = (text.replace(told.subject.world.organisation_id, "") for text in told.dumps)

    assert [place for place, count in told.places.items() if not count] == []
    assert before.count(told.subject.mark) > len(told.places)
    assert [line for line in after.splitlines() if told.subject.mark in line] == []


@pytest.mark.parametrize("place", range(len(AGGREGATES)))
def test_what_is_counted_stays(told: Told, place: int) -> None:
    before, after = told.figures

    assert before[place]
    assert after[place] == before[place]


async def test_who_is_erased_has_left_and_can_do_nothing_any_more(told: Told, owner: asyncpg.Connection) -> None:
    world, objects, person_id = told.subject.world, told.subject.full.objects, told.subject.person_id

    erasure, person = await row(owner, "erasure", told.erasure_id), await row(owner, "person", person_id)

    assert (erasure["status"], erasure["completed_at"]) == ("completed", NOON)
    assert (await row(owner, "operation", erasure["operation_id"]))["status"] == "succeeded"
    assert (person["display_name"], person["rank_level"]) == ("Erased person", 2)
    assert (person["employment_status"], person["erased_at"]) == ("inactive", NOON)
    assert (await row(owner, "pairing", objects["pairing"]))["status"] == "ended_early"
    assert (await row(owner, "enrolment", objects["enrolment"]))["status"] == "withdrawn"
    live = "select count(*) from api_key where person_id = $1 and revoked_at is null"
    assert await owner.fetchval(live, person_id) == 0
    events = await world.told(person_id)
    assert [event.type for event in events][-2:] == ["person.deactivated", "person.erased"]
    assert {event.data["external_id"] for event in events} == {None}


async def test_what_they_wrote_in_confidence_is_null_and_what_the_partner_wrote_stays_theirs(told: Told) -> None:
    world, objects = told.subject.world, told.subject.full.objects

    seen = [await world.see("mentee", objects[name]) for name in ("shared note", "partner's note")]

    assert [note and note["text"] for note in seen] == [None, f"We met Quirinia{told.subject.mark}"]


async def test_kept_answers_say_no_name_any_more(told: Told, owner: asyncpg.Connection) -> None:
    again = {name: (await perform(told.calls[name])).body for name in ("others", "nobodys", "empty", "list")}

    person, mark = orjson.loads(again["others"]), told.subject.mark.encode()
    assert (mark in told.answers["others"], mark in again["others"]) == (True, False)
    assert (person["id"], person["title"], person["languages"]) == (told.subject.person_id, "Erased person", [])
    assert {name for name in again if again[name] == told.answers[name]} == {"nobodys", "empty", "list"}
    kept = "select key from idempotency_record where organisation_id = $1 order by key"
    assert [one["key"] for one in await owner.fetch(kept, told.subject.world.organisation_id)] == ["a", "c", "d", "e"]


async def test_a_step_that_is_taken_twice_changes_nothing_the_second_time(
    subject: Subject, owner: asyncpg.Connection
) -> None:
    world, erasure_id = subject.world, await subject.approved()
    await plant(owner, subject)
    for step in range(len(erasing.STEPS)):
        await advanced(world, erasure_id)
        once = await everything(owner, world)
        # As if the worker had died between the step and the note of it.
        await owner.execute("update erasure set steps_done = $2, status = 'approved' where id = $1", erasure_id, step)
        await advanced(world, erasure_id)
        twice = await everything(owner, world)
        again = {"erasure", "outbox_event"} if step + 1 == len(erasing.STEPS) else {"erasure"}
        assert [name for name in once if name not in again and once[name] != twice[name]] == []


async def test_an_erasure_that_breaks_off_in_every_step_comes_to_the_same_end(
    subject: Subject, owner: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    world, erasure_id = subject.world, await subject.approved()
    await plant(owner, subject)
    failures = list(range(len(erasing.STEPS)))

    def fragile(step: erasing.Step) -> erasing.Step:
        async def taken(db: Db, person: Person) -> None:
            await step(db, person)
            await db.flush()
            if erasing.STEPS.index(taken) in failures:
                failures.remove(erasing.STEPS.index(taken))
                raise RuntimeError

        return taken

    monkeypatch.setattr(erasing, "STEPS", tuple(map(fragile, erasing.STEPS)))
    left = 1
    while left:
        with suppress(RuntimeError):
            left = await advanced(world, erasure_id)

    assert failures == []
    found = str(await everything(owner, world)).replace(world.organisation_id, "")
    assert subject.mark not in found


async def test_an_erasure_that_is_done_takes_no_further_step(told: Told) -> None:
    assert await advanced(told.subject.world, told.erasure_id) == 0
