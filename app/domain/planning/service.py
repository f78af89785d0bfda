"""Scheduling sessions that repeat, all of them or none, and calling off what is ahead of them."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

from app import clock, ids
from app.auth.actor import Actor
from app.db import Db
from app.domain.pairings.models import Pairing
from app.domain.pairings.resource import PAIRINGS
from app.domain.people.models import Person
from app.domain.planning import occurrences
from app.domain.planning.events import SeriesCancelled, SeriesScheduled
from app.domain.planning.models import RecurringSession, SeriesStatus
from app.domain.planning.occurrences import NonexistentHour
from app.domain.planning.resource import RECURRING_SESSIONS
from app.domain.planning.schemas import MOST, RecurringSessionSchedule
from app.domain.sessions import queries, rules, scheduling
from app.domain.sessions.schemas import SessionCancel
from app.errors import Conflict, Fault, Invalid
from app.events import outbox
from app.reading import rows

_LEAST = 2


class SeriesNotPossible(Conflict):
    """Some of the sessions cannot be; `faults` name each with its day."""

    code = "series_not_possible"


async def schedule(db: Db, actor: Actor, data: RecurringSessionSchedule) -> RecurringSession:
    """Schedule sessions of a pair that repeat: all of them, or none.

    They begin at the same local time, whatever daylight saving does to it; refused for an hour that clocks pass over on
    one of the days. Each keeps the rules of a session by itself, and can be moved or called off by itself.
    """
    pairing: Pairing = await rows.refer(
        db, actor, PAIRINGS, data.pairing_id, "schedule_recurring_session", pointer="/pairing_id", lock=True
    )
    zone = data.zone or (await rows.by_id(db, Person, pairing.mentor_id)).zone
    days = list(occurrences.days(data.starts_on, data.every_weeks, _count(data)))
    starts = _instants(days, data.local_time, zone)
    setting = await queries.setting(db, pairing, starts[0])
    rules.require_meeting(pairing, setting.programme_status)
    _require_rhythm(pairing, data.every_weeks, starts[0])
    minutes = data.duration_minutes or setting.session_minutes
    length = timedelta(minutes=minutes)
    if faults := await _faults(db, pairing, zone, starts, length):
        raise SeriesNotPossible("Some of the sessions cannot be.", faults=faults)
    series = RecurringSession(
        organisation_id=db.organisation_id,
        id=ids.new(RecurringSession.prefix),
        programme_id=pairing.programme_id,
        ends_on=days[-1],
        zone=zone,
        duration_minutes=minutes,
        count=len(days),
        **data.model_dump(include={"pairing_id", "starts_on", "local_time", "every_weeks", "mode", "topic"}),
    )
    db.add(series)
    await db.flush()
    outbox.record(db, SeriesScheduled.of(series))
    for number, starts_at in enumerate(starts, setting.last_number + 1):
        facts = {"series_id": series.id, "zone": zone, "mode": data.mode, "topic": data.topic}
        scheduling.enter(db, pairing, number=number, starts_at=starts_at, ends_at=starts_at + length, **facts)
    return series


async def cancel(db: Db, actor: Actor, series_id: str, data: SessionCancel) -> RecurringSession:
    """Call off every session of a series that is still ahead, also those that were moved."""
    pairing = await _pairing_of(db, actor, series_id)
    series: RecurringSession = await rows.get(db, actor, RECURRING_SESSIONS, series_id, "cancel_recurring_session")
    _end(db, series)
    for session in await queries.ahead(db, pairing.id, clock.now()):
        if session.series_id == series.id:
            await scheduling.call_off(db, session, pairing, by=actor.person_id, reason=data.reason)
    return series


async def end(db: Db, pairing_id: str) -> None:
    """End the series of a pair whose sessions ahead were called off, because the pair rests or has ended."""
    active = SeriesStatus.ACTIVE
    for series in await rows.every(db, RecurringSession, lock=True, pairing_id=pairing_id, status=active):
        _end(db, series)


def _end(db: Db, series: RecurringSession) -> None:
    series.step("cancel")
    outbox.record(db, SeriesCancelled.of(series), changed=("status",))


async def _pairing_of(db: Db, actor: Actor, series_id: str) -> Pairing:
    """A pair before its sessions, so that no two changes wait for each other."""
    series = await rows.get(db, actor, RECURRING_SESSIONS, series_id, "cancel_recurring_session", lock=False)
    return await rows.by_id(db, Pairing, series.pairing_id, lock=True)


def _count(data: RecurringSessionSchedule) -> int:
    if data.until is None:
        return data.count or _LEAST
    count = occurrences.count_until(data.starts_on, data.every_weeks, data.until)
    if not _LEAST <= count <= MOST:
        raise Invalid(
            f"A series has {_LEAST} to {MOST} sessions.",
            faults=(Fault(f"leaves fewer than {_LEAST} or more than {MOST}", code="series_length", pointer="/until"),),
        )
    return count


def _instants(days: Sequence[date], local_time: str, zone: str) -> list[datetime]:
    try:
        return occurrences.instants(days, time.fromisoformat(local_time), zone)
    except NonexistentHour as error:
        raise Invalid(
            "Clocks are put forward past this time on one of the days.",
            faults=tuple(
                Fault(f"does not exist on {day}", code="nonexistent_hour", pointer="/local_time") for day in error.days
            ),
        ) from None


def _require_rhythm(pairing: Pairing, every_weeks: int, first: datetime) -> None:
    if first <= clock.now():
        raise Invalid(
            "A series begins in the future.",
            faults=(Fault("must lie in the future", code="series_in_past", pointer="/starts_on"),),
        )
    if every_weeks * 7 < pairing.cadence_min_days:
        raise rules.TooSoon(
            "The pair's cadence leaves more days between two sessions.",
            faults=(Fault("is too often for the cadence", code="session_too_soon", pointer="/every_weeks"),),
        )


async def _faults(
    db: Db, pairing: Pairing, zone: str, starts: Sequence[datetime], length: timedelta
) -> tuple[Fault, ...]:
    """What keeps each of the sessions from being, by its day."""
    apart = queries.spacing(pairing)
    taken = await queries.starts(db, pairing.id, starts[0] - apart, starts[-1] + apart)
    busy = await queries.busy(db, pairing.members, starts[0], starts[-1] + length)
    found = []
    for at in starts:
        if not rules.is_inside(pairing, at, zone):
            found.append((at, "lies outside the pairing's dates", "session_dates"))
        elif any(abs(at - other) < apart for other in taken):
            found.append((at, "is too close to another session", "session_too_soon"))
        elif any(begun < at + length and at < over for begun, over in busy):
            found.append((at, "overlaps another session of one of the two", "session_overlap"))
    return tuple(
        Fault(f"the one on {clock.local_day(at, zone)} {detail}", code=code, pointer="/starts_on")
        for at, detail, code in found
    )
