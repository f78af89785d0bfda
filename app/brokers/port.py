"""What the relay to a broker asks of a broker, whichever it is."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple, Protocol


class BrokerFailed(Exception):
    """The broker cannot be had, or did not confirm. The text holds neither addresses nor what was sent."""


class Message(NamedTuple):
    """An event on its way to the broker. Those of one `key` belong in one order; `id` tells a repetition."""

    id: str
    subject: str
    key: str
    body: bytes
    headers: Mapping[str, str]


class Broker(Protocol):
    """Keeps what it has confirmed, and has confirmed nothing that it does not keep."""

    async def open(self) -> None:
        """Be connected; at once if it is. Raises `BrokerFailed`."""

    async def publish(self, messages: Sequence[Message]) -> Sequence[BrokerFailed | None]:
        """Send these at once, no two of one key, and say of each what it failed of; `None` where it is confirmed."""

    async def close(self) -> None:
        """Let go of the connection."""
