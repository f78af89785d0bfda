"""One event of each type, made up: for the catalogue, and to test an endpoint with. The same in every process."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from enum import Enum
from functools import cache
from typing import Any, get_args, get_origin

import orjson

from app import ids
from app.domain.enrolments.models import Enrolment
from app.domain.goals.models import GoalMilestone
from app.domain.groups.models import Group
from app.domain.people.models import Person
from app.domain.planning.models import RecurringSession
from app.domain.recognition.models import RecognitionCriterion
from app.events.envelope import Event
from app.events.models import OutboxEvent
from app.table import Row
from app.webhooks import formats
from app.webhooks.models import WebhookEndpoint

_AT = datetime(2027, 3, 9, 15, 4, 5, tzinfo=UTC)
# Ids that are named after what they are to the event, rather than after their kind.
_NAMED: dict[str, Any] = {
    "mentor": Person,
    "mentee": Person,
    "nominator": Person,
    "nominee": Person,
    "mentor_enrolment": Enrolment,
    "mentee_enrolment": Enrolment,
    "cancelled_by": Person,
    "cause_person": Person,
    "milestone": GoalMilestone,
    "criterion": RecognitionCriterion,
    "group": Group,
    "endpoint": WebhookEndpoint,
    "series": RecurringSession,
    "event": OutboxEvent,
}
_WORDS = {
    "calendar_uid": "ses_01kd3xq8v7fy2a9m4n6p0rstwz@flipside",
    "event_type": "session.completed",
    "external_id": "E-10042",
    "kind": "people_import",
    "zone": "Europe/Paris",
}
_VALUES: dict[type, Any] = {datetime: _AT, date: _AT.date(), int: 1, float: 1.0, bool: False}


@cache
def of(kind: type[Event]) -> Event:
    """An event of this type."""
    return kind.model_validate({name: _value(name, field.annotation) for name, field in kind.model_fields.items()})


def native(kind: type[Event], base_url: str) -> dict[str, Any]:
    """The same as endpoints get it, in our own envelope."""
    return enveloped(kind, of(kind).data(), base_url)


def enveloped(kind: type[Event], data: dict[str, Any], base_url: str) -> dict[str, Any]:
    """Made-up `data` of an event of this type, in our own envelope."""
    row = {
        "id": ids.made_up(OutboxEvent.prefix, "id"),
        "type": kind.type,
        "occurred_at": _AT,
        "sequence": 1042,
        "organisation_id": ids.made_up("org", "organisation"),
        "subject": data[kind.subject],
        "actor": ids.made_up("per", "actor") if kind.names_actor else None,
        "changed": [],
        "data": data,
    }
    made: dict[str, Any] = orjson.loads(formats.native(row, base_url))
    return made


def _value(name: str, annotation: Any) -> Any:
    if get_origin(annotation) is list:
        return [_value(name, *get_args(annotation))]
    kind = next(iter(get_args(annotation)), annotation)
    if issubclass(kind, Enum):
        return next(iter(kind))
    if kind is str and (prefix := _prefixes().get(name.removesuffix("_id"))):
        return ids.made_up(prefix, name)
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
