"""What can be read of people."""

import sqlalchemy as sa

from app.auth.policy import Relation
from app.auth.scopes import Scope
from app.domain.people.models import DoNotPair, Person
from app.domain.people.partners import others
from app.domain.people.schemas import DoNotPairRead, PersonRead
from app.reading.resource import ME, Edge, Equals, Range, Resource, Sensitive, among

PEOPLE = Resource(
    "person",
    "people",
    Person,
    PersonRead,
    Scope.DIRECTORY_READ,
    relations={
        Relation.OWN: lambda person: person.c.id == ME,
        Relation.OWN_PAIRING: lambda person: among(person.c.id, others("mentor_id", "mentee_id")),
    },
    filters=(
        Equals("external_id"),
        Equals("work_email"),
        Equals("department"),
        Equals("manager_id"),
        Equals("rank_level"),
        Equals("employment_status"),
        Range("updated_at"),
    ),
    sorts=("display_name", "updated_at"),
    sensitive=Sensitive("id"),
    # The directory is kept by those who are in it.
    party=(),
)
MANAGER = Edge("manager", "manager_id", PEOPLE, "reports", "Their line manager.", "Those who report to them directly.")
PEOPLE.add_edge(MANAGER)

DO_NOT_PAIRS = Resource(
    "do_not_pair",
    "do_not_pairs",
    DoNotPair,
    DoNotPairRead,
    Scope.DIRECTORY_READ,
    relations={Relation.OWN: lambda bar: sa.or_(bar.c.person_id == ME, bar.c.other_person_id == ME)},
    party=(Relation.OWN,),
    edges=(Edge("person", "person_id", PEOPLE), Edge("other_person", "other_person_id", PEOPLE)),
    filters=(Equals("person_id"), Equals("other_person_id")),
)
