"""GraphQL's words for instants and days. They pass through as text: the domain's schemas do the checking."""

from datetime import date, datetime
from typing import Any

import strawberry
from graphql import GraphQLError


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise GraphQLError("must be text in the format of RFC 3339")
    return value


DateTime = strawberry.scalar(
    name="DateTime", description="An instant (RFC 3339), with an offset from UTC.", parse_value=_text
)
Date = strawberry.scalar(name="Date", description="A day (RFC 3339 full-date).", parse_value=_text)
SCALARS: dict[object, Any] = {datetime: DateTime, date: Date}
