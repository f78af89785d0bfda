"""Writing down what happened, in the transaction in which it happened."""

from collections.abc import Iterable

from app import ids
from app.db import Db
from app.events.envelope import Event
from app.events.models import OutboxEvent


def record(db: Db, event: Event, *, changed: Iterable[str] = (), endpoint_id: str | None = None) -> None:
    """Add an event to the outbox of this transaction; `changed` names the fields of the subject that changed.

    One with an `endpoint_id` goes there alone: it has no consequences and no place in the feed.
    """
    data = event.data()
    db.write_down(
        OutboxEvent,
        organisation_id=db.organisation_id,
        id=ids.new("evt"),
        type=event.type,
        subject=data[event.subject],
        visibility=event.visibility.value,
        actor=db.actor_id if event.names_actor else None,
        changed=sorted(changed),
        data=data,
        endpoint_id=endpoint_id,
    )
