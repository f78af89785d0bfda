"""Who is on the other side of the caller's pairs, those that are made and those that they are asked about."""

from functools import cache

import sqlalchemy as sa

from app.reading.resource import ME, ORGANISATION, is_one_of

# The chapters of pairings and matching stand above those that ask; their tables are named, not imported.
_PARTS = ("organisation_id", "status", "mentor_id", "mentee_id", "mentor_enrolment_id", "mentee_enrolment_id")
_PAIRING, _PROPOSAL = (sa.table(name, *map(sa.column, _PARTS)) for name in ("pairing", "match_proposal"))
_ASKED = ("offered", "half_accepted")


@cache
def others(mentor: str, mentee: str) -> sa.Select[str]:
    """The ids in the column `mentor` of whoever mentors the caller, and in `mentee` of whom the caller mentors.

    One question, however often a statement asks it: the database finds them once.
    """
    pairing, proposal = _PAIRING.alias(), _PROPOSAL.alias()
    found = sa.union_all(
        _other(pairing, mentor, mentee),
        _other(proposal, mentor, mentee).where(is_one_of(proposal.c.status, *_ASKED)),
    )
    return sa.select(found.cte(f"others_{mentor}").c.id)


def _other(pair: sa.FromClause, mentor: str, mentee: str) -> sa.Select[str]:
    other = sa.case((pair.c.mentor_id == ME, pair.c[mentee]), else_=pair.c[mentor])
    mine = sa.or_(pair.c.mentor_id == ME, pair.c.mentee_id == ME)
    return sa.select(other.label("id")).where(pair.c.organisation_id == ORGANISATION, mine)
