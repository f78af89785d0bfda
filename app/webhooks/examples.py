"""One event of each type, made up: for the catalogue, and to test an endpoint with. The same in every process."""

import zlib
from collections.abc import Iterator
from datetime import UTC, date, datetime
from enum import Enum
from functools import cache
from typing import Any, get_args

import orjson

from app.domain.goals.models import GoalMilestone
from app.domain.people.models import Person
from app.events.envelope import Event
from app.events.models import OutboxEvent
from app.table import Row
from app.webhooks import formats
from app.webhooks.models import WebhookEndpoint

_SUFFIX, _LETTERS = "01kd3xq8v7fy2a9m4n6p0rst", "0123456789abcdefghjkmnpqrstvwxyz"
_AT = datetime(2027, 3, 9, 15, 4, 5, tzinfo=UTC)
# Ids that are named after what they are to the event, rather than after their kind.
_NAMED: dict[str, Any] = {
    "mentor": Person,
    "mentee": Person,
    "cancelled_by": Person,
    "milestone": GoalMilestone,
    "endpoint": WebhookEndpoint,
    "event": OutboxEvent,
}
_WORDS = {
    "calendar_uid": "ses_01kd3xq8v7fy2a9m4n6p0rstwz@flipside",
    "event_type": "session.completed",
    "external_id": "E-10042",
    "kind": "people_import",
    "zone": "Europe/Paris",
}
_VALUES: dict[type, Any] = {datetime: _AT, date: _AT.date(), int: 1, float: 1.0}


@cache
def of(kind: type[Event]) -> Event:
    """An event of this type."""
    return kind.model_validate({name: _value(name, field.annotation) for name, field in kind.model_fields.items()})


def native(kind: type[Event], base_url: str) -> dict[str, Any]:
    """The same as endpoints get it, in our own envelope."""
    data = of(kind).data()
    row = {
        "id": _an_id(OutboxEvent.prefix, "id"),
        "type": kind.type,
        "occurred_at": _AT,
        "sequence": 1042,
        "organisation_id": _an_id("org", "organisation"),
        "subject": data[kind.subject],
        "actor": _an_id("per", "actor") if kind.names_actor else None,
        "changed": [],
        "data": data,
    }
    made: dict[str, Any] = orjson.loads(formats.native(row, base_url))
    return made


def _value(name: str, annotation: Any) -> Any:
    kind = next(iter(get_args(annotation)), annotation)
    if issubclass(kind, Enum):
        return next(iter(kind))
    if kind is str and (prefix := _prefixes().get(name.removesuffix("_id"))):
        return _an_id(prefix, name)
    return _VALUES.get(kind, _WORDS.get(name, "not_said"))


@cache
def _prefixes() -> dict[str, str]:
    kinds = {str(row.__tablename__): row for row in _tables(Row)} | _NAMED
    return {name: kind.prefix for name, kind in kinds.items()}


def _tables(base: Any) -> Iterator[Any]:
    for kind in base.__subclasses__():
        if hasattr(kind, "__table__"):
            yield kind
        yield from _tables(kind)


def _an_id(prefix: str, member: str) -> str:
    """A well-formed id; others for other members, so that two of one kind differ."""
    number = zlib.crc32(member.encode())
    return f"{prefix}_{_SUFFIX}{_LETTERS[number % 32]}{_LETTERS[number // 32 % 32]}"
