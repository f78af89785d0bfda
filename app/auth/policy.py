"""The one table: role × relation × resource × action × field. Reads compile it, services ask it before a change.

It speaks of resources and relations by name; the chapter's `resource.py` says what a relation means in
SQL. An operation without a row here fails the build. Whoever has no row has no access: a hidden row
does not exist for its caller. `docs/policy.md` is made from it.
"""

from collections.abc import Mapping
from enum import StrEnum

from app.auth.actor import Role


class Relation(StrEnum):
    """How a caller stands to a row."""

    ORGANISATION = "organisation"  # any row of the caller's organisation
    OWN_PROGRAMME = "own_programme"  # of a programme in which the caller holds a programme role
    PUBLISHED = "published"  # of a programme, or of a goal, that is no longer a draft
    SPONSORED = "sponsored"  # of a programme that the caller sponsors
    OWN_PAIRING = "own_pairing"  # of a pairing of which the caller is a member
    OWN_CIRCLE = "own_circle"  # of a circle of peers of which the caller is a member
    AS_MENTOR = "as_mentor"  # of a pair that was proposed to the caller, as its mentor
    AS_MENTEE = "as_mentee"  # of a pair that was proposed to the caller, as its mentee
    OWN = "own"  # about the caller, or written by the caller
    ADDRESSEE = "addressee"  # written by someone else for the caller, or opened to their office by who wrote it
    UNHANDLED = "unhandled"  # a concern without a handler, of people with whom the caller stands in no line
    EMBEDDED = "embedded"  # the one webhook endpoint that the caller's token is for, and what belongs to it
    TOLD = "told"  # an event that everybody is told of: it has its place in the feed


# What comes of an office. Who holds one keeps none of it over a pairing of their own (`barred`).
OFFICES = frozenset({Relation.ORGANISATION, Relation.OWN_PROGRAMME, Relation.UNHANDLED})
Grants = Mapping[Role, tuple[Relation, ...]]
_ADMIN, _COORDINATOR, _PARTICIPANT, _AUDITOR, _SERVICE = (
    Role.ORGANISATION_ADMIN,
    Role.COORDINATOR,
    Role.PARTICIPANT,
    Role.AUDITOR,
    Role.SERVICE_ACCOUNT,
)
_ANY = (Relation.ORGANISATION,)
_OFFICE: Grants = {_ADMIN: _ANY, _SERVICE: _ANY}
_ADMINISTRATORS: Grants = {_ADMIN: _ANY}
_OVERSIGHT: Grants = {_ADMIN: _ANY, _AUDITOR: _ANY}
# Staff of the platform hold keys for an hour at most, after two of them agreed (break_glass.py). They change nothing.
_BREAK_GLASS: Grants = {Role.PLATFORM_ADMIN: _ANY}
# A page of somebody else's, which may show one endpoint to people whom we do not know.
_PORTAL: Grants = {Role.WEBHOOK_PORTAL: (Relation.EMBEDDED,)}
# Auditors read that things are so, not what was said: `tiers.py` withholds the rest. They change nothing.
_AUDITED: Grants = {**_OFFICE, _AUDITOR: _ANY}
_EVERYONE: Grants = dict.fromkeys((_ADMIN, _COORDINATOR, _PARTICIPANT, _AUDITOR, _SERVICE), _ANY)
_PROGRAMME_WIDE: Grants = {
    **_AUDITED,
    _COORDINATOR: (Relation.OWN_PROGRAMME, Relation.PUBLISHED),
    _PARTICIPANT: (Relation.PUBLISHED,),
}
_DIRECTORY_WIDE: Grants = {**_AUDITED, _COORDINATOR: _ANY}
_SPONSORS: Grants = dict.fromkeys((_COORDINATOR, _PARTICIPANT), (Relation.SPONSORED,))
_RUNS_PROGRAMME: Grants = {**_OFFICE, _COORDINATOR: (Relation.OWN_PROGRAMME,)}
_DRAFTS: Grants = {**_OFFICE, _COORDINATOR: _ANY}
# Coordinators and administrators take part too: what is theirs as a partner stays theirs (and only that).
_PARTNERS: Grants = dict.fromkeys((_ADMIN, _COORDINATOR, _PARTICIPANT), (Relation.OWN_PAIRING,))
# Of a proposal each side sees its own.
_MENTOR_SIDE: Grants = dict.fromkeys((_ADMIN, _COORDINATOR, _PARTICIPANT), (Relation.AS_MENTOR,))
_MENTEE_SIDE: Grants = dict.fromkeys((_ADMIN, _COORDINATOR, _PARTICIPANT), (Relation.AS_MENTEE,))
_PEERS: Grants = dict.fromkeys((_ADMIN, _COORDINATOR, _PARTICIPANT), (Relation.OWN_CIRCLE,))
_SELF: Grants = dict.fromkeys((_ADMIN, _COORDINATOR, _PARTICIPANT), (Relation.OWN,))

