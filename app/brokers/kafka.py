"""Kafka: one topic, and the event's subject as the key, so that what is told of one subject stays in one partition."""

import asyncio
from collections.abc import Sequence
from functools import partial
from typing import Any, Final

from confluent_kafka import KafkaError, KafkaException, Producer

from app.brokers.choosing import Place
from app.brokers.port import BrokerFailed, Message
from app.config import Settings

CONNECT_SECONDS, DELIVERY_SECONDS = 5.0, 8.0
# After the last of them everything has its answer.
_FLUSH_SECONDS: Final = DELIVERY_SECONDS + 2
_PROTOCOLS: Final = {
    (False, False): "plaintext",
    (False, True): "sasl_plaintext",
    (True, False): "ssl",
    (True, True): "sasl_ssl",
}


def made(place: Place, settings: Settings) -> "Kafka":
    """The broker of these settings."""
    return Kafka(place, settings.broker_topic, settings.broker_sasl)


class Kafka:
    """An idempotent producer: its own repetitions are stored once and in order. It waits in threads."""

    def __init__(self, place: Place, topic: str, sasl: str) -> None:
        self._options, self._topic = _options(place, sasl), topic
        self._producer: Producer | None = None
        self._has_failed = False

    async def open(self) -> None:
        """Be connected, to a cluster that has our topic or makes it now."""
        if self._producer is not None and not self._has_failed:
            return
        try:
            producer = Producer(self._options)
            found = await asyncio.to_thread(producer.list_topics, self._topic, CONNECT_SECONDS)
        except KafkaException as error:
            raise BrokerFailed(f"Kafka cannot be had ({error.args[0].name()}).") from error
        if (refusal := found.topics[self._topic].error) is not None:
            raise BrokerFailed(f"Kafka has no topic for us ({refusal.name()}).")
        self._producer, self._has_failed = producer, False

    async def publish(self, messages: Sequence[Message]) -> Sequence[BrokerFailed | None]:
        """Send these, and wait for what the partitions' leaders say."""
        producer = self._producer
        if producer is None:
            raise BrokerFailed("not open")
        outcomes: list[BrokerFailed | None] = [BrokerFailed("not confirmed in time") for _ in messages]
        for place, message in enumerate(messages):
            try:
                self._send(producer, message, partial(_note, outcomes, place))
            # The queue is full, the message too long, or the producer beyond use.
            except (BufferError, KafkaException) as error:
                outcomes[place] = BrokerFailed(f"not taken ({error.args[0]})")
        await asyncio.to_thread(producer.flush, _FLUSH_SECONDS)
        # A producer that has failed may be beyond use: another takes its place.
        self._has_failed |= any(outcomes)
        return outcomes

    async def close(self) -> None:
        """Let go of the producer: nothing is under way, since whoever publishes waits."""
        self._producer = None

    def _send(self, producer: Producer, message: Message, note: Any) -> None:
        headers: dict[str, str | bytes | None] = {_spelt(name): value for name, value in message.headers.items()}
        producer.produce(self._topic, message.body, message.key, headers=headers, on_delivery=note)


def _options(place: Place, sasl: str) -> dict[str, Any]:
    options = {
        "bootstrap.servers": ",".join(place.hosts),
        "client.id": "flipside",
        "security.protocol": _PROTOCOLS[place.is_tls, place.user is not None],
        # Implies that all replicas in sync confirm, and that repetitions keep the order.
        "enable.idempotence": True,
        "delivery.timeout.ms": int(DELIVERY_SECONDS * 1000),
        # All of a batch is handed over at once: there is nobody to wait for.
        "linger.ms": 0,
        "compression.type": "lz4",
        # Emergencies alone: what fails is said by whoever asked, without addresses.
        "log_level": 0,
    }
    if place.ca_file is not None:
        options["ssl.ca.location"] = str(place.ca_file)
    if place.user is not None:
        options |= {"sasl.mechanism": sasl, "sasl.username": place.user, "sasl.password": place.password or ""}
    return options


def _note(outcomes: list[BrokerFailed | None], place: int, error: KafkaError | None, _message: Any) -> None:
    outcomes[place] = None if error is None else BrokerFailed(f"refused ({error.name()})")


def _spelt(header: str) -> str:
    """CloudEvents writes its prefix with an underscore here (Kafka binding 1.0, section 3.2.3.1)."""
    return header.replace("ce-", "ce_", 1) if header.startswith("ce-") else header
