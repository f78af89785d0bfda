"""How people are with their appointments, and what becomes of them in a year: likelihoods, drawn from a seed."""

import random
from datetime import date, timedelta
from enum import StrEnum

# A Monday; clocks change twice in the year behind it, in Europe and in America on different days. All of that is past,
# since ids tell the time of the wall clock: what looked older than it is would be forgotten before its time.
FIRST_DAY = date(2025, 9, 1)
_DAYS_OF_A_YEAR = 365
# Between two sessions of a pair; the programme asks for 14 to 28.
_LEAST_DAYS, _MOST_DAYS = 18, 24


class Fate(StrEnum):
    """What becomes of a session that somebody has scheduled."""

    HELD = "held"
    NO_SHOW = "no_show"
    DISPUTED = "disputed"
    # Nobody says a word; some say it late, when it counts as unconfirmed already.
    FORGOTTEN = "forgotten"
    REPORTED_LATE = "reported_late"
    CALLED_OFF = "called_off"
    MOVED = "moved"


class Turn(StrEnum):
    """What becomes of a pair on a day, beside its sessions."""

    LEAVES = "leaves"
    IS_PROMOTED = "is_promoted"
    REPORTS_TO_PARTNER = "reports_to_partner"
    IS_ON_LEAVE = "is_on_leave"
    ENDS_EARLY = "ends_early"


_FATES = {
    Fate.HELD: 74,
    Fate.NO_SHOW: 4,
    Fate.DISPUTED: 2,
    Fate.FORGOTTEN: 2,
    Fate.REPORTED_LATE: 2,
    Fate.CALLED_OFF: 8,
    Fate.MOVED: 8,
}
# Of a hundred pairs in a year.
_TURNS = {
    Turn.LEAVES: 8,
    Turn.IS_PROMOTED: 5,
    Turn.REPORTS_TO_PARTNER: 2,
    Turn.IS_ON_LEAVE: 10,
    Turn.ENDS_EARLY: 5,
}


def fate(chance: random.Random) -> Fate:
    """What becomes of one session."""
    return chance.choices(list(_FATES), list(_FATES.values()))[0]


def turn(chance: random.Random) -> Turn | None:
    """What becomes of one pair on one day; nothing, on nearly all of them."""
    drawn = chance.random() * 100 * _DAYS_OF_A_YEAR
    for each, likelihood in _TURNS.items():
        if drawn < likelihood:
            return each
        drawn -= likelihood
    return None


def next_due(last: date, chance: random.Random) -> date:
    """When a pair wants to meet again."""
    return last + timedelta(days=chance.randint(_LEAST_DAYS, _MOST_DAYS))


def working_day(day: date) -> date:
    """That day, or the first behind it on which people work: no weekend, and not the days around the new year."""
    while not _is_worked(day):
        day += timedelta(days=1)
    return day


def _is_worked(day: date) -> bool:
    is_holiday = (day.month, day.day) == (1, 1) or (day.month == 12 and day.day >= 24)  # noqa: PLR2004
    return day.weekday() < 5 and not is_holiday  # noqa: PLR2004
