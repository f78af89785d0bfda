"""What can be read of farewells: one's own, and the partner's when its time has come."""

import sqlalchemy as sa

from app.auth.policy import Relation
from app.auth.scopes import Scope
from app.domain.farewells.models import Farewell
from app.domain.farewells.schemas import FarewellRead
from app.domain.pairings.models import PairingStatus
from app.domain.pairings.resource import PAIRINGS
from app.domain.people.resource import PEOPLE
from app.reading.resource import ME, ORGANISATION, Edge, Equals, Resource, Sensitive, Table, among, through

_OVER = (PairingStatus.COMPLETED, PairingStatus.INFORMAL, PairingStatus.ENDED)
_PAIRING = Edge("pairing", "pairing_id", PAIRINGS, "farewells", "The pair.", "What each takes along.")
_THROUGH = through(_PAIRING)
_FAREWELLS: sa.Table = Farewell.__table__  # type: ignore[attr-defined]


def _opened(farewell: Table) -> sa.ColumnElement[bool]:
    """Of the caller's pair, when they cannot answer it any more: they have written, or the pairing is over."""
    pairing, own = PAIRINGS.table.alias(), _FAREWELLS.alias()
    written = sa.exists().where(
        own.c.organisation_id == ORGANISATION, own.c.pairing_id == pairing.c.id, own.c.author_id == ME
    )
    over = (pairing.c.status == sa.literal_column(f"'{status.value}'") for status in _OVER)
    opened = sa.select(pairing.c.id).where(
        pairing.c.organisation_id == ORGANISATION,
        PAIRINGS.relations[Relation.OWN_PAIRING](pairing),
        sa.or_(written, *over),
    )
    return among(farewell.c.pairing_id, opened)


FAREWELLS = Resource(
    "farewell",
    "farewells",
    Farewell,
    FarewellRead,
    Scope.FEEDBACK_READ,
    relations={
        Relation.OWN: lambda farewell: farewell.c.author_id == ME,
        Relation.ADDRESSEE: _opened,
        # Held, so that a coordinator who is a partner has no office here; no partner reads by it alone.
        Relation.OWN_PAIRING: _THROUGH[Relation.OWN_PAIRING],
        Relation.OWN_PROGRAMME: _THROUGH[Relation.OWN_PROGRAMME],
    },
    edges=(_PAIRING, Edge("author", "author_id", PEOPLE)),
    filters=(Equals("pairing_id"), Equals("author_id")),
    sensitive=Sensitive("author_id"),
)
