"""When something that repeats takes place: at the same time by the clock of a zone, whatever its offset from UTC is."""

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo


class NonexistentHour(Exception):
    """Clocks are put forward past this time on some of the days."""

    def __init__(self, days: Sequence[date]) -> None:
        super().__init__(days)
        self.days = days


def days(first: date, every_weeks: int, count: int) -> Iterator[date]:
    """`count` days, so many weeks apart, from the first on."""
    return (first + timedelta(weeks=every_weeks * turn) for turn in range(count))


def count_until(first: date, every_weeks: int, until: date) -> int:
    """How many of such days there are up to and with `until`."""
    return max((until - first).days // (7 * every_weeks) + 1, 0)


def instants(on: Sequence[date], at: time, zone: str) -> list[datetime]:
    """The instants, in UTC, at which the clocks of `zone` show `at` on these days.

    An hour that comes twice, when clocks are put back, is meant the first time (PEP 495, fold=0). Raises
    `NonexistentHour` with the days on which clocks pass it over.
    """
    local = ZoneInfo(zone)
    meant = [datetime.combine(day, at, local) for day in on]
    found = [each.astimezone(UTC) for each in meant]
    # What never was by the clock comes back from UTC as another time.
    there_and_back = (each.astimezone(local) for each in found)
    missing = [day for day, each, back in zip(on, meant, there_and_back, strict=True) if each != back]
    if missing:
        raise NonexistentHour(missing)
    return found
