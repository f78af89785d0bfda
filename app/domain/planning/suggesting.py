"""When a pair could meet next: worked out for whoever asks, from hours, calendars and cadence of the two."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from pydantic import Field

from app import clock
from app import db as database
from app.acting.inquiry import Inquiry
from app.auth.actor import Actor
from app.auth.scopes import Scope
from app.db import Db
from app.domain.enrolments.models import Enrolment
from app.domain.pairings.models import Pairing
from app.domain.pairings.resource import PAIRINGS
from app.domain.planning import slots
from app.domain.planning.slots import Hours, Span
from app.domain.programmes.models import Programme
from app.domain.sessions import queries, rules
from app.reading import rows
from app.text import Output

MOST_SLOTS = 5
# Nobody is asked to meet within the hour.
_NOTICE = timedelta(hours=1)
_SHORTEST_LOOK = timedelta(days=28)


class NoSlot(StrEnum):
    """Why there is none."""

    PAIRING_NOT_ACTIVE = "pairing_not_active"
    NO_TIME_LEFT = "no_time_left"
    NO_COMMON_HOURS = "no_common_hours"
    ALL_TAKEN = "all_taken"


class Slot(Output):
    """A time at which both could meet."""

    starts_at: datetime
    ends_at: datetime
    mentor_local: str = Field(description="The start by the mentor's clocks, with their offset from UTC.")
    mentee_local: str = Field(description="The start by the mentee's clocks, with their offset from UTC.")
    days_since_last: int | None = Field(
        description="Whole days since the session before it. `null`: it is the first one."
    )
    is_in_cadence: bool = Field(description="Whether it is no later than the pair's cadence asks for.")


class PairingSlots(Output):
    """When a pair could meet next."""

    pairing_id: str
    duration_minutes: int
    mentor_hours_given: bool = Field(
        description="Whether the mentor's profile says when they can; else it is nine to five, Monday to Friday."
    )
    mentee_hours_given: bool = Field(description="As `mentor_hours_given`, of the mentee.")
    slots: list[Slot] = Field(description="The best first: what is nearest to the pair's cadence. One a day at most.")
    reason: NoSlot | None = Field(description="Why there is none. `null` where there are some.")


@dataclass(frozen=True)
class _Look:
    """From when until when is looked, and around which instant."""

    since: datetime
    until: datetime
    aim: datetime
    last: datetime | None


async def suggest(actor: Actor, pairing_id: str) -> PairingSlots:
    """When a pair could meet next: up to five times that suit both, the best first.

    From the availability in both profiles, in their own zones, what either has scheduled in any programme, the pair's
    cadence and dates. What is scheduled already counts as the last session. Nothing is booked.
    """
    async with database.current().writing(actor.organisation_id) as db:
        pairing: Pairing = await rows.get(db, actor, PAIRINGS, pairing_id, "pairing_slots", lock=False)
        programme = await rows.by_id(db, Programme, pairing.programme_id)
        mentor, mentee = [
            await rows.by_id(db, Enrolment, enrolment_id)
            for enrolment_id in (pairing.mentor_enrolment_id, pairing.mentee_enrolment_id)
        ]
        length = timedelta(minutes=programme.session_minutes)
        look = await _look(db, pairing)
        busy = await queries.busy(db, pairing.members, look.since, look.until) if look.since < look.until else []
    hours = Hours.of(mentor.zone, mentor.availability), Hours.of(mentee.zone, mentee.availability)
    found: list[datetime] = []
    reason: NoSlot | None = NoSlot.PAIRING_NOT_ACTIVE
    if _is_meeting(pairing, programme):
        found, reason = _found(pairing, hours, look, length, busy)
    return PairingSlots(
        pairing_id=pairing.id,
        duration_minutes=programme.session_minutes,
        mentor_hours_given=bool(mentor.availability),
        mentee_hours_given=bool(mentee.availability),
        slots=[_slot(pairing, look, at, length, hours) for at in found],
        reason=reason,
    )


async def _look(db: Db, pairing: Pairing) -> _Look:
    last = await queries.latest(db, pairing.id)
    # A day more on each side: which day it is depends on the zone, and each start is looked at again.
    begins, ends = (_midnight(day) for day in (pairing.starts_on, pairing.ends_on + timedelta(days=2)))
    since = max(clock.now() + _NOTICE, begins - timedelta(days=1))
    aim = since
    if last is not None:
        since = max(since, last + queries.spacing(pairing))
        aim = max(since, last + timedelta(days=pairing.cadence_target_days))
    until = since + max(timedelta(days=pairing.cadence_max_days), _SHORTEST_LOOK)
    return _Look(since, min(until, ends), aim, last)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


def _is_meeting(pairing: Pairing, programme: Programme) -> bool:
    try:
        rules.require_meeting(pairing, programme.status)
    except rules.PairingNotActive:
        return False
    return True


def _found(
    pairing: Pairing, hours: tuple[Hours, Hours], look: _Look, length: timedelta, busy: Sequence[Span]
) -> tuple[list[datetime], NoSlot | None]:
    both = list(slots.common(*(each.between(look.since, look.until) for each in hours)))
    inside = [at for at in slots.starts(both, length) if rules.is_inside(pairing, at, hours[0].zone)]
    if not inside:
        return [], NoSlot.NO_COMMON_HOURS if look.since < look.until else NoSlot.NO_TIME_LEFT
    found = slots.best(slots.untaken(inside, length, busy), look.aim, MOST_SLOTS)
    return found, None if found else NoSlot.ALL_TAKEN


def _slot(pairing: Pairing, look: _Look, at: datetime, length: timedelta, hours: tuple[Hours, Hours]) -> Slot:
    mentor, mentee = (at.astimezone(ZoneInfo(each.zone)).isoformat() for each in hours)
    return Slot(
        starts_at=at,
        ends_at=at + length,
        mentor_local=mentor,
        mentee_local=mentee,
        days_since_last=None if look.last is None else (at - look.last).days,
        is_in_cadence=look.last is None or at <= look.last + timedelta(days=pairing.cadence_max_days),
    )


INQUIRIES = (Inquiry("pairing_slots", PAIRINGS, "slots", Scope.SESSIONS_READ, suggest, cost=2),)
