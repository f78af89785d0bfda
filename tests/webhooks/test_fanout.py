"""Who gets an event: whoever wants its type, once; the disabled later; a ping its own endpoint alone."""

import asyncio
from typing import Any

import asyncpg
import pytest

from app import clock as clocks
from app import db as database
from app import ids
from app.webhooks import fanout
from app.webhooks.events import EndpointPinged
from tests.world import World

URL = "https://lms.example/hooks"


def fact(event_type: str, subject: str = "x", sequence: int = 1, **more: Any) -> dict[str, Any]:
    """An event as the relay hands it over."""
    unsaid = {"organisation_id": "org", "actor": None, "changed": "[]", "data": "{}", "programme_id": None}
    about = {"id": ids.new("evt"), "type": event_type, "subject": subject, "sequence": sequence, "endpoint_id": None}
    return {**unsaid, **about, "occurred_at": clocks.now(), **more}


async def endpoint(world: World, *types: str, enabled: bool = True) -> str:
    """An endpoint that wants some types; its id."""
    made = await world.do("admin", "create_webhook_endpoint", url=URL, types=list(types))
    if not enabled:
        await world.do("admin", "disable_webhook_endpoint", made["id"])
    return str(made["id"])


async def fan_out(world: World, *events: dict[str, Any]) -> int:
    """Write the deliveries of events; how many were new."""
    async with database.current().queueing() as connection:
        return await fanout.fan_out(connection, world.organisation_id, events, clocks.now())


async def listeners(owner: asyncpg.Connection, event: dict[str, Any]) -> dict[str, str]:
    """The endpoints that an event is due to, with the state of its delivery."""
    rows = await owner.fetch("select endpoint_id, status from delivery where event_id = $1", event["id"])
    return {row["endpoint_id"]: row["status"] for row in rows}


@pytest.mark.parametrize(
    ("pattern", "event_type", "is_wanted"),
    [
        ("*", "session.completed", True),
        ("session.*", "session.completed", True),
        ("session.completed", "session.completed", True),
        ("session.cancelled", "session.completed", False),
        ("pairing.*", "session.completed", False),
        ("pairing.*", "pairing.ended_early", True),
        ("*", "session.cancellation_explained", False),
        ("session.*", "session.cancellation_explained", False),
    ],
)
async def test_an_endpoint_gets_what_its_patterns_name(
    world: World, owner: asyncpg.Connection, pattern: str, event_type: str, is_wanted: bool
) -> None:
    await endpoint(world, pattern)
    event = fact(event_type)

    assert await fan_out(world, event) == is_wanted
    assert len(await listeners(owner, event)) == is_wanted


async def test_the_second_time_nothing_is_added(world: World, owner: asyncpg.Connection) -> None:
    one, two = await endpoint(world, "*"), await endpoint(world, "*")
    event = fact("person.created")

    assert await fan_out(world, event) == 2
    assert await fan_out(world, event, fact("person.created")) == 2
    assert await listeners(owner, event) == {one: "pending", two: "pending"}


async def test_what_is_due_to_a_disabled_endpoint_is_held(world: World, owner: asyncpg.Connection) -> None:
    on, off = await endpoint(world, "*"), await endpoint(world, "*", enabled=False)
    event = fact("person.created")

    await fan_out(world, event)

    assert await listeners(owner, event) == {on: "pending", off: "held"}


async def test_a_ping_goes_to_its_own_endpoint_whatever_that_wants(world: World, owner: asyncpg.Connection) -> None:
    await endpoint(world, "*")
    own = await endpoint(world, "session.completed")
    event = fact(EndpointPinged.type, endpoint_id=own)

    await fan_out(world, event)

    assert await listeners(owner, event) == {own: "pending"}


async def test_a_ping_of_an_endpoint_that_is_gone_goes_nowhere(world: World) -> None:
    await endpoint(world, "*")

    assert await fan_out(world, fact(EndpointPinged.type, endpoint_id=ids.new("whe"))) == 0


async def test_without_events_or_endpoints_there_is_nothing_to_do(world: World) -> None:
    assert await fan_out(world) == 0
    assert await fan_out(world, fact("person.created")) == 0


