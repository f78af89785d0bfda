"""The questions that both doors put to a list: filters, order, limit and cursor, checked and bound to slots."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from pydantic import TypeAdapter, ValidationError

from app import pagination
from app.errors import Fault, Invalid
from app.reading.resource import Equals, Resource
from app.reading.shape import Where
from app.text import Day, Instant

MOST_VALUES = 50
_MOST_DIGITS, _LONGEST_TEXT = 9, 300
_INSTANT: TypeAdapter[datetime] = TypeAdapter(Instant)
_DAY: TypeAdapter[date] = TypeAdapter(Day)
# Escaped in a cursor's scope, so that no value passes for two, or for another filter.
_SEPARATORS = str.maketrans({"%": "%25", ",": "%2C", "&": "%26"})


class BadQuery(Invalid):
    """A query parameter is unknown, repeated or not as it should be."""

    code, title = "bad_query", "Invalid query"

    def __init__(self, parameter: str, detail: str) -> None:
        super().__init__(f"A query parameter {detail}.", faults=(Fault(detail, code="bad_query", parameter=parameter),))


@dataclass(frozen=True)
class Filters:
    """The filters of one list in use, the values of their slots, and their text for the cursor's scope."""

    wheres: tuple[Where, ...]
    values: dict[str, Any]
    text: str


def filters(resource: Resource, given: Mapping[str, Sequence[str]], slot: str = "w") -> Filters:
    """Check filters by name. Raises `BadQuery`."""
    wheres, values, texts = [], {}, []
    asked = {**resource.defaults, **given}
    for index, (name, items) in enumerate(sorted(asked.items())):
        rule = resource.parameters.get(name)
        if rule is None:
            raise BadQuery(name[:100], "is not known here")
        if not 1 <= len(items) <= (MOST_VALUES if isinstance(rule, Equals) else 1):
            raise BadQuery(name, f"takes 1 to {MOST_VALUES} values" if isinstance(rule, Equals) else "takes one value")
        parsed = rule.meant([_value(rule.kind(resource), name, item) for item in items])
        several = len(parsed) != 1
        wheres.append(Where(name, f"{slot}{index}", several))
        values[f"{slot}{index}"] = parsed if several else parsed[0]
        texts.append(f"{name}={','.join([item.translate(_SEPARATORS) for item in items])}")
    return Filters(tuple(wheres), values, "&".join(texts))


def order(resource: Resource, text: str | None) -> str:
    """The order of a list. Raises `BadQuery`."""
    if text is None:
        return resource.default_sort
    if text not in resource.orders:
        raise BadQuery("sort", "is none of the orders of this list")
    return text


def limit(size: int | None, parameter: str = "limit", most: int = pagination.MAX_LIMIT) -> int:
    """The size of a page. Raises `BadQuery`."""
    if size is None:
        return pagination.DEFAULT_LIMIT
    if not 1 <= size <= most:
        raise BadQuery(parameter, f"must be a whole number from 1 to {most}")
    return size


def scope(organisation_id: str, resource: Resource, sort: str, text: str) -> str:
    """What the cursors of a list are signed over."""
    return f"{organisation_id}|{resource.name}|{sort}|{text}"


def after(scope_text: str, cursor: str, slot: str = "after", parameter: str = "cursor") -> dict[str, str]:
    """The sort keys inside a cursor, by slot. Raises `BadCursor`."""
    return {f"{slot}_{index}": key for index, key in enumerate(pagination.unseal(scope_text, cursor, parameter))}


def _value(kind: type | tuple[str, ...], parameter: str, text: str) -> Any:
    try:
        if kind is datetime:
            return _INSTANT.validate_python(text)
        if kind is date:
            return _DAY.validate_python(text)
    except ValidationError:
        raise BadQuery(parameter, "must be a date or instant in the format of RFC 3339") from None
    if kind is int:
        if not (text.isascii() and text.isdigit() and len(text) <= _MOST_DIGITS):
            raise BadQuery(parameter, "must be a whole number")
        return int(text)
    if isinstance(kind, tuple) and text not in kind:
        raise BadQuery(parameter, "is none of the values of this field")
    if not 1 <= len(text) <= _LONGEST_TEXT or "\0" in text:
        raise BadQuery(parameter, "must be text of 1 to 300 characters")
    return text
