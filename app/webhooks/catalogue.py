"""Every event type that we emit. What is not in this list cannot be subscribed to."""

from collections.abc import Iterable
from itertools import chain

from app.domain.announcements import events as announcements
from app.domain.check_ins.events import CheckInSubmitted
from app.domain.circles import events as circles
from app.domain.conflicts import events as conflicts
from app.domain.enrolments import events as enrolments
from app.domain.feedback.events import FeedbackGiven
from app.domain.goals import events as goals
from app.domain.groups import events as groups
from app.domain.matching import events as matching
from app.domain.momentum import events as momentum
from app.domain.nominations import events as nominations
from app.domain.operations import events as operations
from app.domain.pairings import events as pairings
from app.domain.people import events as people
from app.domain.planning import events as planning
from app.domain.privacy.break_glass import BreakGlassClosed, BreakGlassOpened
from app.domain.programmes import events as programmes
from app.domain.readiness import events as readiness
from app.domain.recognition import events as recognition
from app.domain.reminders.events import PersonReminded
from app.domain.sessions import events as sessions
from app.domain.stories import events as stories
from app.events.envelope import Event
from app.webhooks.events import DeliveryExhausted, EndpointDisabled, EndpointFailing, EndpointPinged

API_VERSION = "2026-11-01"
EVENTS: tuple[type[Event], ...] = (
    people.PersonCreated,
    people.PersonUpdated,
    people.PersonDeactivated,
    people.PersonReactivated,
    people.PersonWasErased,
    groups.GroupCreated,
    groups.GroupUpdated,
    groups.GroupMembersChanged,
    groups.GroupDeleted,
    operations.OperationSucceeded,
    operations.OperationFailed,
    operations.OperationCancelled,
    programmes.ProgrammePublished,
    programmes.ProgrammeMatchingStarted,
    programmes.ProgrammeActivated,
    programmes.ProgrammePaused,
    programmes.ProgrammeResumed,
    programmes.ProgrammeEvaluationStarted,
    programmes.ProgrammeClosed,
    programmes.ProgrammeArchived,
    programmes.ProgrammeCancelled,
    programmes.CohortCreated,
    programmes.CohortChanged,
    programmes.CohortDeleted,
    programmes.SponsorshipPledged,
    programmes.SponsorshipCommitmentKept,
    enrolments.EnrolmentInvited,
    enrolments.EnrolmentApplied,
    enrolments.EnrolmentReviewStarted,
    enrolments.EnrolmentApproved,
    enrolments.EnrolmentWaitlisted,
    enrolments.EnrolmentDeclined,
    enrolments.EnrolmentReadied,
    enrolments.EnrolmentPaused,
    enrolments.EnrolmentResumed,
    enrolments.EnrolmentWithdrawn,
    enrolments.EnrolmentRemoved,
    enrolments.EnrolmentInvitationReminded,
    enrolments.EnrolmentInvitationExpired,
    enrolments.EnrolmentCohortAssigned,
    nominations.NominationMade,
    nominations.NominationReminded,
    nominations.NominationTakenUp,
    nominations.NominationDeclined,
    nominations.NominationWithdrawn,
    nominations.NominationExpired,
    readiness.TrainingAssigned,
    readiness.TrainingStarted,
    readiness.TrainingCompleted,
    readiness.TrainingWaived,
    readiness.TrainingOverdue,
    readiness.TrainingCancelled,
    readiness.ReadinessAssessed,
    pairings.PairingCreated,
    pairings.PairingActivated,
    pairings.PairingPaused,
    pairings.PairingResumed,
    pairings.PairingClosingBegan,
    pairings.PairingCompleted,
    pairings.PairingContinuedInformally,
    pairings.PairingEnded,
    pairings.PairingEndedEarly,
    pairings.PairingDissolved,
    momentum.PairingNudged,
    momentum.PairingFlaggedAtRisk,
    momentum.PairingRecovered,
    conflicts.PairingConflictDetected,
    conflicts.PairingReviewRequired,
    conflicts.PairingConflictOverdue,
    conflicts.PairingConflictResolved,
    pairings.AgreementProposed,
    pairings.AgreementSigned,
    pairings.AgreementEnteredForce,
    matching.MatchRunCompleted,
    matching.MatchRunFailed,
    matching.MatchProposalOffered,
    matching.MatchProposalAccepted,
    matching.MatchProposalConfirmed,
    matching.MatchProposalDeclined,
    matching.MatchProposalExpired,
    matching.MatchProposalVetoed,
    matching.MatchProposalSuperseded,
    planning.SeriesScheduled,
    planning.SeriesCancelled,
    sessions.SessionProposed,
    sessions.SessionDeclined,
    sessions.SessionExpired,
    sessions.SessionScheduled,
    sessions.SessionRescheduled,
    sessions.SessionCancelled,
    sessions.SessionCancellationExplained,
    sessions.SessionCompleted,
    sessions.SessionNoShowRecorded,
    sessions.SessionUnconfirmed,
    sessions.SessionDisputed,
    circles.CircleFormed,
    circles.CircleJoined,
    circles.CircleLeft,
    circles.CircleFellApart,
    circles.CircleClosed,
    circles.CircleMeetingScheduled,
    circles.CircleMeetingRescheduled,
    circles.CircleMeetingHeld,
    circles.CircleMeetingCancelled,
    goals.GoalWasSet,
    goals.GoalRevised,
    goals.GoalProgressed,
    goals.GoalAchieved,
    goals.GoalAbandoned,
    goals.MilestoneWasReached,
    goals.WinCelebrated,
    FeedbackGiven,
    CheckInSubmitted,
    recognition.RecognitionAwarded,
    recognition.RecognitionRevoked,
    stories.SuccessStoryPublished,
    stories.SuccessStoryWithdrawn,
    PersonReminded,
    announcements.AnnouncementPublished,
    announcements.AnnouncementWithdrawn,
    BreakGlassOpened,
    BreakGlassClosed,
    EndpointPinged,
    EndpointFailing,
    EndpointDisabled,
    DeliveryExhausted,
)
BY_TYPE = {event.type: event for event in EVENTS}
_FAMILIES = dict.fromkeys(f"{name.partition('.')[0]}.*" for name in BY_TYPE)
CONFIDED = frozenset(event.type for event in EVENTS if event.is_confided)
PATTERNS = tuple(chain(("*",), _FAMILIES, BY_TYPE))


def wants(patterns: Iterable[str], event_type: str) -> bool:
    """Whether a pattern (`*`, `session.*`, `session.completed`) names the type; no wildcard names a confided one."""
    family = f"{event_type.partition('.')[0]}.*"
    names = (event_type,) if event_type in CONFIDED else ("*", family, event_type)
    return any(pattern in names for pattern in patterns)