# Work in the background: administrators stand above it, the others have what they asked for themselves.
_OPERATIONS: Grants = {_ADMIN: _ANY, _COORDINATOR: (Relation.OWN,), _SERVICE: (Relation.OWN,)}


def _joined(*tables: Grants) -> Grants:
    return {role: tuple(dict.fromkeys(r for table in tables for r in table.get(role, ()))) for role in Role}


_PAIR_FACTS = _joined(_RUNS_PROGRAMME, _PARTNERS)
_SESSION_FACTS = _joined({_SERVICE: _ANY, _COORDINATOR: (Relation.OWN_PROGRAMME,)}, _PARTNERS)
_PROPOSED_TO = _joined(_MENTOR_SIDE, _MENTEE_SIDE)
_WEIGHS: Grants = {_COORDINATOR: (Relation.OWN_PROGRAMME,)}
# On what became of a pair by a change of the directory.
_DECIDES: Grants = {_ADMIN: _ANY, _COORDINATOR: (Relation.OWN_PROGRAMME,)}
# What one wrote, and what was written for one.
_ADDRESSED: Grants = dict.fromkeys((_ADMIN, _COORDINATOR, _PARTICIPANT), (Relation.OWN, Relation.ADDRESSEE))
# Of a concern: whoever was given it, and the office of administrators for as long as nobody was.
_HANDLES: Grants = _joined(
    dict.fromkeys((_ADMIN, _COORDINATOR, _PARTICIPANT), (Relation.ADDRESSEE,)), {_ADMIN: (Relation.UNHANDLED,)}
)
# What a programme says to its people.
_TOLD = (Relation.ADDRESSEE,)
_AUDITED_PAIR: Grants = {_AUDITOR: (Relation.ORGANISATION, Relation.OWN_PAIRING)}

