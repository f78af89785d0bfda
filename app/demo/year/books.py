"""What the simulation has done, kept beside the service: what each session and pair should look like by now."""

import random
from collections import Counter
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from app.demo.walk.caller import Caller
from app.demo.walk.matching import Pair
from app.demo.year import habits
from app.demo.year.habits import Fate


@dataclass
class Meeting:
    """One session, as it should be."""

    id: str
    starts_at: datetime
    ends_at: datetime
    fate: Fate
    status: str = "scheduled"
    # How often calendars were told of a change.
    sequence: int = 0


@dataclass
class Couple:
    """One pair: who they are, when they like to meet, what they have had."""

    pair: Pair
    zone: str
    hour: int
    chance: random.Random
    due: date
    status: str = "active"
    # Since when a partner is away.
    away_until: date | None = None
    ahead: Meeting | None = None
    unreported: list[Meeting] = field(default_factory=list)
    meetings: list[Meeting] = field(default_factory=list)
    goal_id: str | None = None

    @property
    def meets(self) -> bool:
        """Whether they may meet now."""
        return self.status == "active" and self.away_until is None

    @property
    def members(self) -> tuple[Caller, Caller]:
        """Mentor and mentee."""
        return self.pair.mentor, self.pair.mentee

    def at(self, day: date) -> datetime:
        """When they would meet on a day: at the same hour of their zone, whatever the clocks did."""
        return datetime.combine(day, time(self.hour), ZoneInfo(self.zone))

    def met(self) -> None:
        """The session ahead is over; the next is due some weeks later."""
        assert self.ahead is not None  # noqa: S101
        self.due = habits.next_due(self.ahead.starts_at.date(), self.chance)
        self.ahead = None

    def clear(self, due: date) -> bool:
        """What is ahead is called off. Whether there was anything."""
        ahead, self.ahead, self.due = self.ahead, None, due
        if ahead is not None:
            ahead.status, ahead.sequence = "cancelled", ahead.sequence + 1
        return ahead is not None


@dataclass
class Books:
    """All pairs that there ever were, and how many events of each type they should have made."""

    couples: list[Couple] = field(default_factory=list)
    events: Counter[str] = field(default_factory=Counter)
    turns: Counter[str] = field(default_factory=Counter)

    @property
    def live(self) -> list[Couple]:
        """The pairs that go on."""
        return [couple for couple in self.couples if couple.status == "active"]

    @property
    def meetings(self) -> list[tuple[Couple, Meeting]]:
        """Every session."""
        return [(couple, meeting) for couple in self.couples for meeting in couple.meetings]

    def end(self, couple: Couple, status: str, today: date) -> None:
        """A pair comes to its end, and with it what it had ahead."""
        couple.status = status
        self.events[f"pairing.{status}"] += 1
        self.called_off(couple, today)

    def called_off(self, couple: Couple, today: date) -> None:
        """What a pair has ahead is cancelled."""
        self.events["session.cancelled"] += couple.clear(today + timedelta(days=3))
