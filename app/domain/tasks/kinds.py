"""What people have to do: each task follows from a row of another chapter, in the state it is in."""

from typing import Any

import sqlalchemy as sa

from app.domain.check_ins import rounds
from app.domain.check_ins.resource import CHECK_INS
from app.domain.concerns import standing
from app.domain.concerns.models import ConcernStatus
from app.domain.concerns.resource import CONCERNS
from app.domain.enrolments.models import EnrolmentStatus
from app.domain.enrolments.resource import ENROLMENTS
from app.domain.farewells.resource import FAREWELLS
from app.domain.matching.proposals import ProposalStatus
from app.domain.matching.resource import MATCH_PROPOSALS
from app.domain.pairings.agreements import AgreementStatus
from app.domain.pairings.models import PairingStatus
from app.domain.pairings.resource import AGREEMENTS, PAIRINGS, SIGNATURES
from app.domain.programmes.resource import PROGRAMMES
from app.domain.readiness import trainings
from app.domain.readiness.resource import READINESS_ASSESSMENTS, TRAINING_ASSIGNMENTS
from app.domain.sessions.models import SessionStatus
from app.domain.sessions.resource import ACTION_ITEMS, ATTENDANCES, SESSIONS
from app.domain.tasks.schemas import TaskKind
from app.reading.resource import NOW, is_one_of, same_organisation
from app.table import Instant, text_enum

PREFIX = "tsk"
_NONE = sa.null().cast(sa.Text)
_NAMES = (
    "pairing_id",
    "enrolment_id",
    "training_assignment_id",
    "match_proposal_id",
    "agreement_id",
    "session_id",
    "action_item_id",
    "concern_id",
)
(
    _ENROLMENT,
    _PROPOSAL,
    _AGREEMENT,
    _SIGNATURE,
    _PAIRING,
    _SESSION,
    _ATTENDANCE,
    _ITEM,
    _CHECK_IN,
    _FAREWELL,
    _CONCERN,
    _TRAINING,
    _ASSESSMENT,
    _PROGRAMME,
) = (
    resource.table
    for resource in (
        ENROLMENTS,
        MATCH_PROPOSALS,
        AGREEMENTS,
        SIGNATURES,
        PAIRINGS,
        SESSIONS,
        ATTENDANCES,
        ACTION_ITEMS,
        CHECK_INS,
        FAREWELLS,
        CONCERNS,
        TRAINING_ASSIGNMENTS,
        READINESS_ASSESSMENTS,
        PROGRAMMES,
    )
)


def _of(
    kind: TaskKind,
    source: sa.Table,
    subject: sa.Table,
    *,
    person: sa.ColumnElement[str],
    programme: sa.ColumnElement[str],
    due_at: sa.ColumnElement[Any] | None = None,
    **named: sa.ColumnElement[str],
) -> sa.Select[Any]:
    """The tasks of one kind: one for each row of `source`, as old as it, and of the version of `subject`."""
    # Those of two partners over one object share an id: each sees their own.
    task_id = sa.literal_column(f"'{PREFIX}_'", sa.Text) + sa.func.substr(source.c.id, sa.literal_column("5"))
    return sa.select(
        source.c.organisation_id,
        task_id.label("id"),
        sa.literal_column(f"'{kind}'", text_enum(TaskKind)).label("kind"),
        person.label("person_id"),
        programme.label("programme_id"),
        *(named.get(name, _NONE).label(name) for name in _NAMES),
        (sa.null().cast(Instant) if due_at is None else due_at).label("due_at"),
        subject.c.version,
        source.c.created_at,
        subject.c.updated_at,
    )


def _invitations() -> sa.Select[Any]:
    enrolment = _ENROLMENT
    return _of(
        TaskKind.ANSWER_INVITATION,
        enrolment,
        enrolment,
        person=enrolment.c.person_id,
        programme=enrolment.c.programme_id,
        enrolment_id=enrolment.c.id,
    ).where(is_one_of(enrolment.c.status, EnrolmentStatus.INVITED))


def _trainings() -> sa.Select[Any]:
    return _of(
        TaskKind.COMPLETE_TRAINING,
        _TRAINING,
        _TRAINING,
        person=_TRAINING.c.person_id,
        programme=_TRAINING.c.programme_id,
        due_at=_TRAINING.c.due_at,
        enrolment_id=_TRAINING.c.enrolment_id,
        training_assignment_id=_TRAINING.c.id,
    ).where(is_one_of(_TRAINING.c.status, *trainings.OPEN))


