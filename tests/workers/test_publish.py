"""Events go to the broker: all of them, in order, once in the stream, whatever dies on the way."""

import asyncio
import os
import secrets
import sys
from collections.abc import AsyncIterator
from typing import Any

import asyncpg
import orjson
import pytest
from nats.aio.msg import Msg
from nats.js.api import StreamConfig
from structlog.testing import capture_logs

from app import config
from app.brokers import choosing
from app.brokers.port import BrokerFailed
from app.config import Settings
from app.webhooks import formats
from app.workers import publish as publishing
from app.workers import run as running
from app.workers.publish import Publisher, lag
from app.workers.run import Worker
from tests.brokers.servers import NatsServer
from tests.conftest import TestClock
from tests.workers.steps import relay_all
from tests.world import World, found_world

# It publishes, and is killed before it can say so.
PROGRAM = """
import asyncio, os
from app import config, db
from app.brokers import choosing
from app.workers.publish import Publisher

async def halt(*_):
    print("published", flush=True)
    await asyncio.Event().wait()

async def main():
    db.use(db.Database(os.environ["ADDRESS"], config.settings()))
    Publisher._settle = halt
    await Publisher(choosing.broker(config.settings())).step()

asyncio.run(main())
"""
_CAUGHT_UP = """
    insert into broker_cursor (organisation_id, sequence, lease_until)
    select organisation_id, last_sequence, '-infinity' from event_counter
    on conflict (organisation_id) do update set sequence = excluded.sequence
"""
_CURSOR = "select sequence from broker_cursor where organisation_id = $1"


@pytest.fixture
def topic() -> str:
    return f"t{secrets.token_hex(4)}"


