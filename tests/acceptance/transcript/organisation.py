"""A small organisation, made over the public API: one pair at work, one that ended early, and those around them."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Any

import httpx

from app import clock
from tests.acceptance.transcript.cast import CAST, ELSEWHERE, OFFICE, Principal

_CLAUSE = {"key": "confidentiality", "text": "What is said between us stays between us, unless we both agree."}
_PROGRAMME = {"name": "Fresh eyes", "purpose": "Leaders learn from juniors.", "agreement_clauses": [_CLAUSE]}
_PAIR = frozenset({"mentor", "mentee"})


@dataclass(frozen=True)
class Thing:
    """Something that was made: its stable name, its kind, and who stands to it in which way, in the policy's words."""

    name: str
    kind: str
    standing: Mapping[str, frozenset[str]] = field(default_factory=dict)


@dataclass
class Company:
    """The organisation: its keys and things. `names` gives every id the name that the page calls it by."""

    client: httpx.Client
    keys: dict[str, str] = field(default_factory=dict)
    ids: dict[str, str] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    things: list[Thing] = field(default_factory=list)

    def call(self, who: str, method: str, path: str, /, **body: Any) -> dict[str, Any]:
        """Let someone do something that must succeed."""
        headers = {"Authorization": f"Bearer {self.keys[who]}"}
        answer = self.client.request(method, path, headers=headers, json=body if method == "POST" else None)
        if not answer.is_success:
            sys.exit(f"{who}: {method} {path}: {answer.status_code} {answer.text}")
        content: dict[str, Any] = answer.json()
        return content

    def make(self, who: str, path: str, called: str, /, **body: Any) -> str:
        """Make something and name it; its id."""
        made = self.call(who, "POST", path, **body)
        self.know(called, made["id"])
        return str(made["id"])

    def know(self, name: str, object_id: str) -> None:
        """Call an id by a name from now on."""
        self.ids[name], self.names[object_id] = object_id, name

    def add(self, kind: str, name: str, **standing: Iterable[str]) -> None:
        """Remember a thing, and who stands to it how: `own_pair` is the policy's "own pair"."""
        words = {word.replace("_", " "): frozenset(people) for word, people in standing.items()}
        self.things.append(Thing(name, kind, words))


def found(client: httpx.Client) -> Company:
    """Make all of it."""
    company = Company(client)
    _found_organisations(company)
    _employ(company)
    _enrol(company)
    _pair_and_part(company)
    _pair(company)
    company.call("coordinator", "POST", f"/v1/programmes/{company.ids['programme']}/activate")
    _meet(company)
    _give_feedback(company)
    _name_the_rest(company)
    return company


def _found_organisations(company: Company) -> None:
    for who, name in ((OFFICE, "Northwind Transcript"), (ELSEWHERE, "Elsewhere")):
        said = _flipside("organisations", "create", name)
        prefix = "" if who == OFFICE else "other "
        company.keys[who] = said["key"]
        company.know(f"{prefix}organisation", said["organisation"])
        company.know(who, said["administrator"])
    company.add("person", OFFICE, own={OFFICE})


