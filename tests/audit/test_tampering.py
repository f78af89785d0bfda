"""What the owner of the database cannot do to a trail without being found out."""

from datetime import timedelta

import asyncpg
import pytest

from app import db as database
from app.audit import chain, verifying
from app.audit.verifying import Broken, Counted
from tests.audit.trails import chained, entries, with_trail
from tests.conftest import TestClock
from tests.world import World, found_world


@pytest.fixture
async def acted(world: World) -> World:
    """An organisation with a chain of some length."""
    await chained(await with_trail(world))
    return world


async def found_in(world: World) -> str:
    """What is wrong with a trail."""
    with pytest.raises(Broken) as broken:
        await verifying.verify(world.organisation_id)
    return str(broken.value)


async def the(owner: asyncpg.Connection, world: World, sequence: int) -> str:
    """The id of the entry at a place."""
    (entry,) = await entries(owner, world, sequence=sequence)
    return str(entry["id"])


async def test_a_whole_trail_is_sound(acted: World, owner: asyncpg.Connection) -> None:
    count = len(await entries(owner, acted))

    assert await verifying.verify(acted.organisation_id) == Counted(count, 0)
    await acted.person()
    assert await verifying.verify(acted.organisation_id) == Counted(count, 1)


async def test_a_trail_of_nothing_is_sound() -> None:
    nobody = "org_" + "0" * 26

    assert await verifying.verify(nobody) == Counted(0, 0)


@pytest.mark.parametrize(
    "change",
    [
        "action = 'update_person'",
        "actor_id = null",
        "object_id = null",
        "principal = principal || 'x'",
        "role = 'auditor'",
        "objects = 2",
        """members = '["title"]'""",
        "outcome = 'refused'",
        "code = ''",
        "request_id = 'r'",
        "occurred_at = occurred_at + interval '1 microsecond'",
        "mac = set_byte(mac, 31, get_byte(mac, 31) # 1)",
        "hash = set_byte(hash, 0, get_byte(hash, 0) # 1)",
    ],
)
async def test_one_changed_column_is_named_with_its_row(acted: World, owner: asyncpg.Connection, change: str) -> None:
    entry_id = await the(owner, acted, 2)

    await owner.execute(f"update audit_entry set {change} where id = $1", entry_id)  # noqa: S608

    assert await found_in(acted) == f"sequence 2, {entry_id}: changed"


async def test_a_subject_that_was_added_or_removed_shows(acted: World, owner: asyncpg.Connection) -> None:
    entry_id, columns = await the(owner, acted, 3), "organisation_id, person_id, entry_id"
    (subject,) = await owner.fetch(f"delete from audit_subject where entry_id = $1 returning {columns}", entry_id)  # noqa: S608
    assert await found_in(acted) == f"sequence 3, {entry_id}: changed"

    await owner.execute(f"insert into audit_subject ({columns}) values ($1, $2, $3)", *subject)  # noqa: S608
    assert (await verifying.verify(acted.organisation_id)).waiting == 0

    await owner.execute(f"insert into audit_subject ({columns}) values ($1, 'per_x', $2)", subject[0], entry_id)  # noqa: S608
    assert await found_in(acted) == f"sequence 3, {entry_id}: changed"


async def test_a_row_that_was_removed_is_missing(acted: World, owner: asyncpg.Connection) -> None:
    await owner.execute("delete from audit_entry where id = $1", await the(owner, acted, 2))

    assert await found_in(acted) == "sequence 2: missing"


async def test_the_first_row_is_missed_too(acted: World, owner: asyncpg.Connection) -> None:
    await owner.execute("delete from audit_entry where id = $1", await the(owner, acted, 1))

    assert await found_in(acted) == "sequence 1: missing"


async def test_an_end_that_was_cut_off_is_missing(acted: World, owner: asyncpg.Connection) -> None:
    count = len(await entries(owner, acted))

    await owner.execute("delete from audit_entry where id = $1", await the(owner, acted, count))

    assert await found_in(acted) == f"sequence {count}: missing"


async def test_two_rows_that_changed_places_are_out_of_order(acted: World, owner: asyncpg.Connection) -> None:
    one, other = await the(owner, acted, 2), await the(owner, acted, 3)
    for entry_id, sequence in ((one, 999), (other, 2), (one, 3)):
        await owner.execute("update audit_entry set sequence = $2 where id = $1", entry_id, sequence)

    assert await found_in(acted) == f"sequence 2, {other}: reordered"


async def _chained_anew(owner: asyncpg.Connection, world: World) -> None:
    """Close the gaps of a chain with hashes that fit, as only the owner of the database could."""
    await owner.execute(
        "update audit_entry set sequence = null, prev_hash = null, hash = null where organisation_id = $1",
        world.organisation_id,
    )
    heads = await owner.fetch("delete from audit_head where organisation_id = $1 returning *", world.organisation_id)
    await chained(world)
    await owner.execute("delete from audit_head where organisation_id = $1", world.organisation_id)
    await owner.executemany("insert into audit_head values ($1, $2, $3, $4, $5)", [tuple(head) for head in heads])


async def test_a_chain_that_was_closed_over_a_gap_does_not_reach_its_head(
    acted: World, owner: asyncpg.Connection
) -> None:
    count = len(await entries(owner, acted))
    await owner.execute("delete from audit_entry where id = $1", await the(owner, acted, 2))

    await _chained_anew(owner, acted)

    assert await found_in(acted) == f"sequence {count}: missing"


