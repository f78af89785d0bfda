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
from app.reading.resource import ME, NOW, is_one_of, same_organisation
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


_Person = sa.ColumnElement[str]


def _kind(kind: TaskKind) -> sa.ColumnElement[str]:
    return sa.literal_column(f"'{kind}'", text_enum(TaskKind))


def _of(
    kind: sa.ColumnElement[str],
    source: sa.Table,
    subject: sa.Table,
    *,
    person: _Person,
    programme: sa.ColumnElement[str],
    due_at: sa.ColumnElement[Any] | None = None,
    **named: sa.ColumnElement[str],
) -> sa.Select[Any]:
    """Somebody's tasks of one kind: one for each row of `source`, as old as it, and of the version of `subject`."""
    # Those of two partners over one object share an id: each sees their own.
    task_id = sa.literal_column(f"'{PREFIX}_'", sa.Text) + sa.func.substr(source.c.id, sa.literal_column("5"))
    return sa.select(
        source.c.organisation_id,
        task_id.label("id"),
        kind.label("kind"),
        person.label("person_id"),
        programme.label("programme_id"),
        *(named.get(name, _NONE).label(name) for name in _NAMES),
        (sa.null().cast(Instant) if due_at is None else due_at).label("due_at"),
        subject.c.version,
        source.c.created_at,
        subject.c.updated_at,
    )


def _enrolments(person: _Person) -> sa.Select[Any]:
    """Invitations, and to look at how ready one is, of those who cannot be paired before."""
    invited = is_one_of(_ENROLMENT.c.status, EnrolmentStatus.INVITED)
    asked = sa.exists().where(
        same_organisation(_PROGRAMME, _ENROLMENT),
        _PROGRAMME.c.id == _ENROLMENT.c.programme_id,
        _PROGRAMME.c.assesses_readiness,
    )
    taken = sa.exists().where(same_organisation(_ASSESSMENT, _ENROLMENT), _ASSESSMENT.c.enrolment_id == _ENROLMENT.c.id)
    unready = sa.and_(is_one_of(_ENROLMENT.c.status, EnrolmentStatus.APPROVED), asked, ~taken)
    return _of(
        sa.case((invited, _kind(TaskKind.ANSWER_INVITATION)), else_=_kind(TaskKind.ASSESS_READINESS)),
        _ENROLMENT,
        _ENROLMENT,
        person=person,
        programme=_ENROLMENT.c.programme_id,
        enrolment_id=_ENROLMENT.c.id,
    ).where(_ENROLMENT.c.person_id == person, sa.or_(invited, unready))


def _trainings(person: _Person) -> sa.Select[Any]:
    return _of(
        _kind(TaskKind.COMPLETE_TRAINING),
        _TRAINING,
        _TRAINING,
        person=person,
        programme=_TRAINING.c.programme_id,
        due_at=_TRAINING.c.due_at,
        enrolment_id=_TRAINING.c.enrolment_id,
        training_assignment_id=_TRAINING.c.id,
    ).where(_TRAINING.c.person_id == person, is_one_of(_TRAINING.c.status, *trainings.OPEN))


