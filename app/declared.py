"""Everything that the doors open onto: each resource and each intent, in the order of the story."""

from app.acting.inquiry import Inquiry
from app.acting.intent import Intent
from app.domain.access import intents as access
from app.domain.access.resource import API_KEYS, IDENTITY_PROVIDERS, STANDINGS
from app.domain.announcements import intents as announcements
from app.domain.announcements.resource import ANNOUNCEMENTS
from app.domain.boards.resource import PAIRING_OVERVIEWS
from app.domain.calendars import intents as calendars
from app.domain.calendars import invitations
from app.domain.calendars.resource import CALENDAR_FEEDS
from app.domain.check_ins import intents as check_ins
from app.domain.check_ins.resource import CHECK_INS
from app.domain.circles import intents as circles
from app.domain.circles.resource import CIRCLE_MEETINGS, CIRCLE_MEMBERS, CIRCLES
from app.domain.competencies import intents as competencies
from app.domain.competencies.resource import COMPETENCY_RATINGS
from app.domain.concerns import intents as concerns
from app.domain.concerns.resource import CONCERNS
from app.domain.conflicts import intents as conflicts
from app.domain.conflicts.resource import PAIRING_CONFLICTS
from app.domain.connectors import intents as connectors
from app.domain.connectors.resource import HR_SOURCES
from app.domain.digests import asking as digests
from app.domain.enrolments import intents as enrolments
from app.domain.enrolments import participation
from app.domain.enrolments.resource import ENROLMENTS
from app.domain.farewells import intents as farewells
from app.domain.farewells.resource import FAREWELLS
from app.domain.feedback import intents as feedback
from app.domain.feedback.resource import FEEDBACK
from app.domain.goals import intents as goals
from app.domain.goals.resource import GOAL_MILESTONES, GOALS, WINS
from app.domain.groups import intents as groups
from app.domain.groups.resource import GROUP_MEMBERS, GROUPS
from app.domain.imports import intents as imports
from app.domain.imports.resource import PLANNED_CHANGES
from app.domain.matching import inquiries as of_matching
from app.domain.matching import intents as matching
from app.domain.matching import preference_intents as matching_preferences
from app.domain.matching.preference_resource import MATCHING_PREFERENCES
from app.domain.matching.resource import MATCH_PROPOSALS, MATCH_RUNS, MATCHING_POLICIES
from app.domain.nominations import intents as nominations
from app.domain.nominations.resource import NOMINATIONS
from app.domain.operations import intents as operations
from app.domain.operations.resource import OPERATIONS
from app.domain.opportunities import intents as opportunities
from app.domain.opportunities.resource import OPPORTUNITIES
from app.domain.organisations import intents as organisations
from app.domain.organisations.resource import ORGANISATIONS, RANKS, RETENTION_POLICIES
from app.domain.oversight.resource import AUDIT_ENTRIES
from app.domain.pairings import intents as pairings
from app.domain.pairings.resource import AGREEMENTS, PAIRINGS, SIGNATURES
from app.domain.people import intents as people
from app.domain.people.resource import DO_NOT_PAIRS, PEOPLE
from app.domain.planning import intents as planning
from app.domain.planning import suggesting
from app.domain.planning.resource import RECURRING_SESSIONS
from app.domain.privacy import intents as privacy
from app.domain.privacy.resource import BREAK_GLASSES, CONSENTS, ERASURES, EXPORTS, LEGAL_HOLDS
from app.domain.programmes import intents as programmes
from app.domain.programmes import previewing
from app.domain.programmes.resource import (
    COHORTS,
    PROGRAMME_MILESTONES,
    PROGRAMME_RESOURCES,
    PROGRAMME_ROLES,
    PROGRAMMES,
    SPONSORSHIPS,
    TOPICS,
)
from app.domain.readiness import intents as readiness
from app.domain.readiness.resource import READINESS_ASSESSMENTS, TRAINING_ASSIGNMENTS
from app.domain.recognition import intents as recognition
from app.domain.recognition.resource import RECOGNITION_CRITERIA, RECOGNITIONS
from app.domain.sessions import intents as sessions
from app.domain.sessions.resource import ACTION_ITEMS, AGENDA_ITEMS, ATTENDANCES, NOTES, SESSION_LINKS, SESSIONS
from app.domain.stories import intents as stories
from app.domain.stories.resource import SUCCESS_STORIES
from app.domain.syncs.resource import SYNC_DIFFERENCES, SYNC_RUNS
from app.domain.tasks.resource import TASKS
from app.domain.templates import intents as templates
from app.reading.resource import Resource
from app.webhooks import intents as webhooks
from app.webhooks.feed import EVENTS
from app.webhooks.resource import ATTEMPTS, DELIVERIES, WEBHOOK_ENDPOINTS, WEBHOOK_SECRETS, WEBHOOK_SIGNING_KEYS

