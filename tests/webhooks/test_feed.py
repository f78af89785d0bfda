"""The feed: every event in its order, whoever asks when."""

import asyncio
from dataclasses import replace
from typing import Any

import asyncpg
import orjson
import pytest

from app import config
from app import db as database
from app.auth.actor import Actor
from app.events import bell
from app.pagination import BadCursor
from app.reading import asking
from app.webhooks import feed, formats
from app.webhooks.feed import EVENTS, LATEST, OLDEST, Found, Wish
from app.workers.relay import Relay
from tests.outcomes import refused
from tests.workers.steps import relay_all
from tests.world import World


def wish(after: str = OLDEST, limit: int = 100, **given: str) -> Wish:
    """A wish, as the door makes it."""
    filters = asking.filters(EVENTS, {name: text.split(",") for name, text in given.items()})
    return Wish(after, filters, limit)


def shown(found: Found) -> list[dict[str, Any]]:
    """The events of a page."""
    items: list[dict[str, Any]] = orjson.loads(found.items)
    return items


@pytest.fixture
async def service(world: World, owner: asyncpg.Connection) -> Actor:
    """A service account in an organisation that has a short past."""
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

    assert [event["sequence"] for event in shown(await feed.look(service, wish(third.cursor)))] == [3]


async def test_the_latest_is_where_nothing_is_yet(world: World, service: Actor) -> None:
    found = await feed.look(service, wish(LATEST))
    person = await world.person()
    await relay_all()

    assert found.is_empty
    assert [event["subject"] for event in shown(await feed.look(service, wish(found.cursor)))] == [person]


async def test_an_event_reads_as_it_does_at_an_endpoint(service: Actor, owner: asyncpg.Connection) -> None:
    (event,) = shown(await feed.look(service, wish(limit=1)))

    row = dict(await owner.fetchrow("select * from outbox_event where id = $1", event["id"]))
    row |= {name: orjson.loads(row[name]) for name in ("changed", "data")}
    sent = orjson.loads(formats.native(row, config.settings().base_url))
    assert {**event, "timestamp": event["timestamp"].replace("+00:00", "Z")} == sent
    assert list(event) == list(sent)
