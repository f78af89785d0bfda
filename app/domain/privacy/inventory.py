"""Every column that can hold words, and what becomes of it when a person is erased.

A test holds the list to the tables: whoever adds a column of text, JSON or bytes says here what it may hold.
Keys and references are left out (ids name nobody once the person has no name), and so are columns that take only
the words of a list. In SQL `$1` is the organisation, `$2` the person and `$3` the present time.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from app.domain.people.models import ERASED

_ERASED = f"'{ERASED}'"
_PAIRINGS = "select id from pairing where organisation_id = $1 and $2 in (mentor_id, mentee_id)"
_OF_PAIRINGS = f"pairing_id in ({_PAIRINGS})"
_OF_SESSIONS = f"session_id in (select id from session where organisation_id = $1 and {_OF_PAIRINGS})"  # noqa: S608
_OF_CIRCLES = "circle_id in (select circle_id from circle_member where organisation_id = $1 and person_id = $2)"
# Goals of their side of a pair.
_OWN_GOAL = (
    "(owner = 'mentor' and pairing_id in (select id from pairing where organisation_id = $1 and mentor_id = $2)"
    " or owner = 'mentee' and pairing_id in (select id from pairing where organisation_id = $1 and mentee_id = $2))"
)
# Tries to deliver an event that names them, at whatever place.
_TOLD_OF = (
    "delivery_id in (select d.id from delivery d"
    " join outbox_event e on e.organisation_id = d.organisation_id and e.id = d.event_id"
    " where d.organisation_id = $1 and (e.subject = $2 or e.data::text like '%' || $2 || '%'))"
)
# Runs of a programme that they joined, and whatever was tried on the snapshots of those.
_MATCHED_WITH_THEM = (
    "match_run_id in (select r.id from match_run r"
    " join enrolment e on e.organisation_id = r.organisation_id and e.programme_id = r.programme_id"
    " where r.organisation_id = $1 and e.person_id = $2)"
)
EVERY_ROW = "true"


@dataclass(frozen=True)
class Plan:
    """What erasure does in one table; each column of words stands in at least one of the four.

    `keep` holds no personal data by construction. `blank` gives the value that stands there afterwards, in the rows
    of `whose`. `shred` is sealed with the person's own key, and unreadable without it. In `rewrite` their name,
    address and ids are searched for, in the rows of `where`, and taken out of what others wrote.
    """

    keep: str = ""
    blank: Mapping[str, str] = field(default_factory=dict)
    shred: str = ""
    rewrite: str = ""
    whose: str = "person_id = $2"
    where: str = EVERY_ROW
    # A queue, in which requests may change nothing: the worker's lane may.
    is_queue: bool = False

    @property
    def columns(self) -> set[str]:
        """The columns that it speaks of."""
        return {*self.keep.split(), *self.blank, *self.shred.split(), *self.rewrite.split()}

    @property
    def rewritten(self) -> tuple[str, ...]:
        """The columns in which names are searched for."""
        return tuple(self.rewrite.split())


INVENTORY: Mapping[str, Plan] = {
    "action_item": Plan(blank={"text": _ERASED}, whose="owner_id = $2", rewrite="text", where=_OF_SESSIONS),
    "agenda_item": Plan(keep="topic_id", rewrite="title", where=_OF_SESSIONS),
    "agreement": Plan(rewrite="clauses", where=_OF_PAIRINGS),
    "api_key": Plan(
        keep="scopes networks service_account client prefix_text secret_hash",
        blank={"name": _ERASED, "revoked_at": "coalesce(revoked_at, $3)"},
    ),
    # The address is the receiver's; the reply may repeat all that it was sent of them, and their name anywhere.
    "attempt": Plan(
        keep="endpoint_id error address request_headers",
        blank={"response": "null"},
        whose=_TOLD_OF,
        rewrite="response",
    ),
    "attendance": Plan(),
    # Written so that it holds ids and names of members only: no erasure needs to touch the chain.
    "audit_entry": Plan(keep="principal actor_id action resource object_id members code request_id mac prev_hash hash"),
    "audit_head": Plan(keep="hash signature"),
    "audit_subject": Plan(),
    # Of the platform's staff, not of people in the organisation; the reason is sealed.
    "break_glass": Plan(keep="reason requested_by approved_by prefix_text secret_hash"),
    # What the HR system calls somebody who never came.
    "awaited_manager": Plan(blank={"reference": "''"}),
    "broker_cursor": Plan(keep="lease_by"),
    "check_in": Plan(shred="comment"),
    "competency_rating": Plan(keep="competency", shred="comment"),
    # The words are the reporter's, the notes the organisation's.
    "concern": Plan(blank={"notes": "null"}, whose="reporter_id = $2", shred="text"),
    "calendar_feed": Plan(keep="secret_hash", blank={"name": _ERASED}),
    "circle": Plan(rewrite="name"),
    "circle_meeting": Plan(keep="zone calendar_uid", blank={"url": "null"}, whose=_OF_CIRCLES, rewrite="agenda"),
    "circle_member": Plan(),
    "cohort": Plan(rewrite="name"),
    "consent": Plan(keep="notice_version"),
    "credential": Plan(keep="organisation_id"),
    "data_key": Plan(keep="owner kek_id", shred="wrapped"),
    "delivery": Plan(keep="event_id event_type last_error ordering_key"),
    "directory_group": Plan(keep="external_id display_name"),
    "do_not_pair": Plan(blank={"reason": "null"}, whose="$2 in (person_id, other_person_id)"),
    "enrolment": Plan(
        keep="paused_from",
        blank=dict.fromkeys(("offers", "seeks", "out_of_scope", "interests", "languages", "availability"), "'[]'")
        | dict.fromkeys(("offer_levels", "seek_weights", "style"), "'{}'")
        | {"zone": "'UTC'"},
    ),
    # Of somebody else's words about them nothing stays; one's own are sealed with one's own key.
    "nomination": Plan(
        blank=dict.fromkeys(("work_email", "reason"), "null"), whose="nominee_id = $2", shred="work_email reason"
    ),
    "erasure": Plan(keep="requested_by decided_by operation_id"),
    "event_counter": Plan(),
    "reminder_round": Plan(keep="after_person_id"),
    "export": Plan(keep="requested_by operation_id", blank={"content": "null"}, shred="content"),
    "farewell": Plan(shred="learned thanks"),
    "feedback": Plan(shred="text"),
    "goal": Plan(
        blank={"title": _ERASED, "measure": "null", "competency": "null"},
        whose=f"({_OWN_GOAL} or status = 'draft' and author_id = $2)",
        rewrite="title measure competency",
        where=_OF_PAIRINGS,
    ),
    "goal_milestone": Plan(
        blank={"title": _ERASED},
        whose=f"goal_id in (select id from goal where organisation_id = $1 and {_OWN_GOAL})",  # noqa: S608
        rewrite="title",
        where=f"goal_id in (select id from goal where organisation_id = $1 and {_OF_PAIRINGS})",  # noqa: S608
    ),
    "group_member": Plan(),
    # Digests of notices, and what a machine needs to know of another one.
    "hr_notice": Plan(keep="mark"),
    "hr_source": Plan(keep="name base_url mapping sealed_secret sealed_token"),
    # Kept answers are sealed; app/domain/privacy/answers.py opens and rewrites them.
    "idempotency_record": Plan(keep="request_hash object_id", rewrite="body"),
    # A live hold on them would have stopped the erasure; of lifted ones nobody needs the reason any more.
    "identity_provider": Plan(keep="name issuer audience jwks_uri algorithms person_claim"),
    "issuer_binding": Plan(keep="provider_id"),
    "legal_hold": Plan(keep="placed_by lifted_by", blank={"reason": "null"}),
    # Points are of criteria, and numbers. Snapshots and plans with facts of theirs go as a whole.
    "match_proposal": Plan(
        keep="mentor_points mentee_points declined_by",
        blank={"veto_reason": "null"},
        whose="$2 in (mentor_id, mentee_id)",
        shred="decline_reason",
    ),
    "match_run": Plan(
        keep="policy pins requested_by operation_id phase report versions input_hash result_hash failure_code faults"
    ),
    "match_run_matter": Plan(blank=dict.fromkeys(("market", "plan"), "null"), whose=_MATCHED_WITH_THEM),
    "matching_policy": Plan(keep="template body"),
    "matching_preference": Plan(shred="reason"),
    "note": Plan(shred="text"),
    "organisation": Plan(keep="name region default_zone"),
    # Parameters and errors hold ids, options and codes. An input is sealed, and gone when its operation ends.
    "announcement": Plan(rewrite="title text"),
    "opportunity": Plan(rewrite="title description"),
    "operation": Plan(
        keep="kind subject_ids parameters requested_by principal scopes person_id errors result failure_code "
        "failure_detail lease_by cursor"
    ),
    "operation_input": Plan(keep="sealed"),
    "operator": Plan(keep="name token_hash"),
    # Events hold ids, states and codes, and of a person the HR system's id.
    "outbox_event": Plan(
        keep="type subject visibility actor changed endpoint_id",
        blank={"data": """data || '{"external_id": null}'"""},
        whose="subject = $2",
        is_queue=True,
    ),
    "pairing_conflict": Plan(blank={"waive_reason": "null"}, whose=_OF_PAIRINGS),
    "pairing": Plan(blank={"shared_manager_waiver": "null"}, whose="$2 in (mentor_id, mentee_id)"),
    # Last of all: the names are needed until everything else is done. The rank stays, by which people are counted.
    "person": Plan(
        blank={
            **dict.fromkeys(("given_name", "family_name", "display_name"), _ERASED),
            **dict.fromkeys(("external_id", "login", "work_email", "title", "manager_id"), "null"),
            **dict.fromkeys(("nick_name", "user_type", "employee_number", "company", "locale"), "null"),
            **dict.fromkeys(("department", "division", "cost_centre", "location"), "null"),
            **dict.fromkeys(("hire_date", "termination_date"), "null"),
            "zone": "'UTC'",
            **dict.fromkeys(("languages", "skills"), "'[]'"),
        },
        whose="id = $2",
    ),
    # What was announced of somebody is not done any more.
    "planned_change": Plan(
        keep="changed errors requested_by principal scopes",
        blank={
            "external_id": "''",
            "said": "null",
            "status": "case status when 'planned' then 'cancelled' else status end",
        },
    ),
    "programme": Plan(keep="eligibility budget_currency", rewrite="name purpose objectives agreement_clauses"),
    "programme_milestone": Plan(rewrite="title"),
    "programme_resource": Plan(keep="url", rewrite="title body"),
    "programme_role": Plan(),
    "quota_level": Plan(),
    "rank": Plan(keep="name"),
    # What helps is text of ours, and told by what they answered.
    "readiness_assessment": Plan(blank=dict.fromkeys(("answers", "actions"), "'[]'"), whose="person_id = $2"),
    # What was awarded stays a fact of the programme, without words about them.
    "recognition": Plan(
        keep="evidence", blank={"title": "null"}, whose="person_id = $2", rewrite="title", shred="text"
    ),
    "recognition_criterion": Plan(rewrite="name description"),
    "recurring_session": Plan(keep="local_time zone", rewrite="topic", where=_OF_PAIRINGS),
    "retention_policy": Plan(),
    "session": Plan(keep="zone calendar_uid cancelled_by proposed_by", rewrite="topic", where=_OF_PAIRINGS),
    # Rooms are often named after who meets there, and nobody meets there any more.
    "session_link": Plan(blank={"url": "'https://erased.invalid/'"}, whose=_OF_SESSIONS),
    "signature": Plan(),
    "signing_key": Plan(keep="sealed"),
    "sponsorship": Plan(blank={"pledge": _ERASED, "commitments": "'[]'"}, rewrite="pledge commitments"),
    "standing": Plan(),
    # Of those who never came nothing is kept but what the HR system calls them, until the next comparison.
    # Those of others may name them as a manager.
    "sync_difference": Plan(
        keep="member",
        blank={"external_id": "''", "before": "null", "after": "null"},
        whose="(person_id = $2 or member = 'manager_external_id')",
    ),
    "sync_run": Plan(keep="operation_id"),
    # A story whose author is gone is told no more.
    "success_story": Plan(
        blank={"title": _ERASED, "text": _ERASED, "status": "'withdrawn'"},
        whose="author_id = $2",
        rewrite="title text",
        where=_OF_PAIRINGS,
    ),
    "topic": Plan(rewrite="name description prompts"),
    "training_assignment": Plan(rewrite="title", shred="waive_reason"),
    # Filters and constants may name somebody by the id of the HR system; headers and credentials are sealed, and the
    # receiver's; a client certificate names a machine.
    "webhook_endpoint": Plan(
        keep="url types disabled_reason lease_by programme_ids changed_fields header_names "
        "sealed_headers registered_by verification_error sealed_auth client_certificate_subject "
        "client_certificate_fingerprint sealed_identity",
        rewrite="description filter transform",
    ),
    "webhook_secret": Plan(keep="sealed"),
    "webhook_signing_key": Plan(keep="public_key sealed"),
    "win": Plan(blank={"text": _ERASED}, whose="author_id = $2", rewrite="text", where=_OF_PAIRINGS),
}
