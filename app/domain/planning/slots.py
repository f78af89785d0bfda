"""When two people could meet: hours that both have, that nobody has taken, and that suit how often they meet."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from app.domain.enrolments.profile import spans

Span = tuple[datetime, datetime]
STEP = timedelta(minutes=30)
# Who has not said when they can: from nine to five, Monday to Friday.
USUAL_HOURS = tuple((weekday, 9 * 60, 17 * 60) for weekday in range(5))


@dataclass(frozen=True)
class Hours:
    """The hours of every week that somebody has, as weekday from Monday, first minute and the one after the last."""

    zone: str
    weekly: tuple[tuple[int, int, int], ...]

    @classmethod
    def of(cls, zone: str, availability: Sequence[Mapping[str, str]]) -> "Hours":
        """Of a profile; the usual ones where it says nothing."""
        return cls(zone, spans(availability) or USUAL_HOURS)

    def between(self, since: datetime, until: datetime) -> Iterator[Span]:
        """Those hours as instants, in their order, cut at both ends."""
        local = ZoneInfo(self.zone)
        day, last = since.astimezone(local).date(), until.astimezone(local).date()
        while day <= last:
            for weekday, first, after in sorted(self.weekly):
                if weekday == day.weekday():
                    begins, ends = max(_at(day, first, local), since), min(_at(day, after, local), until)
                    if begins < ends:
                        yield begins, ends
            day += timedelta(days=1)


def _at(day: date, minute: int, local: ZoneInfo) -> datetime:
    # Midnight at the end of a day is the first minute of the next one.
    days, minute = divmod(minute, 24 * 60)
    return datetime.combine(day + timedelta(days=days), time(*divmod(minute, 60)), local).astimezone(UTC)


def common(one: Iterable[Span], other: Iterable[Span]) -> Iterator[Span]:
    """What lies in both of two ordered rows of spans."""
    ahead, behind = iter(one), iter(other)
    left, right = next(ahead, None), next(behind, None)
    while left and right:
        begins, ends = max(left[0], right[0]), min(left[1], right[1])
        if begins < ends:
            yield begins, ends
        if left[1] <= right[1]:
            left = next(ahead, None)
        else:
            right = next(behind, None)


def starts(hours: Iterable[Span], length: timedelta) -> Iterator[datetime]:
    """When something of that length could begin and still end in time, on whole half-hours of UTC."""
    for begins, ends in hours:
        at = _rounded_up(begins)
        while at + length <= ends:
            yield at
            at += STEP


def untaken(among: Iterable[datetime], length: timedelta, busy: Sequence[Span]) -> Iterator[datetime]:
    """Those that touch nothing that is taken."""
    return (at for at in among if not any(begun < at + length and at < over for begun, over in busy))


def best(among: Iterable[datetime], aim: datetime, count: int) -> list[datetime]:
    """The starts that lie nearest to an instant, one a day of UTC at most, the nearest first."""
    chosen: dict[date, datetime] = {}
    for at in among:
        known = chosen.get(at.date())
        if known is None or _distance(at, aim) < _distance(known, aim):
            chosen[at.date()] = at
    return sorted(chosen.values(), key=lambda at: _distance(at, aim))[:count]


def _distance(at: datetime, aim: datetime) -> tuple[timedelta, datetime]:
    # Of two that are as near the earlier one.
    return abs(at - aim), at


def _rounded_up(at: datetime) -> datetime:
    return at + (datetime.min.replace(tzinfo=UTC) - at) % STEP
