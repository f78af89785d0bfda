"""One endpoint's turn: what it has due is sent, so many at a time, until it fails or others are to be served."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from app import clock, config
from app.webhooks.health import Health
from app.webhooks.models import Ordering
from app.workers import tries as trying
from app.workers.batching import Batcher
from app.workers.claims import Lane
from app.workers.lines import Lines, Send
from app.workers.loading import Ask, Load
from app.workers.settling import Round
from app.workers.tries import Try

# Then the endpoint goes back to the end of the queue, even if it has more.
LONGEST_TURN = timedelta(seconds=5)
# From here on each that is accepted makes room for one more (the slow start of RFC 5681): a receiver that comes back is
# not run over.
_FIRST_IN_FLIGHT = 2
# A receiver that took nothing is left alone this long, or as long as it asks for, but no longer than that.
REST, LONGEST_REST = timedelta(seconds=2), timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Crew:
    """Who does what a turn needs done."""

    load: Batcher[Ask, Load | None]
    send: Send
    settle: Batcher[Round, Health | None]
    jitter: Callable[[], float]
    is_stopping: Callable[[], bool]


class Turn:
    """Keeps as many requests of one lane on their way as it may."""

    def __init__(self, lane: Lane, crew: Crew) -> None:
        self.pace = lane.pace
        self._lane, self._crew = lane, crew
        self._lines = Lines(crew.send)
        self._room = 1 if lane.is_open else min(_FIRST_IN_FLIGHT, lane.max_in_flight)
        self._began_at = clock.now()
        self._slowed_at: datetime | None = None
        # Something was due and nothing can be had: somebody else holds it just now.
        self._rest = REST
        self._has_delivered = self._is_drained = self._is_over = False

    async def run(self) -> timedelta:
        """Send until there is no more to send or the turn is over; how long the endpoint then rests."""
        try:
            await self._refill()
            while self._lines.under_way:
                # Not for ever: what falls due meanwhile need not wait for one that is slow.
                if done := await self._lines.take(config.settings().worker_poll_seconds):
                    await self._settle(done)
                await self._refill()
        finally:
            # Broken off: nobody would write down what comes of these.
            self._lines.cancel()
        return max(self._rest, self.pace.wait(clock.now()))

    async def _refill(self) -> None:
        """Put on their way what is due and may go now."""
        now = clock.now()
        self._is_over |= self._crew.is_stopping() or now >= self._began_at + LONGEST_TURN
        # Where all wait in one line, to look for a second that may go is to look at all there are.
        room = 1 if self._lane.ordering is Ordering.STRICT else self._room
        count = min(room - self._lines.under_way, self.pace.allowance(now))
        if self._is_over or count <= 0 or (self._is_drained and not self._lines.under_way):
            return
        try:
            load = await self._crew.load.ask(Ask(self._lane, count))
        except Exception:
            self._is_over = True
            if not self._lines.under_way:
                raise
            # What is on its way is written down first; the next turn says what is wrong.
            return
        self._is_over = load is None
        if load is not None:
            # What waits in line becomes free as others arrive, so there it pays to ask again.
            self._is_drained = len(load.parcels) < count and self._lane.ordering is Ordering.NONE
            self.pace = self.pace.spend(len(load.parcels), now)
            self._lines.give(load)

    async def _settle(self, tries: Sequence[Try]) -> None:
        """Write down what came of some requests, and learn from it."""
        now, jitter = clock.now(), self._crew.jitter
        # Chance is asked of the system, so only where it is needed.
        judged = [(done, trying.judge(done, now, jitter=0 if done.is_delivered else jitter())) for done in tries]
        has_failed = not all(done.is_delivered for done in tries)
        health = await self._crew.settle.ask(Round(self._lane, judged, jitter() if has_failed else 0))
        if health is None or has_failed:
            self._is_over = True
        else:
            self._room = min(self._room + len(tries), self._lane.max_in_flight)
        self._adapt(tries)

    def _adapt(self, tries: Sequence[Try]) -> None:
        """Go slower or faster from here on, and decide how long to leave the receiver alone."""
        slowed_at, asked_too_much = self._slowed_at, [done.started_at for done in tries if done.is_overload]
        # Those that were on their way when we slowed down say nothing new.
        if asked_too_much and (slowed_at is None or max(asked_too_much) > slowed_at):
            self.pace, self._slowed_at = self.pace.halved(), clock.now()
        elif accepted := sum(done.is_delivered for done in tries):
            self.pace = self.pace.recovered(accepted)
        self._has_delivered |= any(done.is_delivered or done.turns_off for done in tries)
        asked = [done.outcome.retry_after for done in tries if done.outcome and done.outcome.retry_after]
        self._rest = timedelta(0) if self._has_delivered else min(max((REST, *asked)), LONGEST_REST)
