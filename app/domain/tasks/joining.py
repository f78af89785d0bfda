"""What waits for people on the way to a pair: invitations, readiness, training, proposals, agreements."""

from typing import Any

import sqlalchemy as sa

from app.domain.enrolments.models import EnrolmentStatus
from app.domain.enrolments.resource import ENROLMENTS
from app.domain.matching.proposals import ProposalStatus
from app.domain.matching.resource import MATCH_PROPOSALS
from app.domain.pairings.agreements import AgreementStatus
from app.domain.pairings.resource import AGREEMENTS, PAIRINGS, SIGNATURES
from app.domain.programmes.resource import PROGRAMMES
from app.domain.readiness import trainings as training_states
from app.domain.readiness.resource import READINESS_ASSESSMENTS, TRAINING_ASSIGNMENTS
from app.domain.tasks.schemas import TaskKind
from app.domain.tasks.shape import Person, named, task
from app.reading.resource import is_one_of, same_organisation

_ENROLMENT, _PROGRAMME, _TRAINING, _ASSESSMENT = (
    resource.table for resource in (ENROLMENTS, PROGRAMMES, TRAINING_ASSIGNMENTS, READINESS_ASSESSMENTS)
)
_PROPOSAL, _AGREEMENT, _SIGNATURE, _PAIRING = (
    resource.table for resource in (MATCH_PROPOSALS, AGREEMENTS, SIGNATURES, PAIRINGS)
)


def in_pair(person: Person) -> sa.ColumnElement[bool]:
    """Whether somebody is one of the two."""
    return sa.or_(_PAIRING.c.mentor_id == person, _PAIRING.c.mentee_id == person)


def enrolments(person: Person) -> sa.Select[Any]:
    """Invitations, and to look at how ready one is, of those who cannot be paired before."""
    invited = is_one_of(_ENROLMENT.c.status, EnrolmentStatus.INVITED)
    asked = sa.exists().where(
        same_organisation(_PROGRAMME, _ENROLMENT),
        _PROGRAMME.c.id == _ENROLMENT.c.programme_id,
        _PROGRAMME.c.assesses_readiness,
    )
    taken = sa.exists().where(same_organisation(_ASSESSMENT, _ENROLMENT), _ASSESSMENT.c.enrolment_id == _ENROLMENT.c.id)
    unready = sa.and_(is_one_of(_ENROLMENT.c.status, EnrolmentStatus.APPROVED), asked, ~taken)
    return task(
        sa.case((invited, named(TaskKind.ANSWER_INVITATION)), else_=named(TaskKind.ASSESS_READINESS)),
        _ENROLMENT,
        _ENROLMENT,
        person=person,
        programme=_ENROLMENT.c.programme_id,
        enrolment_id=_ENROLMENT.c.id,
    ).where(_ENROLMENT.c.person_id == person, sa.or_(invited, unready))


def trainings(person: Person) -> sa.Select[Any]:
    """What is to be learned, or acknowledged."""
    return task(
        named(TaskKind.COMPLETE_TRAINING),
        _TRAINING,
        _TRAINING,
        person=person,
        programme=_TRAINING.c.programme_id,
        due_at=_TRAINING.c.due_at,
        enrolment_id=_TRAINING.c.enrolment_id,
        training_assignment_id=_TRAINING.c.id,
    ).where(_TRAINING.c.person_id == person, is_one_of(_TRAINING.c.status, *training_states.OPEN))


def proposals(person: Person) -> sa.Select[Any]:
    """Proposals to which this side has not said yes."""
    as_mentor, as_mentee = _PROPOSAL.c.mentor_id == person, _PROPOSAL.c.mentee_id == person
    return task(
        named(TaskKind.ANSWER_PROPOSAL),
        _PROPOSAL,
        _PROPOSAL,
        person=person,
        programme=_PROPOSAL.c.programme_id,
        due_at=_PROPOSAL.c.expires_at,
        enrolment_id=sa.case((as_mentor, _PROPOSAL.c.mentor_enrolment_id), else_=_PROPOSAL.c.mentee_enrolment_id),
        match_proposal_id=_PROPOSAL.c.id,
    ).where(
        is_one_of(_PROPOSAL.c.status, ProposalStatus.OFFERED, ProposalStatus.HALF_ACCEPTED),
        sa.or_(
            sa.and_(as_mentor, _PROPOSAL.c.mentor_accepted_at.is_(None)),
            sa.and_(as_mentee, _PROPOSAL.c.mentee_accepted_at.is_(None)),
        ),
    )


def agreements(person: Person) -> sa.Select[Any]:
    """Agreements that lack this signature."""
    signed = sa.exists().where(
        same_organisation(_SIGNATURE, _AGREEMENT),
        _SIGNATURE.c.agreement_id == _AGREEMENT.c.id,
        _SIGNATURE.c.person_id == person,
    )
    paired = sa.and_(same_organisation(_PAIRING, _AGREEMENT), _PAIRING.c.id == _AGREEMENT.c.pairing_id)
    return (
        task(
            named(TaskKind.SIGN_AGREEMENT),
            _AGREEMENT,
            _AGREEMENT,
            person=person,
            programme=_PAIRING.c.programme_id,
            pairing_id=_PAIRING.c.id,
            agreement_id=_AGREEMENT.c.id,
        )
        .join_from(_AGREEMENT, _PAIRING, paired)
        .where(
            in_pair(person),
            is_one_of(_AGREEMENT.c.status, AgreementStatus.PROPOSED, AgreementStatus.HALF_SIGNED),
            ~signed,
        )
    )
