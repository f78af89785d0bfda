"""The catalogue as callers read it: what types of events there are, and what they look like."""

import inspect
from functools import cache
from typing import Any

from pydantic import Field

from app import config
from app.events.envelope import Event, Visibility
from app.text import Output
from app.webhooks import examples
from app.webhooks.catalogue import EVENTS


class EventTypeRead(Output):
    """A type of event that endpoints and the feed can name."""

    type: str
    family: str = Field(description="The pattern that names it along with its like.")
    description: str
    visibility: Visibility = Field(description="Whom it concerns: all of a programme, or its coordinators alone.")
    is_confided: bool = Field(description="Whether a service account must ask for it by name: no pattern brings it.")
    data_schema: dict[str, Any] = Field(description="What `data` holds, as a JSON Schema. Members may be added.")
    example: dict[str, Any] = Field(description="Such an event, as endpoints get it.")


@cache
def every() -> tuple[EventTypeRead, ...]:
    """All types, in the order of their names."""
    return tuple(_shown(event) for event in sorted(EVENTS, key=lambda event: event.type))


def _shown(event: type[Event]) -> EventTypeRead:
    schema = event.model_json_schema(mode="serialization")
    del schema["additionalProperties"]
    return EventTypeRead(
        type=event.type,
        family=f"{event.type.partition('.')[0]}.*",
        description=inspect.getdoc(event) or "",
        visibility=event.visibility,
        is_confided=event.is_confided,
        data_schema=schema,
        example=examples.native(event, config.settings().base_url),
    )
