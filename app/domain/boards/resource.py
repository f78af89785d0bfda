"""The board of a programme: a line for each pair, gathered by the question itself."""

from typing import Any, ClassVar

import sqlalchemy as sa

from app.auth.policy import Relation
from app.auth.scopes import Scope
from app.domain.boards.schemas import PairingOverviewRead
from app.domain.check_ins.resource import CHECK_INS
from app.domain.goals.models import GoalStatus
from app.domain.goals.resource import GOALS, is_shared
from app.domain.pairings.resource import PAIRINGS, of_cohort
from app.domain.people.resource import PEOPLE
from app.domain.programmes.resource import PROGRAMMES
from app.domain.sessions.models import SessionStatus
from app.domain.sessions.resource import SESSIONS
from app.reading.resource import ME, Edge, Equals, Resource, is_one_of, same_organisation, through

_PREFIX = "pov"
_PAIRING, _SESSION, _GOAL, _CHECK_IN = (resource.table for resource in (PAIRINGS, SESSIONS, GOALS, CHECK_INS))
_NAMES = (
    "organisation_id programme_id mentor_id mentee_id mentor_enrolment_id mentee_enrolment_id status health "
    "health_rule health_since starts_on ends_on version created_at updated_at"
).split()


def _of_pairing(table: sa.Table, *figures: sa.ColumnElement[Any]) -> sa.FromClause:
    """Figures over what a pair has of something."""
    of_it = (same_organisation(table, _PAIRING), table.c.pairing_id == _PAIRING.c.id)
    return sa.select(*figures).select_from(table).where(*of_it).correlate(_PAIRING).lateral()


def _lines() -> sa.Select[Any]:
    # The figures come by lateral joins: of a page's pairs alone, whatever the number of pairs.
    held, ahead = (
        is_one_of(_SESSION.c.status, status) for status in (SessionStatus.COMPLETED, SessionStatus.SCHEDULED)
    )
    met = _of_pairing(
        _SESSION,
        sa.func.count().filter(held).label("sessions_held"),
        sa.func.max(_SESSION.c.starts_at).filter(held).label("last_session_at"),
        sa.func.min(_SESSION.c.starts_at).filter(ahead).label("next_session_at"),
    )
    aimed = _of_pairing(
        _GOAL,
        sa.func.count().filter(is_shared(_GOAL)).label("goals_set"),
        sa.func.count().filter(is_one_of(_GOAL.c.status, GoalStatus.ACHIEVED)).label("goals_achieved"),
    )
    said = _of_pairing(_CHECK_IN, sa.func.max(_CHECK_IN.c.created_at).label("last_check_in_at"))
    line_id = sa.literal_column(f"'{_PREFIX}_'", sa.Text) + sa.func.substr(_PAIRING.c.id, sa.literal_column("5"))
    columns = (line_id.label("id"), _PAIRING.c.id.label("pairing_id"), *(_PAIRING.c[name] for name in _NAMES))
    joined = _PAIRING.join(met, sa.true()).join(aimed, sa.true()).join(said, sa.true())
    return sa.select(*columns, *met.c, *aimed.c, *said.c).select_from(joined)


class PairingOverview:
    """A pair with its figures."""

    prefix: ClassVar[str] = _PREFIX
    __table__: ClassVar[sa.Subquery] = _lines().subquery("pairing_overview")


_PROGRAMME = Edge("programme", "programme_id", PROGRAMMES, "pairing_overviews", "The programme.", "How its pairs fare.")
PAIRING_OVERVIEWS = Resource(
    "pairing_overview",
    "pairing_overviews",
    PairingOverview,
    PairingOverviewRead,
    Scope.PAIRINGS_READ,
    relations={
        Relation.OWN_PROGRAMME: through(_PROGRAMME)[Relation.OWN_PROGRAMME],
        Relation.OWN_PAIRING: lambda line: sa.or_(line.c.mentor_id == ME, line.c.mentee_id == ME),
    },
    edges=(
        _PROGRAMME,
        Edge("pairing", "pairing_id", PAIRINGS),
        Edge("mentor", "mentor_id", PEOPLE),
        Edge("mentee", "mentee_id", PEOPLE),
    ),
    filters=(
        Equals("programme_id"),
        Equals("status"),
        Equals("health"),
        Equals("pairing_id"),
        of_cohort("pairing_id"),
    ),
    sorts=("pairing_id",),
    default_sort="pairing_id",
)
