"""Pages that visit every row exactly once, forward and backward, whatever the order, the limit and the ties."""

from collections.abc import AsyncIterator
from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app import clock, pagination
from app import db as database
from app.domain.people.resource import PEOPLE
from app.domain.sessions.resource import SESSIONS
from app.reading import run
from app.reading.shape import Edges, Leaf, Nodes, Page, Part, Says
from tests.conftest import NOON
from tests.reading.shapes import page_of, read, to_many, wanted, where
from tests.world import World, found_world

MOST = 12
WALKS = settings(max_examples=60, deadline=None)
sizes, limits = st.integers(0, MOST), st.integers(1, MOST + 2)
sorts = st.sampled_from(["id", "display_name"])


@pytest.fixture(scope="module")
async def crowd(opened: database.Database) -> AsyncIterator[World]:
    """For each size a manager with so many reports, whose names say little: many have the same."""
    clock.use(lambda: NOON)
    world = await found_world()
    for size in range(MOST + 1):
        world.people[f"boss of {size}"] = await world.person(rank=9)
        for number in range(size):
            name = ("Zoë", "zoe", "Ada “A”", "Ada", "\\ ' %")[number * 7 % 5]
            await world.person(manager_id=world.people[f"boss of {size}"], display_name=name)
    yield world
    clock.use(None)


async def ordered(world: World, size: int, sort: str, *, descending: bool) -> list[str]:
    """The reports of a manager as the database itself sorts them."""
    direction = "desc" if descending else "asc"
    sql = f"select id from person where manager_id = $1 order by {sort} {direction}, id {direction}"  # noqa: S608
    rows = await database.current().reads.fetch(world.organisation_id, sql, (world.people[f"boss of {size}"],))
    return [row[0] for row in rows]


@WALKS
@given(size=sizes, limit=limits, sort=sorts, descending=st.booleans())
async def test_the_pages_of_a_list_visit_every_row_once(
    crowd: World, size: int, limit: int, sort: str, descending: bool
) -> None:
    options = {"sort": sort, "descending": descending, "wheres": (where("manager_id"),)}
    values: dict[str, Any] = {"limit": limit, "manager_id": crowd.people[f"boss of {size}"]}
    shape, visited, pages = page_of(PEOPLE, **options), list[str](), 0
    while True:
        rows = await run.page(crowd.actors["admin"], shape, values)
        visited += [item["id"] for item in orjson.loads(rows.body)]
        pages += 1
        assert len(orjson.loads(rows.body)) <= limit
        if rows.next_keys is None:
            break
        cursor = pagination.seal("list", rows.next_keys)
        values |= {f"after_{index}": key for index, key in enumerate(pagination.unseal("list", cursor))}
        shape = page_of(PEOPLE, **options, after="after")

    assert visited == await ordered(crowd, size, sort, descending=descending)
    assert pages == max(1, -(-size // limit))


@WALKS
@given(size=sizes, limit=limits, sort=sorts, descending=st.booleans(), backward=st.booleans())
async def test_the_pages_below_an_object_visit_every_row_once_either_way(
    crowd: World, size: int, limit: int, sort: str, descending: bool, backward: bool
) -> None:
    options = {"sort": sort, "descending": descending, "backward": backward, "scope_of_parent": True}
    boss = crowd.people[f"boss of {size}"]
    expected = await ordered(crowd, size, sort, descending=descending)
    turn = Part.HAS_PREVIOUS if backward else Part.HAS_NEXT
    onward = Part.START_CURSOR if backward else Part.END_CURSOR
    visited, more, values = list[str](), True, dict[str, str]()
    while more:
        seen = await _below(crowd, boss, options, {"limit": limit, "scope": "s"} | values)
        ids = [edge["node"]["id"] for edge in seen["edges"]]
        visited = ids + visited if backward else visited + ids
        assert ids == [node["id"] for node in seen["nodes"]]
        assert [seen["start_cursor"], seen["end_cursor"]] == [
            seen["edges"][index]["cursor"] if ids else None for index in (0, -1)
        ]
        assert seen[Part.HAS_PREVIOUS if turn is Part.HAS_NEXT else Part.HAS_NEXT] is bool(values)
        assert (seen["next_cursor"] is not None) is seen[turn]
        if more := seen[turn]:
            assert seen["next_cursor"] == seen[onward]
            keys = pagination.unseal(f"s{boss}", seen[onward])
            values = {f"after_{index}": key for index, key in enumerate(keys)}

    assert visited == expected


async def _below(world: World, boss: str, options: dict[str, Any], values: dict[str, Any]) -> Any:
    envelope = Edges("edges", (Nodes("node", wanted(PEOPLE, "id")), Leaf("cursor", "cursor")))
    says = [Says(part.value, part) for part in Part]
    after = "after" if "after_0" in values else None
    page = Page(PEOPLE, (envelope, Nodes("nodes", wanted(PEOPLE, "id")), *says), after=after, **options)
    shape = wanted(PEOPLE, to_many(PEOPLE, "reports", page))
    return (await read(world.actors["admin"], shape, boss, **values))["reports"]


async def test_a_limit_of_nothing_asks_only_whether_there_is_something(crowd: World) -> None:
    options = {"sort": "id"}

    seen = await _below(crowd, crowd.people["boss of 3"], options, {"limit": 0, "scope": "s"})

    assert (seen["edges"], seen["nodes"], seen["has_next"], seen["next_cursor"]) == ([], [], True, None)


async def test_instants_keep_their_microseconds_in_a_cursor(world: World) -> None:
    pairing = await world.pairing()
    await world.do("coordinator", "update_pairing", pairing["id"], cadence_min_days=1)
    starts = [f"2026-03-{day:02}T09:30:00.{day:06}Z" for day in (10, 12, 14)]
    for starts_at in starts:
        await world.session(pairing["id"], starts_at=starts_at)
    shape = page_of(SESSIONS, "starts_at", sort="starts_at")
    first = await run.page(world.actors["mentor"], shape, {"limit": 1})
    assert first.next_keys is not None
    values = {f"after_{index}": key for index, key in enumerate(orjson.loads(first.next_keys))}

    second = await run.page(
        world.actors["mentor"], page_of(SESSIONS, "starts_at", sort="starts_at", after="after"), {"limit": 1} | values
    )

    assert orjson.loads(first.body)[0]["starts_at"] == "2026-03-10T09:30:00.00001+00:00"
    assert orjson.loads(second.body)[0]["starts_at"] == "2026-03-12T09:30:00.000012+00:00"


async def test_a_range_takes_what_lies_at_or_after_its_begin_and_before_its_end(world: World) -> None:
    pairing = await world.pairing()
    first, second, third = [await world.session(pairing["id"], days=days) for days in (7, 21, 35)]
    shape = page_of(SESSIONS, sort="starts_at", wheres=(where("starts_after"), where("starts_before")))
    between = {"starts_after": clock.now().replace(day=9), "starts_before": clock.now().replace(month=4, day=6)}

    rows = await run.page(world.actors["mentor"], shape, {"limit": 9} | between)

    assert [item["id"] for item in orjson.loads(rows.body)] == [first["id"], second["id"]]
    assert third["starts_at"] == "2026-04-06T12:00:00+00:00"
