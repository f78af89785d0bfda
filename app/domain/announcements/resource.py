"""What can be read of announcements: all by those who run the programme, what was published by those it is for."""

import sqlalchemy as sa

from app.auth.policy import Relation
from app.auth.scopes import Scope
from app.domain.announcements.models import Announcement, AnnouncementAudience, AnnouncementStatus
from app.domain.announcements.schemas import AnnouncementRead
from app.domain.enrolments.models import EnrolmentRole, EnrolmentStatus
from app.domain.enrolments.resource import ENROLMENTS
from app.domain.programmes.resource import PROGRAMMES
from app.reading.resource import ME, ORGANISATION, Edge, Equals, Range, Resource, Table, among, is_one_of, through

_PROGRAMME = Edge("programme", "programme_id", PROGRAMMES, "announcements", "The programme.", "What it tells.")
# Whoever has left, or was never let in, is told nothing more.
_HERE = set(EnrolmentStatus) - {EnrolmentStatus.DECLINED, EnrolmentStatus.WITHDRAWN, EnrolmentStatus.REMOVED}


def _joined(*roles: EnrolmentRole) -> sa.Select[str]:
    """The programmes that the caller was invited to or has joined in one of these roles."""
    mine = ENROLMENTS.table
    return sa.select(mine.c.programme_id).where(
        mine.c.organisation_id == ORGANISATION,
        mine.c.person_id == ME,
        is_one_of(mine.c.status, *sorted(_HERE)),
        is_one_of(mine.c.role, *roles),
    )


_OF_SIDE = {AnnouncementAudience.MENTORS: EnrolmentRole.MENTOR, AnnouncementAudience.MENTEES: EnrolmentRole.MENTEE}


def _is_for_me(announcement: Table) -> sa.ColumnElement[bool]:
    programme, audience = announcement.c.programme_id, announcement.c.audience
    sides = (sa.and_(is_one_of(audience, side), among(programme, _joined(role))) for side, role in _OF_SIDE.items())
    return sa.and_(
        is_one_of(announcement.c.status, AnnouncementStatus.PUBLISHED),
        # The few programmes first: an index leads to each.
        among(programme, _joined(*EnrolmentRole)),
        sa.or_(is_one_of(audience, AnnouncementAudience.EVERYONE), *sides),
    )


ANNOUNCEMENTS = Resource(
    "announcement",
    "announcements",
    Announcement,
    AnnouncementRead,
    Scope.PROGRAMMES_READ,
    relations={
        Relation.OWN_PROGRAMME: through(_PROGRAMME)[Relation.OWN_PROGRAMME],
        Relation.ADDRESSEE: _is_for_me,
    },
    edges=(_PROGRAMME,),
    filters=(Equals("programme_id"), Equals("status"), Equals("audience"), Range("updated_at")),
)
