"""What can be read of circles: by their members, and by who runs the programme."""

from typing import Any

import sqlalchemy as sa

from app.auth.policy import Relation
from app.auth.scopes import Scope
from app.domain.circles.models import Circle, CircleMeeting, CircleMember
from app.domain.circles.schemas import CircleMeetingRead, CircleMemberRead, CircleRead
from app.domain.enrolments.resource import ENROLMENTS
from app.domain.people.models import Person
from app.domain.people.resource import PEOPLE
from app.domain.programmes.resource import PROGRAMMES
from app.reading.resource import ME, ORGANISATION, Edge, Equals, Range, Resource, Table, among, through

_MEMBERS: sa.Table = CircleMember.__table__  # type: ignore[attr-defined]
_PEOPLE: sa.Table = Person.__table__  # type: ignore[attr-defined]
_PROGRAMME = Edge("programme", "programme_id", PROGRAMMES, "circles", "The programme.", "Its circles of peers.")


def _mine(circle: Table) -> sa.ColumnElement[bool]:
    """Of which the caller is a member."""
    member = _MEMBERS.alias()
    mine = sa.select(member.c.circle_id).where(member.c.organisation_id == ORGANISATION, member.c.person_id == ME)
    return among(circle.c.id, mine)


def _name(member: Table) -> sa.ColumnElement[Any]:
    person = _PEOPLE.alias()
    return (
        sa.select(person.c.display_name)
        .where(person.c.organisation_id == member.c.organisation_id, person.c.id == member.c.person_id)
        .correlate(member)
        .scalar_subquery()
    )


CIRCLES = Resource(
    "circle",
    "circles",
    Circle,
    CircleRead,
    Scope.ENROLMENTS_READ,
    relations={**through(_PROGRAMME), Relation.OWN_CIRCLE: _mine},
    party=(),
    edges=(_PROGRAMME,),
    filters=(Equals("programme_id"), Equals("role"), Equals("status")),
)
_OF_MEMBER = Edge("circle", "circle_id", CIRCLES, "circle_members", "The circle.", "Who is in it.")
CIRCLE_MEMBERS = Resource(
    "circle_member",
    "circle_members",
    CircleMember,
    CircleMemberRead,
    Scope.ENROLMENTS_READ,
    relations={**through(_OF_MEMBER), Relation.OWN: lambda member: member.c.person_id == ME},
    party=(),
    edges=(_OF_MEMBER, Edge("enrolment", "enrolment_id", ENROLMENTS), Edge("person", "person_id", PEOPLE)),
    filters=(Equals("circle_id"), Equals("enrolment_id"), Equals("person_id")),
    computed={"display_name": _name},
)
_OF_MEETING = Edge("circle", "circle_id", CIRCLES, "circle_meetings", "The circle.", "When it meets.")
CIRCLE_MEETINGS = Resource(
    "circle_meeting",
    "circle_meetings",
    CircleMeeting,
    CircleMeetingRead,
    Scope.SESSIONS_READ,
    relations=through(_OF_MEETING),
    party=(),
    edges=(_OF_MEETING,),
    filters=(Equals("circle_id"), Equals("status"), Range("starts_at")),
    sorts=("starts_at",),
)