READ: dict[str, Grants] = {
    "organisation": _EVERYONE,
    "rank": _EVERYONE,
    "person": _joined(_DIRECTORY_WIDE, {_PARTICIPANT: (Relation.OWN, Relation.OWN_PAIRING)}),
    "do_not_pair": _joined(_OFFICE, {_ADMIN: (Relation.OWN,)}),
    "group": _DIRECTORY_WIDE,
    **dict.fromkeys(("planned_change", "sync_run", "sync_difference"), _AUDITED),
    "group_member": _DIRECTORY_WIDE,
    "programme": _joined(_PROGRAMME_WIDE, _SPONSORS),
    "topic": _PROGRAMME_WIDE,
    "programme_resource": _PROGRAMME_WIDE,
    "programme_milestone": _PROGRAMME_WIDE,
    "sponsorship": _PROGRAMME_WIDE,
    "cohort": _PROGRAMME_WIDE,
    "programme_role": _PROGRAMME_WIDE,
    "enrolment": _joined(_RUNS_PROGRAMME, _SELF, _PARTNERS),
    "nomination": _joined(_RUNS_PROGRAMME, _SELF),
    "training_assignment": _joined(_RUNS_PROGRAMME, _SELF),
    # How ready somebody feels is for them; coordinators see the band, to offer help (CONFIDENTIAL).
    "readiness_assessment": _joined(_SELF, {_COORDINATOR: (Relation.OWN_PROGRAMME,)}),
    **dict.fromkeys(("pairing", "agreement", "signature"), _joined(_PAIR_FACTS, _AUDITED_PAIR)),
    # Never to the two: whose record changed, and how they stand to each other, is not for them to learn from us.
    "pairing_conflict": _DECIDES,
    **dict.fromkeys(("matching_policy", "match_run"), _joined(_RUNS_PROGRAMME, {_AUDITOR: _ANY})),
    "match_proposal": _joined(_RUNS_PROGRAMME, {_AUDITOR: _ANY}, _PROPOSED_TO),
    # Never to whom it is about, whatever office they hold.
    "matching_preference": _joined(_SELF, {_COORDINATOR: (Relation.OWN_PROGRAMME,)}),
    **dict.fromkeys(("session", "recurring_session"), _joined(_SESSION_FACTS, _AUDITED_PAIR)),
    "attendance": _PARTNERS,
    "agenda_item": _PARTNERS,
    "session_link": _PARTNERS,
    "action_item": _PARTNERS,
    # Relations of a note take its tier into account: a private note is OWN to its author and nothing to anyone else.
    "note": _joined(_SELF, _PARTNERS, {_COORDINATOR: (Relation.OWN_PROGRAMME,)}),
    **dict.fromkeys(("circle", "circle_member", "circle_meeting"), _joined(_RUNS_PROGRAMME, _PEERS)),
    # Drafts are their author's alone (the relations).
    **dict.fromkeys(("goal", "goal_milestone"), _joined({_SERVICE: (Relation.PUBLISHED,)}, _PARTNERS)),
    "win": _PARTNERS,
    "retention_policy": _EVERYONE,
    **dict.fromkeys(("consent", "export", "erasure"), _joined(_OVERSIGHT, _SELF)),
    "legal_hold": _OVERSIGHT,
    "break_glass": _joined(_OVERSIGHT, _BREAK_GLASS),
    "task": _SELF,
    # Whoever steers a programme, and the systems that show it to them; the two have their own pairing.
    "pairing_overview": {_SERVICE: _ANY, _COORDINATOR: (Relation.OWN_PROGRAMME,)},
    "feedback": _ADDRESSED,
    # That it was answered, and whether help is asked for; what was answered is its author's alone (CONFIDENTIAL).
    "check_in": _joined(_SELF, {_COORDINATOR: (Relation.OWN_PROGRAMME,)}),
    **dict.fromkeys(("competency_rating", "calendar_feed"), _SELF),
    **dict.fromkeys(("recognition_criterion", "opportunity"), _PROGRAMME_WIDE),
    "announcement": {**_AUDITED, _COORDINATOR: (Relation.OWN_PROGRAMME, *_TOLD), _PARTICIPANT: _TOLD},
    # Of the two until both agreed to tell it, then everybody's in the programme.
    "success_story": _joined(
        _PARTNERS, dict.fromkeys((_ADMIN, _COORDINATOR, _PARTICIPANT, _SERVICE), (Relation.PUBLISHED,))
    ),
    # What was awarded is for everybody in the programme; thanks, and who is only nominated, are not (the relations).
    "recognition": _joined(
        {_SERVICE: _ANY, _COORDINATOR: (Relation.OWN_PROGRAMME,)},
        dict.fromkeys((_ADMIN, _COORDINATOR, _PARTICIPANT), (Relation.OWN, Relation.ADDRESSEE, Relation.PUBLISHED)),
    ),
    # The partner's once its time has come; the office sees whether a story may be made of it (CONFIDENTIAL).
    "farewell": _joined(_ADDRESSED, {_COORDINATOR: (Relation.OWN_PROGRAMME,)}),
    "concern": _joined(_SELF, _HANDLES),
    "webhook_signing_key": _AUDITED,
    **dict.fromkeys(("webhook_endpoint", "webhook_secret", "delivery", "attempt"), _joined(_AUDITED, _PORTAL)),
    # Of every pair there is. Who takes part in one has no office over it, and an event names no party to look at: so
    # none of those who are somebody.
    "event": {_SERVICE: (Relation.TOLD,)},
    **dict.fromkeys(("identity_provider", "hr_source"), _OVERSIGHT),
    "standing": {_ADMIN: _ANY, _AUDITOR: _ANY, _COORDINATOR: (Relation.OWN,)},
    "api_key": {_ADMIN: _ANY, _AUDITOR: _ANY, **dict.fromkeys((_COORDINATOR, _PARTICIPANT), (Relation.OWN,))},
    # Participants begin one when they ask for a copy of their data.
    "operation": {**_OPERATIONS, _AUDITOR: _ANY, _PARTICIPANT: (Relation.OWN,)},
    # What one did oneself, and who saw one's own data; all of it for those who oversee.
    "audit_entry": {
        **dict.fromkeys((_ADMIN, _AUDITOR), _ANY),
        **dict.fromkeys((_COORDINATOR, _PARTICIPANT, Role.PLATFORM_ADMIN), (Relation.OWN,)),
    },
}

# What staff of the platform may look at while a glass is broken: who is where in what state, nothing that was said.
_LOOKED_AT = (
    "organisation rank person programme topic programme_resource programme_milestone sponsorship programme_role cohort "
    "pairing agreement signature"
).split()
READ |= {name: _joined(READ[name], _BREAK_GLASS) for name in _LOOKED_AT}

