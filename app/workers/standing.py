"""What becomes of endpoints by what came of their deliveries: breaker, warnings, and the end."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, fields
from datetime import datetime, timedelta
from operator import attrgetter

import asyncpg

from app import logs
from app.events.envelope import Event
from app.webhooks.events import EndpointDisabled, EndpointFailing
from app.webhooks.health import DISABLE_AFTER, Health
from app.webhooks.models import EndpointStatus
from app.workers.telling import News
from app.workers.tries import Try

# Whoever changes deliveries of an endpoint locks the endpoint first, as removing it does.
_LOCK = """
    select w.organisation_id, w.id, w.url, w.status, w.consecutive_failures, w.failing_since, w.last_success_at,
        w.next_attempt_at, w.probes, w.warnings
    from unnest($1::text[], $2::text[]) as n (organisation_id, id)
    join webhook_endpoint w on w.organisation_id = n.organisation_id and w.id = n.id
    order by w.organisation_id, w.id for no key update of w
"""
_KEEP = """
    update webhook_endpoint w set
        consecutive_failures = n.consecutive_failures, failing_since = n.failing_since,
        last_success_at = n.last_success_at, next_attempt_at = n.next_attempt_at, probes = n.probes,
        warnings = n.warnings
    from unnest($1::text[], $2::text[], $3::int[], $4::timestamptz[], $5::timestamptz[], $6::timestamptz[], $7::int[],
        $8::int[]) as n (organisation_id, id, consecutive_failures, failing_since, last_success_at, next_attempt_at,
        probes, warnings)
    where w.organisation_id = n.organisation_id and w.id = n.id
"""
_DISABLE = """
    update webhook_endpoint set status = 'disabled', disabled_reason = $3, version = version + 1, updated_at = $4
    where organisation_id = $1 and id = $2
"""
_HOLD = """
    update delivery set status = 'held', version = version + 1, updated_at = $3
    where organisation_id = $1 and endpoint_id = $2 and status = 'pending'
"""

# In the order of the statements above. `dataclasses.astuple` would copy each deeply.
_FIGURES = attrgetter(*(one.name for one in fields(Health)))

log = logs.get(__name__)


@dataclass(slots=True)
class Standing:
    """An endpoint, locked, and what is to be said of it."""

    organisation_id: str
    endpoint_id: str
    url: str
    is_on: bool
    health: Health
    news: list[Event] = field(default_factory=list)
    turned_off: str | None = None

    @property
    def key(self) -> tuple[str, str]:
        """The endpoint's key."""
        return self.organisation_id, self.endpoint_id

    def learn(self, tries: Iterable[Try], at: datetime, *, jitter: float) -> None:
        """Draw the consequences of deliveries that were tried, in the order in which they ended."""
        for done in tries:
            # What an old address says is no word of the new one.
            if not self.is_on or done.url != self.url:
                continue
            if done.is_delivered:
                self.health = self.health.succeeded(at)
            elif done.is_failure:
                self._fail(done, at, jitter)
            if done.turns_off:
                self._turn_off(done.turns_off)

    def _fail(self, done: Try, at: datetime, jitter: float) -> None:
        asked = done.outcome.retry_after if done.outcome else None
        self.health = self.health.failed(at, began_at=done.started_at, jitter=jitter, retry_after=asked)
        threshold = self.health.overdue(at)
        if threshold == DISABLE_AFTER:
            self._turn_off("failing")
        elif threshold is not None:
            self.health = self.health.warned()
            self.news.append(self._warning(done, threshold, at))

    def _warning(self, done: Try, threshold: timedelta, at: datetime) -> EndpointFailing:
        return EndpointFailing(
            endpoint_id=self.endpoint_id,
            hours=threshold // timedelta(hours=1),
            failing_since=self.health.failing_since or at,
            consecutive_failures=self.health.consecutive_failures,
            last_status=done.outcome.status if done.outcome else None,
            last_error=done.error,
            event_id=done.parcel.event["id"],
            event_type=done.parcel.event["type"],
        )

    def _turn_off(self, reason: str) -> None:
        self.is_on, self.turned_off = False, reason
        self.news.append(EndpointDisabled(endpoint_id=self.endpoint_id, reason=reason))


async def locked(connection: asyncpg.Connection, keys: Sequence[tuple[str, str]]) -> dict[tuple[str, str], Standing]:
    """The endpoints of these keys that there still are, locked in the order of their keys."""
    rows = await connection.fetch(_LOCK, *map(list, zip(*keys, strict=True)))
    found = (_standing(row) for row in rows)
    return {one.key: one for one in found}


async def keep(connection: asyncpg.Connection, standings: Iterable[Standing], at: datetime) -> list[News]:
    """Write down how endpoints fare now, and turn off those that are to be; what is to be told of them."""
    rows, news = [], list[News]()
    for one in standings:
        rows.append((*one.key, *_FIGURES(one.health)))
        news += [(one.organisation_id, event) for event in one.news]
        if one.turned_off:
            await connection.execute(_DISABLE, *one.key, one.turned_off, at)
            await connection.execute(_HOLD, *one.key, at)
            log.warning("endpoint.disabled", endpoint_id=one.endpoint_id, reason=one.turned_off)
    if rows:
        await connection.execute(_KEEP, *map(list, zip(*rows, strict=True)))
    return news


def _standing(row: asyncpg.Record) -> Standing:
    organisation_id, endpoint_id, url, status, *health = row
    return Standing(organisation_id, endpoint_id, url, status == EndpointStatus.ENABLED, Health(*health))
