"""GraphQL's words for instants, days and free JSON. They pass through: the domain's schemas do the checking."""

from datetime import date, datetime
from typing import Any

import orjson
import strawberry
from graphql import GraphQLError
from strawberry.scalars import JSON


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise GraphQLError("must be text in the format of RFC 3339")
    return value


class Verbatim(dict[str, Any]):
    """An object whose names are the caller's own: nobody spells them anew."""


def _json(value: Any) -> Any:
    try:
        orjson.dumps(value)
    except orjson.JSONEncodeError:
        raise GraphQLError("must be JSON, with whole numbers of at most 64 bits") from None
    return Verbatim(value) if isinstance(value, dict) else value


DateTime = strawberry.scalar(
    name="DateTime", description="An instant (RFC 3339), with an offset from UTC.", parse_value=_text
)
Date = strawberry.scalar(name="Date", description="A day (RFC 3339 full-date).", parse_value=_text)
FreeJson = strawberry.scalar(name="JSON", description="Any JSON value.", parse_value=_json)
SCALARS: dict[object, Any] = {datetime: DateTime, date: Date, JSON: FreeJson}
