"""Examples for the contract: each schema gets one that a reader understands and that validation accepts."""

import re
from collections.abc import Mapping
from typing import Any

from app import ids
from app.domain.enrolments.models import EnrolmentRole
from app.domain.readiness.statements import of_role

_ID = re.compile(r"\^([a-z]{3})_")
_DEEPEST = 4
_SHOWN_CHANGES = 2

DOCUMENTS = {
    "csv": "external_id,given_name,family_name,rank_level\nE-10042,Aiko,Tanaka,3\n",
    "ndjson": '{"external_id": "E-10042", "given_name": "Aiko", "family_name": "Tanaka", "rank_level": 3}\n',
}
# By `Schema.member`, else by `member`; what stands in neither is made from the schema.
_VALUES: dict[str, Any] = {
    "ApiKeyCreate.name": "HR connector",
    "ApiKeyRead.name": "HR connector",
    "ApiKeyCreate.role": "service_account",
    "ApiKeyRead.role": "service_account",
    "ApiKeyRead.person_id": None,
    "ApiKeyCreate.scopes": ["directory:read", "directory:write"],
    "ApiKeyRead.scopes": ["directory:read", "directory:write"],
    "IdentityProviderCreate.name": "Acme's sign-in",
    "IdentityProviderUpdate.name": "Acme's sign-in",
    "IdentityProviderRead.name": "Acme's sign-in",
    "IdentityProviderCreate.audience": f"org_{ids.MADE_UP}wz",
    "IdentityProviderRead.audience": f"org_{ids.MADE_UP}wz",
    "AuditEntryRead.action": "update_person",
    "AuditEntryRead.resource": "person",
    "AuditEntryRead.members": ["title"],
    "ImportBegin.kind": "people",
    "ImportBegin.format": "csv",
    "ImportBegin.text": DOCUMENTS["csv"],
    "ReconciliationBegin.text": DOCUMENTS["csv"],
    "SyncRunRead.errors": [],
    "HrSourceCreate.name": "HR system",
    "HrSourceRead.name": "HR system",
    "HrSourceCreate.style": "hibob",
    "HrSourceRead.style": "hibob",
    "HrSourceCreate.base_url": "https://hr.example.com/api",
    "HrSourceRead.base_url": "https://hr.example.com/api",
    "HrSourceCreate.secret": "a-secret-that-both-know",
    "HrSourceCreate.token": "a-token-that-lets-us-in",
    "HrSourceUpdate.secret": "a-new-secret-that-both-know",
    "HrSourceUpdate.token": "a-new-token-that-lets-us-in",
    "HrSourceFetch.external_ids": ["E-10042"],
    "pointer": "/job/title",
    "MappedMember.member": "title",
    "MappedMemberRead.member": "title",
    "OperationRead.kind": "people_import",
    "OperationRead.errors": [],
    "local_time": "09:30",
    "RecurringSessionSchedule.until": None,
    "ReadinessAssess.answers": [{"statement": name.value, "rating": 4} for name in of_role(EnrolmentRole.MENTOR)],
    "OrganisationRead.name": "Acme",
    "OrganisationUpdate.name": "Acme Europe",
    "ProgrammeCreate.name": "Reverse mentoring, spring 2027",
    "ProgrammeRead.name": "Reverse mentoring, spring 2027",
    "ProgrammeUpdate.name": "Reverse mentoring, summer 2027",
    "RankCreate.level": 11,
    "RankRead.level": 11,
    "RankCreate.name": "Partner",
    "RankRead.name": "Partner",
    "RankUpdate.name": "Senior partner",
    "TopicCreate.name": "Generative AI at work",
    "TopicRead.name": "Generative AI at work",
    "TopicUpdate.name": "AI at work",
    "PersonCreate.title": "Data analyst",
    "PersonRead.title": "Data analyst",
    "GoalSet.title": "Use an assistant for the weekly report",
    "GoalRead.title": "Use an assistant for the weekly report",
    "AgendaItemCreate.title": "Try three prompts",
    "AgendaItemRead.title": "Try three prompts",
    "MatchingPreferenceCreate.rank": 2,
    "MatchingPreferenceCreate.reason": "She taught me short video last year.",
    "MatchingPreferenceRead.reason": "She taught me short video last year.",
    "MatchingPreferenceRead.rank": 2,
    "ProposalDecline.reason": "We work on the same team from May on.",
    "ProposalVeto.reason": "They are to work on the same team.",
    "ConflictWaive.reason": "The two sit on different floors, and their work does not touch.",
    "PairingConflictRead.waive_reason": None,
    "PairingConflictRead.options": ["dissolve", "correct_record"],
    "PolicyChange.mentee_share": 6,
    "MatchingPolicyCreate.mentee_share": 6,
    "MatchingPolicyUpdate.template": "balanced",
    "MatchRunApprove.expires_in_days": 14,
    "RunFault.pointer": "/managers/per_01kd3xq8v7fy2a9m4n6p0rstwz",
    "RunFault.code": "reporting_cycle",
    "RunFault.detail": "reports to themselves in the end",
    "MatchRunRead.requested_by": "per_01kd3xq8v7fy2a9m4n6p0rstwz",
    "MatchRunRead.faults": [],
    "Clause.text": "What is said between us stays between us, unless we both agree to share it.",
    "NoteCreate.text": "Showed how to check an answer against its sources.",
    "NoteRead.text": "Showed how to check an answer against its sources.",
    "Commitment.text": "Open the first meeting",
    "CommitmentRead.text": "Open the first meeting",
    "ActionItemCreate.text": "Draft the next report together with the assistant",
    "ActionItemRead.text": "Draft the next report together with the assistant",
    "FeedbackGive.type": "session",
    "FeedbackGive.audience": "partner",
    "FeedbackGive.text": "Patient, and very clear examples.",
    "FeedbackRead.text": "Patient, and very clear examples.",
    "learned": "That a question asked early saves a week.",
    "thanks": "For your patience with my first drafts.",
    "ConcernRaise.text": "My reports are being discussed with my manager.",
    "ConcernRead.text": "My reports are being discussed with my manager.",
    "ConcernUpdate.notes": "Spoke with both, separately.",
    "ConcernRead.notes": "Spoke with both, separately.",
    "CheckInSubmit.comment": "I would like to bring questions of my own next time.",
    "CheckInRead.comment": "I would like to bring questions of my own next time.",
    "CompetencyRate.comment": "I no longer ask my team to do it for me.",
    "CompetencyRatingRead.comment": "I no longer ask my team to do it for me.",
    **dict.fromkeys(("RecognitionCriterionCreate.measure", "RecognitionCriterionRead.measure"), "sessions_held"),
    "PartnerThank.text": "Thank you for never making me feel slow.",
    "RecognitionRead.text": "Thank you for never making me feel slow.",
    "ConsentGive.purpose": "recognition",
    "ConsentRead.purpose": "recognition",
    "notice_version": "2026-11",
    "LegalHoldPlace.programme_id": None,
    "LegalHoldPlace.reason": "A claim was filed; the case is with the legal department.",
    "LegalHoldRead.programme_id": None,
    "LegalHoldRead.reason": "A claim was filed; the case is with the legal department.",
    "BreakGlassRead.reason": "A migration failed half-way.",
    "RetentionPolicyUpdate.keep_days": 60,
    "RetentionPolicyRead.keep_days": 60,
    "DoNotPairCreate.reason": "They worked on a complaint together.",
    "DoNotPairRead.reason": "They worked on a complaint together.",
    "WinCelebrate.text": "First dashboard built without help!",
    "WinRead.text": "First dashboard built without help!",
    "WebhookEndpointCreate.url": "https://hooks.example.com/flipside",
    "WebhookEndpointUpdate.url": "https://hooks.example.com/flipside",
    "WebhookEndpointRead.url": "https://hooks.example.com/flipside",
    "WebhookEndpointCreate.types": ["session.*", "pairing.completed"],
    "WebhookEndpointUpdate.types": ["session.*"],
    "WebhookEndpointRead.types": ["session.*", "pairing.completed"],
    "WebhookEndpointRead.programme_ids": [],
    "changed_fields": ["status", "starts_at"],
    "filter": {"data": {"mode": {"$in": ["in_person", "hybrid"]}}},
    "Transformation.op": "rename",
    "Transformation.paths": ["session_id"],
    "Transformation.to": "meeting_id",
    "Transformation.value": None,
    "CustomHeader.name": "x-tenant",
    "CustomHeader.value": "acme",
    "header_names": ["x-tenant"],
    "LrsAuth.kind": "client_credentials",
    "LrsAuth.token_url": "https://login.example.com/oauth2/token",
    "LrsAuth.client_id": "flipside",
    "LrsAuth.scope": "xapi:write",
    "AttemptRead.status": 204,
    "Problem.type": "urn:flipside:problem:session_state_conflict",
    "Problem.title": "Conflict with the present state",
    "Problem.status": 409,
    "Problem.detail": "A session that is cancelled cannot take the step “complete”.",
    "Problem.instance": "/v1/sessions/ses_01kd3xq8v7fy2a9m4n6p0rstwz/complete",
    "Problem.code": "session_state_conflict",
    "Fault.detail": "names no object that you may see",
    "Fault.code": "unknown_reference",
    "Fault.pointer": "/pairing_id",
    "OrganisationRead.region": "eu",
    "issuer": "https://login.example.com",
    "jwks_uri": "https://login.example.com/keys",
    "algorithms": ["RS256", "ES256"],
    "person_claim": "sub",
    "networks": ["203.0.113.0/24"],
    "given_name": "Aiko",
    "family_name": "Tanaka",
    "display_name": "Aiko Tanaka",
    "external_id": "E-10042",
    "manager_external_id": "E-10001",
    "login": "aiko.tanaka",
    "work_email": "aiko.tanaka@example.com",
    "department": "Marketing",
    "division": "Brand",
    "cost_centre": "4711",
    "location": "Lyon",
    "languages": ["fr", "en"],
    "zone": "Europe/Paris",
    "default_zone": "Europe/Paris",
    "service_account": "hris",
    "prefix_text": "a1B2c3D4",
    "request_id": "0f8b1c5e9d6a4f0c8a7b3e2d1c0f9e8d",
    "purpose": "Leaders learn from those who grew up with the tools.",
    "description": "What one sees of it, and what it is for.",
    "pledge": "I will learn in public, and say so.",
    "offers": ["Generative AI", "Short video"],
    "seeks": ["Budgeting"],
    "offer_levels": {"Generative AI": 4},
    "seek_weights": {"Budgeting": 12},
    "style": {"pace": 4, "structure": 2},
    "starts": "09:00",
    "ends": "11:30",
    "out_of_scope": ["Law"],
    "interests": ["Cycling"],
    "measure": "Two reports written this way",
    "competency": "AI literacy",
    "topic": "Prompting",
    "CommitmentKeep.kept_at": "2026-01-15T09:00:00Z",
    "enrols_from": "2027-01-11",
    "enrols_until": "2027-02-26",
    "CohortCreate.ends_on": "2027-08-27",
    "CohortRead.ends_on": "2027-08-27",
    "key": "confidentiality",
    "ProgrammeTemplateRead.key": "digital_literacy",
    "ProgrammeTemplateRead.name": "Digital literacy",
    "ProgrammeTemplateRead.length_days": 182,
    "Prompt.text": "Which of our tools do you avoid, and why?",
    "calendar_uid": "ses_01kd3xq8v7fy2a9m4n6p0rstwz@flipside",
    "url": "https://video.example.com/rooms/42",
    "body": "Begin with what both want to have learned by the end.",
    "address": "203.0.113.7",
    "response": "",
    "last_error": None,
    "error": None,
    "next_cursor": None,
    "event_type": "session.completed",
    "starts_on": "2027-03-01",
    "ends_on": "2027-08-30",
    "due_on": "2027-05-14",
    "grace_until": "2027-03-15",
    "hire_date": "2024-09-01",
    "starts_at": "2027-03-09T14:00:00Z",
    "ends_at": "2027-03-09T15:00:00Z",
    "duration_minutes": 60,
    "minutes": 60,
    "minutes_per_month": 120,
    "session_minutes": 60,
    "cadence_min_days": 14,
    "cadence_target_days": 21,
    "cadence_max_days": 28,
    "min_rank_gap": 2,
    "rank_gap": 4,
    "rank_level": 3,
    "anonymity_k": 5,
    "capacity": 2,
    "number": 3,
    "sequence": 1042,
    "progress": 40,
    "focus_rating": 4,
    "rating": 5,
    "average_focus": 4.5,
    "reschedule_count": 0,
    "calendar_sequence": 0,
    "elapsed_ms": 84,
    "last_status": 204,
    "attempts": 1,
    "secret": "shown here, this once",
}
# Members that would break a rule between members, or that most callers leave out.
_DECIDED_BY_THE_TEMPLATE = {
    "rules",
    "criteria",
    "objective",
    "tolerance",
    "first_partner",
    "waiting_bonus",
    "stay_bonus",
    "fairness",
    "reciprocal",
}
_LEFT_OUT = {
    **dict.fromkeys(("PolicyChange", "MatchingPolicyCreate", "MatchingPolicyUpdate"), _DECIDED_BY_THE_TEMPLATE),
    "MatchRunCreate": {"budget_seconds", "stop_gap", "pins", "policy", "base_run_id"},
    "ApiKeyCreate": {"person_id", "expires_at", "networks"},
    "IdentityProviderCreate": {"jwks_uri"},
    "ImportBegin": {"programme_id", "effective_at"},
    "SessionReport": {"person_id"},
    "HrSourceFetch": {"changed_since"},
    "WebhookEndpointCreate": {"programme_ids", "xapi_version", "auth", "client_certificate"},
    "LrsAuth": {"user", "password"},
    "EnrolmentInvite": {"cohort_id"},
    "EnrolmentApply": {"cohort_id"},
    "EnrolmentCohort": {"cohort_id"},
    "PairingCreate": {"shared_manager_waiver"},
    "Fault": {"parameter"},
}


