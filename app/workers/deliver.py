"""Sending what is due: one lane per endpoint, so that a slow receiver keeps nobody waiting but itself."""

import asyncio
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from app import clock, config, logs
from app.webhooks import signing
from app.webhooks.lrs import Lrs
from app.webhooks.sender import Sender
from app.workers import claims, loading, packing, settling
from app.workers.batching import Batcher
from app.workers.claims import Lane, Return
from app.workers.faults import described
from app.workers.loading import Ask, Load, Parcel
from app.workers.tries import Try
from app.workers.turn import LONGEST_TURN, REST, Crew, Turn

_CHANCE = secrets.SystemRandom()
# Where fewer lanes than this share are free, those that end within so long are given out together.
CROWDED, GATHER_SECONDS = 1 / 4, 0.02
USER_AGENT = "flipside-webhooks/1"

log = logs.get(__name__)


@dataclass(slots=True)
class Tally:
    """How many requests went out, and how many of them were accepted."""

    sent: int = 0
    delivered: int = 0


class Deliverer:
    """Serves the endpoints that have deliveries due, each in a lane of its own, as many at once as the settings say.

    `on_free` is called whenever a lane ends and another endpoint could be served, or has rested enough.
    """

    def __init__(
        self,
        sender: Sender,
        *,
        on_free: Callable[[], None] = lambda: None,
        jitter: Callable[[], float] = _CHANCE.random,
    ) -> None:
        self.tally = Tally()
        self.lanes: set[asyncio.Task[None]] = set()
        self._name = f"worker-{secrets.token_hex(8)}"
        self._sender, self._lrs, self._on_free = sender, Lrs(sender), on_free
        self._stopping = False
        self._release = Batcher(claims.release)
        self._crew = Crew(
            Batcher(_load), self._try, Batcher(settling.settle), jitter=jitter, is_stopping=lambda: self._stopping
        )

    async def step(self) -> int:
        """Open lanes for endpoints that have something due; how many. They run on by themselves."""
        most = config.settings().worker_lanes
        if most * (1 - CROWDED) < len(self.lanes) < most:
            # To look for ten endpoints costs what it costs to look for one.
            await asyncio.sleep(GATHER_SECONDS)
        free = most - len(self.lanes)
        if free <= 0 or self._stopping:
            return 0
        taken = await claims.lanes(self._name, limit=free, lease=_lease())
        for lane in taken:
            task = asyncio.create_task(self._serve(lane))
            self.lanes.add(task)
            task.add_done_callback(self._ended)
        return len(taken)

    async def finish(self) -> None:
        """Wait until every open lane has ended."""
        while self.lanes:
            await asyncio.wait(self.lanes)

    def stop(self) -> None:
        """Open no lane any more, and let the open ones end after the requests that are on their way."""
        self._stopping = True

    def _ended(self, task: asyncio.Task[None]) -> None:
        self.lanes.discard(task)
        self._on_free()

    async def _serve(self, lane: Lane) -> None:
        turn = Turn(lane, self._crew)
        try:
            # So it stays when the turn fails: whatever is wrong will not be right at once.
            rest = REST
            try:
                rest = await turn.run()
            finally:
                await self._release.ask(Return(lane, clock.now() + rest, turn.pace))
            asyncio.get_running_loop().call_later(rest.total_seconds(), self._on_free)
        except Exception as error:
            log.error("lane.failed", endpoint_id=lane.endpoint_id, **described(error))

    async def _try(self, load: Load, parcel: Parcel) -> Try:
        at, settings = clock.now(), config.settings()
        if parcel.is_spent:
            return Try(parcel, load.terms.url, at, None)
        message = await packing.pack(load.terms.style, parcel.event)
        headers = {
            **message.headers,
            **signing.headers(parcel.event["id"], at, message.body, load.terms.secrets),
            "user-agent": USER_AGENT,
            "flipside-event-type": parcel.event["type"],
            "flipside-delivery-id": parcel.id,
            "flipside-attempt": str(parcel.attempt),
            # Of all formats alike, as Shopify marks its tests.
            **({"flipside-test": "true"} if parcel.event["endpoint_id"] else {}),
        }
        timeout = min(load.terms.timeout_seconds, settings.webhook_timeout_seconds)
        terms = load.terms
        if terms.style.auth is None:
            outcome = await self._sender.post(
                terms.url, headers, message.body, timeout=timeout, identity=terms.identity
            )
        else:
            outcome = await self._lrs.post(
                terms.url, terms.style.auth, headers, message.body, timeout=timeout, identity=terms.identity
            )
        done = Try(parcel, terms.url, at, outcome, headers)
        self.tally.sent += 1
        self.tally.delivered += done.is_delivered
        if not done.is_delivered:
            log.info(
                "delivery.failed",
                delivery_id=parcel.id,
                attempt=parcel.attempt,
                status=outcome.status,
                error=done.error,
            )
        return done


async def _load(asks: Sequence[Ask]) -> list[Load | Exception | None]:
    return await loading.load(asks, lease=_lease())


def _lease() -> timedelta:
    """How long a claim holds: longer than any turn, or another worker would send the same again."""
    settings = config.settings()
    shortest = LONGEST_TURN + timedelta(seconds=settings.webhook_timeout_seconds + 10)
    return max(timedelta(seconds=settings.lease_seconds), shortest)
