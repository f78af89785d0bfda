"""How an endpoint fares: its streak of failures, the breaker, and when we warn of it and give up. Pure."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from app.webhooks import schedule

# So many failures in a row open the breaker; fewer never turn an endpoint off.
OPENS_AFTER: Final = 10
DISABLE_AFTER: Final = timedelta(hours=120)
# A streak as long as the last of these is spread over more than the twelve hours that ten failures must span.
THRESHOLDS: Final = (timedelta(hours=24), timedelta(hours=72), DISABLE_AFTER)


@dataclass(frozen=True, slots=True)
class Health:
    """What the attempts at an endpoint, in the order in which they ended, say of it."""

    consecutive_failures: int = 0
    failing_since: datetime | None = None
    last_success_at: datetime | None = None
    # While the breaker is open: when the next probe may go out, and how many have failed, the first opening included.
    next_attempt_at: datetime | None = None
    probes: int = 0
    warnings: int = 0

    @property
    def is_open(self) -> bool:
        """Whether the breaker is open: nothing but one probe at a time goes out."""
        return self.next_attempt_at is not None

    def succeeded(self, at: datetime) -> "Health":
        """After an attempt that was accepted: as new."""
        return Health(last_success_at=at)

    def failed(
        self, at: datetime, *, began_at: datetime, jitter: float, retry_after: timedelta | None = None
    ) -> "Health":
        """After an attempt that failed. The schedule of deliveries spaces the probes, too."""
        now = replace(self, consecutive_failures=self.consecutive_failures + 1, failing_since=self.failing_since or at)
        # What was on its way when the breaker opened is no probe.
        is_late = self.next_attempt_at is not None and began_at < self.next_attempt_at
        if is_late or now.consecutive_failures < OPENS_AFTER:
            return now
        place = min(self.probes + 1, schedule.MAX_ATTEMPTS - 1)
        due_at = schedule.next_attempt(place, at, jitter=jitter, retry_after=retry_after)
        return replace(now, probes=self.probes + 1, next_attempt_at=due_at)

    def overdue(self, at: datetime) -> timedelta | None:
        """The threshold that the streak has reached and nobody was told of: to be asked after every failure.

        The first two are for a warning each, so no endpoint is turned off without them. The streak counts, not the
        silence before it: an endpoint that nothing was sent to is not failing.
        """
        threshold = THRESHOLDS[self.warnings]
        if self.failing_since is None or at - self.failing_since < threshold:
            return None
        if threshold == DISABLE_AFTER and self.consecutive_failures < OPENS_AFTER:
            return None
        return threshold

    def warned(self) -> "Health":
        """After a warning."""
        return replace(self, warnings=self.warnings + 1)