RESOURCES: tuple[Resource, ...] = (
    ORGANISATIONS,
    RANKS,
    RETENTION_POLICIES,
    PEOPLE,
    DO_NOT_PAIRS,
    GROUPS,
    GROUP_MEMBERS,
    PLANNED_CHANGES,
    API_KEYS,
    IDENTITY_PROVIDERS,
    STANDINGS,
    OPERATIONS,
    HR_SOURCES,
    SYNC_RUNS,
    SYNC_DIFFERENCES,
    PROGRAMMES,
    TOPICS,
    PROGRAMME_RESOURCES,
    PROGRAMME_MILESTONES,
    SPONSORSHIPS,
    PROGRAMME_ROLES,
    COHORTS,
    ENROLMENTS,
    NOMINATIONS,
    READINESS_ASSESSMENTS,
    TRAINING_ASSIGNMENTS,
    PAIRINGS,
    AGREEMENTS,
    SIGNATURES,
    MATCHING_PREFERENCES,
    MATCHING_POLICIES,
    MATCH_RUNS,
    MATCH_PROPOSALS,
    PAIRING_CONFLICTS,
    SESSIONS,
    RECURRING_SESSIONS,
    ATTENDANCES,
    AGENDA_ITEMS,
    SESSION_LINKS,
    ACTION_ITEMS,
    NOTES,
    CIRCLES,
    CIRCLE_MEMBERS,
    CIRCLE_MEETINGS,
    GOALS,
    GOAL_MILESTONES,
    WINS,
    FEEDBACK,
    CHECK_INS,
    COMPETENCY_RATINGS,
    RECOGNITION_CRITERIA,
    RECOGNITIONS,
    SUCCESS_STORIES,
    OPPORTUNITIES,
    ANNOUNCEMENTS,
    CONCERNS,
    FAREWELLS,
    TASKS,
    CALENDAR_FEEDS,
    PAIRING_OVERVIEWS,
    CONSENTS,
    EXPORTS,
    ERASURES,
    LEGAL_HOLDS,
    BREAK_GLASSES,
    WEBHOOK_ENDPOINTS,
    WEBHOOK_SECRETS,
    WEBHOOK_SIGNING_KEYS,
    DELIVERIES,
    ATTEMPTS,
    EVENTS,
    AUDIT_ENTRIES,
)
INTENTS: tuple[Intent, ...] = (
    *organisations.INTENTS,
    *people.INTENTS,
    *groups.INTENTS,
    *access.INTENTS,
    *operations.INTENTS,
    *programmes.INTENTS,
    *enrolments.INTENTS,
    *nominations.INTENTS,
    *readiness.INTENTS,
    *imports.INTENTS,
    *connectors.INTENTS,
    *pairings.INTENTS,
    *matching_preferences.INTENTS,
    *matching.INTENTS,
    *templates.INTENTS,
    *conflicts.INTENTS,
    *sessions.INTENTS,
    *planning.INTENTS,
    *circles.INTENTS,
    *goals.INTENTS,
    *feedback.INTENTS,
    *check_ins.INTENTS,
    *competencies.INTENTS,
    *recognition.INTENTS,
    *stories.INTENTS,
    *opportunities.INTENTS,
    *announcements.INTENTS,
    *calendars.INTENTS,
    *concerns.INTENTS,
    *farewells.INTENTS,
    *privacy.INTENTS,
    *webhooks.INTENTS,
)
INQUIRIES: tuple[Inquiry, ...] = (
    *previewing.INQUIRIES,
    *participation.INQUIRIES,
    *of_matching.INQUIRIES,
    *suggesting.INQUIRIES,
    *invitations.INQUIRIES,
    *digests.INQUIRIES,
)
BY_PREFIX = {resource.prefix: resource for resource in RESOURCES}