async def test_other_organisations_hear_nothing(world: World, owner: asyncpg.Connection) -> None:
    event = fact("person.created")
    await endpoint(world, "*")

    await fan_out(world, event)

    rows = await owner.fetch("select organisation_id from delivery where event_id = $1", event["id"])
    assert [row["organisation_id"] for row in rows] == [world.organisation_id]


@pytest.mark.parametrize("count", [1, 300])
async def test_many_events_cost_no_more_statements_than_one(world: World, count: int) -> None:
    await endpoint(world, "*")
    await world.do("admin", "create_webhook_endpoint", url=URL, types=["person.*"], filter={"sequence": {"$gte": 0}})
    statements: list[str] = []

    async with database.current().queueing() as connection:
        with connection.query_logger(lambda record: statements.append(record.query)):
            events = [fact("person.created", sequence=place) for place in range(count)]
            written = await fanout.fan_out(connection, world.organisation_id, events, clocks.now())

    assert written == 2 * count
    assert len(statements) == 2


async def test_enabling_an_endpoint_meanwhile_leaves_nothing_held(world: World, owner: asyncpg.Connection) -> None:
    off = await endpoint(world, "*", enabled=False)
    event = fact("person.created")

    async with database.current().queueing() as connection:
        await fanout.fan_out(connection, world.organisation_id, [event], clocks.now())
        enabling = asyncio.create_task(world.do("admin", "enable_webhook_endpoint", off))
        while not await owner.fetchval("select count(*) from pg_locks where not granted"):
            assert not enabling.done()
    await enabling

    assert await listeners(owner, event) == {off: "pending"}


async def wished(world: World, **wishes: Any) -> str:
    """An endpoint for every type, with filters; its id."""
    return str((await world.do("admin", "create_webhook_endpoint", url=URL, **wishes))["id"])


async def test_an_endpoint_gets_what_passes_all_its_filters(world: World, owner: asyncpg.Connection) -> None:
    programme_id = await world.programme()
    wishes: dict[str, Any] = {
        "programme_ids": [programme_id],
        "changed_fields": ["status", "ends_at"],
        "filter": {"data.mode": {"$neq": "online"}, "actor": {"$startsWith": "per_"}},
    }
    several = [await wished(world, **{name: wishes[name]}) for name in wishes]
    picky = await wished(world, **wishes)
    right: dict[str, Any] = {
        "programme_id": programme_id,
        "changed": '["status"]',
        "data": '{"mode": "in_person"}',
        "actor": "per_1",
    }
    events = [
        fact("session.completed", **right | {name: value})
        for name, value in (
            ("actor", "per_1"),
            ("programme_id", None),
            ("changed", '["starts_at"]'),
            ("data", '{"mode": "online"}'),
            ("actor", None),
        )
    ]

    await fan_out(world, *events)

    got = [set(await listeners(owner, event)) for event in events]
    by_programme, by_change, by_predicate = several
    assert got == [
        {by_programme, by_change, by_predicate, picky},
        {by_change, by_predicate},
        {by_programme, by_predicate},
        {by_programme, by_change},
        {by_programme, by_change},
    ]


async def test_a_filter_that_is_changed_or_cleared_counts_at_once(world: World, owner: asyncpg.Connection) -> None:
    one = await wished(world, filter={"type": "goal.set"})
    events = [fact("person.created") for _ in range(3)]

    await fan_out(world, events[0])
    await world.do("admin", "update_webhook_endpoint", one, filter={"type": "person.created"})
    await fan_out(world, events[1])
    await world.do("admin", "update_webhook_endpoint", one, filter=None)
    await fan_out(world, events[2])

    assert [set(await listeners(owner, event)) for event in events] == [set(), {one}, {one}]


async def test_a_ping_passes_every_filter(world: World, owner: asyncpg.Connection) -> None:
    one = await wished(world, filter={"type": "goal.set"}, changed_fields=["status"])
    event = fact(EndpointPinged.type, endpoint_id=one)

    await fan_out(world, event)

    assert set(await listeners(owner, event)) == {one}