def _assessments() -> sa.Select[Any]:
    """Of those who cannot be paired before they have looked at how ready they are."""
    taken = sa.exists().where(same_organisation(_ASSESSMENT, _ENROLMENT), _ASSESSMENT.c.enrolment_id == _ENROLMENT.c.id)
    return (
        _of(
            TaskKind.ASSESS_READINESS,
            _ENROLMENT,
            _ENROLMENT,
            person=_ENROLMENT.c.person_id,
            programme=_ENROLMENT.c.programme_id,
            enrolment_id=_ENROLMENT.c.id,
        )
        .join_from(
            _ENROLMENT,
            _PROGRAMME,
            sa.and_(same_organisation(_PROGRAMME, _ENROLMENT), _PROGRAMME.c.id == _ENROLMENT.c.programme_id),
        )
        .where(is_one_of(_ENROLMENT.c.status, EnrolmentStatus.APPROVED), _PROGRAMME.c.assesses_readiness, ~taken)
    )


def _proposals(side: str) -> sa.Select[Any]:
    return _of(
        TaskKind.ANSWER_PROPOSAL,
        _PROPOSAL,
        _PROPOSAL,
        person=_PROPOSAL.c[f"{side}_id"],
        programme=_PROPOSAL.c.programme_id,
        due_at=_PROPOSAL.c.expires_at,
        enrolment_id=_PROPOSAL.c[f"{side}_enrolment_id"],
        match_proposal_id=_PROPOSAL.c.id,
    ).where(
        is_one_of(_PROPOSAL.c.status, ProposalStatus.OFFERED, ProposalStatus.HALF_ACCEPTED),
        _PROPOSAL.c[f"{side}_accepted_at"].is_(None),
    )


def _agreements(side: str) -> sa.Select[Any]:
    signed = sa.exists().where(
        same_organisation(_SIGNATURE, _AGREEMENT),
        _SIGNATURE.c.agreement_id == _AGREEMENT.c.id,
        _SIGNATURE.c.person_id == _PAIRING.c[f"{side}_id"],
    )
    return (
        _of(
            TaskKind.SIGN_AGREEMENT,
            _AGREEMENT,
            _AGREEMENT,
            person=_PAIRING.c[f"{side}_id"],
            programme=_PAIRING.c.programme_id,
            pairing_id=_PAIRING.c.id,
            agreement_id=_AGREEMENT.c.id,
        )
        .join_from(
            _AGREEMENT,
            _PAIRING,
            sa.and_(same_organisation(_PAIRING, _AGREEMENT), _PAIRING.c.id == _AGREEMENT.c.pairing_id),
        )
        .where(is_one_of(_AGREEMENT.c.status, AgreementStatus.PROPOSED, AgreementStatus.HALF_SIGNED), ~signed)
    )


def _sessions(kind: TaskKind, status: SessionStatus, due: str) -> sa.Select[Any]:
    joined = sa.and_(same_organisation(_SESSION, _ATTENDANCE), _SESSION.c.id == _ATTENDANCE.c.session_id)
    return (
        _of(
            kind,
            _ATTENDANCE,
            _SESSION,
            person=_ATTENDANCE.c.person_id,
            programme=_SESSION.c.programme_id,
            due_at=_SESSION.c[due],
            pairing_id=_SESSION.c.pairing_id,
            session_id=_SESSION.c.id,
        )
        .join_from(_ATTENDANCE, _SESSION, joined)
        .where(is_one_of(_SESSION.c.status, status), _ATTENDANCE.c.report.is_(None))
    )


def _proposed_sessions() -> sa.Select[Any]:
    """For the partner of who proposed."""
    asked = _SESSION.c.proposed_by != _ATTENDANCE.c.person_id
    return _sessions(TaskKind.ANSWER_SESSION, SessionStatus.PROPOSED, "answer_by").where(asked)