_DIRECTORY = (
    "create_person put_person update_person deactivate_person reactivate_person begin_leave_person end_leave_person "
    "remove_person cancel_planned_change create_group update_group delete_group add_group_member remove_group_member"
).split()
_PROGRAMME_SETUP = (
    "update_programme publish_programme start_matching_programme activate_programme pause_programme resume_programme "
    "clone_programme evaluate_programme close_programme archive_programme cancel_programme create_topic update_topic "
    "delete_topic create_programme_resource update_programme_resource delete_programme_resource "
    "create_programme_milestone update_programme_milestone reach_programme_milestone delete_programme_milestone "
    "pledge_sponsorship keep_sponsorship_commitment update_sponsorship delete_sponsorship assign_programme_role "
    "remove_programme_role create_recognition_criterion delete_recognition_criterion create_cohort update_cohort "
    "delete_cohort open_opportunity update_opportunity close_opportunity create_circle update_circle close_circle "
    "add_circle_member write_announcement update_announcement publish_announcement withdraw_announcement"
).split()
_ENROLMENT_OFFICE = (
    "invite_enrolment invite_enrolment_again review_enrolment approve_enrolment ready_enrolment decline_enrolment "
    "waitlist_enrolment remove_enrolment assign_enrolment_cohort take_up_nomination decline_nomination assign_training "
    "assign_programme_resource waive_training"
).split()
_ENROLMENT_SELF = (
    "update_enrolment accept_enrolment pause_enrolment resume_enrolment withdraw_enrolment complete_training".split()
)
_PAIRING_OFFICE = "create_pairing update_pairing activate_pairing complete_pairing dissolve_pairing".split()
_PAIRING_BOTH = (
    "pause_pairing resume_pairing begin_closing_pairing end_pairing_early continue_pairing_informally end_pairing "
    "propose_agreement"
).split()
_MATCHING_OFFICE = (
    "create_matching_policy update_matching_policy create_match_run cancel_match_run approve_match_run "
    "discard_match_run veto_match_proposal rematch_pairing"
).split()
_SESSION_BOTH = (
    "schedule_session reschedule_session cancel_session complete_session record_no_show schedule_recurring_session "
    "cancel_recurring_session"
).split()
_PAIR_ONLY = (
    "propose_session accept_session decline_session update_session rate_session create_agenda_item "
    "update_agenda_item delete_agenda_item create_session_link delete_session_link create_action_item "
    "update_action_item apply_action_item delete_action_item create_note set_goal update_goal delete_goal "
    "activate_goal progress_goal achieve_goal abandon_goal create_goal_milestone reach_goal_milestone "
    "delete_goal_milestone celebrate_win give_feedback submit_check_in rate_competency thank_partner raise_concern "
    "write_success_story update_success_story offer_success_story consent_to_success_story withdraw_success_story "
    "write_farewell sign_agreement"
).split()
_CIRCLE_MEETINGS = (
    "schedule_circle_meeting update_circle_meeting reschedule_circle_meeting hold_circle_meeting cancel_circle_meeting"
).split()
_HONOURS = "approve_recognition decline_recognition award_recognition revoke_recognition".split()
_OWN_ONLY = (
    "update_note delete_note delete_win withdraw_feedback update_farewell create_matching_preference "
    "update_matching_preference delete_matching_preference delete_competency_rating"
).split()
_CONCERN_HANDLER = ("update_concern acknowledge_concern begin_review_concern escalate_concern resolve_concern").split()
_WEBHOOKS = "create_webhook_endpoint rotate_webhook_signing_key".split()
_OF_ENDPOINT = (
    "update_webhook_endpoint delete_webhook_endpoint rotate_webhook_secret delete_webhook_secret "
    "verify_webhook_endpoint disable_webhook_endpoint enable_webhook_endpoint ping_webhook_endpoint "
    "test_webhook_endpoint recover_webhook_endpoint replay_webhook_endpoint retry_delivery"
).split()
_PRIVACY_OFFICE = (
    "approve_erasure decline_erasure resume_erasure place_legal_hold lift_legal_hold update_retention_policy"
).split()
_ACCESS = (
    "create_api_key rotate_api_key revoke_api_key create_identity_provider update_identity_provider "
    "delete_identity_provider create_standing delete_standing create_hr_source update_hr_source delete_hr_source "
    "fetch_hr_source"
).split()

