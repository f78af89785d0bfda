"""One pool: who has a seat on both sides may be the junior of one pair or the senior of another, but is one person.

A pair is still a mentor's seat and a mentee's, and keeps every rule. People have as many pairs as the larger of their
seats has places, and no two people meet twice.
"""

from collections import Counter
from dataclasses import dataclass, replace

import numpy as np

from app.matching.checking import Unsolvable
from app.matching.columns import BARRED, I64
from app.matching.looking import Look
from app.matching.market import Market, Pair, Seat
from app.matching.packing import Packed
from app.matching.policy import FairnessMode, Fault, Objective, Policy
from app.matching.problem import Problem
from app.matching.scanning import Scan

MOST_SEATS = 3000


@dataclass(frozen=True)
class Pool:
    """The pairs that the rules allow, in the order of the columns, and the people behind them.

    `mentees` and `mentors` are places in the columns, `juniors` and `seniors` the people there, numbered from 0.
    `places` and `first` are by person: how many pairs, and what the first is worth beside its score.
    """

    problem: Problem
    mentees: I64
    mentors: I64
    scores: I64
    seniors: I64
    juniors: I64
    places: I64
    first: I64

    @property
    def meetings(self) -> I64:
        """Of each pair the two people, whoever is the junior: one number."""
        low, high = np.minimum(self.seniors, self.juniors), np.maximum(self.seniors, self.juniors)
        return low * len(self.places) + high


def is_one(market: Market, policy: Policy) -> bool:
    """Whether people of this market are on both sides, and may be."""
    people = {seat.person_id for seat in market.mentors}
    return policy.reciprocal and any(seat.person_id in people for seat in market.mentees)


def require_sound(market: Market, policy: Policy) -> None:
    """Raise `Unsolvable` with everything that goes with two pools alone."""
    faults: list[Fault] = []
    if policy.objective not in (Objective.WELFARE, Objective.PARTICIPATION):
        text = "people are on both sides; take the objective welfare or participation"
        faults.append(("/policy/objective", "objective_of_two_pools", text))
    if policy.fairness.mode is not FairnessMode.AUDIT:
        faults.append(
            ("/policy/fairness/mode", "fairness_of_two_pools", "people are on both sides; take the mode audit")
        )
    if max(len(market.mentors), len(market.mentees)) > MOST_SEATS:
        faults.append(("/seats", "pool_too_large", f"one pool has at most {MOST_SEATS} seats a side"))
    pinned, places = _pinned(market), _places(market)
    faults += [
        (f"/pins/{person}", "pins_exceed_places", "has more pins than places on both sides together")
        for person, count in sorted(pinned.items())
        if count > places[person]
    ]
    if faults:
        raise Unsolvable(tuple(faults))


def pool(market: Market, packed: Packed, problem: Problem, look: Look) -> tuple[Pool, Scan]:
    """The pool of a packed market, and the look over it that found its pairs."""
    found = _allowed(packed, look)
    people = sorted({seat.person_id for seat in (*packed.mentors, *packed.mentees)})
    numbers = {person: number for number, person in enumerate(people)}
    of_mentees, of_mentors = (
        np.array([numbers[seat.person_id] for seat in side], np.int64) for side in (packed.mentees, packed.mentors)
    )
    pinned, places = _pinned(market), _places(market)
    first = np.zeros(len(people), np.int64)
    np.maximum.at(first, of_mentees, problem.first_e)
    np.maximum.at(first, of_mentors, problem.first_m)
    once = Pool(
        problem=problem,
        mentees=found.mentees,
        mentors=found.mentors,
        scores=found.scores,
        seniors=of_mentees[found.mentees],
        juniors=of_mentors[found.mentors],
        places=np.array([places[person] - pinned[person] for person in people], np.int64),
        # Who is pinned on either side has a partner.
        first=first * np.array([not pinned[person] for person in people], np.int64),
    )
    return _without(once, _decided(market, numbers)), found


def seated(market: Market, pairs: set[Pair]) -> Market:
    """The market as a plan seats it: who has a partner on one side does not wait on the other."""
    used = {seat for pair in pairs for seat in pair}
    paired = {seat.person_id for seat in (*market.mentors, *market.mentees) if seat.id in used}

    def waits(seat: Seat) -> bool:
        return seat.id in used or seat.person_id not in paired

    return replace(market, mentors=tuple(filter(waits, market.mentors)), mentees=tuple(filter(waits, market.mentees)))


def _allowed(packed: Packed, look: Look) -> Scan:
    """Every pair that no rule bars."""
    columns = packed.columns
    prices, floors = np.zeros(columns.mentors, np.int64), np.full(columns.mentees, BARRED, np.int64)
    return look.over(columns, np.arange(columns.mentees), prices, floors, max(columns.mentors, 1), phase="score")


def _without(pool: Pool, decided: I64) -> Pool:
    """The pool without people who have no place left, and without meetings that are decided."""
    open_ones = (pool.places[pool.seniors] > 0) & (pool.places[pool.juniors] > 0)
    kept = open_ones & ~np.isin(pool.meetings, decided)
    names = ("mentees", "mentors", "scores", "seniors", "juniors")
    return replace(pool, places=np.maximum(pool.places, 1), **{name: getattr(pool, name)[kept] for name in names})


def _decided(market: Market, numbers: dict[str, int]) -> I64:
    """The meetings of pinned pairs whose people have seats left."""
    person = {seat.id: seat.person_id for seat in (*market.mentors, *market.mentees)}
    met = [sorted(numbers.get(person[seat], -1) for seat in pair) for pair in market.pins]
    return np.array([low * len(numbers) + high for low, high in met if low >= 0], np.int64)


def _places(market: Market) -> dict[str, int]:
    places: dict[str, int] = {}
    for seat in (*market.mentors, *market.mentees):
        places[seat.person_id] = max(seat.places, places.get(seat.person_id, 0))
    return places


def _pinned(market: Market) -> Counter[str]:
    """How often each person is pinned."""
    person = {seat.id: seat.person_id for seat in (*market.mentors, *market.mentees)}
    return Counter(person[seat] for pair in market.pins for seat in pair)
