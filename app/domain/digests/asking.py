"""What there is to tell a person at once: one statement of the read path, whose policy decides what is in it."""

from datetime import timedelta
from operator import itemgetter
from typing import Any

import orjson

from app import clock
from app import db as database
from app.acting.inquiry import Inquiry
from app.auth.actor import Actor
from app.auth.scopes import Scope
from app.domain.digests.schemas import DigestAsk, DigestNudge, PersonDigest
from app.domain.goals.models import GoalStatus
from app.domain.goals.resource import GOALS
from app.domain.pairings.models import Health, PairingStatus
from app.domain.pairings.resource import PAIRINGS
from app.domain.people.resource import PEOPLE
from app.domain.recognition.models import RecognitionKind, RecognitionStatus
from app.domain.recognition.resource import RECOGNITIONS
from app.domain.sessions.models import SessionStatus
from app.domain.sessions.resource import SESSIONS
from app.domain.tasks.resource import TASKS
from app.errors import Fault, Invalid
from app.reading import rows, run
from app.reading.resource import Resource
from app.reading.shape import Leaf, Nodes, Page, ToMany, Wanted, Where

_LOOKS_BACK, _LOOKS_AHEAD = timedelta(days=7), timedelta(days=14)
# Of each kind, and of each pair: a digest that does not fit a page is none.
_MOST = 50
_SIDES = ("pairings_as_mentor", "pairings_as_mentee")
_LATE = {Health.WATCH, Health.AT_RISK}
_SLOTS = {
    "most": _MOST,
    "scheduled": SessionStatus.SCHEDULED.value,
    "shared": [status.value for status in GoalStatus if status is not GoalStatus.DRAFT],
    "thanks": RecognitionKind.THANKS.value,
    "awarded": RecognitionStatus.AWARDED.value,
}


def _page(resource: Resource, fields: str, *more: ToMany, sort: str = "id", wheres: tuple[Where, ...] = ()) -> Page:
    leaves = tuple(Leaf(name, name) for name in fields.split())
    return Page(resource, (Nodes("items", Wanted(resource, (*leaves, *more))),), sort=sort, wheres=wheres, limit="most")


def _many(of: Resource, name: str, page: Page) -> ToMany:
    return ToMany(name, of.collections[name].column, page)


_NEWS = Where("updated_after", "since")
_COMING = (Where("status", "scheduled"), Where("starts_after", "until"), Where("starts_before", "ahead"))
_SESSIONS = _page(SESSIONS, "id pairing_id starts_at ends_at zone", sort="starts_at", wheres=_COMING)
_MOVED = (Where("status", "shared", several=True), _NEWS)
_GOALS = _page(GOALS, "id pairing_id status progress updated_at", wheres=_MOVED)
_GIVEN = (Where("kind", "thanks"), Where("status", "awarded"), _NEWS)
_THANKS = _page(RECOGNITIONS, "id author_id pairing_id awarded_at", wheres=_GIVEN)
_PAIRS = _page(
    PAIRINGS,
    "id status health health_rule health_since",
    _many(PAIRINGS, "sessions", _SESSIONS),
    _many(PAIRINGS, "goals", _GOALS),
)
_WANTED = Wanted(
    PEOPLE,
    (
        _many(PEOPLE, "tasks", _page(TASKS, "id kind pairing_id due_at")),
        _many(PEOPLE, "recognitions", _THANKS),
        *(_many(PEOPLE, side, _PAIRS) for side in _SIDES),
    ),
)


async def digest(actor: Actor, person_id: str, data: DigestAsk) -> PersonDigest:
    """What happened for you since an instant, what waits for you and what is coming; of oneself alone.

    It holds ids, dates and states, and nobody's words, so that whatever sends your mail may make one of it; Flipside
    sends none. Takes `sessions:read`, `goals:read` and `feedback:read`, too.
    """
    for scope in (Scope.SESSIONS_READ, Scope.GOALS_READ, Scope.FEEDBACK_READ):
        actor.require(scope)
    until = clock.now()
    since = data.since or until - _LOOKS_BACK
    if since > until:
        fault = Fault("must not lie ahead", code="since_ahead", parameter="since")
        raise Invalid("What is to come is no news yet.", faults=(fault,))
    if person_id != actor.person_id:
        await _refuse(actor, person_id)
    slots = {**_SLOTS, "since": since, "until": until, "ahead": until + _LOOKS_AHEAD}
    found = orjson.loads((await run.one(actor, _WANTED, person_id, slots)).body)
    return PersonDigest(person_id=person_id, since=since, until=until, **_told(found))


async def _refuse(actor: Actor, person_id: str) -> None:
    """Raises `NotYours` for somebody whom the caller sees, else `Absent`."""
    async with database.current().writing(actor.organisation_id) as db:
        await rows.get(db, actor, PEOPLE, person_id, "person_digest", lock=False)


def _told(found: dict[str, Any]) -> dict[str, Any]:
    pairs = [pair for side in _SIDES for pair in found[side]["items"]]
    sessions, goals = ([each for pair in pairs for each in pair[name]["items"]] for name in ("sessions", "goals"))
    thanks = found["recognitions"]["items"]
    return {
        "tasks": found["tasks"]["items"],
        "sessions": sorted(sessions, key=itemgetter("starts_at")),
        "goals": sorted(goals, key=itemgetter("updated_at"), reverse=True),
        "thanks_received": sorted(thanks, key=itemgetter("awarded_at"), reverse=True),
        "nudges": [_nudge(pair) for pair in pairs if _is_late(pair)],
    }


def _is_late(pair: dict[str, Any]) -> bool:
    return pair["status"] == PairingStatus.ACTIVE and pair["health"] in _LATE


def _nudge(pair: dict[str, Any]) -> DigestNudge:
    return DigestNudge(
        pairing_id=pair["id"], health=pair["health"], rule=pair["health_rule"], since=pair["health_since"]
    )


INQUIRIES = (Inquiry("person_digest", PEOPLE, "digest", Scope.PAIRINGS_READ, digest),)
