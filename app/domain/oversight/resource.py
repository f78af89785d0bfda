"""What can be read of the audit trail: all of it by those who oversee, one's own part by everybody."""

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB, aggregate_order_by

from app.audit.models import AuditEntry, AuditSubject
from app.auth.policy import Relation
from app.auth.scopes import Scope
from app.domain.oversight.schemas import AuditEntryRead
from app.domain.people.resource import PEOPLE
from app.reading.resource import ME, ORGANISATION, Edge, Equals, Linked, Range, Resource, Table, among

_SUBJECTS: sa.Table = AuditSubject.__table__  # type: ignore[attr-defined]


def _own(entry: Table) -> sa.ColumnElement[bool]:
    about_me = sa.select(_SUBJECTS.c.entry_id).where(
        _SUBJECTS.c.organisation_id == ORGANISATION, _SUBJECTS.c.person_id == ME
    )
    return sa.or_(entry.c.actor_id == ME, among(entry.c.id, about_me))


def _subjects(entry: Table) -> sa.ColumnElement[list[str]]:
    subject = _SUBJECTS.alias()
    in_order = sa.func.jsonb_agg(aggregate_order_by(subject.c.person_id, subject.c.person_id))
    found = sa.select(sa.func.coalesce(in_order, sa.literal_column("'[]'::jsonb"), type_=JSONB)).where(
        subject.c.organisation_id == entry.c.organisation_id, subject.c.entry_id == entry.c.id
    )
    return found.correlate(entry).scalar_subquery()


AUDIT_ENTRIES = Resource(
    "audit_entry",
    "audit_entries",
    AuditEntry,
    AuditEntryRead,
    Scope.AUDIT_READ,
    relations={Relation.OWN: _own},
    edges=(Edge("actor", "actor_id", PEOPLE, description="The person behind it."),),
    filters=(
        Equals("actor_id"),
        Equals("resource"),
        Equals("object_id"),
        Equals("action"),
        Equals("outcome"),
        Linked("id", "subject_id", AuditSubject, value="person_id", target="entry_id", tells="subjects"),
        Range("occurred_at"),
    ),
    computed={"subjects": _subjects},
)
