"""What can be read of policies, runs and proposals."""

from collections.abc import Callable
from typing import Any

import sqlalchemy as sa

from app.auth.policy import Relation
from app.auth.scopes import Scope
from app.domain.enrolments.resource import ENROLMENTS
from app.domain.matching.models import MatchingPolicy, MatchRun
from app.domain.matching.proposals import MatchProposal
from app.domain.matching.schemas import MatchingPolicyRead, MatchProposalRead, MatchRunRead
from app.domain.pairings.resource import PAIRINGS
from app.domain.people.resource import PEOPLE
from app.domain.programmes.resource import PROGRAMMES
from app.matching.policy import Policy
from app.reading.resource import ME, Edge, Equals, Predicate, Range, Resource, Table, same_organisation, through


def _said(member: str) -> Callable[[Table], sa.ColumnElement[Any]]:
    """A member of a policy's body; texts without quotes, as columns have them."""
    is_text = issubclass(kind, str) if isinstance(kind := Policy.model_fields[member].annotation, type) else False
    return lambda policy: policy.c.body[member].astext if is_text else policy.c.body[member]


def _rules(policy: Table) -> sa.ColumnElement[Any]:
    """The rules, with those two that are the programme's own."""
    programme = PROGRAMMES.table.alias()
    own = sa.func.jsonb_build_object(
        sa.literal_column("'min_rank_gap'"),
        programme.c.min_rank_gap,
        sa.literal_column("'require_cross_department'"),
        programme.c.require_cross_department,
    )
    found = sa.select(policy.c.body["rules"].op("||")(own)).where(
        same_organisation(programme, policy), programme.c.id == policy.c.programme_id
    )
    return found.correlate(policy).scalar_subquery()


_OF_PROGRAMME = Edge("programme", "programme_id", PROGRAMMES, description="Whose it is.")
MATCHING_POLICIES = Resource(
    "matching_policy",
    "matching_policies",
    MatchingPolicy,
    MatchingPolicyRead,
    Scope.PAIRINGS_READ,
    relations=through(_OF_PROGRAMME),
    edges=(_OF_PROGRAMME,),
    filters=(Equals("programme_id"),),
    computed={member: _said(member) for member in Policy.model_fields} | {"rules": _rules},
    guarded=True,
)
_MATCHED = Edge("programme", "programme_id", PROGRAMMES, "match_runs", "What is matched.", "How it was matched.")
MATCH_RUNS = Resource(
    "match_run",
    "match_runs",
    MatchRun,
    MatchRunRead,
    Scope.PAIRINGS_READ,
    relations=through(_MATCHED),
    edges=(_MATCHED,),
    filters=(Equals("programme_id"), Equals("mode"), Equals("status"), Range("updated_at")),
)
_RUN = Edge("match_run", "match_run_id", MATCH_RUNS, "proposals", "The run that proposes it.", "The pairs of its plan.")


def _is_member(proposal: Table) -> sa.ColumnElement[bool]:
    return sa.or_(proposal.c.mentor_id == ME, proposal.c.mentee_id == ME)


def _told(side: str) -> Predicate:
    """Whoever is on this side, once they know of it."""
    return lambda proposal: sa.and_(proposal.c[side] == ME, proposal.c.offered_at.is_not(None))


def _confided(proposal: Table) -> sa.ColumnElement[bool]:
    """What a coordinator may read because its author allows; over a proposal of their own nobody is coordinator."""
    allowed = sa.and_(proposal.c.is_reason_shared, sa.not_(_is_member(proposal)))
    return sa.and_(allowed, MATCH_PROPOSALS.relations[Relation.OWN_PROGRAMME](proposal))


MATCH_PROPOSALS = Resource(
    "match_proposal",
    "match_proposals",
    MatchProposal,
    MatchProposalRead,
    Scope.PAIRINGS_READ,
    relations={
        Relation.OWN_PROGRAMME: through(_RUN)[Relation.OWN_PROGRAMME],
        # What bars an office: from the beginning, while they do not know of it.
        Relation.OWN_PAIRING: _is_member,
        Relation.AS_MENTOR: _told("mentor_id"),
        Relation.AS_MENTEE: _told("mentee_id"),
        Relation.OWN: lambda proposal: proposal.c.declined_by == ME,
        Relation.ADDRESSEE: _confided,
    },
    edges=(
        _RUN,
        Edge("programme", "programme_id", PROGRAMMES, "match_proposals", "The programme.", "Pairs that are proposed."),
        Edge("mentor", "mentor_id", PEOPLE, "proposals_as_mentor", "The junior side.", "Where they would mentor."),
        Edge("mentee", "mentee_id", PEOPLE, "proposals_as_mentee", "The senior side.", "Where they would learn."),
        Edge("mentor_enrolment", "mentor_enrolment_id", ENROLMENTS),
        Edge("mentee_enrolment", "mentee_enrolment_id", ENROLMENTS),
        Edge("pairing", "pairing_id", PAIRINGS, description="What came of it."),
    ),
    filters=(
        Equals("programme_id"),
        Equals("match_run_id"),
        Equals("status"),
        Equals("mentor_id"),
        Equals("mentee_id"),
        Equals("mentor_enrolment_id"),
        Equals("mentee_enrolment_id"),
        Range("updated_at"),
    ),
)
