"""The relay's hands at Kafka, tried at the cluster that librdkafka has built in: it speaks the protocol over TCP."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from confluent_kafka import OFFSET_BEGINNING, Consumer, Producer, TopicPartition
from pydantic import SecretStr

from app.brokers import choosing
from app.brokers import kafka as adapter
from app.brokers.kafka import Kafka
from app.brokers.port import BrokerFailed, Message
from app.config import Settings

HEADERS = {"content-type": "application/json", "ce-id": "evt_1", "ce-type": "goal.set"}


class Cluster:
    """A cluster of three brokers in this process. It keeps what it gets until it is closed."""

    def __init__(self) -> None:
        self._owner: Producer | None = Producer({"test.mock.num.brokers": 3, "log_level": 0})
        brokers = self._owner.list_topics(timeout=5).brokers.values()
        self.hosts = ",".join(f"{broker.host}:{broker.port}" for broker in brokers)

    def close(self) -> None:
        """Be gone, with all that was kept."""
        self._owner = None

    def stored(self, topic: str, count: int) -> list[Any]:
        """So many messages of a topic, each partition's in its order."""
        settings = {"bootstrap.servers": self.hosts, "group.id": "test", "log_level": 0, "fetch.wait.max.ms": 10}
        consumer = Consumer(settings)
        try:
            partitions = consumer.list_topics(topic, timeout=5).topics[topic].partitions
            consumer.assign([TopicPartition(topic, number, OFFSET_BEGINNING) for number in partitions])
            return consumer.consume(count, timeout=10)
        finally:
            consumer.close()


@pytest.fixture
def cluster() -> Iterator[Cluster]:
    made = Cluster()
    yield made
    made.close()


def connect(hosts: str, **wishes: object) -> Kafka:
    """The broker as the settings name it."""
    settings = Settings().model_copy(update={"broker_url": f"kafka://{hosts}", "broker_topic": "flipside", **wishes})
    broker = choosing.broker(settings)
    assert isinstance(broker, Kafka)
    return broker


def message(name: str, key: str, body: bytes = b"{}") -> Message:
    return Message(name, "flipside.org_1.goal.set", key, body, HEADERS)


async def test_what_is_told_of_a_subject_lies_in_one_partition_in_its_order(cluster: Cluster) -> None:
    broker = connect(cluster.hosts)
    await broker.open()
    await broker.open()

    for number in (b"1", b"2", b"3"):
        outcomes = await broker.publish([message(key, key, number) for key in ("gol_a", "gol_b", "gol_c")])
        assert list(outcomes) == [None] * 3
    await broker.close()

    stored = cluster.stored("flipside", 9)
    for key in (b"gol_a", b"gol_b", b"gol_c"):
        of_key = [one for one in stored if one.key() == key]
        assert [one.value() for one in of_key] == [b"1", b"2", b"3"]
        assert len({one.partition() for one in of_key}) == 1
    named = [("content-type", b"application/json"), ("ce_id", b"evt_1"), ("ce_type", b"goal.set")]
    assert stored[0].headers() == named


async def test_what_is_too_long_is_refused_and_the_rest_is_not(cluster: Cluster) -> None:
    broker = connect(cluster.hosts)
    await broker.open()

    small, large, other = await broker.publish(
        [message("1", "a"), message("2", "b", b"x" * 1100000), message("3", "c")]
    )

    assert (small, other) == (None, None)
    assert "MSG_SIZE_TOO_LARGE" in str(large)
    await broker.open()
    assert list(await broker.publish([message("4", "a")])) == [None]


async def test_a_cluster_that_goes_confirms_nothing_more(cluster: Cluster, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(adapter, "DELIVERY_SECONDS", 0.3)
    broker = connect(cluster.hosts)
    await broker.open()
    monkeypatch.setattr(adapter, "CONNECT_SECONDS", 0.3)
    cluster.close()

    (lost,) = await broker.publish([message("1", "a")])

    assert str(lost) == "refused (_MSG_TIMED_OUT)"
    with pytest.raises(BrokerFailed, match=r"^Kafka cannot be had \(_TRANSPORT\)\.$"):
        await broker.open()


async def test_nothing_is_published_before_the_broker_is_open() -> None:
    with pytest.raises(BrokerFailed, match="not open"):
        await connect("127.0.0.1:1").publish([message("1", "a")])


@pytest.mark.parametrize(
    ("wishes", "options"),
    [
        ({}, {"security.protocol": "plaintext", "enable.idempotence": True}),
        ({"broker_url": "kafka+tls://a:1,b:2"}, {"security.protocol": "ssl", "bootstrap.servers": "a:1,b:2"}),
        (
            {"broker_user": "me", "broker_password": SecretStr("hidden"), "broker_sasl": "PLAIN"},
            {"security.protocol": "sasl_plaintext", "sasl.mechanism": "PLAIN", "sasl.password": "hidden"},
        ),
        (
            {"broker_url": "kafka+tls://a:1", "broker_user": "me", "broker_ca_file": Path("/ca.pem")},
            {"security.protocol": "sasl_ssl", "sasl.username": "me", "ssl.ca.location": "/ca.pem"},
        ),
    ],
)
def test_who_we_are_and_how_safely_we_come_is_said_in_its_words(
    wishes: dict[str, object], options: dict[str, object]
) -> None:
    assert connect("127.0.0.1:1", **wishes)._options.items() >= options.items()
