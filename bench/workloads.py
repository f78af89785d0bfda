"""The pieces of work, as requests to the service and to the limit: the same, but for keys and cursors."""

import json
import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlencode

from app import pagination
from bench.data import FIRST_FREE_DAY, FREE_DAYS, Data

PAIRING_FIELDS = (
    "id,programme_id,mentor_id,mentee_id,status,health,rank_gap,starts_on,ends_on,"
    "cadence_target_days,version,created_at"
)
SESSION_FIELDS = "id,pairing_id,programme_id,number,status,starts_at,ends_at,zone,mode,topic,version,updated_at"
NESTED = """query Programme($id: ID!) { programme(id: $id) { name pairings(first: 20) { nodes { id status
 mentor { displayName department } mentee { displayName department }
 sessions(first: 10, orderBy: STARTS_AT_ASC) { nodes { startsAt status topic } }
 goals(first: 10) { nodes { title progress } } averageFocus } } } }"""
PEOPLE = """query People { people(first: 100) { nodes { id displayName workEmail department title rankLevel location
 zone employmentStatus hireDate } } }"""
VIEWER = """query Viewer { viewer { id displayName
 tasks(first: 20) { nodes { id kind dueAt pairing { id } } }
 pairingsAsMentor(first: 5) { nodes { id status mentee { displayName } } }
 pairingsAsMentee(first: 5) { nodes { id status mentor { displayName } } } } }"""
BOARD = """query Board($programme: ID!) {
 pairingOverviews(first: 100, filter: {programmeId: [$programme]}) { nodes {
 pairingId status health nextSessionAt lastSessionAt lastCheckInAt sessionsHeld goalsSet goalsAchieved
 mentor { displayName } mentee { displayName } } } }"""
_REQUESTS, _WRITES = 20_000, 60_000


@dataclass(frozen=True)
class Ask:
    """One request to either side; only the key of the caller differs, and how a cursor is written."""

    organisation_id: str
    method: str
    path: str
    body: str = ""
    # The sort keys of the row after which a page begins, as JSON text.
    after: str = ""
    idempotency_key: str = ""
    # Who asks, where it is somebody of the organisation and no system.
    person_id: str = ""


@dataclass(frozen=True)
class Workload:
    """What is measured under one name."""

    name: str
    title: str
    asks: Callable[[Data], list[Ask]]
    writes: bool = False


def _one_pairing(data: Data) -> list[Ask]:
    draw, query = random.Random(1), urlencode({"fields": PAIRING_FIELDS}, safe=",")
    organisations = list(data.pairings)
    chosen = [draw.choice(organisations) for _ in range(_REQUESTS)]
    return [Ask(o, "GET", f"/v1/pairings/{draw.choice(data.pairings[o])}?{query}") for o in chosen]


def _session_page(data: Data) -> list[Ask]:
    draw, asks = random.Random(2), []
    for place in data.places:
        query = {"programme_id": place.programme_id, "status": "completed", "sort": "-starts_at", "limit": "50"}
        path = "/v1/sessions?" + urlencode({**query, "fields": SESSION_FIELDS}, safe=",")
        asks.append(Ask(place.organisation_id, "GET", path, after=place.keys))
    return draw.choices(asks, k=_REQUESTS)


def _nested(data: Data) -> list[Ask]:
    draw = random.Random(3)
    asks = [
        Ask(o, "POST", "/graphql", json.dumps({"query": NESTED, "variables": {"id": programme_id}}))
        for o, programmes in data.programmes.items()
        for programme_id in programmes
    ]
    return draw.choices(asks, k=_REQUESTS)


def _people(data: Data) -> list[Ask]:
    draw = random.Random(5)
    body = json.dumps({"query": PEOPLE, "variables": {}})
    return [Ask(o, "POST", "/graphql", body) for o in draw.choices(list(data.keys), k=_REQUESTS)]


def _viewer(data: Data) -> list[Ask]:
    draw, body = random.Random(6), json.dumps({"query": VIEWER, "variables": {}})
    asks = [
        Ask(o, "POST", "/graphql", body, person_id=person) for o, people in data.people.items() for person in people
    ]
    return draw.choices(asks, k=_REQUESTS)


def _board(data: Data) -> list[Ask]:
    draw = random.Random(7)
    asks = [
        Ask(o, "POST", "/graphql", json.dumps({"query": BOARD, "variables": {"programme": programme_id}}))
        for o, programmes in data.programmes.items()
        for programme_id in programmes
    ]
    return draw.choices(asks, k=_REQUESTS)


def _new_sessions(data: Data) -> list[Ask]:
    """Each has its own pairing and day."""
    asks = []
    for number in range(min(_WRITES, FREE_DAYS * len(data.active))):
        day, place = divmod(number, len(data.active))
        organisation_id, pairing_id = data.active[place]
        starts_at = data.day + timedelta(days=FIRST_FREE_DAY + day, hours=10)
        body = {
            "pairing_id": pairing_id,
            "starts_at": starts_at.isoformat(),
            "duration_minutes": 60,
            "zone": "Europe/Paris",
            "mode": "remote",
            "topic": f"Prompting basics #{number % 97}",
        }
        asks.append(
            Ask(organisation_id, "POST", "/v1/sessions", json.dumps(body), idempotency_key=f"bench-{number:08}")
        )
    return asks


WORKLOADS = {
    "w1": Workload("w1", "REST: one pairing, 12 fields", _one_pairing),
    "w2": Workload("w2", "REST: 50 sessions by status, 12 fields", _session_page),
    "w3": Workload("w3", "GraphQL: programme, 20 pairings and what hangs on them", _nested),
    "w4": Workload("w4", "REST: schedule a session", _new_sessions, writes=True),
    "w5": Workload("w5", "GraphQL: 100 people, 10 fields", _people),
    "viewer": Workload("viewer", "GraphQL: who asks, their 20 tasks and their pairs", _viewer),
    "board": Workload("board", "GraphQL: a board of 100 pairs with their figures", _board),
}


def for_service(data: Data, ask: Ask) -> tuple[str, str, str, str, str]:
    """Method, target, body, authorization and idempotency key of a request to the service."""
    target = ask.path
    if ask.after:
        programme = ask.path.partition("programme_id=")[2].partition("&")[0]
        scope = f"{ask.organisation_id}|session|-starts_at|programme_id={programme}&status=completed"
        target += "&cursor=" + pagination.seal(scope, ask.after)
    key = data.people[ask.organisation_id][ask.person_id] if ask.person_id else data.keys[ask.organisation_id]
    return ask.method, target, ask.body, f"Bearer {key}", ask.idempotency_key


def for_limit(_data: Data, ask: Ask) -> tuple[str, str, str, str, str]:
    """The same of a request to the limit."""
    target = ask.path
    if ask.after:
        target += "&" + urlencode({"cursor": "|".join(json.loads(ask.after))})
    return ask.method, target, ask.body, f"{ask.organisation_id} {ask.person_id}".rstrip(), ""
