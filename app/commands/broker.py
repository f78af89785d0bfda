"""Whether the broker that the settings name can be had, and how far behind us it is."""

import asyncio

from app.brokers import choosing
from app.brokers.port import BrokerFailed
from app.commands import hosting
from app.config import Settings
from app.workers import publish


class BrokerAway(RuntimeError):
    """The broker cannot be had; the text says what to look at."""


def look(settings: Settings) -> str:
    """Connect, and say so. Raises `BrokerAway` or `ExtraMissing`."""
    try:
        asyncio.run(_connect(settings))
    except BrokerFailed as error:
        raise BrokerAway(f"{error} Start it, or mend FLIPSIDE_BROKER_URL and what goes with it.") from error
    return "can be had"


async def _connect(settings: Settings) -> None:
    broker = choosing.broker(settings)
    if broker is not None:
        await broker.open()
        await broker.close()


def behind(settings: Settings, address: str) -> str:
    """How many events the broker has not confirmed."""
    lag = asyncio.run(_lag(settings, address))
    return f"{lag['events']} events of {lag['organisations']} organisations wait for it"


async def _lag(settings: Settings, address: str) -> dict[str, int]:
    async with hosting.opened(address, settings):
        return await publish.lag()
