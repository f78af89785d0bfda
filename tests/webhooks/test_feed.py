"""The feed: every event in its order, whoever asks and whenever."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import asyncpg
import orjson
import pytest

from app import config, ids
from app import db as database
from app.auth import policy
from app.auth.actor import Actor, Role
from app.events import bell
from app.pagination import BadCursor
from app.reading import asking
from app.reading import compile as compiler
from app.reading.asking import BadQuery
from app.webhooks import catalogue, feed, formats
from app.webhooks.feed import EVENTS, LATEST, OLDEST, CursorExpired, Found, Wish
from tests.outcomes import refused
from tests.workers.steps import relay_all
from tests.world import World, found_world

Fetch = Callable[..., Awaitable[Any]]


def wish(after: str = OLDEST, limit: int = 100, **given: str) -> Wish:
    """A wish, as the door makes it."""
    filters = asking.filters(EVENTS, {name: text.split(",") for name, text in given.items()})
    return Wish(after, filters, limit)


def shown(found: Found) -> list[dict[str, Any]]:
    """The events of a page."""
    items: list[dict[str, Any]] = orjson.loads(found.items)
    return items


async def numbers(actor: Actor, asked: Wish) -> list[int]:
    """The numbers of a page."""
    return [event["sequence"] for event in shown(await feed.look(actor, asked))]


async def stay() -> bool:
    """A client that does not hang up."""
    return False


class Waiters:
    """Lets clients wait, and knows when one has looked in vain and listens."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.listens, heard = asyncio.Semaphore(0), bell.Listener.heard

        async def told(listener: bell.Listener, seconds: float) -> None:
            self.listens.release()
            await heard(listener, seconds)

        monkeypatch.setattr(bell.Listener, "heard", told)

    async def one(self, actor: Actor, is_gone: Callable[[], Awaitable[bool]] = stay) -> asyncio.Task[Found]:
        """A client that waits for whatever comes next."""
        task = asyncio.create_task(feed.follow(actor, wish(LATEST), 20, is_gone))
        await self.listens.acquire()
        return task


@pytest.fixture
def waiters(monkeypatch: pytest.MonkeyPatch) -> Waiters:
    """Clients that wait."""
    return Waiters(monkeypatch)


@pytest.fixture
async def service(world: World, owner: asyncpg.Connection) -> Actor:
    """A service account in an organisation of two events, both told."""
    await owner.execute("update outbox_event set relayed_at = now() where relayed_at is null")
    await world.person()
    await world.person()
    await relay_all()
    return world.actors["service"]


async def test_the_feed_begins_with_the_oldest_and_goes_on_behind_the_cursor(world: World, service: Actor) -> None:
    first = await feed.look(service, wish(limit=1))
    second = await feed.look(service, wish(first.cursor, limit=1))
    third = await feed.look(service, wish(second.cursor, limit=1))
    assert [event["sequence"] for found in (first, second, third) for event in shown(found)] == [1, 2]
    assert third.cursor == second.cursor

    await world.person()
    await relay_all()

    assert await numbers(service, wish(third.cursor)) == [3]


async def test_the_latest_is_where_nothing_is_yet(world: World, service: Actor) -> None:
    found = await feed.look(service, wish(LATEST))
    person = await world.person()
    await relay_all()

    assert found.is_empty
    assert [event["subject"] for event in shown(await feed.look(service, wish(found.cursor)))] == [person]


async def test_a_feed_in_which_nothing_ever_happened_has_a_cursor_too(world: World, owner: asyncpg.Connection) -> None:
    await owner.execute("delete from outbox_event where organisation_id = $1", world.organisation_id)
    nothing = await feed.look(world.actors["service"], wish())
    await world.person()
    await relay_all()

    assert nothing.is_empty
    assert await numbers(world.actors["service"], wish(nothing.cursor)) == [1]


async def test_what_is_written_but_not_numbered_yet_is_not_told(world: World, service: Actor) -> None:
    await world.person()

    assert await numbers(service, wish()) == [1, 2]


