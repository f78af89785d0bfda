"""What can be read of enrolments."""

import sqlalchemy as sa

from app.auth.policy import Relation
from app.auth.scopes import Scope
from app.domain.enrolments.models import Enrolment
from app.domain.enrolments.schemas import EnrolmentRead
from app.domain.people.resource import PEOPLE
from app.domain.programmes.resource import PROGRAMMES
from app.reading.resource import ME, ORGANISATION, Edge, Equals, Range, Resource, Table, among, through

_PROGRAMME = Edge("programme", "programme_id", PROGRAMMES, "enrolments", "The programme.", "Who joined.")
_PERSON = Edge("person", "person_id", PEOPLE, "enrolments", "Who joined.", "The programmes they joined.")


def _partner(enrolment: Table) -> sa.ColumnElement[bool]:
    # The chapter of pairings stands above this one; its table is named, not imported.
    names = ("organisation_id", "mentor_enrolment_id", "mentee_enrolment_id", "mentor_id", "mentee_id")
    pairing = sa.table("pairing", *map(sa.column, names)).alias()
    other_side = sa.case(
        (pairing.c.mentor_id == ME, pairing.c.mentee_enrolment_id), else_=pairing.c.mentor_enrolment_id
    )
    partners = sa.select(other_side).where(
        pairing.c.organisation_id == ORGANISATION,
        sa.or_(pairing.c.mentor_id == ME, pairing.c.mentee_id == ME),
    )
    return among(enrolment.c.id, partners)


ENROLMENTS = Resource(
    "enrolment",
    "enrolments",
    Enrolment,
    EnrolmentRead,
    Scope.ENROLMENTS_READ,
    relations={
        **through(_PROGRAMME),
        Relation.OWN: lambda enrolment: enrolment.c.person_id == ME,
        Relation.OWN_PAIRING: _partner,
    },
    party=(Relation.OWN, Relation.OWN_PAIRING),
    edges=(_PROGRAMME, _PERSON),
    filters=(Equals("programme_id"), Equals("person_id"), Equals("role"), Equals("status"), Range("updated_at")),
    guarded=True,
)
