"""What can be read of sessions and their contents."""

import sqlalchemy as sa
from sqlmodel import SQLModel

from app.auth.policy import Relation
from app.auth.scopes import Scope
from app.domain.pairings.resource import PAIRINGS
from app.domain.people.resource import PEOPLE
from app.domain.programmes.resource import PROGRAMMES, TOPICS
from app.domain.sessions import content_schemas as schemas
from app.domain.sessions.contents import ActionItem, AgendaItem, Note, SessionLink, Tier
from app.domain.sessions.models import Attendance, Session
from app.domain.sessions.schemas import AttendanceRead, SessionRead
from app.reading.resource import (
    ME,
    ORGANISATION,
    Edge,
    Equals,
    Filter,
    Predicate,
    Range,
    Resource,
    Sensitive,
    Table,
    among,
    through,
)
from app.text import Output

_PAIRING = Edge("pairing", "pairing_id", PAIRINGS, "sessions", "The pair.", "Its meetings.")
SESSIONS = Resource(
    "session",
    "sessions",
    Session,
    SessionRead,
    Scope.SESSIONS_READ,
    relations=through(_PAIRING),
    edges=(_PAIRING, Edge("programme", "programme_id", PROGRAMMES, "sessions", "The programme.", "Its sessions.")),
    filters=(
        Equals("pairing_id"),
        Equals("programme_id"),
        Equals("series_id"),
        Equals("status"),
        Equals("mode"),
        Range("starts_at"),
        Range("updated_at"),
    ),
    sorts=("starts_at",),
    guarded=True,
)
_SESSION = Edge("session", "session_id", SESSIONS, "attendances", "The session.", "Who should be there.")


def _content(
    name: str, plural: str, model: type[SQLModel], schema: type[Output], *filters: Filter, edges: tuple[Edge, ...] = ()
) -> Resource:
    """A part of a session, for the pair alone."""
    return Resource(
        name,
        plural,
        model,
        schema,
        Scope.SESSIONS_READ,
        relations=through(_SESSION),
        edges=(Edge("session", "session_id", SESSIONS, plural, "The session."), *edges),
        filters=(Equals("session_id"), *filters),
    )


ATTENDANCES = _content(
    "attendance",
    "attendances",
    Attendance,
    AttendanceRead,
    Equals("person_id"),
    edges=(Edge("person", "person_id", PEOPLE),),
)
AGENDA_ITEMS = _content(
    "agenda_item",
    "agenda_items",
    AgendaItem,
    schemas.AgendaItemRead,
    edges=(Edge("owner", "owner_id", PEOPLE), Edge("topic", "topic_id", TOPICS)),
)
SESSION_LINKS = _content("session_link", "session_links", SessionLink, schemas.SessionLinkRead, Equals("kind"))
ACTION_ITEMS = _content(
    "action_item",
    "action_items",
    ActionItem,
    schemas.ActionItemRead,
    Equals("owner_id"),
    edges=(Edge("owner", "owner_id", PEOPLE),),
)


def _in_tier(relation: Relation, *tiers: Tier) -> Predicate:
    session = SESSIONS.table.alias()

    def where(note: Table) -> sa.ColumnElement[bool]:
        held = sa.select(session.c.id).where(
            session.c.organisation_id == ORGANISATION, SESSIONS.relations[relation](session)
        )
        # Not `in_`: its list grows when a statement runs, and the read path binds one value to each slot.
        return sa.and_(sa.or_(*(note.c.tier == tier for tier in tiers)), among(note.c.session_id, held))

    return where


NOTES = Resource(
    "note",
    "notes",
    Note,
    schemas.NoteRead,
    Scope.SESSIONS_READ,
    relations={
        Relation.OWN: lambda note: note.c.author_id == ME,
        Relation.OWN_PAIRING: _in_tier(Relation.OWN_PAIRING, Tier.PAIR, Tier.PAIR_AND_COORDINATOR),
        Relation.OWN_PROGRAMME: _in_tier(Relation.OWN_PROGRAMME, Tier.PAIR_AND_COORDINATOR),
    },
    edges=(
        Edge("session", "session_id", SESSIONS, "notes", "The session."),
        Edge("author", "author_id", PEOPLE),
    ),
    filters=(Equals("session_id"), Equals("author_id"), Equals("tier")),
    default_sort="created_at",
    sensitive=Sensitive("author_id"),
)