ACT: Mapping[str, Grants] = {
    **dict.fromkeys(("update_organisation", "create_rank", "update_rank", "delete_rank"), _ADMINISTRATORS),
    **dict.fromkeys(_DIRECTORY, _OFFICE),
    **dict.fromkeys(("create_do_not_pair", "delete_do_not_pair"), _OFFICE),
    **dict.fromkeys(("create_programme", "create_programme_from_template"), _DRAFTS),
    **dict.fromkeys(_PROGRAMME_SETUP, _RUNS_PROGRAMME),
    "appoint_coordinator": _OFFICE,
    **dict.fromkeys(_ENROLMENT_OFFICE, _RUNS_PROGRAMME),
    **dict.fromkeys(_HONOURS, _WEIGHS),
    "nominate_for_recognition": dict.fromkeys((_ADMIN, _COORDINATOR, _PARTICIPANT), (Relation.PUBLISHED,)),
    **dict.fromkeys(
        ("apply_for_enrolment", "nominate_person"),
        dict.fromkeys((_ADMIN, _COORDINATOR, _PARTICIPANT), (Relation.PUBLISHED,)),
    ),
    "withdraw_nomination": _SELF,
    **dict.fromkeys(_ENROLMENT_SELF, _joined(_RUNS_PROGRAMME, _SELF)),
    **dict.fromkeys(("start_training", "assess_readiness"), _SELF),
    **dict.fromkeys(_PAIRING_OFFICE, _RUNS_PROGRAMME),
    **dict.fromkeys(_PAIRING_BOTH, _PAIR_FACTS),
    **dict.fromkeys(("waive_pairing_conflict", "dissolve_pairing_conflict"), _DECIDES),
    **dict.fromkeys(_MATCHING_OFFICE, _RUNS_PROGRAMME),
    **dict.fromkeys(("accept_match_proposal", "decline_match_proposal"), _PROPOSED_TO),
    **dict.fromkeys(_SESSION_BOTH, _joined({_SERVICE: _ANY}, _PARTNERS)),
    "resolve_session": {_COORDINATOR: (Relation.OWN_PROGRAMME,), _SERVICE: _ANY},
    "remove_circle_member": _joined(_RUNS_PROGRAMME, _SELF),
    **dict.fromkeys(_CIRCLE_MEETINGS, _joined(_RUNS_PROGRAMME, _PEERS)),
    **dict.fromkeys(_PAIR_ONLY, _PARTNERS),
    **dict.fromkeys(_OWN_ONLY, _SELF),
    **dict.fromkeys(_CONCERN_HANDLER, _HANDLES),
    **dict.fromkeys(_WEBHOOKS, _OFFICE),
    **dict.fromkeys(_OF_ENDPOINT, _joined(_OFFICE, _PORTAL)),
    "issue_webhook_portal_token": {_SERVICE: _ANY},
    **dict.fromkeys(("give_consent", "withdraw_consent"), _SELF),
    **dict.fromkeys(("create_calendar_feed", "renew_calendar_feed", "delete_calendar_feed"), _SELF),
    # For anybody by an administrator, for oneself by oneself; that two people decide is the service's rule.
    **dict.fromkeys(("request_export", "request_erasure", "withdraw_erasure"), _joined(_ADMINISTRATORS, _SELF)),
    **dict.fromkeys(_PRIVACY_OFFICE, _ADMINISTRATORS),
    **dict.fromkeys(_ACCESS, _ADMINISTRATORS),
    **dict.fromkeys(("cancel_operation", "begin_import"), _OPERATIONS),
    **dict.fromkeys(("begin_reconciliation", "end_leavers"), _OFFICE),
}

# What is worked out for whoever asks (app/acting/inquiry.py).
_EXPLAINED: Grants = _joined(_SELF, _WEIGHS)
ASK: Mapping[str, Grants] = {
    **dict.fromkeys(("enrolment_suggestions", "enrolment_why_not", "enrolment_why_unmatched"), _EXPLAINED),
    "programme_eligibility": _RUNS_PROGRAMME,
    "programme_leader_participation": _joined(_RUNS_PROGRAMME, _SPONSORS),
    "session_invitation": _SESSION_FACTS,
    # From it one learns when the other is taken.
    "pairing_slots": _joined({_SERVICE: _ANY}, _PARTNERS),
    "person_digest": _SELF,
    "match_proposal_why": _joined(_PROPOSED_TO, _WEIGHS),
}

