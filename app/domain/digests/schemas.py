"""What there is to tell a person at once, as callers get it: what and when, in ids, and nobody's words."""

from datetime import datetime

from pydantic import Field

from app.domain.goals.models import GoalStatus
from app.domain.pairings.models import Health, HealthRule
from app.domain.tasks.schemas import TaskKind
from app.text import Input, Instant, Output


class DigestAsk(Input):
    """From when on things are news."""

    since: Instant | None = Field(default=None, description="From when on things are news. Absent: seven days ago.")


class DigestTask(Output):
    """Something that waits for the person."""

    id: str
    kind: TaskKind
    pairing_id: str | None
    due_at: datetime | None


class DigestSession(Output):
    """A session that is coming."""

    id: str
    pairing_id: str
    starts_at: datetime
    ends_at: datetime
    zone: str


class DigestGoal(Output):
    """A goal that was set, revised, brought closer or reached."""

    id: str
    pairing_id: str
    status: GoalStatus
    progress: int
    updated_at: datetime


class DigestThanks(Output):
    """Thanks that came from a partner."""

    id: str
    author_id: str | None
    pairing_id: str | None
    awarded_at: datetime | None


class DigestNudge(Output):
    """A pair of theirs that is out of step."""

    pairing_id: str
    health: Health
    rule: HealthRule | None = Field(description="By which rule; docs/momentum.md says what helps.")
    since: datetime | None


class PersonDigest(Output):
    """What happened for a person, what waits for them and what is coming."""

    person_id: str
    since: datetime
    until: datetime = Field(description="When it was put together. The next one goes on from here.")
    tasks: list[DigestTask] = Field(description="What waits for them now, the 50 that came first.")
    sessions: list[DigestSession] = Field(description="What is scheduled within 14 days, the next first.")
    goals: list[DigestGoal] = Field(
        description="Goals of their pairs that were set, revised, brought closer or reached, the latest first."
    )
    thanks_received: list[DigestThanks] = Field(description="Thanks that they were given, the latest first.")
    nudges: list[DigestNudge] = Field(description="Pairs of theirs that are watched or at risk now.")
