"""When this, then that: what follows inside the service from an event."""

from collections.abc import Awaitable, Callable, Set

from app import db as database
from app.db import Db
from app.domain.circles import service as circles
from app.domain.conflicts import consequences
from app.domain.conflicts import service as conflicts
from app.domain.conflicts.rules import Changes
from app.domain.enrolments import events as enrolments
from app.domain.enrolments import inviting
from app.domain.enrolments.models import Enrolment, EnrolmentStatus
from app.domain.goals.events import GoalAchieved
from app.domain.groups import events as groups
from app.domain.matching import closing
from app.domain.matching import service as matching
from app.domain.momentum import judging
from app.domain.operations.events import OperationCancelled, OperationFailed
from app.domain.pairings import events as told
from app.domain.pairings import queries as pairings
from app.domain.pairings.leaving import conclude
from app.domain.pairings.models import EndReason, Pairing, PairingStatus
from app.domain.people.events import PersonCreated, PersonDeactivated, PersonReactivated, PersonUpdated
from app.domain.planning import proposing
from app.domain.planning import service as planning
from app.domain.programmes.events import ProgrammeCancelled, ProgrammeClosed, ProgrammePublished
from app.domain.readiness import training
from app.domain.recognition import earning
from app.domain.recognition.events import RecognitionAwarded
from app.domain.sessions import events as met
from app.domain.sessions.models import CancelReason
from app.domain.sessions.scheduling import cancel_ahead
from app.events import outbox
from app.reading import rows

# Takes the id of the event's subject. May come late, and more than once: it looks at how things are now.
Reaction = Callable[[Db, str], Awaitable[None]]


async def react(organisation_id: str, event_type: str, subject: str) -> None:
    """Let an event have its consequences, all of them or none, in nobody's name."""
    async with database.current().writing(organisation_id) as db:
        db.actor_id = None
        await REACTIONS[event_type](db, subject)


async def react_together(organisation_id: str, changes: Changes) -> None:
    """As `react`, for many changes of the directory at once: what they concern is looked at once for all."""
    async with database.current().writing(organisation_id) as db:
        db.actor_id = None
        if moved := {person_id: names for person_id, names in changes.items() if consequences.WATCHED & names}:
            await consequences.of_changes(db, moved)
        await inviting.of_people(db, changes.keys())


async def _pairing_rests(db: Db, pairing_id: str) -> None:
    await _clear_calendar(db, pairing_id, CancelReason.PAIRING_PAUSED)


async def _pairing_over(db: Db, pairing_id: str) -> None:
    await _clear_calendar(db, pairing_id, CancelReason.PAIRING_ENDED)
    pairing = await rows.by_id(db, Pairing, pairing_id)
    await conflicts.settle(db, pairing)
    closing.supersede(db, await closing.of_pair(db, pairing))


async def _pairing_completed(db: Db, pairing_id: str) -> None:
    await _pairing_over(db, pairing_id)
    await earning.of_pairing(db, pairing_id)


async def _session_held(db: Db, session_id: str) -> None:
    await judging.judge_after(db, session_id)
    await earning.of_session(db, session_id)


async def _pairing_made(db: Db, pairing_id: str) -> None:
    pairing = await rows.by_id(db, Pairing, pairing_id)
    closing.supersede(db, await closing.of_pair(db, pairing))
    for enrolment_id in (pairing.mentor_enrolment_id, pairing.mentee_enrolment_id):
        await _no_seat_left(db, enrolment_id)


async def _no_seat_left(db: Db, enrolment_id: str) -> None:
    """What somebody was offered beyond the seats that they have falls away; so does all of it when they leave."""
    enrolment = await rows.by_id(db, Enrolment, enrolment_id)
    can_be_paired = enrolment.status in (EnrolmentStatus.READY, EnrolmentStatus.MATCHED)
    if not can_be_paired or enrolment.live_pairings >= enrolment.capacity:
        closing.supersede(db, await closing.of_enrolment(db, enrolment_id))


async def _enrolment_over(db: Db, enrolment_id: str) -> None:
    await _no_seat_left(db, enrolment_id)
    await training.call_off(db, enrolment_id)
    await circles.take_out(db, enrolment_id)


async def _programme_cancelled(db: Db, programme_id: str) -> None:
    closing.supersede(db, await closing.of_programme(db, programme_id))
    for pairing in await pairings.live_of_programme(db, programme_id):
        await conclude(db, pairing, "dissolve", EndReason.PROGRAMME_CANCELLED)


async def _programme_closed(db: Db, programme_id: str) -> None:
    closing.supersede(db, await closing.of_programme(db, programme_id))
    for pairing in await pairings.live_of_programme(db, programme_id):
        if pairing.status is PairingStatus.ACTIVE:
            pairing.step("begin_closing")
            outbox.record(db, told.PairingClosingBegan.of(pairing), changed=("status",))
        # A pair that rests, or has not signed, has nothing to complete.
        await conclude(db, pairing, "end_early", EndReason.NOT_SAID)


async def _clear_calendar(db: Db, pairing_id: str, reason: CancelReason) -> None:
    pairing = await rows.by_id(db, Pairing, pairing_id, lock=True)
    # It has been resumed meanwhile: what is ahead may have been scheduled since.
    if pairing.status not in (PairingStatus.ACTIVE, PairingStatus.CLOSING):
        await cancel_ahead(db, pairing_id, reason)
        await planning.end(db, pairing_id)
        await proposing.expire_of(db, pairing_id)


REACTIONS: dict[str, Reaction] = {
    PersonDeactivated.type: consequences.of_leaving,
    OperationFailed.type: matching.follow,
    OperationCancelled.type: matching.follow,
    enrolments.EnrolmentPaused.type: _no_seat_left,
    enrolments.EnrolmentWithdrawn.type: _enrolment_over,
    enrolments.EnrolmentRemoved.type: _enrolment_over,
    told.PairingCreated.type: _pairing_made,
    told.PairingPaused.type: _pairing_rests,
    told.PairingCompleted.type: _pairing_completed,
    told.PairingEnded.type: _pairing_over,
    told.PairingEndedEarly.type: _pairing_over,
    told.PairingDissolved.type: _pairing_over,
    met.SessionCompleted.type: _session_held,
    GoalAchieved.type: earning.of_goal,
    RecognitionAwarded.type: earning.of_recognition,
    met.SessionNoShowRecorded.type: judging.judge_after,
    met.SessionCancelled.type: judging.judge_after,
    met.SessionDisputed.type: judging.judge_after,
    groups.GroupMembersChanged.type: inviting.of_group,
    groups.GroupDeleted.type: inviting.of_group,
    ProgrammePublished.type: inviting.of_programme,
    ProgrammeCancelled.type: _programme_cancelled,
    ProgrammeClosed.type: _programme_closed,
}
# Of these the relay takes all that it has together: whoever came, and who changed in what is watched.
TOGETHER = frozenset({PersonCreated.type, PersonUpdated.type, PersonReactivated.type})
_WATCHED = consequences.WATCHED | {"hire_date"}


def is_watched(event_type: str, changed: Set[str]) -> bool:
    """Whether such a change of the directory is one of those that are looked at together."""
    return event_type == PersonCreated.type or (event_type in TOGETHER and bool(_WATCHED & changed))
