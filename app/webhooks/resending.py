"""Sending again what an endpoint was sent before, or should have been: operations that feed its queue little by little.

What is new must never be long behind what is old. So no more is let be due than half of what the endpoint takes in a
second, less what is due there anyway; and it waits in a line of its own, which holds back nothing but itself.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from app import clock, ids
from app.auth.actor import Actor
from app.db import Db
from app.domain.operations import service as operations
from app.domain.operations.models import Operation
from app.domain.operations.work import Paused, Work
from app.domain.organisations.retention import DataClass
from app.domain.privacy import retaining
from app.errors import Conflict, Fault, Invalid
from app.reading import rows
from app.reading.run import Absent
from app.webhooks import catalogue
from app.webhooks.models import Delivery, DeliveryStatus, EndpointStatus, WebhookEndpoint
from app.webhooks.resource import WEBHOOK_ENDPOINTS
from app.webhooks.schemas import WebhookEndpointRecover, WebhookEndpointReplay

# The kinds of the operations, and the intents that begin them.
RECOVER, REPLAY = "recover_webhook_endpoint", "replay_webhook_endpoint"
PAUSE = timedelta(seconds=1)
_SENT = (DeliveryStatus.DELIVERED, DeliveryStatus.DEAD, DeliveryStatus.HELD)
# Locked first, as by all who change its deliveries.
_ENDPOINT = """
    select status, least(rate_limit, effective_rate, allowed_per_minute / 60.0) as rate, (
        select count(*) from (
            select from delivery d
            where d.organisation_id = $1 and d.endpoint_id = $2 and d.status = 'pending' and d.due_at <= $3 limit 1000
        ) due
    ) as due
    from webhook_endpoint where organisation_id = $1 and id = $2 for no key update
"""
_CHOSEN = """
    d.organisation_id = $1 and d.endpoint_id = $2 and d.id > $3 and d.id < $4 and d.status = any($5)
        and ($6::text[] is null or d.event_type = any($6))
"""
_COUNT = f"select count(*) as total from delivery d where {_CHOSEN}"  # noqa: S608
# One whose event is kept no longer stays as it is.
_RELEASE = f"""
    with chosen as materialized (
        select d.id, d.event_id from delivery d where {_CHOSEN} order by d.id limit $7 for no key update
    ), sent as (
        update delivery d set
            status = 'pending', attempts = 0, due_at = $8, claimed_until = null, delivered_at = null,
            version = d.version + 1, updated_at = $8,
            ordering_key = case w.ordering when 'key' then 'again ' || e.subject when 'strict' then 'again' end
        from chosen c
        join outbox_event e on e.organisation_id = $1 and e.id = c.event_id
        join webhook_endpoint w on w.organisation_id = $1 and w.id = $2
        where d.organisation_id = $1 and d.id = c.id
        returning d.id
    )
    select c.id, s.id is not null as is_sent from chosen c left join sent s on s.id = c.id order by c.id
"""  # noqa: S608


class EndpointOff(Conflict):
    """Nothing is sent to a disabled endpoint."""

    code = "endpoint_disabled"

    def __init__(self) -> None:
        super().__init__("The endpoint is disabled. Enable it first; what is held is sent then by itself.")


class OutOfReach(Invalid):
    """There is no such time to send again from."""

    code = "out_of_reach"

    def __init__(self, detail: str) -> None:
        fault = Fault(detail, self.code, pointer="/since")
        super().__init__("There is nothing to send again from then on.", faults=(fault,))


async def recover(db: Db, actor: Actor, endpoint_id: str, data: WebhookEndpointRecover) -> Operation:
    """Send again what an endpoint did not accept, oldest first.

    Each with the same `webhook-id` as before, and from the first attempt on. It goes no faster than half of the
    endpoint's rate, and only as the endpoint takes it: what is new is not kept waiting. The operation counts in `done`
    what it came to, in `updated` what is sent again, in `unchanged` what is not, as its event is kept no longer.
    """
    return await _begin(db, actor, RECOVER, endpoint_id, data, data.states)


async def replay(db: Db, actor: Actor, endpoint_id: str, data: WebhookEndpointReplay) -> Operation:
    """Send again all that an endpoint was sent, what it accepted included, oldest first.

    As recovering does; what is still to be tried is left to its schedule.
    """
    return await _begin(db, actor, REPLAY, endpoint_id, data, _SENT)


async def resend(work: Work) -> None:
    """The job: one bite, and then a pause, until nothing is left."""
    async with work.chunk() as db:
        asked, now = work.parameters, clock.now()
        room = await _room(db, asked["endpoint_id"], now)
        report, after = work.report, work.report.cursor or asked["after"]
        chosen = asked["endpoint_id"], after, asked["before"], asked["states"], asked["types"]
        if report.total is None:
            report.total = (await db.fetch(_COUNT, db.organisation_id, *chosen))[0]["total"]
        found = await db.fetch(_RELEASE, db.organisation_id, *chosen, room, now) if room > 0 else []
        if found:
            sent = sum(row["is_sent"] for row in found)
            report.cursor, report.updated = found[-1]["id"], report.updated + sent
            report.unchanged += len(found) - sent
            # More may have come to be dead since they were counted.
            work.progress(report.done + len(found), max(report.total, report.done + len(found)))
    if room <= 0 or len(found) == room:
        raise Paused(PAUSE)


async def _begin(
    db: Db, actor: Actor, kind: str, endpoint_id: str, data: WebhookEndpointReplay, states: Sequence[str]
) -> Operation:
    endpoint: WebhookEndpoint = await rows.get(db, actor, WEBHOOK_ENDPOINTS, endpoint_id, kind)
    if endpoint.status is not EndpointStatus.ENABLED:
        raise EndpointOff
    now = clock.now()
    until = min(data.until or now, now)
    days = await retaining.keep_days(db, DataClass.DELIVERIES)
    if data.since < now - timedelta(days=days):
        raise OutOfReach(f"lies further back than deliveries are kept, which is {days} days")
    if data.since >= until:
        raise OutOfReach("must lie before `until`, and before now")
    parameters: dict[str, Any] = {
        "endpoint_id": endpoint.id,
        "after": ids.first_at(Delivery.prefix, data.since),
        "before": ids.first_at(Delivery.prefix, until),
        "states": [str(state) for state in states],
        "types": data.types and [name for name in catalogue.BY_TYPE if catalogue.wants(data.types, name)],
    }
    return await operations.begin(db, actor, kind, parameters=parameters, subject_ids=(endpoint.id,))


async def _room(db: Db, endpoint_id: str, now: datetime) -> int:
    """How many more may be due at an endpoint, which is locked. Raises `EndpointOff`, or `Absent`."""
    for row in await db.fetch(_ENDPOINT, db.organisation_id, endpoint_id, now):
        if row["status"] != EndpointStatus.ENABLED:
            raise EndpointOff
        return max(1, int(row["rate"] / 2)) - int(row["due"])
    raise Absent
