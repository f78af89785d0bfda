"""A worker: relays, delivers, publishes, verifies, operates, chains and sweeps side by side until told to stop."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial

from app import config, logs
from app.brokers import choosing
from app.webhooks.sender import Sender
from app.workers.chaining import CHAIN_SECONDS, Chainer
from app.workers.deliver import Deliverer
from app.workers.faults import described
from app.workers.operate import Operator
from app.workers.publish import Publisher
from app.workers.relay import Relay
from app.workers.sweep import sweep
from app.workers.verify import Verifier

# A second one goes on with other organisations while the first waits for a long reaction.
RELAYS = 2
SWEEP_SECONDS = 60.0
GRACE_SECONDS = 10.0
LONGEST_PAUSE_SECONDS = 30.0

log = logs.get(__name__)


@dataclass(frozen=True, slots=True)
class Drained:
    """What `drain` did: events relayed, requests sent, requests that were accepted."""

    events: int
    sent: int
    delivered: int


@dataclass(slots=True)
class _Loop:
    """A step that is repeated: at once when it found work, else after a pause, or as soon as it is woken."""

    name: str
    step: Callable[[], Awaitable[bool]]
    pause_seconds: float
    woken: asyncio.Event = field(default_factory=asyncio.Event)


class Worker:
    """Does in the background what requests leave to be done. Any number of them may work on one database."""

    def __init__(self) -> None:
        self._stopping = asyncio.Event()
        self._queues: list[_Loop] = []
        # Here, so that what is missing is said before anything begins.
        self._broker = choosing.broker(config.settings())
        # Nobody waits for these.
        self._steady = (_Loop("sweep", _swept, SWEEP_SECONDS), _Loop("chain", Chainer().step, CHAIN_SECONDS))

    async def run(self) -> None:
        """Work until `stop`, then finish what is under way, within ten seconds."""
        async with _sender() as sender:
            pause = config.settings().worker_poll_seconds
            due, numbered = asyncio.Event(), asyncio.Event()
            deliverer, operator = Deliverer(sender, on_free=due.set), Operator()
            # In the order in which a write needs them: who is woken first is done first.
            self._queues = [_Loop("relay", partial(_relayed, Relay(), due, numbered), pause) for _ in range(RELAYS)]
            self._queues.append(_Loop("deliver", partial(_delivered, deliverer), pause, due))
            self._queues.append(_Loop("operate", operator.step, pause))
            self._queues.append(_Loop("verify", partial(_verified, Verifier(sender), due), pause))
            if self._broker is not None:
                self._queues.append(_Loop("publish", Publisher(self._broker).step, pause, numbered))
            loops = [asyncio.create_task(self._repeat(loop)) for loop in (*self._queues, *self._steady)]
            log.info("worker.started")
            try:
                await self._stopping.wait()
            finally:
                self.stop()
                deliverer.stop()
                operator.stop()
                await _wind_up(loops, deliverer)
                if self._broker is not None:
                    await self._broker.close()
                log.info("worker.stopped")

    def wake(self) -> None:
        """Look for work now instead of after the pause: something was written in this process."""
        for loop in self._queues:
            loop.woken.set()

    def stop(self) -> None:
        """Let `run` come to its end. A signal handler of the event loop may call it, and more than once."""
        self._stopping.set()
        for loop in (*self._queues, *self._steady):
            loop.woken.set()

    async def drain(self) -> Drained:
        """Relay, deliver and operate until nothing is due now. For tests and the demonstration, instead of `run`."""
        async with _sender() as sender:
            relay, deliverer, verifier, operator, events = Relay(), Deliverer(sender), Verifier(sender), Operator(), 0
            while True:
                taken = await relay.step()
                if taken is not None:
                    events += taken
                elif await deliverer.step():
                    await deliverer.finish()
                elif not await verifier.step() and not await operator.step():
                    return Drained(events, deliverer.tally.sent, deliverer.tally.delivered)

    async def _repeat(self, loop: _Loop) -> None:
        failures = 0
        while not self._stopping.is_set():
            loop.woken.clear()
            try:
                worked = await loop.step()
            except Exception as error:
                failures += 1
                log.error("worker.failed", loop=loop.name, failures=failures, **described(error))
                # Whoever wakes us now would only make a bad time worse.
                await _wait(self._stopping, min(loop.pause_seconds * 2 ** min(failures, 10), LONGEST_PAUSE_SECONDS))
            else:
                failures = 0
                if not worked:
                    await _wait(loop.woken, loop.pause_seconds)


def _sender() -> Sender:
    return Sender(allow_private=config.settings().private_webhooks_allowed)


async def _relayed(relay: Relay, *woken: asyncio.Event) -> bool:
    worked = await relay.step() is not None
    if worked:
        for event in woken:
            event.set()
    return worked


async def _verified(verifier: Verifier, due: asyncio.Event) -> bool:
    worked = await verifier.step()
    if worked:
        due.set()
    return worked


async def _delivered(deliverer: Deliverer) -> bool:
    # A step takes all that is due, or all that there are lanes for: it is woken when either changes.
    await deliverer.step()
    return False


async def _swept() -> bool:
    await sweep()
    return False


async def _wait(event: asyncio.Event, seconds: float) -> None:
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await event.wait()


async def _wind_up(loops: list[asyncio.Task[None]], deliverer: Deliverer) -> None:
    """Wait for what is under way; break off what takes too long: its leases run out, and it is done again."""
    with suppress(TimeoutError):
        async with asyncio.timeout(GRACE_SECONDS):
            await asyncio.wait(loops)
            await deliverer.finish()
    late = [task for task in (*loops, *deliverer.lanes) if not task.done()]
    for task in late:
        task.cancel()
    if late:
        await asyncio.wait(late, timeout=2)
