"""What can be read of consents, exports, erasures and holds."""

import sqlalchemy as sa

from app.auth.policy import Relation
from app.auth.scopes import Scope
from app.domain.people.resource import PEOPLE
from app.domain.privacy.break_glass import BreakGlass
from app.domain.privacy.models import Consent, Erasure, Export, LegalHold
from app.domain.privacy.schemas import BreakGlassRead, ConsentRead, ErasureRead, ExportRead, LegalHoldRead
from app.domain.programmes.resource import PROGRAMMES
from app.reading.resource import ME, Edge, Equals, Resource, Sensitive, Table

_PERSON = Edge("person", "person_id", PEOPLE, description="Whom it is about.")


def _own(row: Table) -> sa.ColumnElement[bool]:
    return row.c.person_id == ME


CONSENTS = Resource(
    "consent",
    "consents",
    Consent,
    ConsentRead,
    Scope.PRIVACY_READ,
    relations={Relation.OWN: _own},
    party=(),
    edges=(_PERSON,),
    sensitive=Sensitive("person_id"),
    filters=(Equals("person_id"), Equals("purpose")),
)
EXPORTS = Resource(
    "export",
    "exports",
    Export,
    ExportRead,
    Scope.PRIVACY_READ,
    relations={Relation.OWN: _own},
    party=(),
    edges=(_PERSON,),
    sensitive=Sensitive("person_id"),
    filters=(Equals("person_id"),),
)
ERASURES = Resource(
    "erasure",
    "erasures",
    Erasure,
    ErasureRead,
    Scope.PRIVACY_READ,
    relations={Relation.OWN: _own},
    party=(),
    edges=(_PERSON,),
    sensitive=Sensitive("person_id"),
    filters=(Equals("person_id"), Equals("status")),
)
LEGAL_HOLDS = Resource(
    "legal_hold",
    "legal_holds",
    LegalHold,
    LegalHoldRead,
    Scope.PRIVACY_READ,
    party=(),
    edges=(_PERSON, Edge("programme", "programme_id", PROGRAMMES, description="The programme that is held.")),
    filters=(Equals("person_id"), Equals("programme_id")),
)
BREAK_GLASSES = Resource("break_glass", "break_glasses", BreakGlass, BreakGlassRead, Scope.PRIVACY_READ, party=())
