"""Sessions as iCalendar writes them (RFC 5545), and as invitations that mail systems pass on (iTIP, RFC 5546).

A calendar is read by assistants, by family, by whoever shares it: what the two talk about is never in the title, and
every entry is marked private.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from icalendar import Calendar, Event, vCalAddress, vDuration, vText

PRODUCT = "-//Flipside//Flipside//EN"
LOOK_AGAIN_AFTER = timedelta(hours=1)


class Method(StrEnum):
    """What a calendar is to do with an entry (RFC 5546 section 1.4)."""

    REQUEST = "request"
    CANCEL = "cancel"


@dataclass(frozen=True)
class Guest:
    """One of the two. Without an address an entry names them and nobody can write to them."""

    id: str
    name: str
    address: str | None

    def property(self) -> vCalAddress:
        """As a property's value, with their name."""
        made = vCalAddress(f"mailto:{self.address}" if self.address else f"urn:flipside:{self.id}")
        made.params["CN"] = vText(self.name)
        return made


@dataclass(frozen=True)
class Entry:
    """One session, at an instant: `details` are for those alone who may read them."""

    uid: str
    sequence: int
    starts_at: datetime
    ends_at: datetime
    created_at: datetime
    updated_at: datetime
    is_cancelled: bool
    title: str
    url: str
    # Who invites and is invited; nobody in a calendar that is one's own.
    organiser: Guest | None = None
    guests: Sequence[Guest] = ()
    details: str = ""
    conference: str | None = None

    def event(self) -> Event:
        """The entry. Its times are in UTC, which every calendar reads alike (docs/decisions/0040)."""
        made = Event()
        made.add("uid", self.uid)
        made.add("sequence", self.sequence)
        # Of what is passed on by mail this is when it was revised last (RFC 5545 section 3.8.7.2).
        made.add("dtstamp", self.updated_at)
        made.add("created", self.created_at)
        made.add("last-modified", self.updated_at)
        made.add("dtstart", self.starts_at.astimezone(UTC))
        made.add("dtend", self.ends_at.astimezone(UTC))
        made.add("summary", self.title)
        made.add("class", "PRIVATE")
        made.add("transp", "TRANSPARENT" if self.is_cancelled else "OPAQUE")
        made.add("status", "CANCELLED" if self.is_cancelled else "CONFIRMED")
        made.add("url", self.url)
        if self.details:
            made.add("description", self.details)
        if self.conference:
            made.add("location", self.conference)
        if self.organiser is not None:
            made.add("organizer", self.organiser.property())
        for guest in self.guests:
            attendee = guest.property()
            attendee.params |= {"ROLE": "REQ-PARTICIPANT", "PARTSTAT": "NEEDS-ACTION", "RSVP": "FALSE"}
            made.add("attendee", attendee)
        return made


def feed(name: str, entries: Sequence[Entry]) -> str:
    """A calendar to subscribe to; readers are asked to look again after an hour (RFC 7986 section 5.7)."""
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("name", name)
    calendar.add("x-wr-calname", name)
    calendar.add("refresh-interval", LOOK_AGAIN_AFTER, parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", vDuration(LOOK_AGAIN_AFTER))
    for entry in entries:
        calendar.add_component(entry.event())
    text: str = calendar.to_ical().decode()
    return text


def invitation(entry: Entry) -> tuple[Method, str]:
    """One entry to be passed on, and what is to be done with it."""
    method = Method.CANCEL if entry.is_cancelled else Method.REQUEST
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("method", method.upper())
    calendar.add_component(entry.event())
    return method, calendar.to_ical().decode()