async def test_an_event_whose_consequences_failed_keeps_its_place_in_the_feed(
    world: World, service: Actor, owner: asyncpg.Connection
) -> None:
    # Numbered, and not sent on: a webhook comes later, but nothing may ever appear behind a cursor.
    await owner.execute(
        "update outbox_event set relayed_at = null, retry_at = now() + interval '1 hour' "
        "where organisation_id = $1 and sequence = 1",
        world.organisation_id,
    )

    assert await numbers(service, wish()) == [1, 2]


async def test_an_event_reads_as_it_does_at_an_endpoint(service: Actor, owner: asyncpg.Connection) -> None:
    (event,) = shown(await feed.look(service, wish(limit=1)))

    row = dict(await owner.fetchrow("select * from outbox_event where id = $1", event["id"]))
    row |= {name: orjson.loads(row[name]) for name in ("changed", "data")}
    sent = orjson.loads(formats.native(row, config.settings().base_url))
    assert {**event, "timestamp": event["timestamp"].replace("+00:00", "Z")} == sent
    assert list(event) == list(sent)


async def write(owner: asyncpg.Connection, organisation_id: str, *kinds: str) -> None:
    """Put events into an organisation's feed, behind those that are there."""
    for kind in kinds:
        await owner.execute(
            "insert into outbox_event (organisation_id, id, sequence, type, subject, visibility, changed, data, "
            "occurred_at, relayed_at, failures) select $1, $2, 1 + max(sequence), $3, $4, 'programme', '[]', '{}', "
            "now(), now(), 0 from outbox_event where organisation_id = $1",
            *(organisation_id, ids.new("evt"), kind, kind.partition(".")[0]),
        )


@pytest.mark.parametrize(
    "patterns",
    [
        "*",
        "session.*",
        "session.completed",
        "person.*,win.celebrated",
        "session.cancellation_explained",
        "break_glass.*",
    ],
)
async def test_the_feed_brings_what_an_endpoint_with_these_patterns_would_get(
    world: World, service: Actor, owner: asyncpg.Connection, patterns: str
) -> None:
    kinds = ["session.completed", "session.cancellation_explained", "win.celebrated", "break_glass.opened"]
    await write(owner, world.organisation_id, *kinds)

    found = [event["type"] for event in shown(await feed.look(service, wish(types=patterns)))]

    every = ["person.created", "person.created", *kinds]
    assert found == [kind for kind in every if catalogue.wants(patterns.split(","), kind)]


async def test_nobody_is_told_of_what_is_confided_unless_they_name_it(
    world: World, service: Actor, owner: asyncpg.Connection
) -> None:
    await write(owner, world.organisation_id, "session.cancellation_explained")

    assert "session.cancellation_explained" in catalogue.CONFIDED
    assert await numbers(service, wish()) == [1, 2]


async def test_a_cursor_goes_on_behind_what_the_filters_passed_over(
    world: World, service: Actor, owner: asyncpg.Connection
) -> None:
    found = await feed.look(service, wish(types="win.*"))
    assert found.is_empty

    # Moved behind both persons: they are not looked at again.
    place = asking.after(wish(types="win.*").scope(service), found.cursor)
    assert place["after_0"] == "2"


async def test_a_subject_has_its_own_history(world: World, service: Actor, owner: asyncpg.Connection) -> None:
    await write(owner, world.organisation_id, "win.celebrated", "goal.set")

    assert await numbers(service, wish(subject="win")) == [3]
    assert await numbers(service, wish(subject="win,goal")) == [3, 4]


async def test_a_cursor_is_good_for_its_own_list_only(service: Actor) -> None:
    cursor = (await feed.look(service, wish())).cursor
    other = (await found_world("Other")).actors["service"]

    for actor, asked in ((service, wish(cursor, types="win.*")), (other, wish(cursor)), (service, wish("none"))):
        with pytest.raises(BadCursor):
            await feed.look(actor, asked)
    with pytest.raises(BadQuery):
        wish(types="nonsense")


