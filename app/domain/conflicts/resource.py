"""What can be read of conflicts."""

from typing import Any

import sqlalchemy as sa

from app.auth.policy import Relation
from app.auth.scopes import Scope
from app.domain.conflicts.models import ConflictRule, PairingConflict, options
from app.domain.conflicts.schemas import PairingConflictRead
from app.domain.pairings.resource import PAIRINGS
from app.domain.people.resource import PEOPLE
from app.domain.programmes.resource import PROGRAMMES
from app.reading.resource import Edge, Equals, Range, Resource, Table, through

_PAIRING = Edge("pairing", "pairing_id", PAIRINGS, "conflicts", "The pair.", "Rules that the pair breaks.")
_PROGRAMME = Edge("programme", "programme_id", PROGRAMMES, "pairing_conflicts", "The programme.", "Pairs to decide on.")


def _options(conflict: Table) -> sa.ColumnElement[Any]:
    def literal(rule: ConflictRule) -> sa.ColumnElement[Any]:
        named = ", ".join(f"'{option.value}'" for option in options(rule))
        return sa.literal_column(f"jsonb_build_array({named})")

    return sa.case(*((conflict.c.rule == sa.literal_column(f"'{rule.value}'"), literal(rule)) for rule in ConflictRule))


PAIRING_CONFLICTS = Resource(
    "pairing_conflict",
    "pairing_conflicts",
    PairingConflict,
    PairingConflictRead,
    Scope.PAIRINGS_READ,
    relations={
        Relation.OWN_PROGRAMME: through(_PROGRAMME)[Relation.OWN_PROGRAMME],
        Relation.OWN_PAIRING: through(_PAIRING)[Relation.OWN_PAIRING],
    },
    edges=(
        _PAIRING,
        _PROGRAMME,
        Edge(
            "cause_person", "cause_person_id", PEOPLE, "pairing_conflicts", "Whose record changed.", "What came of it."
        ),
    ),
    filters=(
        Equals("programme_id"),
        Equals("pairing_id"),
        Equals("cause_person_id"),
        Equals("rule"),
        Equals("status"),
        Range("due_on"),
        Range("updated_at"),
    ),
    computed={"options": _options},
)