# What is asked within an intent, beyond the intent itself: who runs a programme does not appoint who else does.
WITHIN = {"appoint_coordinator": "assign_programme_role"}
# Whom an organisation can give a key. Platform staff come from elsewhere, and portals have tokens only.
GRANTABLE = frozenset(Role) - {Role.PLATFORM_ADMIN, Role.WEBHOOK_PORTAL}

# Who is shown a confidential field, of the rows that they see: everybody else gets null. Why a pair ended, or called a
# session off, is for neither partner to learn, whatever office they hold.
_CALLED_OFF: Grants = {_COORDINATOR: (Relation.OWN_PROGRAMME,), _SERVICE: _ANY}
_BUDGET = _joined(_AUDITED, {_COORDINATOR: (Relation.OWN_PROGRAMME,)}, _SPONSORS)
CONFIDENTIAL: Mapping[tuple[str, str], Grants] = {
    ("programme", "budget_amount"): _BUDGET,
    ("programme", "budget_currency"): _BUDGET,
    ("do_not_pair", "reason"): _ADMINISTRATORS,
    ("legal_hold", "reason"): _ADMINISTRATORS,
    ("break_glass", "reason"): _ADMINISTRATORS,
    **{("nomination", field): _RUNS_PROGRAMME for field in ("nominee_id", "enrolment_id", "decline_reason")},
    ("enrolment", "open_trainings"): _joined(_RUNS_PROGRAMME, _SELF),
    ("training_assignment", "waive_reason"): _joined(_SELF, {_COORDINATOR: (Relation.OWN_PROGRAMME,)}),
    **{("readiness_assessment", field): _SELF for field in ("answers", "actions")},
    ("pairing", "end_reason"): {_COORDINATOR: (Relation.OWN_PROGRAMME,)},
    ("pairing_conflict", "waive_reason"): _DECIDES,
    ("session", "cancelled_by"): _CALLED_OFF,
    ("session", "cancel_reason"): _CALLED_OFF,
    ("matching_preference", "reason"): _joined(_SELF, {_COORDINATOR: (Relation.ADDRESSEE,)}),
    # From the sum and one side's points the other side's could be told.
    ("match_proposal", "score"): _WEIGHS,
    ("match_proposal", "mentor_points"): _joined(_MENTOR_SIDE, _WEIGHS),
    ("match_proposal", "mentee_points"): _joined(_MENTEE_SIDE, _WEIGHS),
    ("match_proposal", "declined_by"): _joined(_SELF, _WEIGHS),
    ("match_proposal", "decline_reason"): _joined(_SELF, {_COORDINATOR: (Relation.ADDRESSEE,)}),
    ("match_proposal", "is_reason_shared"): _joined(_SELF, _WEIGHS),
    ("match_proposal", "veto_reason"): _WEIGHS,
    **{("circle_meeting", field): _PEERS for field in ("agenda", "url")},
    ("note", "text"): READ["note"],
    ("feedback", "rating"): READ["feedback"],
    ("feedback", "text"): READ["feedback"],
    **{("competency_rating", field): _SELF for field in ("value", "comment")},
    ("recognition", "text"): dict.fromkeys((_ADMIN, _COORDINATOR, _PARTICIPANT), (Relation.OWN, Relation.ADDRESSEE)),
    **{("check_in", field): _SELF for field in ("usefulness", "openness", "time_found", "comment")},
    **dict.fromkeys((("farewell", "learned"), ("farewell", "thanks")), _ADDRESSED),
    ("concern", "text"): READ["concern"],
    ("concern", "notes"): _HANDLES,
    # Who else was seen along with oneself.
    ("audit_entry", "subjects"): dict.fromkeys((_ADMIN, _AUDITOR), _ANY),
}


def readers(resource: str, role: Role) -> tuple[Relation, ...]:
    """The relations through which a role sees rows of a resource."""
    return READ[resource].get(role, ())


def actors(action: str, role: Role) -> tuple[Relation, ...]:
    """The relations through which a role may do something, or be told it."""
    return (ACT.get(action) or ASK[action]).get(role, ())


def barred(role: Role, granted: tuple[Relation, ...], party: tuple[Relation, ...]) -> tuple[Relation, ...]:
    """The relations that make a caller a `party` to a row and so cost them their office over it (docs/decisions/0010).

    What is granted to the party itself costs nothing; a service account is nobody, and so no party.
    """
    if role is _SERVICE or not OFFICES & set(granted):
        return ()
    return tuple(relation for relation in party if relation not in granted)
