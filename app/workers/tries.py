"""What came of one try to deliver, and what it means for the delivery. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from app.webhooks import schedule
from app.webhooks.models import DeliveryStatus
from app.webhooks.sender import Directive, Failure, Outcome
from app.workers.loading import Parcel

# The wait after a try that never left us: it is counted as none.
BARRED = timedelta(seconds=30)
_GONE = 410
_OVERLOADED = frozenset({429, 502, 503, 504})
# Ours. Anything else is the endpoint's own, and may be what the receiver trusts it by.
_SHOWN = ("ce-", "content-", "flipside-", "user-agent", "webhook-")
_SIGNATURE, REDACTED = "webhook-signature", "***"


@dataclass(frozen=True, slots=True)
class Try:
    """One delivery that was sent, where to, when, and what came back; no outcome when it was not sent at all."""

    parcel: Parcel
    url: str
    started_at: datetime
    outcome: Outcome | None
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def shown_headers(self) -> dict[str, str]:
        """What was sent along, as the log may show it."""
        return {
            name: value if name.startswith(_SHOWN) and name != _SIGNATURE else REDACTED
            for name, value in self.headers.items()
        }

    @property
    def is_delivered(self) -> bool:
        """Whether the receiver accepted it."""
        return self.outcome is not None and self.outcome.delivered

    @property
    def error(self) -> str | None:
        """Why it does not count as delivered."""
        if self.outcome is None:
            return "abandoned"
        if self.outcome.error is not None:
            return self.outcome.error.value
        return None if self.outcome.delivered else "status"

    @property
    def is_barred(self) -> bool:
        """Whether it never came to the endpoint, since our own way out is barred."""
        return self.outcome is not None and self.outcome.error is Failure.EGRESS_PROXY

    @property
    def is_overload(self) -> bool:
        """Whether the receiver, or what stands before it, had more than it could bear."""
        return self.outcome is not None and self.outcome.status in _OVERLOADED

    @property
    def is_failure(self) -> bool:
        """Whether it speaks against the endpoint: not if it was our fault, or this one message was refused."""
        if self.outcome is None or self.is_barred or self.outcome.error is Failure.INTERNAL:
            return False
        return not self.outcome.delivered and self.outcome.directive is not Directive.ABORT_MESSAGE

    @property
    def turns_off(self) -> str | None:
        """Why the receiver wants no more, if it said so."""
        if self.outcome is None:
            return None
        if self.outcome.status == _GONE:
            return "gone"
        return "asked" if self.outcome.directive is Directive.DISABLE else None


@dataclass(frozen=True, slots=True)
class Verdict:
    """Where a delivery stands after a try, and when it is due again."""

    status: DeliveryStatus
    due_at: datetime
    is_exhausted: bool = False


def judge(done: Try, at: datetime, *, jitter: float) -> Verdict:
    """What becomes of a delivery that was tried; `jitter` is a random number in [0, 1)."""
    outcome = done.outcome
    if outcome is None:
        return Verdict(DeliveryStatus.DEAD, at, is_exhausted=True)
    if outcome.delivered:
        return Verdict(DeliveryStatus.DELIVERED, at)
    if done.turns_off:
        return Verdict(DeliveryStatus.HELD, at)
    if outcome.is_final or outcome.directive is Directive.ABORT_MESSAGE:
        return Verdict(DeliveryStatus.DEAD, at)
    again = (
        at + BARRED * (1 + jitter)
        if done.is_barred
        else schedule.next_attempt(done.parcel.attempt, at, jitter=jitter, retry_after=outcome.retry_after)
    )
    if again is None:
        return Verdict(DeliveryStatus.DEAD, at, is_exhausted=True)
    return Verdict(DeliveryStatus.PENDING, again)
