"""What taking work costs: as much as is taken, however much there is."""

import asyncpg
import pytest

from app.workers import claims, relay


@pytest.mark.parametrize(
    ("statement", "values"),
    [(claims._LANES, "null, null, null, null"), (relay._ORGANISATION, "null, null")],
    ids=["endpoints", "organisations"],
)
async def test_who_takes_work_asks_one_queue_after_the_other(
    owner: asyncpg.Connection, statement: str, values: str
) -> None:
    async with owner.transaction():
        await owner.execute("set local plan_cache_mode = force_generic_plan")
        await owner.execute(f"prepare taking as {statement}")
        plan = [line for (line,) in await owner.fetch(f"explain execute taking({values})")]
        await owner.execute("deallocate taking")

    # As a join, all that waits anywhere would be read, each time.
    assert [line for line in plan if "EXISTS(SubPlan" in line]
    assert not [line for line in plan if "Hash" in line or "Aggregate" in line]


async def test_claiming_a_delivery_writes_no_index(owner: asyncpg.Connection) -> None:
    indexes = await owner.fetch(
        "select pg_get_indexdef(indexrelid) from pg_index where indrelid = 'delivery'::regclass"
    )
    (options,) = await owner.fetchval("select reloptions from pg_class where oid = 'delivery'::regclass")

    # What loading._PARCELS changes. With room on its page, the new row is a heap-only tuple.
    assert not [line for (line,) in indexes for column in ("attempts", "claimed_until", "updated_at") if column in line]
    assert options == "fillfactor=60"
