"""The relay's hands at a NATS server: one that runs, is killed, refuses or does not answer."""

import secrets
from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from pathlib import Path

import pytest
from nats.js.api import StreamConfig
from pydantic import SecretStr

from app.brokers import choosing
from app.brokers import nats as adapter
from app.brokers.port import Broker, BrokerFailed, Message
from app.config import Settings
from tests.brokers.servers import NatsServer
from tests.certificates import certificate

Connect = Callable[..., Broker]


@pytest.fixture
def topic() -> str:
    return f"t{secrets.token_hex(4)}"


@pytest.fixture
async def connect(nats: NatsServer, topic: str) -> AsyncIterator[Connect]:
    """A broker as the settings name it; closed in the end."""
    made: list[Broker] = []

    def named(**wishes: object) -> Broker:
        settings = Settings().model_copy(update={"broker_url": nats.url, "broker_topic": topic, **wishes})
        broker = choosing.broker(settings)
        assert broker is not None
        made.append(broker)
        return broker

    yield named
    for broker in made:
        await broker.close()


def message(topic: str, name: str, body: bytes = b"{}") -> Message:
    return Message(f"evt_{name}", f"{topic}.org_1.goal.set", f"gol_{name}", body, {"content-type": "application/json"})


async def test_what_is_published_lies_in_a_stream_in_its_order(connect: Connect, nats: NatsServer, topic: str) -> None:
    broker = connect()
    await broker.open()
    await broker.open()

    outcomes = await broker.publish([message(topic, name, name.encode()) for name in "abc"])

    assert list(outcomes) == [None] * 3
    stored = await nats.stored(topic)
    assert [one.data for one in stored] == [b"a", b"b", b"c"]
    assert {one.subject for one in stored} == {f"{topic}.org_1.goal.set"}
    assert stored[0].headers == {"Nats-Msg-Id": "evt_a", "content-type": "application/json"}
    async with nats.looking() as stream:
        made = (await stream.stream_info(topic)).config
    assert (made.max_age, made.duplicate_window) == (timedelta(days=7).total_seconds(), 600)


async def test_a_repetition_is_confirmed_and_stored_once(connect: Connect, nats: NatsServer, topic: str) -> None:
    for broker in (connect(), connect()):
        await broker.open()
        assert list(await broker.publish([message(topic, "a")])) == [None]

    assert len(await nats.stored(topic)) == 1


async def test_a_stream_that_is_there_is_taken_as_it_is(connect: Connect, nats: NatsServer, topic: str) -> None:
    async with nats.looking() as stream:
        await stream.add_stream(StreamConfig(name=f"{topic}_mine", subjects=[f"{topic}.>"], max_msg_size=200))
    broker = connect()
    await broker.open()

    small, large, other = await broker.publish(
        [message(topic, "a"), message(topic, "b", b"x" * 500), message(topic, "c")]
    )

    assert (small, other) == (None, None)
    assert str(large) == "not confirmed (BadRequestError)"


async def test_a_server_that_is_killed_confirms_nothing_more_and_is_found_again(
    connect: Connect, nats: NatsServer, topic: str
) -> None:
    broker = connect()
    await broker.open()
    await broker.publish([message(topic, "a")])
    nats.kill()

    lost = await broker.publish([message(topic, "b"), message(topic, "c")])
    with pytest.raises(BrokerFailed, match=r"NATS cannot be had \(NoServersError\)\."):
        await broker.open()
    assert all(await broker.publish([message(topic, "b")]))
    nats.start()
    await broker.open()

    assert all(lost)
    assert list(await broker.publish([message(topic, "b")])) == [None]
    assert [one.headers["Nats-Msg-Id"] for one in await nats.stored(topic) if one.headers] == ["evt_a", "evt_b"]


async def test_what_is_not_confirmed_in_time_counts_as_not_sent(
    connect: Connect, nats: NatsServer, topic: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    broker = connect()
    await broker.open()
    with monkeypatch.context() as patch:
        patch.setattr(adapter, "ACK_SECONDS", 1e-9)
        (late,) = await broker.publish([message(topic, "a")])
    (again,) = await broker.publish([message(topic, "a")])

    assert (str(late), again) == ("not confirmed (TimeoutError)", None)
    assert len(await nats.stored(topic)) == 1


async def test_a_server_without_jetstream_is_not_to_be_had(connect: Connect, tmp_path: Path) -> None:
    server = NatsServer(tmp_path, "-js=false")
    server.start()
    try:
        with pytest.raises(BrokerFailed, match=r"^NATS cannot be had \((ServiceUnavailable|NoResponders)Error\)\.$"):
            await connect(broker_url=server.url).open()
    finally:
        server.kill()


async def test_a_server_with_a_password_and_a_certificate_is_met_as_somebody(
    connect: Connect, tmp_path: Path, topic: str
) -> None:
    pem = certificate(tmp_path, "localhost")
    server = NatsServer(tmp_path, "--user", "flipside", "--pass", "hidden", "--tlscert", pem, "--tlskey", pem)
    server.start()
    wishes = {"broker_url": f"nats+tls://localhost:{server.port}", "broker_ca_file": Path(pem)}
    try:
        known = connect(**wishes, broker_user="flipside", broker_password=SecretStr("hidden"))
        await known.open()
        assert list(await known.publish([message(topic, "a")])) == [None]
        with pytest.raises(BrokerFailed, match=r"^NATS cannot be had"):
            await connect(**wishes, broker_password=SecretStr("hidden")).open()
        with pytest.raises(BrokerFailed, match=r"^NATS cannot be had"):
            await connect(broker_url=wishes["broker_url"], broker_user="flipside").open()
        await known.close()
    finally:
        server.kill()
