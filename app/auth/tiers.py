"""How far each field of each resource goes among those who see its row. A field without a tier fails the build."""

from collections.abc import Mapping
from enum import StrEnum
from functools import cache

from app.auth import policy
from app.auth.actor import Role
from app.auth.policy import Relation


class Tier(StrEnum):
    """How far a field goes."""

    OPEN = "open"  # with the row
    PERSONAL = "personal"  # with the row: what an HR record says of a person
    CONTENT = "content"  # with the row: what people said, agreed on or achieved
    CONFIDENTIAL = "confidential"  # to those alone whom policy.CONFIDENTIAL names


# What a role does not get, though it sees the row.
WITHHELD: Mapping[Role, frozenset[Tier]] = dict.fromkeys(
    (Role.AUDITOR, Role.PLATFORM_ADMIN), frozenset({Tier.PERSONAL, Tier.CONTENT})
)
# Every row has these; references are as open as the row, since edges follow them.
_COMMON = frozenset({"id", "version", "created_at", "updated_at"})
_O, _P, _C, _X = Tier.OPEN, Tier.PERSONAL, Tier.CONTENT, Tier.CONFIDENTIAL
FIELDS: Mapping[str, Mapping[Tier, str]] = {
    "organisation": {_O: "name region default_zone anonymity_k"},
    "rank": {_O: "level name"},
    "person": {
        _O: "given_name family_name display_name rank_level department zone languages skills employment_status "
        "removed_at erased_at",
        _P: "external_id login work_email nick_name title user_type employee_number company division cost_centre "
        "location locale hire_date termination_date",
    },
    "do_not_pair": {_X: "reason"},
    "programme": {
        _O: "name model status purpose objectives starts_on ends_on cadence_min_days cadence_target_days "
        "cadence_max_days session_minutes min_rank_gap require_cross_department conflict_deadline_days "
        "allows_late_intake invitation_days mentor_places mentee_places "
        "assesses_readiness hours_per_month leader_rank eligibility agreement_clauses revision",
        _X: "budget_amount budget_currency",
    },
    "topic": {_O: "name description prompts"},
    "programme_resource": {_O: "kind audience title body url edition is_required due_days"},
    "programme_milestone": {_O: "title due_on reached_at"},
    "sponsorship": {_O: "pledge commitments"},
    "programme_role": {_O: "duty"},
    "cohort": {_O: "name enrols_from enrols_until starts_on ends_on allows_late_intake"},
    "nomination": {
        _O: "role status expires_at",
        _C: "work_email reason",
        _X: "nominee_id enrolment_id decline_reason",
    },
    "enrolment": {
        _O: "role status origin expires_at capacity live_pairings minutes_per_month zone",
        _C: "offers seeks out_of_scope interests languages offer_levels seek_weights style availability",
        _X: "open_trainings",
    },
    "training_assignment": {_O: "kind title edition status due_at completed_at source", _X: "waive_reason"},
    "readiness_assessment": {_O: "role band", _X: "answers actions"},
    "pairing": {
        _O: "status is_suspended health health_rule health_since rank_gap starts_on ends_on grace_until "
        "cadence_min_days cadence_target_days cadence_max_days activated_at ended_at",
        _C: "average_focus",
        _X: "end_reason",
    },
    "agreement": {_O: "edition status in_force_at", _C: "clauses"},
    "signature": {_O: "signed_at"},
    "pairing_conflict": {
        _O: "rule cause status options detected_at due_on overdue_at resolved_at",
        _X: "waive_reason",
    },
    "matching_policy": {
        _O: "template rules criteria mentee_share objective tolerance first_partner waiting_bonus stay_bonus fairness "
        "reciprocal"
    },
    "match_run": {
        _O: "mode status seed budget_seconds stop_gap base_run_id requested_by operation_id phase done total objective "
        "bound estimate estimate_bound solution mentor_count mentee_count pair_count unmatched_count versions "
        "input_hash result_hash failure_code faults started_at finished_at policy",
        _C: "pins report",
    },
    "match_proposal": {
        _O: "status offered_at expires_at mentor_accepted_at mentee_accepted_at closed_at",
        _X: "score mentor_points mentee_points declined_by decline_reason is_reason_shared veto_reason",
    },
    "matching_preference": {_O: "rank reason_shared", _X: "reason"},
    "session": {
        _O: "number status starts_at ends_at proposed_by answer_by zone mode reschedule_count calendar_uid "
        "calendar_sequence completed_at "
        "cancelled_at",
        _C: "topic focus_rating",
        _X: "cancelled_by cancel_reason",
    },
    "recurring_session": {
        _O: "status starts_on ends_on local_time zone duration_minutes every_weeks count mode",
        _C: "topic",
    },
    "attendance": {_O: "reported_at", _C: "report"},
    "agenda_item": {_O: "segment minutes is_covered", _C: "title"},
    "session_link": {_O: "kind", _C: "url"},
    "action_item": {_O: "due_on applied_at", _C: "text"},
    "note": {_O: "tier", _X: "text"},
    "circle": {_O: "name role status members"},
    "circle_member": {_O: "display_name"},
    "circle_meeting": {_O: "status starts_at ends_at zone calendar_uid calendar_sequence", _X: "agenda url"},
    "goal": {_O: "owner objective progress due_on status achieved_at revisions", _C: "title measure competency"},
    "goal_milestone": {_O: "due_on reached_at", _C: "title"},
    "win": {_C: "text"},
    "feedback": {_O: "type audience", _X: "rating text"},
    "competency_rating": {_O: "competency point", _X: "value comment"},
    "success_story": {_O: "status mentor_consented_at mentee_consented_at published_at", _C: "title text"},
    "announcement": {_O: "audience status title text published_at"},
    "opportunity": {_O: "kind title description open_until closed_at"},
    "recognition_criterion": {_O: "kind name description measure at_least role"},
    "recognition": {_O: "kind status title evidence awarded_at revoked_at", _X: "text"},
    "check_in": {_O: "round asks_for_help", _X: "usefulness openness time_found comment"},
    "concern": {_O: "severity status acknowledged_at resolved_at", _X: "text notes"},
    "farewell": {_O: "may_be_told", _X: "learned thanks"},
    "task": {_O: "kind due_at"},
    "calendar_feed": {_O: "name names_partner"},
    "pairing_overview": {
        _O: "status health health_rule health_since starts_on ends_on sessions_held last_session_at next_session_at "
        "goals_set goals_achieved last_check_in_at"
    },
    "webhook_endpoint": {
        _O: "url description types status disabled_reason programme_ids changed_fields filter format payload transform "
        "header_names ordering rate_limit max_in_flight timeout_seconds breaker consecutive_failures failing_since "
        "last_success_at next_attempt_at asymmetric_signature handshake verification verification_error "
        "allowed_per_minute xapi_version auth_kind "
        "client_certificate_subject client_certificate_fingerprint client_certificate_expires_at"
    },
    "webhook_secret": {_O: "expires_at last_signed_at"},
    "webhook_signing_key": {_O: "public_key expires_at"},
    "delivery": {_O: "event_type sequence status attempts due_at delivered_at last_status last_error"},
    "event": {_O: "type timestamp sequence api_version organisation subject actor changed data url"},
    "retention_policy": {_O: "data_class keep_days"},
    "consent": {_O: "purpose notice_version given_at withdrawn_at"},
    "export": {_O: "requested_by operation_id size_bytes ready_at expires_at"},
    "erasure": {_O: "status requested_by decided_by decided_at operation_id completed_at"},
    "legal_hold": {_O: "placed_by lifted_by lifted_at", _X: "reason"},
    "break_glass": {_O: "minutes requested_by approved_by opened_at expires_at closed_at", _X: "reason"},
    "attempt": {_O: "number started_at elapsed_ms status error address request_headers", _C: "response"},
    "identity_provider": {
        _O: "name issuer audience jwks_uri algorithms token_type person_claim person_match is_enabled",
    },
    "standing": {_O: "role"},
    "operation": {
        _O: "kind status dry_run subject_ids requested_by done total created updated unchanged planned refused errors "
        "result failure_code failure_detail started_at finished_at"
    },
    "planned_change": {_O: "effective_at status changed errors requested_by settled_at", _P: "external_id"},
    "sync_run": {
        _O: "kind status dry_run subject_ids requested_by created updated unchanged planned refused held leaving "
        "errors failure_code failure_detail started_at finished_at"
    },
    "hr_source": {_O: "name style base_url mapping is_enabled"},
    "sync_difference": {_O: "kind member", _P: "external_id before after"},
    "audit_entry": {
        _O: "occurred_at principal role action resource objects members outcome code request_id sequence",
        _X: "subjects",
    },
    "group": {_O: "display_name revision", _P: "external_id"},
    "group_member": {},
    "api_key": {_O: "name role scopes service_account networks prefix_text expires_at revoked_at last_used_at"},
}


@cache
def tier_of(resource: str, field: str) -> Tier:
    """The tier of a field. Raises `KeyError` for one that has none."""
    for tier, names in FIELDS[resource].items():
        if field in names.split():
            return tier
    if field in _COMMON or field.endswith("_id"):
        return Tier.OPEN
    raise KeyError(f"{resource}.{field}")


def shown(resource: str, field: str, role: Role) -> tuple[Relation, ...]:
    """The relations through which a role is shown a field: those of the row, fewer, or none."""
    tier = tier_of(resource, field)
    if tier is Tier.CONFIDENTIAL:
        return policy.CONFIDENTIAL[resource, field].get(role, ())
    return () if tier in WITHHELD.get(role, ()) else policy.readers(resource, role)