def of(name: str, schema: Mapping[str, Any], named: Mapping[str, Any]) -> Any:
    """The example of a named schema."""
    return _Maker(named).made(schema, name, name, 0)


class _Maker:
    """Walks a schema; holds the named ones."""

    def __init__(self, named: Mapping[str, Any]) -> None:
        self._named = named

    def made(self, schema: Mapping[str, Any], owner: str, member: str, depth: int) -> Any:
        known = next((key for key in (f"{owner}.{member}", member) if key in _VALUES), None)
        if known is not None:
            return _VALUES[known]
        if "$ref" in schema:
            name = schema["$ref"].rpartition("/")[2]
            return self.made(self._named[name], name, member, depth)
        if "anyOf" in schema:
            # What may be empty in an answer is empty; a request shows what could be sent.
            return None if owner.endswith("Read") else self.made(schema["anyOf"][0], owner, member, depth)
        if schema.get("type") == "object":
            return self._object(schema, owner, depth)
        if schema.get("type") == "array":
            return [] if depth >= _DEEPEST else [self.made(schema["items"], owner, member, depth + 1)]
        return _leaf(schema, member)

    def _object(self, schema: Mapping[str, Any], owner: str, depth: int) -> dict[str, Any]:
        members = [name for name in schema.get("properties", {}) if name not in _LEFT_OUT.get(owner, ())]
        if owner.endswith("Update"):
            members = members[:_SHOWN_CHANGES]
        return {name: self.made(schema["properties"][name], owner, name, depth + 1) for name in members}


def _leaf(schema: Mapping[str, Any], member: str) -> Any:
    if "const" in schema or "enum" in schema:
        return schema["const"] if "const" in schema else schema["enum"][0]
    if schema.get("type") in ("integer", "number"):
        return schema.get("default", max(schema.get("minimum", 1), 1))
    return _text(schema, member) if schema.get("type") == "string" else False


def _text(schema: Mapping[str, Any], member: str) -> str:
    form = schema.get("format")
    if form in ("date", "date-time"):
        return "2027-03-09" if form == "date" else "2027-03-09T15:04:05Z"
    found = _ID.match(schema.get("pattern", ""))
    return ids.made_up(found[1], member) if found else f"Some {member.replace('_', ' ')}"
