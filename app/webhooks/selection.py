"""Which events an endpoint gets: by type, programme, changed fields and its own predicate."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Self

import orjson

from app.webhooks import catalogue, formats, predicates
from app.webhooks.predicates import Predicate

_REMEMBERED = 10_000


@dataclass(frozen=True, slots=True)
class Selection:
    """What an endpoint asked for. Types are asked first and by themselves: for most endpoints they are all."""

    format: str
    types: tuple[str, ...]
    programme_ids: frozenset[str]
    changed_fields: frozenset[str]
    predicate: Predicate | None

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> Self:
        """The selection in a row of `webhook_endpoint`, whose JSON is text."""
        return cls(
            row["format"],
            tuple(orjson.loads(row["types"])),
            frozenset(orjson.loads(row["programme_ids"])),
            frozenset(orjson.loads(row["changed_fields"])),
            None if row["filter"] is None else _compiled(row["filter"]),
        )

    @property
    def looks_inside(self) -> bool:
        """Whether it takes more than an event's type to tell."""
        return bool(self.programme_ids or self.changed_fields or self.predicate)

    def names(self, event_type: str) -> bool:
        """Whether it asks for events of this type, and they can be told in its format."""
        return self.can_tell(event_type) and catalogue.wants(self.types, event_type)

    def can_tell(self, event_type: str) -> bool:
        """Whether events of this type can be told in its format."""
        return formats.tells(self.format, event_type)

    def admits(self, envelope: Mapping[str, Any], programme_id: str | None) -> bool:
        """Whether an event of such a type passes the rest."""
        return (
            (not self.programme_ids or programme_id in self.programme_ids)
            and (not self.changed_fields or not self.changed_fields.isdisjoint(envelope["changed"]))
            and (self.predicate is None or self.predicate(envelope))
        )


@lru_cache(_REMEMBERED)
def _compiled(text: str) -> Predicate:
    # By its text: a changed filter is another text, and equal ones share a predicate.
    return predicates.compiled(orjson.loads(text), formats.MEMBERS)
