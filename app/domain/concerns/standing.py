"""How a caller stands to a concern right now, in SQL: whoever is not its handler any more has lost it at once."""

from typing import Any

import sqlalchemy as sa

from app.domain.concerns.models import Concern
from app.domain.pairings.resource import PAIRINGS
from app.domain.people.resource import PEOPLE
from app.domain.programmes.contents import ProgrammeRole, Sponsorship
from app.reading.resource import ME, ORGANISATION, Table, among

_CONCERNS: sa.Table = Concern.__table__  # type: ignore[attr-defined]
_ROLES: sa.Table = ProgrammeRole.__table__  # type: ignore[attr-defined]
_SPONSORS: sa.Table = Sponsorship.__table__  # type: ignore[attr-defined]
_MINE, _THEIRS = sa.literal_column("true", sa.Boolean), sa.literal_column("false", sa.Boolean)


def _literal(word: str) -> sa.ColumnElement[str]:
    return sa.literal_column(f"'{word}'")


def _in_line(name: str, concern: Table, whose: sa.ColumnElement[bool]) -> sa.Select[Any]:
    """The ids of those of some concerns with a party in line with the caller, or who is the caller."""
    pairing, person = PAIRINGS.table.alias(), PEOPLE.table.alias()
    mine = sa.and_(concern.c.organisation_id == ORGANISATION, whose)
    paired = sa.and_(pairing.c.organisation_id == ORGANISATION, pairing.c.id == concern.c.pairing_id)

    def begin(party: sa.ColumnElement[str], is_mine: sa.ColumnElement[bool]) -> sa.Select[Any]:
        columns = (concern.c.id, party.label("start"), party.label("at"), is_mine.label("is_mine"))
        return sa.select(*columns).select_from(concern).where(mine)

    starts = sa.union(
        begin(ME, _MINE),
        begin(concern.c.reporter_id, _THEIRS),
        *(begin(pairing.c[f"{side}_id"], _THEIRS).join(pairing, paired) for side in ("mentor", "mentee")),
    ).subquery()
    line = sa.select(starts.c.id, starts.c.start, starts.c.at, starts.c.is_mine).cte(name, recursive=True)
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


def _apart(name: str, whose: sa.ColumnElement[bool], concern: Table, *more: sa.ColumnElement[bool]) -> sa.Select[Any]:
    """The ids of those of some concerns to whose parties the caller stands in no line."""
    in_line = _in_line(name, concern, whose)
    return sa.select(concern.c.id).where(
        concern.c.organisation_id == ORGANISATION, whose, *more, concern.c.id.not_in(in_line)
    )


def _has_duty(duty: str, concern: Table) -> sa.ColumnElement[bool]:
    role = _ROLES.alias()
    return sa.exists().where(
        role.c.organisation_id == ORGANISATION,
        role.c.programme_id == concern.c.programme_id,
        role.c.person_id == ME,
        role.c.duty == _literal(duty),
    )


def _handled() -> sa.Select[Any]:
    """As `handlers.eligible` says, of the concerns that were given to the caller."""
    concern, sponsor, person = _CONCERNS.alias(), _SPONSORS.alias(), PEOPLE.table.alias()
    sponsors = sa.exists().where(
        sponsor.c.organisation_id == ORGANISATION,
        sponsor.c.programme_id == concern.c.programme_id,
        sponsor.c.person_id == ME,
    )
    is_active = sa.exists().where(
        person.c.organisation_id == ORGANISATION, person.c.id == ME, person.c.employment_status == _literal("active")
    )
    duties = (_has_duty("case_handler", concern), ~_has_duty("coordinator", concern))
    return _apart("line_of_handler", concern.c.handler_id == ME, concern, *duties, ~sponsors, is_active)


def _unhandled() -> sa.Select[Any]:
    concern = _CONCERNS.alias()
    return _apart("line_of_office", concern.c.handler_id.is_(None), concern)


# Once, so that a statement that asks in several places asks the same question.
HANDLED, UNHANDLED = _handled(), _unhandled()


def is_handled(concern: Table) -> sa.ColumnElement[bool]:
    """Whether the caller looks after a concern, and may."""
    return sa.and_(concern.c.handler_id == ME, among(concern.c.id, HANDLED))


def is_unhandled(concern: Table) -> sa.ColumnElement[bool]:
    """Whether a concern waits for a handler, and the caller stands apart from those whom it is about."""
    return sa.and_(concern.c.handler_id.is_(None), among(concern.c.id, UNHANDLED))