def _flipside(*words: str) -> dict[str, str]:
    """What the command `flipside` says, in the environment of the service."""
    # Beside the Python that runs this, where `make install` put it.
    command = shutil.which("flipside", path=os.pathsep.join((str(Path(sys.executable).parent), os.environ["PATH"])))
    assert command, "the command flipside is not installed"
    done = subprocess.run((command, *words), capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(done.stderr)
    return dict(re.findall(r"^(organisation|administrator|key) +(\S+)$", done.stdout, re.MULTILINE))


def _employ(company: Company) -> None:
    # From the top: whoever manages comes before whom they manage.
    for who in sorted((who for who in CAST if who.rank), key=lambda who: -who.rank):
        _employ_one(company, who)
    company.keys["service account"] = company.call(
        OFFICE,
        "POST",
        "/v1/api-keys",
        name="HR system",
        role="service_account",
        service_account="hris",
        scopes=_every_scope(company),
    )["secret"]


def _employ_one(company: Company, who: Principal) -> None:
    slug = who.name.replace("'s ", "-").replace(" ", "-")
    person_id = company.make(
        OFFICE,
        "/v1/people",
        who.name,
        given_name=who.name.capitalize(),
        family_name="Transcript",
        title=f"title of the {who.name}",
        work_email=f"{slug}@example.com",
        location="Lyon",
        rank_level=who.rank,
        manager_id=company.ids.get(f"{who.name}'s manager"),
    )
    company.keys[who.name] = company.call(
        OFFICE,
        "POST",
        "/v1/api-keys",
        name=who.name,
        role=who.role.replace(" ", "_"),
        person_id=person_id,
        scopes=_every_scope(company),
    )["secret"]
    partners = {"mentor": {"mentee", "former partner"}, "mentee": {"mentor"}, "former partner": {"mentor"}}
    company.add("person", who.name, own={who.name}, own_pair=partners.get(who.name, ()))


def _every_scope(company: Company) -> list[str]:
    """All there are, so that nothing but the policy decides; the office's key has them."""
    keys = company.call(OFFICE, "GET", "/v1/api-keys?limit=1")
    scopes: list[str] = keys["items"][0]["scopes"]
    return scopes


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
    number, standing = (
        name.removeprefix("pairing-"),
        {"own_pair": {"mentor", mentee}, "own_programmes": {"coordinator"}},
    )
    company.know(f"agreement-{number}", agreement["id"])
    company.add("pairing", name, **standing)
    company.add("agreement", f"agreement-{number}", **standing)
    for who in ("mentor", mentee):
        company.add("signature", _of(f"signature-{number}", who), **standing)
    return pairing_id


def _pair_and_part(company: Company) -> None:
    pairing_id = _pair(company, "pairing-2", "former partner")
    company.call("former partner", "POST", f"/v1/pairings/{pairing_id}/end-early", reason="fit")


def _meet(company: Company) -> None:
    standing = {"own_pair": _PAIR, "own_programmes": {"coordinator"}}
    today, here = datetime.combine(clock.now().date(), time(8), clock.now().tzinfo), company.ids["pairing-1"]
    for name, days, topic in (("session-1", -10, "Short video"), ("session-2", 11, "Language models")):
        starts_at = (today + timedelta(days=days)).isoformat()
        company.make("mentor", "/v1/sessions", name, pairing_id=here, starts_at=starts_at, topic=topic)
        company.add("session", name, **standing)
        for who in _PAIR:
            company.add("attendance", _of(f"attendance-{name[-1]}", who), own_pair=_PAIR)
    held = {"session_id": company.ids["session-1"]}
    company.call("mentor", "POST", f"/v1/sessions/{held['session_id']}/complete")
    company.call("mentee", "POST", f"/v1/sessions/{held['session_id']}/complete", focus_rating=4)
    company.call("mentee", "POST", f"/v1/sessions/{company.ids['session-2']}/cancel", reason="illness")
    for name, author, tier, readers in (
        ("note-mentor-alone", "mentor", "author_only", {}),
        ("note-mentee-alone", "mentee", "author_only", {}),
        ("note-pair", "mentee", "pair", {"own_pair": _PAIR}),
        ("note-pair-and-coordinator", "mentor", "pair_and_coordinator", standing),
    ):
        company.make(author, "/v1/notes", name, tier=tier, text=f"words of {name}", **held)
        company.add("note", name, own={author}, **readers)
    owner = company.ids["mentee"]
    company.make("mentor", "/v1/action-items", "action-item-1", owner_id=owner, text="words of action-item-1", **held)
    company.add("action item", "action-item-1", own_pair=_PAIR)
    goal = {"title": "title of goal-1", "measure": "measure of goal-1", "owner": "mentee"}
    company.make("mentee", "/v1/goals", "goal-1", pairing_id=here, **goal)
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


def _name_the_rest(company: Company) -> None:
    """What came by itself, as the mentor, who belongs to all of it, sees it."""
    for name, path, parent in (
        ("signature", "signatures", "agreement_id"),
        ("attendance", "attendances", "session_id"),
    ):
        for row in company.call("mentor", "GET", f"/v1/{path}?limit=100")["items"]:
            number = company.names[row[parent]].rpartition("-")[2]
            company.know(_of(f"{name}-{number}", company.names[row["person_id"]]), row["id"])


def _of(name: str, who: str) -> str:
    return f"{name}-{who.replace(' ', '-')}"