def _action_items() -> sa.Select[Any]:
    # The first moment of the day that follows, by the clocks where the session is held.
    next_day = (_ITEM.c.due_on + sa.literal_column("1", sa.Integer)).cast(sa.DateTime)
    return (
        _of(
            TaskKind.APPLY_ACTION_ITEM,
            _ITEM,
            _ITEM,
            person=_ITEM.c.owner_id,
            programme=_SESSION.c.programme_id,
            due_at=sa.func.timezone(_SESSION.c.zone, next_day, type_=Instant),
            pairing_id=_SESSION.c.pairing_id,
            session_id=_SESSION.c.id,
            action_item_id=_ITEM.c.id,
        )
        .join_from(_ITEM, _SESSION, sa.and_(same_organisation(_SESSION, _ITEM), _SESSION.c.id == _ITEM.c.session_id))
        .where(_ITEM.c.applied_at.is_(None))
    )


def _check_ins(side: str) -> sa.Select[Any]:
    """As `rounds.open_round` says: a round that is open and that this side has not answered."""

    def seconds(count: float) -> str:
        return str(int(count))

    first, every = seconds(rounds.FIRST_AFTER.total_seconds()), seconds(rounds.EVERY.total_seconds())
    waited = sa.extract("epoch", NOW - _PAIRING.c.activated_at) - sa.literal_column(first, sa.Numeric)
    past = sa.func.floor(waited / sa.literal_column(every, sa.Numeric))
    number = past.cast(sa.Integer) + sa.literal_column("1", sa.Integer)
    first_due = _PAIRING.c.activated_at + sa.literal_column(f"interval '{first} seconds'", sa.Interval)
    answered = sa.exists().where(
        same_organisation(_CHECK_IN, _PAIRING),
        _CHECK_IN.c.pairing_id == _PAIRING.c.id,
        _CHECK_IN.c.author_id == _PAIRING.c[f"{side}_id"],
        _CHECK_IN.c.round == number,
    )
    return _of(
        TaskKind.ANSWER_CHECK_IN,
        _PAIRING,
        _PAIRING,
        person=_PAIRING.c[f"{side}_id"],
        programme=_PAIRING.c.programme_id,
        due_at=first_due + number * sa.literal_column(f"interval '{every} seconds'", sa.Interval),
        pairing_id=_PAIRING.c.id,
    ).where(is_one_of(_PAIRING.c.status, PairingStatus.ACTIVE), first_due <= NOW, ~answered)


def _farewells(side: str) -> sa.Select[Any]:
    written = sa.exists().where(
        same_organisation(_FAREWELL, _PAIRING),
        _FAREWELL.c.pairing_id == _PAIRING.c.id,
        _FAREWELL.c.author_id == _PAIRING.c[f"{side}_id"],
    )
    return _of(
        TaskKind.WRITE_FAREWELL,
        _PAIRING,
        _PAIRING,
        person=_PAIRING.c[f"{side}_id"],
        programme=_PAIRING.c.programme_id,
        pairing_id=_PAIRING.c.id,
    ).where(is_one_of(_PAIRING.c.status, PairingStatus.CLOSING), ~written)


def _concerns() -> sa.Select[Any]:
    """Those that the caller looks after, and may: which pair it is about is told by the concern alone."""
    open_ones = (status for status in ConcernStatus if status is not ConcernStatus.RESOLVED)
    return _of(
        TaskKind.HANDLE_CONCERN,
        _CONCERN,
        _CONCERN,
        person=_CONCERN.c.handler_id,
        programme=_CONCERN.c.programme_id,
        concern_id=_CONCERN.c.id,
    ).where(is_one_of(_CONCERN.c.status, *open_ones), standing.is_handled(_CONCERN))


def every() -> sa.CompoundSelect[Any]:
    """The tasks of all kinds."""
    return sa.union_all(
        _invitations(),
        _assessments(),
        _trainings(),
        _proposals("mentor"),
        _proposals("mentee"),
        _agreements("mentor"),
        _agreements("mentee"),
        _proposed_sessions(),
        _sessions(TaskKind.ATTEND_SESSION, SessionStatus.SCHEDULED, "starts_at"),
        _sessions(TaskKind.REPORT_SESSION, SessionStatus.UNCONFIRMED, "ends_at"),
        _action_items(),
        _check_ins("mentor"),
        _check_ins("mentee"),
        _farewells("mentor"),
        _farewells("mentee"),
        _concerns(),
    )
