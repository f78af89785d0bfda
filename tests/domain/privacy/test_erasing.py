"""What is left of somebody who was forgotten: all that is counted, and no word of theirs."""

import subprocess
from pathlib import Path

import asyncpg
import pytest
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB

from app.domain.privacy import erasing
from app.domain.privacy.inventory import INVENTORY
from app.embedded_programs import find_binaries
from app.sealing import keeping
from app.table import metadata
from tests.domain.privacy.subject import Subject, advanced, everything, make_subject, plant, work
from tests.outcomes import refused
from tests.workers.steps import row
from tests.world import World

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
            and column.name not in references
        }
        assert words <= INVENTORY[table.name].columns, table.name
        assert INVENTORY[table.name].columns <= set(table.c.keys()), table.name


def test_the_inventory_knows_no_table_that_is_not_there() -> None:
    assert set(INVENTORY) == set(metadata.tables)


async def test_no_word_of_theirs_is_left_in_a_dump_of_the_whole_database(
    subject: Subject, owner: asyncpg.Connection, address: str, tmp_path: Path
) -> None:
    planted = await plant(owner, subject)
    assert [place for place, count in planted.items() if not count] == []
    before = dump(address, tmp_path / "before.sql")
    assert before.count(subject.mark) > len(planted)

    await subject.erased()

    after = dump(address, tmp_path / "after.sql")
    assert [line for line in after.splitlines() if subject.mark in line.replace(subject.world.organisation_id, "")] == []
