"""Events as statements of the Experience API, for the records of a learning platform. Pure.

A statement names one person, by an account, and says what they did; never with whom, nor anything that was written.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, NamedTuple
from uuid import NAMESPACE_URL, UUID, uuid5

from typeid import base32

from app.domain.enrolments.events import EnrolmentApproved, EnrolmentWithdrawn
from app.domain.enrolments.models import EnrolmentRole
from app.domain.pairings.events import PairingCompleted, PairingEndedEarly
from app.domain.sessions.events import SessionCompleted

Json = dict[str, Any]
# What marks statements as ours, and is in the ids of all of them; no address, since ours may change.
PROFILE: Final = "urn:flipside:xapi:profile:mentoring:1.0"
_IDS: Final = uuid5(NAMESPACE_URL, PROFILE)
_ADL: Final = "http://adlnet.gov/expapi"
_PROGRAMME, _SESSION = ("programme_id", f"{_ADL}/activities/course"), ("session_id", f"{_ADL}/activities/meeting")


class Part(NamedTuple):
    """Somebody whom an event is about: who, and on which side of the programme."""

    person_id: str
    role: EnrolmentRole


@dataclass(frozen=True, slots=True)
class Participant:
    """Somebody as learning platforms know them: the name of their account, and what they joined the programme by."""

    account: str
    enrolment_id: str | None


class _Rule(NamedTuple):
    """What an event says of each who took part: a verb, the kind of object, and how it ended."""

    verb: str
    word: str
    object: tuple[str, str]
    result: Callable[[Json], Json | None]


def _attended(data: Json) -> Json:
    return {"completion": True, "duration": f"PT{data['minutes']}M"}


_ABANDONED: Final = _Rule(
    "https://w3id.org/xapi/adl/verbs/abandoned", "abandoned", _PROGRAMME, lambda _: {"completion": False}
)
_RULES: Final[Mapping[str, _Rule]] = {
    EnrolmentApproved.type: _Rule(f"{_ADL}/verbs/registered", "registered", _PROGRAMME, lambda _: None),
    SessionCompleted.type: _Rule("http://activitystrea.ms/schema/1.0/attend", "attended", _SESSION, _attended),
    PairingCompleted.type: _Rule(
        f"{_ADL}/verbs/completed", "completed", _PROGRAMME, lambda _: {"completion": True, "success": True}
    ),
    EnrolmentWithdrawn.type: _ABANDONED,
    PairingEndedEarly.type: _ABANDONED,
}
# What a record store may leave out, add to, or write otherwise; times are compared as such.
_RESTATED: Final = frozenset({"objectType", "display", "definition", "timestamp"})
# The types of events that make statements.
TYPES: Final = frozenset(_RULES)


def parts(event: Mapping[str, Any]) -> list[Part]:
    """Whom an event makes a statement of, each; nobody, if it is of a type that makes none."""
    data = event["data"]
    if event["type"] not in TYPES:
        return []
    if "person_id" in data:
        return [Part(data["person_id"], EnrolmentRole(data["role"]))]
    return [Part(data[f"{role}_id"], role) for role in EnrolmentRole]


def statements(event: Mapping[str, Any], people: Mapping[str, Participant], base_url: str) -> list[Json]:
    """The statements of an event, the same on every try; none of whoever is not among `people`, by their ids."""
    return [
        _statement(event, part.person_id, people[part.person_id], base_url)
        for part in parts(event)
        if part.person_id in people
    ]


def is_same(ours: Json, kept: Any) -> bool:
    """Whether what a record store keeps is our statement, whatever it added to it or put in other words.

    As xAPI 1.0.3 allows it to, in part two, sections 2.2 and 2.3.1.
    """
    return _holds(kept, ours) and _milliseconds(kept.get("timestamp")) == _milliseconds(ours["timestamp"])


def _statement(event: Mapping[str, Any], person_id: str, who: Participant, base_url: str) -> Json:
    rule, data = _RULES[event["type"]], event["data"]
    home = f"{base_url}/v1/organisations/{event['organisation_id']}"
    statement: Json = {
        # By the person, not by the account, which may get another name between two tries.
        "id": str(uuid5(_IDS, f"{event['id']} {person_id} {rule.verb}")),
        "actor": {"objectType": "Agent", "account": {"homePage": home, "name": who.account}},
        "verb": {"id": rule.verb, "display": {"en": rule.word}},
        "object": _activity(data, rule.object, base_url),
        "context": _context(data, rule, who, base_url),
        "timestamp": _instant(_happened_at(event)),
    }
    result = rule.result(data)
    return statement if result is None else {**statement, "result": result}


def _activity(data: Json, kind: tuple[str, str], base_url: str) -> Json:
    member, iri = kind
    return {"objectType": "Activity", "id": f"{base_url}/v1/nodes/{data[member]}", "definition": {"type": iri}}


def _context(data: Json, rule: _Rule, who: Participant, base_url: str) -> Json:
    profile = {"objectType": "Activity", "id": PROFILE, "definition": {"type": f"{_ADL}/activities/profile"}}
    around: Json = {"category": [profile]}
    if rule.object is not _PROGRAMME:
        around["parent"] = [_activity(data, _PROGRAMME, base_url)]
    context: Json = {"platform": "Flipside", "contextActivities": around}
    if who.enrolment_id is not None:
        context["registration"] = str(UUID(bytes=base32.decode(who.enrolment_id.partition("_")[2])))
    return context


def _happened_at(event: Mapping[str, Any]) -> datetime:
    """When a session was over, not when somebody said that it took place, which may be days later."""
    said_at: datetime = event["occurred_at"]
    ends_at = event["data"].get("ends_at")
    return said_at if ends_at is None else min(said_at, datetime.fromisoformat(ends_at))


def _instant(value: datetime) -> str:
    return value.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _holds(kept: Any, ours: Any) -> bool:
    """Whether all that we said is there, in whatever words a record store has for it."""
    if isinstance(ours, dict):
        said = {name: value for name, value in ours.items() if name not in _RESTATED}
        return isinstance(kept, dict) and all(_holds(kept.get(name), value) for name, value in said.items())
    if isinstance(ours, list):
        # Version 1.0.3 allows one activity by itself where it means a list of one.
        listed = kept if isinstance(kept, list) else [kept]
        return len(listed) == len(ours) and all(map(_holds, listed, ours))
    return bool(kept == ours)


def _milliseconds(text: Any) -> int | None:
    try:
        return round(datetime.fromisoformat(text).timestamp() * 1000)
    except (TypeError, ValueError):
        return None