@pytest.fixture(autouse=True)
async def _configured(
    nats: NatsServer, topic: str, settings: Settings, owner: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The settings name a broker, and other tests' organisations have nothing to tell it."""
    named = settings.model_copy(update={"broker_url": nats.url, "broker_topic": topic, "worker_poll_seconds": 0.01})
    monkeypatch.setattr(config, "settings", lambda: named)
    await owner.execute(_CAUGHT_UP)


@pytest.fixture
async def publisher() -> AsyncIterator[Publisher]:
    broker = choosing.broker(config.settings())
    assert broker is not None
    yield Publisher(broker)
    await broker.close()


async def publish(*publishers: Publisher) -> None:
    """Publish until nothing is left, by several at once if need be."""

    async def run(one: Publisher) -> None:
        while await one.step():
            pass

    await relay_all()
    await asyncio.gather(*map(run, publishers))


def events(stored: list[Msg], world: World) -> list[dict[str, Any]]:
    """The events of an organisation, of what a stream holds."""
    return [orjson.loads(one.data) for one in stored if f".{world.organisation_id}." in one.subject]


def sequences(stored: list[Msg], world: World) -> list[int]:
    """Their numbers, as they lie there."""
    return [event["sequence"] for event in events(stored, world)]


async def test_every_event_is_published_in_its_order_as_endpoints_get_it(
    world: World, publisher: Publisher, nats: NatsServer, topic: str, owner: asyncpg.Connection
) -> None:
    person = await world.person()
    await world.do("admin", "update_person", person, title="Head of Rails")
    await world.person()

    await publish(publisher)

    stored = await nats.stored(topic)
    assert [one.subject.removeprefix(f"{topic}.{world.organisation_id}.") for one in stored] == [
        "person.created",
        "person.updated",
        "person.created",
    ]
    assert sequences(stored, world) == [1, 2, 3]
    row = dict(await owner.fetchrow("select * from outbox_event where subject = $1 and sequence = 2", person))
    row |= {name: orjson.loads(row[name]) for name in ("changed", "data")}
    assert stored[1].data == formats.native(row, config.settings().base_url)
    assert stored[1].headers == {"Nats-Msg-Id": row["id"], "content-type": "application/json"}
    assert not await publisher.step()
    assert await lag() == {"organisations": 0, "events": 0}


async def test_it_can_be_cloudevents(
    world: World, nats: NatsServer, topic: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    named = config.settings().model_copy(update={"broker_format": "cloudevents_binary"})
    monkeypatch.setattr(config, "settings", lambda: named)
    person = await world.person()
    broker = choosing.broker(named)
    assert broker is not None

    await publish(Publisher(broker))
    await broker.close()

    (stored,) = await nats.stored(topic)
    assert stored.headers is not None
    assert (stored.headers["ce-type"], stored.headers["ce-subject"]) == ("person.created", person)


async def test_what_is_confided_and_what_is_for_one_endpoint_is_not_published(
    world: World, publisher: Publisher, nats: NatsServer, topic: str, owner: asyncpg.Connection
) -> None:
    made = await world.do("admin", "create_webhook_endpoint", url="https://hooks.example.com/in", types=["win.*"])
    session = await world.session((await world.pairing())["id"])
    await world.do("mentor", "cancel_session", session["id"], reason="illness")

    await publish(publisher)

    types = [event["type"] for event in events(await nats.stored(topic), world)]
    assert types[-1] == "session.cancelled"
    assert made["id"] not in {event["subject"] for event in events(await nats.stored(topic), world)}
    confided = (
        "select sequence from outbox_event where type = 'session.cancellation_explained' and organisation_id = $1"
    )
    last = await owner.fetchval(confided, world.organisation_id)
    assert await owner.fetchval(_CURSOR, world.organisation_id) == last == len(types) + 1


async def test_a_killed_publisher_is_followed_by_another_and_the_stream_holds_everything_once(
    world: World, publisher: Publisher, nats: NatsServer, topic: str, owner: asyncpg.Connection, address: str,
    clock: TestClock,
) -> None:  # fmt: skip
    for _ in range(20):
        await world.person()
    await relay_all()
    settings = config.settings()
    assert settings.secret_key is not None
    environment = os.environ | {
        "ADDRESS": address,
        "FLIPSIDE_SECRET_KEY": settings.secret_key.get_secret_value(),
        "FLIPSIDE_BROKER_URL": nats.url,
        "FLIPSIDE_BROKER_TOPIC": topic,
    }
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", PROGRAM, env=environment, stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    async with asyncio.timeout(60):
        assert await process.stdout.readline() == b"published\n"
        process.kill()
        await process.wait()
    assert len(await nats.stored(topic)) == 20
    assert await owner.fetchval(_CURSOR, world.organisation_id) == 0
    # It lived by the wall clock.
    clock.set(await owner.fetchval("select max(lease_until) from broker_cursor"))

    await world.person()
    await publish(publisher)

    assert sequences(await nats.stored(topic), world) == list(range(1, 22))
    assert await owner.fetchval(_CURSOR, world.organisation_id) == 21


async def test_while_the_broker_is_away_events_wait_and_then_go_in_their_order(
    world: World, publisher: Publisher, nats: NatsServer, topic: str, owner: asyncpg.Connection
) -> None:
    person = await world.person()
    await publish(publisher)
    nats.kill()
    for title in ("One", "Two", "Three"):
        await world.do("admin", "update_person", person, title=title)
    await relay_all()

    with capture_logs() as logs, pytest.raises(BrokerFailed):
        await publisher.step()
    nats.start()
    await publish(publisher)

    about = {"log_level": "warning", "reason": "NATS cannot be had (NoServersError).", "organisations": 1, "events": 3}
    assert logs == [{"event": "broker.away", **about}]
    assert sequences(await nats.stored(topic), world) == [1, 2, 3, 4]


async def test_a_broker_that_goes_in_the_middle_has_what_it_confirmed(
    world: World, publisher: Publisher, nats: NatsServer, topic: str, owner: asyncpg.Connection, clock: TestClock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    person = await world.person()
    for title in ("One", "Two"):
        await world.do("admin", "update_person", person, title=title)
    await relay_all()
    broker = publisher._broker
    told, wave = broker.publish, 0

    async def die(messages: Any) -> Any:
        nonlocal wave
        wave += 1
        if wave == 2:
            nats.kill()
        return await told(messages)

    with monkeypatch.context() as patch, capture_logs() as logs:
        patch.setattr(broker, "publish", die)
        assert not await publisher.step()
    (failed,) = logs
    assert (failed["event"], failed["after"], failed["error"]) == ("broker.unconfirmed", 1, "BrokerFailed")
    assert await owner.fetchval(_CURSOR, world.organisation_id) == 1

    nats.start()
    assert not await publisher.step()
    clock.advance(seconds=15)
    await publish(publisher)

    assert sequences(await nats.stored(topic), world) == [1, 2, 3]


async def test_what_is_refused_of_one_organisation_keeps_no_other_waiting(
    world: World, publisher: Publisher, nats: NatsServer, topic: str, clock: TestClock
) -> None:
    other = await found_world("Other")
    await world.person()
    await other.person()
    async with nats.looking() as stream:
        config_ = StreamConfig(name=topic, subjects=[f"{topic}.{other.organisation_id}.>"])
        await stream.add_stream(config_)
        with capture_logs() as logs:
            await publish(publisher)
        assert {log["organisation_id"] for log in logs} == {world.organisation_id}
        assert sequences(await nats.stored(topic), other)
        await stream.update_stream(config_.evolve(subjects=[f"{topic}.>"]))
    assert await lag() == {"organisations": 1, "events": 1}

    clock.advance(seconds=15)
    await publish(publisher)

    assert sequences(await nats.stored(topic), world) == [1]


async def test_an_event_that_cannot_be_written_keeps_no_other_organisation_waiting(
    world: World, publisher: Publisher, nats: NatsServer, topic: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = await found_world("Other")
    bad = await world.person()
    await other.person()
    build = formats.build

    def fail(event: Any, *arguments: Any) -> Any:
        if event["subject"] == bad:
            raise RuntimeError("secret")
        return build(event, *arguments)

    monkeypatch.setattr(formats, "build", fail)
    with capture_logs() as logs:
        await publish(publisher)

    (failed,) = logs
    assert (failed["error"], failed["reason"], failed["organisation_id"]) == (
        "RuntimeError",
        None,
        world.organisation_id,
    )
    assert "secret" not in str(logs)
    assert sequences(await nats.stored(topic), other)


async def test_several_publishers_share_the_work(
    world: World, nats: NatsServer, topic: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(publishing, "BATCH", 3)
    monkeypatch.setattr(publishing, "ORGANISATIONS_AT_ONCE", 1)
    other = await found_world("Other")
    for _ in range(10):
        await world.person()
        await other.person()
    await relay_all()
    brokers = [choosing.broker(config.settings()) for _ in range(3)]

    publishers = [Publisher(broker) for broker in brokers if broker]
    await publish(*publishers)
    # One that finds all organisations taken goes home early.
    await publish(publishers[0])

    stored = await nats.stored(topic)
    assert sequences(stored, world) == list(range(1, 11))
    assert sequences(stored, other) == sorted(sequences(stored, other))
    for broker in brokers:
        assert broker
        await broker.close()


async def test_whoever_lost_the_lease_moves_nothing(
    world: World, publisher: Publisher, nats: NatsServer, owner: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    await world.person()
    await relay_all()
    told = publisher._broker.publish

    async def be_slow(messages: Any) -> Any:
        taken = "update broker_cursor set lease_by = 'another' where organisation_id = $1"
        await owner.execute(taken, world.organisation_id)
        return await told(messages)

    monkeypatch.setattr(publisher._broker, "publish", be_slow)
    await publisher.step()

    row = await owner.fetchrow("select * from broker_cursor where organisation_id = $1", world.organisation_id)
    assert (row["sequence"], row["lease_by"]) == (0, "another")


async def test_a_batch_ends_with_its_time(
    world: World, publisher: Publisher, owner: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    person = await world.person()
    await world.do("admin", "update_person", person, title="Later")
    await relay_all()
    named = config.settings().model_copy(update={"lease_seconds": 0})
    monkeypatch.setattr(config, "settings", lambda: named)

    assert await publisher.step()

    assert await owner.fetchval(_CURSOR, world.organisation_id) == 1


async def test_events_that_were_forgotten_unpublished_are_told_of(
    world: World, publisher: Publisher, owner: asyncpg.Connection
) -> None:
    for _ in range(2):
        await world.person()
    await publish(publisher)
    for _ in range(2):
        await world.person()
    await relay_all()
    await owner.execute("delete from outbox_event where organisation_id = $1 and sequence <= 3", world.organisation_id)

    with capture_logs() as logs:
        await publish(publisher)

    about = {"organisation_id": world.organisation_id, "after": 2}
    assert logs == [{"event": "broker.gap", "log_level": "warning", **about}]


async def test_a_worker_publishes_beside_all_else(
    world: World, nats: NatsServer, topic: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def nothing() -> None:
        return None

    monkeypatch.setattr(running, "sweep", nothing)
    worker = Worker()
    async with nats.looking() as stream, asyncio.timeout(30):
        await stream.add_stream(StreamConfig(name=topic, subjects=[f"{topic}.>"]))
        consumer = await stream.subscribe(f"{topic}.>")
        working = asyncio.create_task(worker.run())
        try:
            await world.person()
            arrived = await consumer.next_msg(timeout=30)
        finally:
            worker.stop()
            await working

    assert sequences([arrived], world) == [1]
