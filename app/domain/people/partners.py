"""Who is on the other side of the caller's pairs, those that are made and those that they are asked about."""

import sqlalchemy as sa

from app.reading.resource import ME, ORGANISATION

# The chapters of pairings and matching stand above those that ask; their tables are named, not imported.
_PARTS = ("organisation_id", "status", "mentor_id", "mentee_id", "mentor_enrolment_id", "mentee_enrolment_id")
_PAIRING, _PROPOSAL = (sa.table(name, *map(sa.column, _PARTS)) for name in ("pairing", "match_proposal"))
_ASKED = ("offered", "half_accepted")


def others(mentor: str, mentee: str) -> sa.Select[str]:
    """The ids in the column `mentor` of whoever mentors the caller, and in `mentee` of whom the caller mentors."""
    pairing, proposal = _PAIRING.alias(), _PROPOSAL.alias()
    found = sa.union_all(
        _other(pairing, mentor, mentee),
        _other(proposal, mentor, mentee).where(sa.or_(*(proposal.c.status == status for status in _ASKED))),
    )
    return sa.select(found.subquery().c[0])


def _other(pair: sa.FromClause, mentor: str, mentee: str) -> sa.Select[str]:
    other = sa.case((pair.c.mentor_id == ME, pair.c[mentee]), else_=pair.c[mentor])
    mine = sa.or_(pair.c.mentor_id == ME, pair.c.mentee_id == ME)
    return sa.select(other.label("id")).where(pair.c.organisation_id == ORGANISATION, mine)
