"""How a caller stands to a concern right now, in SQL: whoever is not its handler any more has lost it at once."""

import sqlalchemy as sa

from app.domain.concerns.models import Concern
from app.domain.pairings.resource import PAIRINGS
from app.domain.people.resource import PEOPLE
from app.domain.programmes.contents import ProgrammeRole, Sponsorship
from app.reading.resource import ME, ORGANISATION, Predicate, Table, among, owner

_CONCERNS: sa.Table = Concern.__table__  # type: ignore[attr-defined]
_ROLES: sa.Table = ProgrammeRole.__table__  # type: ignore[attr-defined]
_SPONSORS: sa.Table = Sponsorship.__table__  # type: ignore[attr-defined]
_MINE, _THEIRS = sa.literal_column("true", sa.Boolean), sa.literal_column("false", sa.Boolean)


def _literal(word: str) -> sa.ColumnElement[str]:
    return sa.literal_column(f"'{word}'")


def _in_line(name: str, given: Predicate) -> sa.Select[str]:
    """The ids of those of the concerns given with a party in line with the caller, or who is the caller."""
    concern, pairing, person = _CONCERNS.alias(), PAIRINGS.table.alias(), PEOPLE.table.alias()
    paired = sa.and_(pairing.c.organisation_id == ORGANISATION, pairing.c.id == concern.c.pairing_id)
    theirs = (concern.c.reporter_id, pairing.c.mentor_id, pairing.c.mentee_id)
    ends = [(ME, _MINE), *((party, _THEIRS) for party in theirs)]
    begin = sa.values(sa.column("party", sa.Text), sa.column("is_mine", sa.Boolean), name="begin").data(ends).lateral()
    columns = (concern.c.id, begin.c.party.label("start"), begin.c.party.label("at"), begin.c.is_mine)
    whole = concern.outerjoin(pairing, paired).join(begin, begin.c.party.is_not(None))
    line = (
        sa.select(*columns)
        .select_from(whole)
        .where(concern.c.organisation_id == ORGANISATION, given(concern))
        .cte(name, recursive=True)
    )
    # Looked up one by one: joined, the whole directory might be read. Above the root stands nobody, once.
    manager = (
        sa.select(person.c.manager_id)
        .where(person.c.organisation_id == ORGANISATION, person.c.id == line.c.at)
        .correlate(line)
        .scalar_subquery()
    )
    # UNION, not UNION ALL: nobody is visited twice, so a cycle that slipped in does not run for ever.
    line = line.union(sa.select(line.c.id, line.c.start, manager, line.c.is_mine))
    lower, upper = line.alias(), line.alias()
    met = sa.and_(lower.c.id == upper.c.id, lower.c.at == upper.c.start, lower.c.is_mine != upper.c.is_mine)
    return sa.select(lower.c.id).join_from(lower, upper, met)


def _given(concern: Table) -> sa.ColumnElement[bool]:
    return concern.c.handler_id == ME


def _waiting(concern: Table) -> sa.ColumnElement[bool]:
    return concern.c.handler_id.is_(None)


# Once, so that a statement that asks in several places asks the same question.
_OF_HANDLER, _OF_OFFICE = _in_line("line_of_handler", _given), _in_line("line_of_office", _waiting)


def looks_after(concern: Table) -> sa.ColumnElement[bool]:
    """Whether a concern was given to the caller, and they are eligible still, as `handlers.eligible` says."""
    role, sponsor, person = _ROLES.alias(), _SPONSORS.alias(), PEOPLE.table.alias()
    of_role, of_sponsor = (
        sa.and_(owner(table) == ORGANISATION, table.c.programme_id == concern.c.programme_id, table.c.person_id == ME)
        for table in (role, sponsor)
    )
    active = sa.and_(owner(person) == ORGANISATION, person.c.id == ME, person.c.employment_status == _literal("active"))
    handles = sa.func.bool_or(role.c.duty == _literal("case_handler"))
    coordinates = sa.func.bool_or(role.c.duty == _literal("coordinator"))
    # Of nobody who is active, or without a duty: null, which lets nobody in.
    eligible = (
        sa.select(sa.and_(handles, ~coordinates)).join_from(role, person, active).where(of_role).scalar_subquery()
    )
    return sa.and_(_given(concern), eligible, ~sa.exists().where(of_sponsor), concern.c.id.not_in(_OF_HANDLER))


def _found(where: Predicate) -> sa.Select[str]:
    concern = _CONCERNS.alias()
    return sa.select(concern.c.id).where(concern.c.organisation_id == ORGANISATION, where(concern))


_HANDLED = _found(looks_after)
_UNHANDLED = _found(lambda concern: sa.and_(_waiting(concern), concern.c.id.not_in(_OF_OFFICE)))


def is_handled(concern: Table) -> sa.ColumnElement[bool]:
    """As `looks_after`, for a list of concerns: those few are found first, beside whatever else leads to others."""
    return sa.and_(_given(concern), among(concern.c.id, _HANDLED))


def is_unhandled(concern: Table) -> sa.ColumnElement[bool]:
    """Whether a concern waits for a handler, and the caller stands apart from those whom it is about."""
    return sa.and_(_waiting(concern), among(concern.c.id, _UNHANDLED))
