"""Sessions as documents for calendars: worked out for whoever asks, from what that one may see of them."""

from datetime import datetime
from typing import Any

import orjson
from pydantic import Field

from app import config
from app.acting.inquiry import Inquiry
from app.auth.actor import Actor
from app.auth.scopes import Scope
from app.domain.calendars import documents
from app.domain.calendars.documents import Entry, Guest, Method
from app.domain.pairings.resource import PAIRINGS
from app.domain.people.resource import PEOPLE
from app.domain.sessions.models import SessionStatus
from app.domain.sessions.queries import UNSETTLED
from app.domain.sessions.resource import SESSION_LINKS, SESSIONS
from app.errors import Conflict
from app.reading import run
from app.reading.shape import Leaf, Nodes, Page, ToMany, ToOne, Wanted
from app.text import Output

_MOST_LINKS = 10
_PERSON = Wanted(PEOPLE, tuple(Leaf(name, name) for name in ("id", "display_name", "work_email")))
_SIDES = ("mentor", "mentee")
_PAIRING = Wanted(PAIRINGS, tuple(ToOne(side, PAIRINGS.references[side], _PERSON) for side in _SIDES))
_TIMES = ("starts_at", "ends_at", "created_at", "updated_at")
_FIELDS = ("id", "number", "status", "topic", "calendar_uid", "calendar_sequence", *_TIMES)
_LINKS = Page(
    SESSION_LINKS,
    (Nodes("items", Wanted(SESSION_LINKS, (Leaf("kind", "kind"), Leaf("url", "url")))),),
    sort="id",
    limit="most_links",
)
_WANTED = Wanted(
    SESSIONS,
    (
        *(Leaf(name, name) for name in _FIELDS),
        ToOne("pairing", SESSIONS.references["pairing"], _PAIRING),
        ToMany("links", SESSIONS.collections["session_links"].column, _LINKS),
    ),
)


class NotAgreed(Conflict):
    """The session is only proposed, or came to nothing."""

    code = "session_not_agreed"


class SessionInvitation(Output):
    """A session as mail systems pass it on to calendars (iTIP, RFC 5546)."""

    session_id: str
    method: Method = Field(description="What the calendar is to do: the `method` of the message's content type.")
    uid: str = Field(description="The same for all revisions of a session.")
    sequence: int = Field(description="Which revision it is; calendars pass over older ones.")
    text: str = Field(
        description="The document (RFC 5545), to be sent as `text/calendar; charset=utf-8; method=…`. Its title says "
        "nothing of what the two talk about, and it is marked private."
    )


async def invitation(actor: Actor, session_id: str) -> SessionInvitation:
    """A session as an iCalendar document that invites to it, or calls it off.

    To be sent by whatever sends your mail; Flipside sends none. One of the two finds their topic and their links in it,
    anybody else neither. Takes `directory:read`, too: it names both, and where they are written to.
    """
    actor.require(Scope.DIRECTORY_READ)
    found = await run.one(actor, _WANTED, session_id, {"most_links": _MOST_LINKS})
    session: dict[str, Any] = orjson.loads(found.body)
    if session["status"] in UNSETTLED:
        raise NotAgreed("Nobody is invited to a session that the two have not agreed on.")
    entry = _entry(session, actor)
    method, text = documents.invitation(entry)
    return SessionInvitation(session_id=session_id, method=method, uid=entry.uid, sequence=entry.sequence, text=text)


def _entry(session: dict[str, Any], actor: Actor) -> Entry:
    people = [session["pairing"][side] for side in _SIDES]
    mentor, mentee = (Guest(person["id"], person["display_name"], person["work_email"]) for person in people)
    is_theirs = actor.person_id in (mentor.id, mentee.id)
    links = session["links"]["items"] if is_theirs else []
    told = [session["topic"] if is_theirs else None, *(link["url"] for link in links)]
    times = {name: datetime.fromisoformat(session[name]) for name in _TIMES}
    return Entry(
        uid=session["calendar_uid"],
        sequence=session["calendar_sequence"],
        is_cancelled=session["status"] == SessionStatus.CANCELLED,
        title=f"Session {session['number']}: {mentor.name} and {mentee.name}",
        url=f"{config.settings().base_url}/v1/nodes/{session['id']}",
        # Who teaches prepares the session, and invites to it.
        organiser=mentor,
        guests=(mentor, mentee),
        details="\n".join(filter(None, told)),
        conference=next((link["url"] for link in links if link["kind"] == "video"), None),
        **times,
    )


INQUIRIES = (Inquiry("session_invitation", SESSIONS, "invitation", Scope.SESSIONS_READ, invitation),)