async def test_a_chain_that_was_made_anew_differs_from_its_head(
    acted: World, owner: asyncpg.Connection, clock: TestClock
) -> None:
    count = len(await entries(owner, acted))
    clock.advance(days=1)
    await acted.person()
    await chained(acted)
    await owner.execute("delete from audit_entry where id = $1", await the(owner, acted, 1))

    await _chained_anew(owner, acted)

    assert await found_in(acted) == f"sequence {count}, {await the(owner, acted, count)}: rewritten"


async def test_a_row_that_was_slipped_in_is_none_of_ours(acted: World, owner: asyncpg.Connection) -> None:
    names = "occurred_at, principal, actor_id, role, action, resource, object_id, objects, members, outcome, mac"
    await owner.execute(
        f"insert into audit_entry (organisation_id, id, {names}) "  # noqa: S608
        f"select organisation_id, 'aud_7zzzzzzzzzzzzzzzzzzzzzzzzz', {names} from audit_entry "
        "where organisation_id = $1 and sequence = 1",
        acted.organisation_id,
    )
    assert await found_in(acted) == "waiting, aud_7zzzzzzzzzzzzzzzzzzzzzzzzz: changed"

    await chained(acted)
    count = len(await entries(owner, acted))
    assert await found_in(acted) == f"sequence {count}, aud_7zzzzzzzzzzzzzzzzzzzzzzzzz: changed"


async def test_a_row_that_waits_is_protected_already(acted: World, owner: asyncpg.Connection) -> None:
    await acted.person()
    (waiting,) = await entries(owner, acted, sequence=None)

    await owner.execute("update audit_entry set object_id = null where id = $1", waiting["id"])

    assert await found_in(acted) == f"waiting, {waiting['id']}: changed"


async def test_a_head_that_we_did_not_sign_is_named(acted: World, owner: asyncpg.Connection) -> None:
    await owner.execute(
        "update audit_head set sequence = sequence - 1 where organisation_id = $1", acted.organisation_id
    )

    assert await found_in(acted) == "head of 2026-03-02: not signed by this installation"


async def test_a_chain_without_its_heads_is_unsigned(acted: World, owner: asyncpg.Connection) -> None:
    await owner.execute("delete from audit_head where organisation_id = $1", acted.organisation_id)

    assert await found_in(acted) == "sequence 1: unsigned"


async def test_heads_kept_elsewhere_outlive_a_trail_that_is_gone(acted: World, owner: asyncpg.Connection) -> None:
    kept = await verifying.heads(acted.organisation_id)
    for table in ("audit_entry", "audit_head"):
        await owner.execute(f"delete from {table} where organisation_id = $1", acted.organisation_id)  # noqa: S608

    assert await verifying.verify(acted.organisation_id) == Counted(0, 0)
    with pytest.raises(Broken, match="sequence 1: missing"):
        await verifying.verify(acted.organisation_id, kept)


async def test_the_trail_of_one_organisation_says_nothing_of_anothers(acted: World, owner: asyncpg.Connection) -> None:
    other = await with_trail(await found_world("Elsewhere"))
    await chained(other)

    await owner.execute("update audit_entry set code = '' where organisation_id = $1", acted.organisation_id)

    assert await found_in(acted)
    assert (await verifying.verify(other.organisation_id)).waiting == 0


async def test_each_day_of_a_chain_has_its_head(acted: World, clock: TestClock) -> None:
    for _ in range(2):
        clock.advance(hours=24)
        await acted.person()
        await chained(acted)
    clock.set(clock.time - timedelta(days=9))
    await acted.person()
    await chained(acted)

    heads = await verifying.heads(acted.organisation_id)

    assert [head["day"].isoformat() for head in heads] == ["2026-03-02", "2026-03-03", "2026-03-04"]
    assert all(chain.is_signed(head) for head in heads)
    assert (await verifying.verify(acted.organisation_id)).chained == heads[-1]["sequence"]


def grants(table: str) -> str:
    """The rights of both roles to a table."""
    return (
        "select grantee, privilege_type, column_name from information_schema.column_privileges "  # noqa: S608
        f"where table_name = '{table}' and grantee in ('flipside_app', 'flipside_worker')"
    )


async def test_who_serves_requests_can_add_and_read_and_nothing_else(
    owner: asyncpg.Connection, opened: database.Database
) -> None:
    found = {table: await owner.fetch(grants(table)) for table in ("audit_entry", "audit_subject", "audit_head")}

    def may(table: str, role: str) -> set[str]:
        return {row["privilege_type"] for row in found[table] if row["grantee"] == role}

    assert may("audit_entry", "flipside_app") == may("audit_subject", "flipside_app") == {"SELECT", "INSERT"}
    assert may("audit_head", "flipside_app") == may("audit_subject", "flipside_worker") == {"SELECT"}
    assert may("audit_entry", "flipside_worker") == {"SELECT", "UPDATE"}
    changed = {row["column_name"] for row in found["audit_entry"] if row["privilege_type"] == "UPDATE"}
    assert changed == {"sequence", "prev_hash", "hash"}


@pytest.mark.parametrize("sql", ["update audit_entry set code = ''", "delete from audit_entry", "truncate audit_entry"])
async def test_who_serves_requests_is_refused_a_change_by_the_database(world: World, sql: str) -> None:
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await database.current().reads.change(world.organisation_id, sql, ())
