"""Weekly diaries as sets of slots in UTC, for each week of a programme that daylight saving makes a different one.

A slot is half an hour, or a quarter where somebody's diary or zone asks for it. What does not fill a slot is left out:
an overlap is never promised that is not there. The week that counts is the worst.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property, lru_cache, reduce
from operator import or_
from zoneinfo import ZoneInfo

from app.matching.market import Interval, Market, Seat

HALF_HOUR, QUARTER = 30, 15
# What a market without dates is judged by: some week of the northern winter.
SOME_WEEK = date(2026, 1, 5)
DAY, WEEK = 24 * 60, 7 * 24 * 60


@dataclass(frozen=True)
class Diaries:
    """Slots of seats by week: `minutes` is their length, `offsets` the minutes of each zone in each kind of week."""

    minutes: int
    offsets: dict[str, tuple[int, ...]]

    @classmethod
    def of(cls, market: Market) -> "Diaries":
        """The kinds of week of a market, and the slot that fits all its diaries."""
        seats = (*market.mentors, *market.mentees)
        zones = sorted({seat.zone for seat in seats})
        # By name, `ZoneInfo` keeps but a few, and would read the others again for every week.
        read = [ZoneInfo(zone) for zone in zones]
        weeks = {tuple(_offset(zone, week) for zone in read) for week in market.weeks or (SOME_WEEK,)}
        offsets = dict(zip(zones, zip(*sorted(weeks), strict=True), strict=True)) if zones else {}
        stretches = {stretch for seat in seats for stretch in seat.availability}
        bounds = {minute for _, *ends in stretches for minute in ends}
        bounds |= {minute for each in offsets.values() for minute in each}
        return cls(QUARTER if any(minute % HALF_HOUR for minute in bounds) else HALF_HOUR, offsets)

    @cached_property
    def kinds(self) -> int:
        """How many different weeks there are, at least one."""
        return max((len(each) for each in self.offsets.values()), default=1)

    def slots(self, seat: Seat) -> tuple[int, ...]:
        """For each kind of week, the seat's slots as the bits of one number."""
        return _slots(seat.availability, self.offsets[seat.zone], self.minutes)

    def overlap(self, one: Seat, other: Seat) -> int:
        """Minutes a week that both have free, in the worst week."""
        pairs = zip(self.slots(one), self.slots(other), strict=True)
        return self.minutes * min((first & second).bit_count() for first, second in pairs)


def _offset(zone: ZoneInfo, week: date) -> int:
    """Minutes east of UTC in the middle of a week: its Wednesday at noon."""
    noon = datetime.combine(week + timedelta(days=2), time(12), UTC).astimezone(zone)
    return int((noon.utcoffset() or timedelta()).total_seconds()) // 60


@lru_cache(maxsize=65536)
def _slots(availability: tuple[Interval, ...], offsets: tuple[int, ...], minutes: int) -> tuple[int, ...]:
    bits = {odd: _bits(availability, odd, minutes) for odd in {offset % minutes for offset in offsets}}
    return tuple(_turned(bits[offset % minutes], offset // minutes, WEEK // minutes) for offset in offsets)


def _bits(availability: tuple[Interval, ...], offset: int, minutes: int) -> int:
    return reduce(or_, (_stretch(each, offset, minutes) for each in availability), 0)


@lru_cache(maxsize=65536)
def _stretch(interval: Interval, offset: int, minutes: int) -> int:
    """One interval's slots: the same few are in most diaries."""
    weekday, start, end = interval
    count, first = WEEK // minutes, -(-(weekday * DAY + start - offset) // minutes)
    bits = ((1 << max((weekday * DAY + end - offset) // minutes - first, 0)) - 1) << (first % count)
    # What runs past Sunday's end comes round on Monday.
    return (bits | bits >> count) & ((1 << count) - 1)


def _turned(bits: int, slots: int, count: int) -> int:
    """A week of `count` slots begun so many slots later."""
    slots %= count
    return (bits >> slots | bits << (count - slots)) & ((1 << count) - 1)