async def test_a_cursor_behind_which_events_were_forgotten_says_so(
    world: World, service: Actor, owner: asyncpg.Connection
) -> None:
    await write(owner, world.organisation_id, "goal.set", "win.celebrated")
    first, second = [(await feed.look(service, wish(limit=limit))).cursor for limit in (1, 2)]
    await owner.execute("delete from outbox_event where organisation_id = $1 and sequence < 3", world.organisation_id)

    with pytest.raises(CursorExpired) as expired:
        await feed.look(service, wish(first))

    assert (expired.value.status, expired.value.code) == (410, "cursor_expired")
    assert await numbers(service, wish(second)) == [3, 4]
    assert await numbers(service, wish()) == [3, 4]


async def test_a_look_is_one_statement_and_waiting_is_none(
    service: Actor, waiters: Waiters, monkeypatch: pytest.MonkeyPatch
) -> None:
    lane, sent = database.current().reads, []
    fetch: Fetch = lane.fetch

    async def counted(organisation_id: str, sql: str, values: tuple[Any, ...]) -> Any:
        sent.append(sql)
        return await fetch(organisation_id, sql, values)

    monkeypatch.setattr(lane, "fetch", counted)
    task = await waiters.one(service)
    assert len(sent) == 1
    bell.ring(service.organisation_id)
    await waiters.listens.acquire()
    assert len(sent) == 2
    bell.dismiss()
    await task

    # One more look at the end.
    assert len(sent) == 3


async def test_who_waits_is_told_as_soon_as_something_is_relayed(
    world: World, service: Actor, waiters: Waiters
) -> None:
    task = await waiters.one(service)

    person = await world.person()
    await relay_all()

    assert [event["subject"] for event in shown(await task)] == [person]
    assert service.organisation_id not in bell._listeners


async def test_who_waits_learns_of_what_another_process_relayed(
    world: World, service: Actor, waiters: Waiters, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feed, "LOOK_SECONDS", 0.01)
    monkeypatch.setattr(bell, "ring", lambda _: None)
    task = await waiters.one(service)

    await world.person()
    await relay_all()

    assert [event["sequence"] for event in shown(await task)] == [3]


async def test_what_is_there_already_is_not_waited_for(service: Actor) -> None:
    assert [event["sequence"] for event in shown(await feed.follow(service, wish(), 20, stay))] == [1, 2]


async def test_who_has_waited_long_enough_gets_an_empty_page_and_the_cursor(service: Actor) -> None:
    cursor = (await feed.look(service, wish())).cursor

    assert await feed.follow(service, wish(cursor), 0.001, stay) == Found(b"[]", cursor)


async def test_nobody_waits_for_a_client_that_hung_up(service: Actor, waiters: Waiters) -> None:
    async def gone() -> bool:
        return True

    task = await waiters.one(service, gone)
    bell.ring(service.organisation_id)

    assert (await task).is_empty


async def test_a_process_that_stops_keeps_nobody_waiting(service: Actor, waiters: Waiters) -> None:
    task = await waiters.one(service)

    bell.dismiss()

    assert (await task).is_empty


async def test_an_organisation_has_so_many_who_wait_and_no_more(service: Actor, waiters: Waiters) -> None:
    tasks = [await waiters.one(service) for _ in range(bell.MOST_LISTENERS)]
    other = (await found_world("Other")).actors["service"]

    with refused("too_many_waiting"):
        await feed.follow(service, wish(LATEST), 20, stay)
    elsewhere = await waiters.one(other)

    bell.dismiss()
    await asyncio.gather(*tasks, elsewhere)


async def test_who_waits_holds_no_connection(service: Actor, waiters: Waiters) -> None:
    # Far more than there are connections to read by.
    tasks = [await waiters.one(service) for _ in range(bell.MOST_LISTENERS)]

    assert await numbers(service, wish()) == [1, 2]
    bell.dismiss()
    await asyncio.gather(*tasks)


def test_the_feed_is_for_service_accounts_alone() -> None:
    # Whoever is somebody may be in a pair, and the feed tells of all of them.
    assert [role for role in Role if policy.readers("event", role)] == [Role.SERVICE_ACCOUNT]
    for role in set(Role) - {Role.SERVICE_ACCOUNT}:
        assert "false" in compiler.one(feed._WHOLE, role).sql
