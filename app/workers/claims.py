"""Taking endpoints for one worker, in such a way that a dead worker frees them by itself."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from app import clock
from app import db as database
from app.webhooks.models import Ordering
from app.webhooks.pacing import Pace

# Due now, and not on its way.
DUE = "d.status = 'pending' and d.due_at <= $1 and (d.claimed_until is null or d.claimed_until <= $1)"
# And first in its line. What is on its way, or waits to be tried again, is pending and holds the rest back.
READY = f"""
    {DUE} and (d.ordering_key is null or not exists (
        select from delivery f
        where f.organisation_id = d.organisation_id and f.endpoint_id = d.endpoint_id
            and f.ordering_key = d.ordering_key and f.status = 'pending' and f.sequence < d.sequence
    ))
"""
# Materialized: planned as a join, the subselect could run more than once and lock more than `limit`.
# Offset 0: one endpoint after the other is asked, until there are enough. Left to itself the planner makes it a join
# that reads every delivery that is due, however many there are.
# Released endpoints keep the time of their release, so those that have waited longest come first.
_LANES = f"""
    with due as materialized (
        select w.organisation_id, w.id from webhook_endpoint w
        where w.status = 'enabled' and (w.lease_until is null or w.lease_until <= $1)
            and (w.next_attempt_at is null or w.next_attempt_at <= $1)
            and exists (
                select from delivery d
                where d.organisation_id = w.organisation_id and d.endpoint_id = w.id and {READY} offset 0
            )
        order by w.lease_until nulls first, w.id limit $2 for no key update skip locked
    )
    update webhook_endpoint w set lease_until = $3, lease_by = $4
    from due where w.organisation_id = due.organisation_id and w.id = due.id
    returning w.organisation_id, w.id, w.ordering, w.max_in_flight, w.effective_rate, w.paid_until,
        -- No more than its handshake allowed, if it had one.
        case when w.allowed_per_minute is null then w.rate_limit
            else least(w.rate_limit, greatest(w.allowed_per_minute / 60, 1)) end as rate_limit,
        w.next_attempt_at is not null as is_open
"""  # noqa: S608
_RELEASE = """
    update webhook_endpoint w set
        lease_until = n.lease_until, lease_by = null, effective_rate = n.effective_rate, paid_until = n.paid_until
    from unnest($1::text[], $2::text[], $3::text[], $4::timestamptz[], $5::float8[], $6::timestamptz[])
        as n (organisation_id, id, worker, lease_until, effective_rate, paid_until)
    where w.organisation_id = n.organisation_id and w.id = n.id and w.lease_by = n.worker
"""


@dataclass(frozen=True, slots=True)
class Lane:
    """An endpoint that is ours until the lease runs out, and how it wants to be served."""

    organisation_id: str
    endpoint_id: str
    worker: str
    ordering: Ordering
    max_in_flight: int
    pace: Pace
    is_open: bool

    @property
    def key(self) -> tuple[str, str]:
        """The endpoint's key."""
        return self.organisation_id, self.endpoint_id


@dataclass(frozen=True, slots=True)
class Return:
    """A lane that is given back, and how fast it was in the end; nobody takes it before `until`."""

    lane: Lane
    until: datetime
    pace: Pace


async def lanes(worker: str, *, limit: int, lease: timedelta) -> list[Lane]:
    """Take endpoints that have something to send, at most `limit`."""
    now = clock.now()
    found = await database.current().claim(_LANES, now, limit, now + lease, worker)
    return [_lane(row, worker) for row in found]


async def release(returns: Sequence[Return]) -> list[None]:
    """Give endpoints back."""
    rows = [(*one.lane.key, one.lane.worker, one.until, one.pace.reduced, one.pace.paid_until) for one in returns]
    await database.current().claim(_RELEASE, *map(list, zip(*rows, strict=True)))
    return [None] * len(returns)


def _lane(row: Mapping[str, Any], worker: str) -> Lane:
    # Never faster than its limit, which may be lower by now than when it was last served.
    limit = row["rate_limit"]
    pace = Pace(limit, min(limit, row["effective_rate"] or limit), row["paid_until"])
    ordering = Ordering(row["ordering"])
    return Lane(row["organisation_id"], row["id"], worker, ordering, row["max_in_flight"], pace, row["is_open"])