def _proposals(person: _Person) -> sa.Select[Any]:
    as_mentor, as_mentee = _PROPOSAL.c.mentor_id == person, _PROPOSAL.c.mentee_id == person
    return _of(
        _kind(TaskKind.ANSWER_PROPOSAL),
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


def _in_pair(person: _Person) -> sa.ColumnElement[bool]:
    return sa.or_(_PAIRING.c.mentor_id == person, _PAIRING.c.mentee_id == person)


def _agreements(person: _Person) -> sa.Select[Any]:
    signed = sa.exists().where(
        same_organisation(_SIGNATURE, _AGREEMENT),
        _SIGNATURE.c.agreement_id == _AGREEMENT.c.id,
        _SIGNATURE.c.person_id == person,
    )
    paired = sa.and_(same_organisation(_PAIRING, _AGREEMENT), _PAIRING.c.id == _AGREEMENT.c.pairing_id)
    return (
        _of(
            _kind(TaskKind.SIGN_AGREEMENT),
            _AGREEMENT,
            _AGREEMENT,
            person=person,
            programme=_PAIRING.c.programme_id,
            pairing_id=_PAIRING.c.id,
            agreement_id=_AGREEMENT.c.id,
        )
        .join_from(_AGREEMENT, _PAIRING, paired)
        .where(
            _in_pair(person),
            is_one_of(_AGREEMENT.c.status, AgreementStatus.PROPOSED, AgreementStatus.HALF_SIGNED),
            ~signed,
        )
    )


def _sessions(person: _Person) -> sa.Select[Any]:
    """To answer (for the partner of who proposed), to attend, to report on."""
    proposed, scheduled, unconfirmed = (
        is_one_of(_SESSION.c.status, status)
        for status in (SessionStatus.PROPOSED, SessionStatus.SCHEDULED, SessionStatus.UNCONFIRMED)
    )
    joined = sa.and_(same_organisation(_SESSION, _ATTENDANCE), _SESSION.c.id == _ATTENDANCE.c.session_id)
    return (
        _of(
            sa.case(
                (proposed, _kind(TaskKind.ANSWER_SESSION)),
                (scheduled, _kind(TaskKind.ATTEND_SESSION)),
                else_=_kind(TaskKind.REPORT_SESSION),
            ),
            _ATTENDANCE,
            _SESSION,
            person=person,
            programme=_SESSION.c.programme_id,
            due_at=sa.case(
                (proposed, _SESSION.c.answer_by), (scheduled, _SESSION.c.starts_at), else_=_SESSION.c.ends_at
            ),
            pairing_id=_SESSION.c.pairing_id,
            session_id=_SESSION.c.id,
        )
        .join_from(_ATTENDANCE, _SESSION, joined)
        .where(
            _ATTENDANCE.c.person_id == person,
            _ATTENDANCE.c.report.is_(None),
            sa.or_(scheduled, unconfirmed, sa.and_(proposed, _SESSION.c.proposed_by != person)),
        )
    )


def _action_items(person: _Person) -> sa.Select[Any]:
    # The first moment of the day that follows, by the clocks where the session is held.
    next_day = (_ITEM.c.due_on + sa.literal_column("1", sa.Integer)).cast(sa.DateTime)
    return (
        _of(
            _kind(TaskKind.APPLY_ACTION_ITEM),
            _ITEM,
            _ITEM,
            person=person,
            programme=_SESSION.c.programme_id,
            due_at=sa.func.timezone(_SESSION.c.zone, next_day, type_=Instant),
            pairing_id=_SESSION.c.pairing_id,
            session_id=_SESSION.c.id,
            action_item_id=_ITEM.c.id,
        )
        .join_from(_ITEM, _SESSION, sa.and_(same_organisation(_SESSION, _ITEM), _SESSION.c.id == _ITEM.c.session_id))
        .where(_ITEM.c.owner_id == person, _ITEM.c.applied_at.is_(None))
    )


def _of_pairs(person: _Person) -> sa.Select[Any]:
    """Check-ins, as `rounds.open_round` says: a round that is open and that this side has not answered; farewells."""

    def seconds(count: float) -> str:
        return str(int(count))

    def written(table: sa.Table) -> tuple[sa.ColumnElement[bool], ...]:
        return same_organisation(table, _PAIRING), table.c.pairing_id == _PAIRING.c.id, table.c.author_id == person

    first, every = seconds(rounds.FIRST_AFTER.total_seconds()), seconds(rounds.EVERY.total_seconds())
    waited = sa.extract("epoch", NOW - _PAIRING.c.activated_at) - sa.literal_column(first, sa.Numeric)
    past = sa.func.floor(waited / sa.literal_column(every, sa.Numeric))
    number = past.cast(sa.Integer) + sa.literal_column("1", sa.Integer)
    first_due = _PAIRING.c.activated_at + sa.literal_column(f"interval '{first} seconds'", sa.Interval)
    answered = sa.exists().where(*written(_CHECK_IN), _CHECK_IN.c.round == number)
    active = is_one_of(_PAIRING.c.status, PairingStatus.ACTIVE)
    closing = is_one_of(_PAIRING.c.status, PairingStatus.CLOSING)
    return _of(
        sa.case((active, _kind(TaskKind.ANSWER_CHECK_IN)), else_=_kind(TaskKind.WRITE_FAREWELL)),
        _PAIRING,
        _PAIRING,
        person=person,
        programme=_PAIRING.c.programme_id,
        due_at=sa.case((active, first_due + number * sa.literal_column(f"interval '{every} seconds'", sa.Interval))),
        pairing_id=_PAIRING.c.id,
    ).where(
        _in_pair(person),
        sa.or_(
            sa.and_(active, first_due <= NOW, ~answered),
            sa.and_(closing, ~sa.exists().where(*written(_FAREWELL))),
        ),
    )


def _concerns() -> sa.Select[Any]:
    """Those that the caller looks after, and may: which pair it is about is told by the concern alone."""
    open_ones = (status for status in ConcernStatus if status is not ConcernStatus.RESOLVED)
    return _of(
        _kind(TaskKind.HANDLE_CONCERN),
        _CONCERN,
        _CONCERN,
        person=ME,
        programme=_CONCERN.c.programme_id,
        concern_id=_CONCERN.c.id,
    ).where(is_one_of(_CONCERN.c.status, *open_ones), standing.looks_after(_CONCERN))


def of(person: _Person) -> sa.CompoundSelect[Any]:
    """Somebody's tasks of all kinds but those for their caller's eyes alone.

    One select for several kinds where they look through the same rows: to begin a select costs more than to look.
    """
    parts = (_enrolments, _trainings, _proposals, _agreements, _sessions, _action_items, _of_pairs)
    return sa.union_all(*(part(person) for part in parts))


def mine() -> sa.CompoundSelect[Any]:
    """The caller's tasks of all kinds."""
    return sa.union_all(*of(ME).selects, _concerns())
