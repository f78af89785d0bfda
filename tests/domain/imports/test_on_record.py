"""What is put by no request of its own stands in the audit trail as if it were, beside the work that put it."""

from typing import Any

import asyncpg

from app.workers.sweep import sweep_one
from tests.conftest import TestClock
from tests.domain.imports.importing import imported
from tests.domain.imports.test_comparing import compared
from tests.domain.imports.test_leaving import STAFF, ended, export
from tests.domain.imports.test_planning import ADA, DAY, EVE, changes
from tests.world import World


async def on_record(owner: asyncpg.Connection, world: World, work_id: str) -> list[tuple[Any, ...]]:
    """What some work did: who, what, to whom, with which members, and whose data it was."""
    found = await owner.fetch(
        """
        select a.actor_id, a.action, p.external_id, a.members::text, s.person_id = a.object_id as is_theirs
        from audit_entry a
        join person p on p.organisation_id = a.organisation_id and p.id = a.object_id
        join audit_subject s on s.organisation_id = a.organisation_id and s.entry_id = a.id
        where a.organisation_id = $1 and a.request_id = $2 order by a.id
        """,
        world.organisation_id,
        work_id,
    )
    return [tuple(row) for row in found]


async def test_an_import_names_whom_it_added_and_changed_and_nobody_else(
    world: World, owner: asyncpg.Connection
) -> None:
    admin = world.people["admin"]
    first = await imported(world, export(*STAFF[:2]))
    second = await imported(world, export("E-1,A,C,3", STAFF[1]))

    members = '["external_id", "family_name", "given_name", "rank_level"]'
    assert await on_record(owner, world, first["id"]) == [
        (admin, "put_person", "E-1", members, True),
        (admin, "put_person", "E-2", members, True),
    ]
    assert await on_record(owner, world, second["id"]) == [(admin, "put_person", "E-1", members, True)]


async def test_a_dry_run_leaves_no_record(world: World, owner: asyncpg.Connection) -> None:
    operation = await imported(world, export(*STAFF[:2]), dry_run=True)

    assert await on_record(owner, world, operation["id"]) == []


async def test_leavers_and_announced_changes_are_on_record(
    world: World, owner: asyncpg.Connection, clock: TestClock
) -> None:
    clock.set(EVE)
    await imported(world, ADA)
    await imported(world, "external_id,title,effective_at\nE-1,Partner,2027-02-01\n")
    (change,) = await changes(owner, world)
    clock.set(DAY)
    await sweep_one(world.organisation_id)
    run = await compared(world, export(*STAFF[1:]))
    operation = await ended(world, run, leaving=run["leaving"])

    (applied,) = await on_record(owner, world, change["id"])
    assert applied[1:] == ("put_person", "E-1", '["external_id", "title"]', True)
    (left,) = await on_record(owner, world, operation["id"])
    assert left[2:4] == ("E-1", '["employment_status", "external_id"]')
