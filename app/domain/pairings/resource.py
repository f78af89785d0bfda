"""What can be read of pairings, agreements and signatures."""

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from app.auth.policy import Relation
from app.auth.scopes import Scope
from app.domain.enrolments.models import Enrolment
from app.domain.enrolments.resource import ENROLMENTS
from app.domain.pairings.agreements import Agreement, Signature
from app.domain.pairings.models import Pairing
from app.domain.pairings.schemas import AgreementRead, PairingRead, SignatureRead
from app.domain.people.resource import PEOPLE
from app.domain.programmes.resource import PROGRAMMES
from app.reading.resource import ME, ORGANISATION, Edge, Equals, Linked, Range, Resource, Table, among, owner, through

_PROGRAMME = Edge("programme", "programme_id", PROGRAMMES, "pairings", "The programme.", "Its pairs.")


def _average_focus(pairing: Table) -> sa.ColumnElement[Any]:
    # The chapter of sessions stands above this one; its table is named, not imported.
    names = ("organisation_id", "pairing_id", "status", "focus_rating")
    session = sa.table("session", *map(sa.column, names)).alias()
    mean = sa.cast(sa.func.avg(session.c.focus_rating), sa.Float)
    return (
        sa.select(mean)
        .select_from(session)
        .where(
            session.c.organisation_id == pairing.c.organisation_id,
            session.c.pairing_id == pairing.c.id,
            session.c.status == sa.literal_column("'completed'"),
        )
        .correlate(pairing)
        .scalar_subquery()
    )


@dataclass(frozen=True)
class _OfCohort(Linked):
    """`cohort_id=coh_1`: pairs of which either partner joined with the cohort."""

    @property
    def meaning(self) -> str:
        """What it keeps, for the contract."""
        return "Only those of which either partner joined with one of these cohorts."

    def where(
        self, table: Table, _parameter: str, value: sa.BindParameter[Any], *, several: bool
    ) -> sa.ColumnElement[bool]:
        """The condition on `table`; `value` is an array when there are several."""
        enrolment = ENROLMENTS.table
        wanted = sa.func.any(value) if several else value
        joined = sa.select(enrolment.c.id).where(owner(enrolment) == ORGANISATION, enrolment.c.cohort_id == wanted)
        return sa.or_(*(among(table.c[f"{side}_enrolment_id"], joined) for side in ("mentor", "mentee")))


def of_cohort(field: str) -> Linked:
    """The filter by cohort, of rows with both enrolments of a pair; `field` is one of them that its readers see."""
    return _OfCohort(field, "cohort_id", Enrolment, value="cohort_id", target="id", tells=field)


PAIRINGS = Resource(
    "pairing",
    "pairings",
    Pairing,
    PairingRead,
    Scope.PAIRINGS_READ,
    relations={
        Relation.OWN_PROGRAMME: through(_PROGRAMME)[Relation.OWN_PROGRAMME],
        Relation.OWN_PAIRING: lambda pairing: sa.or_(pairing.c.mentor_id == ME, pairing.c.mentee_id == ME),
    },
    edges=(
        _PROGRAMME,
        Edge("mentor", "mentor_id", PEOPLE, "pairings_as_mentor", "The junior partner.", "Where they mentor."),
        Edge("mentee", "mentee_id", PEOPLE, "pairings_as_mentee", "The senior partner.", "Where they learn."),
        Edge("mentor_enrolment", "mentor_enrolment_id", ENROLMENTS),
        Edge("mentee_enrolment", "mentee_enrolment_id", ENROLMENTS),
    ),
    filters=(
        Equals("programme_id"),
        Equals("status"),
        Equals("health"),
        Equals("mentor_id"),
        Equals("mentee_id"),
        of_cohort("mentee_enrolment_id"),
        Range("updated_at"),
    ),
    computed={"average_focus": _average_focus},
    guarded=True,
)
_PAIRING = Edge("pairing", "pairing_id", PAIRINGS, "agreements", "The pair.", "What the pair agreed on.")
AGREEMENTS = Resource(
    "agreement",
    "agreements",
    Agreement,
    AgreementRead,
    Scope.PAIRINGS_READ,
    relations=through(_PAIRING),
    edges=(_PAIRING,),
    filters=(Equals("pairing_id"), Equals("status")),
)
_AGREEMENT = Edge("agreement", "agreement_id", AGREEMENTS, "signatures", "What was signed.", "Who signed.")
SIGNATURES = Resource(
    "signature",
    "signatures",
    Signature,
    SignatureRead,
    Scope.PAIRINGS_READ,
    relations=through(_AGREEMENT),
    edges=(_AGREEMENT, Edge("person", "person_id", PEOPLE)),
    filters=(Equals("agreement_id"), Equals("person_id")),
)
