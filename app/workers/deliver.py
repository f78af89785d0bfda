"""Sending what is due: one lane per endpoint, so that a slow receiver keeps nobody waiting but itself."""

import asyncio
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from app import clock, config, logs
from app.webhooks import formats, signing
from app.webhooks.sender import Sender
from app.workers import claims, settling
from app.workers.claims import Lane, Load, Parcel
from app.workers.faults import described
from app.workers.settling import Try

IN_FLIGHT = 10
# Then the endpoint goes back to the end of the queue, even if it has more.
LONGEST_TURN = timedelta(seconds=5)
# A receiver that took nothing is left alone this long, or as long as it asks for, but no longer than that.
REST, LONGEST_REST = timedelta(seconds=2), timedelta(minutes=1)
_CHANCE = secrets.SystemRandom()
USER_AGENT = "flipside-webhooks/1"

log = logs.get(__name__)


@dataclass(slots=True)
class Tally:
    """How many requests went out, and how many of them were accepted."""

    sent: int = 0
    delivered: int = 0


class Deliverer:
    """Serves the endpoints that have deliveries due, each in a lane of its own, as many at once as the settings say.

    `on_free` is called whenever a lane ends and another endpoint could be served.
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
        self._sender, self._on_free, self._jitter = sender, on_free, jitter
        self._stopping = False

    async def step(self) -> int:
        """Open lanes for endpoints that have something due; how many. They run on by themselves."""
        free = config.settings().worker_lanes - len(self.lanes)
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
        try:
            # So it stays when the turn fails: whatever is wrong will not be right at once.
            rest = REST
            try:
                rest = await self._turn(lane)
            finally:
                await claims.release(lane, clock.now() + rest)
        except Exception as error:
            log.error("lane.failed", endpoint_id=lane.endpoint_id, **described(error))

    async def _turn(self, lane: Lane) -> timedelta:
        """Send what an endpoint has due, a round at a time, until it fails or has had its turn; how long it rests."""
        ends_at = clock.now() + LONGEST_TURN
        # Something was due and nothing can be had: somebody else holds it just now.
        rest = REST
        while tries := await self._round(lane):
            rest = _rest(tries)
            if self._stopping or clock.now() >= ends_at or not all(done.is_delivered for done in tries):
                break
        return rest

    async def _round(self, lane: Lane) -> Sequence[Try]:
        """Send the next deliveries of a lane side by side and write down what came of them."""
        load = await claims.load(lane, limit=IN_FLIGHT, lease=_lease())
        if load is None or not load.parcels:
            return []
        tries = await asyncio.gather(*(self._try(load, parcel) for parcel in load.parcels))
        now = clock.now()
        await settling.settle(
            lane, load.url, [(done, settling.judge(done, now, jitter=self._jitter())) for done in tries]
        )
        for done in tries:
            self.tally.sent += done.outcome is not None
            self.tally.delivered += done.is_delivered
        return tries

    async def _try(self, load: Load, parcel: Parcel) -> Try:
        at, settings = clock.now(), config.settings()
        if parcel.is_spent:
            return Try(parcel, at, None)
        body = formats.native(parcel.event, settings.base_url)
        headers = {
            **signing.headers(parcel.event["id"], at, body, load.secrets),
            "content-type": "application/json",
            "user-agent": USER_AGENT,
            "flipside-event-type": parcel.event["type"],
            "flipside-delivery-id": parcel.id,
            "flipside-attempt": str(parcel.attempt),
            # Of all formats alike, as Shopify marks its tests.
            **({"flipside-test": "true"} if parcel.event["endpoint_id"] else {}),
        }
        outcome = await self._sender.post(load.url, headers, body, timeout=settings.webhook_timeout_seconds)
        done = Try(parcel, at, outcome)
        if not done.is_delivered:
            log.info(
                "delivery.failed",
                delivery_id=parcel.id,
                attempt=parcel.attempt,
                status=outcome.status,
                error=done.error,
            )
        return done


def _rest(tries: Sequence[Try]) -> timedelta:
    """How long to leave a receiver alone: not at all, unless it took nothing; then a moment, or longer if it asks."""
    if any(done.is_delivered or done.turns_off for done in tries):
        return timedelta(0)
    asked = [done.outcome.retry_after for done in tries if done.outcome and done.outcome.retry_after]
    return min(max((REST, *asked)), LONGEST_REST)


def _lease() -> timedelta:
    """How long a claim holds: longer than any turn, or another worker would send the same again."""
    settings = config.settings()
    shortest = LONGEST_TURN + timedelta(seconds=settings.webhook_timeout_seconds + 10)
    return max(timedelta(seconds=settings.lease_seconds), shortest)
