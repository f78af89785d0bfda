"""Every fault of a market at once. An empty or impossible market is none: its plan is empty, with reasons."""

from collections import Counter
from collections.abc import Iterable, Iterator
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from app.matching import lines
from app.matching.market import Interval, Market, Pair, Seat
from app.matching.pairwise import Pairwise
from app.matching.policy import Fault, Policy, RuleName
from app.matching.policy import faults as faults_of_policy

MOST_PLACES, MOST_INTERESTS, MOST_TRAITS = 50, 64, 50
LEVELS, WEIGHTS, PLACES_IN_RANKING, DAY = range(1, 6), range(1, 21), range(1, 11), 24 * 60


class Unsolvable(Exception):
    """The market or the policy contradicts itself. `faults` are (pointer, code, text); pointers name seats by id."""

    def __init__(self, faults: tuple[Fault, ...]) -> None:
        super().__init__(", ".join(sorted({code for _, code, _ in faults})))
        self.faults = faults


def require_sound(market: Market, policy: Policy) -> None:
    """Raise `Unsolvable` with everything that is wrong."""
    faults = (*faults_of_policy(policy), *faults_of_market(market, policy))
    if faults:
        raise Unsolvable(faults)


def faults_of_market(market: Market, policy: Policy) -> tuple[Fault, ...]:
    """What is wrong with seats and lines; with rankings and pins only where those are sound."""
    found = (*_faults_of_seats(market), *_faults_of_lines(market))
    return found or (*_faults_of_rankings(market), *_faults_of_pins(market, policy))


def _faults_of_seats(market: Market) -> Iterator[Fault]:
    seats = (*market.mentors, *market.mentees)
    for name, count in Counter(seat.id for seat in seats).items():
        if count > 1:
            yield f"/seats/{name}", "seat_repeated", "is listed more than once"
    for side, listed in (("mentors", market.mentors), ("mentees", market.mentees)):
        for person, count in Counter(seat.person_id for seat in listed).items():
            if count > 1:
                yield f"/{side}/{person}", "person_repeated", "has more than one seat on this side"
    if len({trait for seat in seats for trait in seat.style}) > MOST_TRAITS:
        yield "/seats", "too_many_traits", f"name at most {MOST_TRAITS} traits in all"
    zones = {zone for zone in {seat.zone for seat in seats} if not _is_zone(zone)}
    for seat in seats:
        yield from _faults_of_seat(seat, zones)


def _faults_of_seat(seat: Seat, unknown_zones: Iterable[str]) -> Iterator[Fault]:
    at = f"/seats/{seat.id}"
    if not 1 <= seat.places <= MOST_PLACES:
        yield f"{at}/places", "places_out_of_range", f"give 1 to {MOST_PLACES} places"
    # What comes from outside may lack what the type promises.
    if seat.rank is None:
        yield f"{at}/rank", "rank_missing", "has no rank"
    if seat.zone in unknown_zones:
        yield f"{at}/zone", "zone_unknown", "is no time zone"
    if len(set(seat.interests)) > MOST_INTERESTS:
        yield f"{at}/interests", "too_many_interests", f"name at most {MOST_INTERESTS} interests"
    if seat.waiting_days < 0:
        yield f"{at}/waiting_days", "waiting_negative", "is negative"
    for name, values, allowed in (
        ("offers", seat.offers, LEVELS),
        ("seeks", seat.seeks, WEIGHTS),
        ("style", seat.style, LEVELS),
    ):
        if any(value not in allowed for value in values.values()):
            yield f"{at}/{name}", f"{name}_out_of_range", f"give {allowed.start} to {allowed.stop - 1}"
    if not all(map(_is_interval, seat.availability)):
        yield (
            f"{at}/availability",
            "interval_invalid",
            "give weekdays 0-6, and minutes of one day that begin before they end",
        )


def _faults_of_lines(market: Market) -> Iterator[Fault]:
    for person in lines.cycles(market.managers):
        yield f"/managers/{person}", "reporting_cycle", "reports to themselves in the end"
    for person, manager in sorted(market.managers.items()):
        if manager is not None and manager not in market.managers:
            yield f"/managers/{person}", "manager_unknown", "reports to somebody who is not listed"
    for seat in (*market.mentors, *market.mentees):
        if seat.person_id not in market.managers:
            yield f"/managers/{seat.person_id}", "person_unknown", "has a seat, but no line in the managers"


def _faults_of_rankings(market: Market) -> Iterator[Fault]:
    mentors, mentees = ({seat.id: seat for seat in side} for side in (market.mentors, market.mentees))
    seats = {**mentors, **mentees}
    places = Counter((author, place) for (author, _), place in market.rankings.items())
    for (author, other), place in sorted(market.rankings.items()):
        at = f"/rankings/{author}/{other}"
        if author not in seats or other not in seats or (author in mentors) == (other in mentors):
            yield at, "ranking_of_nobody", "names no seat of the other side"
        elif seats[author].person_id == seats[other].person_id:
            yield at, "ranking_of_oneself", "ranks themselves"
        if place not in PLACES_IN_RANKING:
            yield at, "ranking_out_of_range", "give places 1 to 10"
        elif places[author, place] > 1:
            yield at, "ranking_repeated", "gives a place twice"


def _faults_of_pins(market: Market, policy: Policy) -> Iterator[Fault]:
    mentors, mentees = ({seat.id: seat for seat in side} for side in (market.mentors, market.mentees))
    pairwise = Pairwise(market, policy)
    known = []
    for (mentor, mentee), count in sorted(Counter(market.pins).items()):
        at = f"/pins/{mentor}/{mentee}"
        if mentor not in mentors or mentee not in mentees:
            yield at, "pin_of_nobody", "names no mentor's and mentee's seat"
            continue
        if count > 1:
            yield at, "pin_repeated", "is pinned more than once"
        known.append((mentor, mentee))
        for rule in pairwise.failed(mentors[mentor], mentees[mentee]):
            yield at, f"pin_breaks_{rule}" if rule is not RuleName.DO_NOT_PAIR else "pin_excluded", "breaks a rule"
    yield from _overfull(known, {**mentors, **mentees})


def _overfull(pins: Iterable[Pair], seats: dict[str, Seat]) -> Iterator[Fault]:
    for seat, count in sorted(Counter(seat for pair in pins for seat in pair).items()):
        if count > seats[seat].places:
            yield f"/pins/{seat}", "pins_exceed_places", "has more pins than places"


@lru_cache(maxsize=65536)
def _is_interval(interval: Interval) -> bool:
    weekday, start, end = interval
    return 0 <= weekday <= 6 and 0 <= start < end <= DAY  # noqa: PLR2004


def _is_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True
