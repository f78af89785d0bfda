"""What happened in the organisation: one pair at work, one that ended early."""

from collections.abc import Iterable
from datetime import datetime, time, timedelta

from app import clock
from tests.acceptance.transcript.cast import OFFICE
from tests.acceptance.transcript.company import Company

_CLAUSE = {"key": "confidentiality", "text": "What is said between us stays between us, unless we both agree."}
_PROGRAMME = {"name": "Fresh eyes", "purpose": "Leaders learn from juniors.", "agreement_clauses": [_CLAUSE]}
_PAIR = ("mentor", "mentee")


def tell(company: Company) -> None:
    """All of it, over the public API."""
    _enrol(company)
    _pair_and_part(company)
    _pair(company)
    company.call("coordinator", "POST", f"/v1/programmes/{company.ids['programme']}/activate")
    _meet(company)
    _write(company)
    _give_feedback(company)
    _name_the_rest(company)


def _enrol(company: Company) -> None:
    starts_on = (clock.now() - timedelta(days=60)).date().isoformat()
    programme_id = company.make("coordinator", "/v1/programmes", "programme", starts_on=starts_on, **_PROGRAMME)
    company.call("coordinator", "POST", f"/v1/programmes/{programme_id}/publish")
    company.make(
        "coordinator",
        "/v1/sponsorships",
        "sponsorship",
        programme_id=programme_id,
        person_id=company.ids["sponsor"],
        pledge="One hour a month.",
    )
    for who, role in (("mentor", "mentor"), ("mentee", "mentee"), ("former partner", "mentee")):
        body = {"programme_id": programme_id, "person_id": company.ids[who], "role": role, "capacity": 2}
        enrolment_id = company.make("coordinator", "/v1/enrolments", f"enrolment-{who}", **body)
        company.call(who, "POST", f"/v1/enrolments/{enrolment_id}/accept")
        company.call("coordinator", "POST", f"/v1/enrolments/{enrolment_id}/approve")
        company.call("coordinator", "POST", f"/v1/enrolments/{enrolment_id}/ready")
    company.call("coordinator", "POST", f"/v1/programmes/{programme_id}/start-matching")


def _pair(company: Company, name: str = "pairing-1", mentee: str = "mentee") -> str:
    pairing_id = company.make(
        "coordinator",
        "/v1/pairings",
        name,
        mentor_enrolment_id=company.ids["enrolment-mentor"],
        mentee_enrolment_id=company.ids[f"enrolment-{mentee}"],
        starts_on=(clock.now() - timedelta(days=45)).date().isoformat(),
    )
    agreement = company.call("mentor", "GET", f"/v1/agreements?pairing_id={pairing_id}")["items"][0]
    for who in ("mentor", mentee):
        company.call(who, "POST", f"/v1/agreements/{agreement['id']}/sign")
    company.call("coordinator", "POST", f"/v1/pairings/{pairing_id}/activate")
    number, standing = name.removeprefix("pairing-"), _standing("mentor", mentee)
    company.know(f"agreement-{number}", agreement["id"])
    company.add("pairing", name, **standing)
    company.add("agreement", f"agreement-{number}", **standing)
    for who in ("mentor", mentee):
        company.add("signature", _of(f"signature-{number}", who), **standing)
    return pairing_id


def _pair_and_part(company: Company) -> None:
    pairing_id = _pair(company, "pairing-2", "former partner")
    company.call("former partner", "POST", f"/v1/pairings/{pairing_id}/end-early", reason="fit")
    company.add("audit entry", "former partner: end_pairing_early pairing-2", own={"former partner"})


def _meet(company: Company) -> None:
    today, here = datetime.combine(clock.now().date(), time(8), clock.now().tzinfo), company.ids["pairing-1"]
    for name, days, topic in (("session-1", -10, "Short video"), ("session-2", 11, "Language models")):
        starts_at = (today + timedelta(days=days)).isoformat()
        company.make("mentor", "/v1/sessions", name, pairing_id=here, starts_at=starts_at, topic=topic)
        company.add("session", name, **_standing(*_PAIR))
        for who in _PAIR:
            company.add("attendance", _of(f"attendance-{name[-1]}", who), own_pair=_PAIR)
    company.call("mentor", "POST", f"/v1/sessions/{company.ids['session-1']}/complete")
    company.call("mentee", "POST", f"/v1/sessions/{company.ids['session-1']}/complete", focus_rating=4)
    company.call("mentee", "POST", f"/v1/sessions/{company.ids['session-2']}/cancel", reason="illness")
    company.add("audit entry", "mentee: cancel_session session-2", own={"mentee"})


def _write(company: Company) -> None:
    """Notes of every tier, something to do, and a goal."""
    held = {"session_id": company.ids["session-1"]}
    for name, author, tier, readers in (
        ("note-mentor-alone", "mentor", "author_only", {}),
        ("note-mentee-alone", "mentee", "author_only", {}),
        ("note-pair", "mentee", "pair", {"own_pair": _PAIR}),
        ("note-pair-and-coordinator", "mentor", "pair_and_coordinator", _standing(*_PAIR)),
    ):
        company.make(author, "/v1/notes", name, tier=tier, text=f"words of {name}", **held)
        company.add("note", name, own={author}, **readers)
    owner = company.ids["mentee"]
    company.make("mentor", "/v1/action-items", "action-item-1", owner_id=owner, text="words of action-item-1", **held)
    company.add("action item", "action-item-1", own_pair=_PAIR)
    goal = {"title": "title of goal-1", "measure": "measure of goal-1", "owner": "mentee"}
    company.make("mentee", "/v1/goals", "goal-1", pairing_id=company.ids["pairing-1"], **goal)
    company.add("goal", "goal-1", own_pair=_PAIR)


def _give_feedback(company: Company) -> None:
    for author, addressee, kind in (("mentor", "mentee", "partner"), ("mentee", "mentor", "mentoring_skill")):
        for audience, about in (("partner", kind), ("private", "session"), ("aggregate", "programme")):
            name = f"feedback-{author}-{audience}"
            body = {"type": about, "audience": audience, "rating": 2, "text": f"words of {name}"}
            if about == "session":
                body["session_id"] = company.ids["session-1"]
            company.make(author, "/v1/feedback", name, pairing_id=company.ids["pairing-1"], **body)
            company.add("feedback", name, own={author}, addressed={addressee} if audience == "partner" else ())


def _standing(*pair: str) -> dict[str, Iterable[str]]:
    """Who stands to what belongs to a pair."""
    return {"own_pair": pair, "own_programmes": ("coordinator",)}


def _name_the_rest(company: Company) -> None:
    """What came by itself, as those see it who see all of it."""
    for name, path, parent in (
        ("signature", "signatures", "agreement_id"),
        ("attendance", "attendances", "session_id"),
    ):
        for row in company.call("mentor", "GET", f"/v1/{path}?limit=100")["items"]:
            number = company.names[row[parent]].rpartition("-")[2]
            company.know(_of(f"{name}-{number}", company.names[row["person_id"]]), row["id"])
    for row in company.call(OFFICE, "GET", "/v1/audit-entries?action=cancel_session,end_pairing_early")["items"]:
        who, what = company.names[row["actor_id"]], company.names[row["object_id"]]
        company.know(f"{who}: {row['action']} {what}", row["id"])


def _of(name: str, who: str) -> str:
    return f"{name}-{who.replace(' ', '-')}"
