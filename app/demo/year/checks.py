"""What must hold at the end of a simulated year, read back over the API and held against the simulation's books."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

from app.demo.walk.caller import Caller
from app.demo.walk.cast import MIN_RANK_GAP, Cast
from app.demo.walk.figures import Figure
from app.demo.year.books import Books

_LIVE = {"pending_agreement", "active", "paused", "closing"}
_TOOK_TIME = {"scheduled", "unconfirmed", "completed", "no_show", "disputed"}
Rows = list[dict[str, Any]]


@dataclass
class Feed:
    """The organisation's events, followed while they are kept: their numbers rise, whatever was read when."""

    caller: Caller
    counts: Counter[str] = field(default_factory=Counter)
    out_of_order: int = 0
    _cursor: str = "oldest"
    _last: int = 0

    async def follow(self) -> None:
        """Read what is new."""
        while True:
            page = await self.caller.get("/v1/events", after=self._cursor, limit="500")
            self._cursor = page["next_cursor"]
            for event in page["items"]:
                self.out_of_order += event["sequence"] <= self._last
                self._last = event["sequence"]
                self.counts[event["type"]] += 1
            if not page["items"]:
                return


@dataclass
class Watch:
    """What never may be, looked for again and again while the year goes on; how often it was seen."""

    cast: Cast
    looks: int = 0
    seen: Counter[str] = field(default_factory=Counter)

    async def look(self) -> None:
        """Read how everything stands."""
        read, here = self.cast.admin, {"programme_id": self.cast.programme_id}
        everyone = [row async for row in read.every("/v1/people", fields="id,rank_level,manager_id,employment_status")]
        people = {person["id"]: person for person in everyone}
        pairings = [row async for row in read.every("/v1/pairings", **here)]
        enrolments = [row async for row in read.every("/v1/enrolments", **here)]
        # Whoever runs the programme may look at sessions; an office that does not may not.
        ahead = [row async for row in self.cast.coordinator.every("/v1/sessions", status="scheduled", **here)]
        self.looks += 1
        self.seen["live pairs in which the mentor is not the junior"] += _not_reversed(pairings, people)
        self.seen["live pairs in one reporting line"] += _in_one_line(pairings, people)
        self.seen["live pairs of somebody who has left"] += _of_leavers(pairings, people)
        self.seen["sessions ahead of pairs that are over"] += _ahead_of_none(pairings, ahead)
        self.seen["enrolments that miscount their pairs"] += _miscounted(enrolments, pairings)

    def figures(self) -> list[Figure]:
        """None of it is ever right."""
        return [Figure(f"{name}, in {self.looks} looks", 0, times) for name, times in self.seen.items()]


async def figures(cast: Cast, books: Books, feed: Feed) -> list[Figure]:
    """Every promise about what has been, with how often it should have been kept and how often it was."""
    here = {"programme_id": cast.programme_id}
    pairings = [row async for row in cast.admin.every("/v1/pairings", **here)]
    sessions = [row async for row in cast.coordinator.every("/v1/sessions", **here)]
    return [
        *_of_books(books, pairings, sessions),
        *_of_events(books, feed),
        Figure("sessions that overlap another of the same person", 0, _overlaps(books, sessions)),
        Figure("sessions away from the hour that the pair keeps", 0, _off_the_hour(books, sessions)),
        Figure("sessions numbered like another of their pair", 0, _numbered_twice(sessions)),
        Figure("sessions whose calendars missed a change", 0, _missed(books, sessions)),
    ]


def _of_books(books: Books, pairings: Rows, sessions: Rows) -> list[Figure]:
    paired = {row["id"]: row["status"] for row in pairings}
    met = {row["id"]: row["status"] for row in sessions}
    couples, meetings = books.couples, books.meetings
    right = sum(paired.get(couple.pair.id) == couple.status for couple in couples)
    as_due = sum(met.get(meeting.id) == meeting.status for _, meeting in meetings)
    return [
        Figure("pairs", len(couples), len(paired)),
        Figure("pairs that stand as they should", len(couples), right),
        Figure("sessions", len(meetings), len(met)),
        Figure("sessions that stand as they should", len(meetings), as_due),
    ]


def _of_events(books: Books, feed: Feed) -> list[Figure]:
    of_types = [Figure(f"events: {kind}", due, feed.counts[kind]) for kind, due in sorted(books.events.items())]
    return [*of_types, Figure("events out of order", 0, feed.out_of_order)]


def _overlaps(books: Books, sessions: Rows) -> int:
    members = {couple.pair.id: (couple.pair.mentor_id, couple.pair.mentee_id) for couple in books.couples}
    spans = defaultdict(list)
    for row in sessions:
        if row["status"] in _TOOK_TIME:
            for person_id in members.get(row["pairing_id"], ()):
                spans[person_id].append((row["starts_at"], row["ends_at"]))
    return sum(after[0] < before[1] for each in spans.values() for before, after in pairwise(sorted(each)))


def _off_the_hour(books: Books, sessions: Rows) -> int:
    kept = {couple.pair.id: couple.hour for couple in books.couples}
    local = ((row, datetime.fromisoformat(row["starts_at"]).astimezone(ZoneInfo(row["zone"]))) for row in sessions)
    return sum((at.hour, at.minute) != (kept.get(row["pairing_id"]), 0) for row, at in local)


def _numbered_twice(sessions: Rows) -> int:
    return sum(times > 1 for times in Counter((row["pairing_id"], row["number"]) for row in sessions).values())


def _missed(books: Books, sessions: Rows) -> int:
    due = {meeting.id: meeting.sequence for _, meeting in books.meetings}
    return sum(row["calendar_sequence"] != due.get(row["id"]) for row in sessions)


def _not_reversed(pairings: Rows, people: Mapping[str, Any]) -> int:
    ranks = {person_id: person["rank_level"] for person_id, person in people.items()}
    return sum(ranks[row["mentee_id"]] - ranks[row["mentor_id"]] < MIN_RANK_GAP for row in _live(pairings))


def _in_one_line(pairings: Rows, people: Mapping[str, Any]) -> int:
    return sum(
        row["mentor_id"] in _above(row["mentee_id"], people) or row["mentee_id"] in _above(row["mentor_id"], people)
        for row in _live(pairings)
    )


def _above(person_id: str, people: Mapping[str, Any]) -> set[str]:
    above: set[str] = set()
    manager_id = people[person_id]["manager_id"]
    while manager_id is not None and manager_id not in above:
        above.add(manager_id)
        manager_id = people[manager_id]["manager_id"]
    return above


def _of_leavers(pairings: Rows, people: Mapping[str, Any]) -> int:
    return sum(
        people[row[side]]["employment_status"] == "inactive"
        for row in _live(pairings)
        for side in ("mentor_id", "mentee_id")
    )


def _ahead_of_none(pairings: Rows, sessions: Rows) -> int:
    over = {row["id"] for row in pairings if row["status"] not in _LIVE}
    return sum(row["status"] == "scheduled" and row["pairing_id"] in over for row in sessions)


def _miscounted(enrolments: Rows, pairings: Rows) -> int:
    live = Counter(row[side] for row in _live(pairings) for side in ("mentor_enrolment_id", "mentee_enrolment_id"))
    return sum(row["live_pairings"] != live[row["id"]] for row in enrolments)


def _live(pairings: Rows) -> Rows:
    return [row for row in pairings if row["status"] in _LIVE]
