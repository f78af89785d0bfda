"""What can be read of enrolments."""

import sqlalchemy as sa

from app.auth.policy import Relation
from app.auth.scopes import Scope
from app.domain.enrolments.models import Enrolment
from app.domain.enrolments.schemas import EnrolmentRead
from app.domain.people.partners import others
from app.domain.people.resource import PEOPLE
from app.domain.programmes.resource import COHORTS, PROGRAMMES
from app.reading.resource import ME, Edge, Equals, Range, Resource, Table, among, through

_PROGRAMME = Edge("programme", "programme_id", PROGRAMMES, "enrolments", "The programme.", "Who joined.")
_COHORT = Edge("cohort", "cohort_id", COHORTS, "enrolments", "The intake.", "Who joined in it.")
_PERSON = Edge("person", "person_id", PEOPLE, "enrolments", "Who joined.", "The programmes they joined.")


def _partner(enrolment: Table) -> sa.ColumnElement[bool]:
    return among(enrolment.c.id, others("mentor_enrolment_id", "mentee_enrolment_id"))


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
    edges=(_PROGRAMME, _PERSON, _COHORT),
    filters=(
        Equals("programme_id"),
        Equals("person_id"),
        Equals("cohort_id"),
        Equals("role"),
        Equals("status"),
        Range("updated_at"),
    ),
    guarded=True,
)
