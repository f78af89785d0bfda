"""What can be read of programmes and their contents."""

import sqlalchemy as sa
from sqlmodel import SQLModel

from app.auth.policy import Relation
from app.auth.scopes import Scope
from app.domain.people.resource import PEOPLE
from app.domain.programmes import content_schemas as schemas
from app.domain.programmes.cohort_schemas import CohortRead
from app.domain.programmes.cohorts import Cohort
from app.domain.programmes.contents import ProgrammeMilestone, ProgrammeResource, ProgrammeRole, Sponsorship, Topic
from app.domain.programmes.models import Programme, ProgrammeStatus
from app.domain.programmes.schemas import ProgrammeRead
from app.reading.resource import ME, Edge, Equals, Filter, Predicate, Range, Resource, Table, through
from app.text import Output


def _named_in(name: str) -> Predicate:
    """The caller has a row of a table of the programme."""

    row = SQLModel.metadata.tables[name].alias()

    def where(programme: Table) -> sa.ColumnElement[bool]:
        return sa.exists(
            sa.select(sa.literal(1))
            .select_from(row)
            .where(
                row.c.organisation_id == programme.c.organisation_id,
                row.c.programme_id == programme.c.id,
                row.c.person_id == ME,
            )
            .correlate(programme)
        )

    return where


PROGRAMMES = Resource(
    "programme",
    "programmes",
    Programme,
    ProgrammeRead,
    Scope.PROGRAMMES_READ,
    relations={
        Relation.OWN_PROGRAMME: _named_in("programme_role"),
        Relation.SPONSORED: _named_in("sponsorship"),
        Relation.PUBLISHED: lambda programme: programme.c.status != ProgrammeStatus.DRAFT,
    },
    filters=(Equals("status"), Equals("model"), Range("starts_on"), Range("updated_at")),
    sorts=("starts_on",),
    guarded=True,
)


def _content(
    name: str, plural: str, model: type[SQLModel], schema: type[Output], back: str, *filters: Filter, person: str = ""
) -> Resource:
    """A part of a programme: whoever sees the programme sees it."""
    programme = Edge("programme", "programme_id", PROGRAMMES, back, "The programme it belongs to.")
    edges = (programme, Edge("person", "person_id", PEOPLE, person)) if person else (programme,)
    return Resource(
        name,
        plural,
        model,
        schema,
        Scope.PROGRAMMES_READ,
        relations=through(programme),
        edges=edges,
        filters=(Equals("programme_id"), *filters),
    )


TOPICS = _content("topic", "topics", Topic, schemas.TopicRead, "topics")
PROGRAMME_RESOURCES = _content(
    "programme_resource",
    "programme_resources",
    ProgrammeResource,
    schemas.ProgrammeResourceRead,
    "resources",
    Equals("kind"),
    Equals("audience"),
)
PROGRAMME_MILESTONES = _content(
    "programme_milestone",
    "programme_milestones",
    ProgrammeMilestone,
    schemas.ProgrammeMilestoneRead,
    "milestones",
    Range("due_on"),
)
COHORTS = _content("cohort", "cohorts", Cohort, CohortRead, "cohorts", Range("starts_on"))
SPONSORSHIPS = _content(
    "sponsorship",
    "sponsorships",
    Sponsorship,
    schemas.SponsorshipRead,
    "sponsorships",
    Equals("person_id"),
    person="sponsorships",
)
PROGRAMME_ROLES = _content(
    "programme_role",
    "programme_roles",
    ProgrammeRole,
    schemas.ProgrammeRoleRead,
    "roles",
    Equals("person_id"),
    Equals("duty"),
    person="programme_roles",
)
