"""What another policy makes of a plan that is there: said at once, before the best plan by that policy is known."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

import numpy as np

from app.matching.columns import BARRED
from app.matching.looking import Look
from app.matching.market import Market, Pair
from app.matching.packing import Packed, pack
from app.matching.pinned import Pinned
from app.matching.policy import UNITS, Policy
from app.matching.problem import Problem
from app.matching.rewarding import owed, problem


@dataclass(frozen=True)
class Estimate:
    """What the pairs that keep the rules are worth, scores and rewards, and what no plan can be worth more than."""

    objective: int
    bound: int


def estimated(market: Market, policy: Policy, pairs: Iterable[Pair], *, seed: int) -> Estimate:
    """Pairs of a plan of this market by another policy, after one look over everybody. Pins are in either plan."""
    pinned, packed = Pinned.of(market), pack(market, policy, seed)
    asked, columns = problem(packed, policy, pinned, owed(market, policy, pinned)), packed.columns
    prices, floors = np.zeros(columns.mentors, np.int64), np.full(columns.mentees, BARRED, np.int64)
    best = Look().over(columns, np.arange(columns.mentees), prices, floors, 1, phase="score").best
    at_best = int((np.maximum(best, 0) * asked.places_e).sum())
    pairwise, seats = packed.pairwise, {seat.id: seat for seat in (*market.mentors, *market.mentees)}
    open_ones = _open(packed, set(pairs) - set(market.pins))
    kept = [pair for pair in open_ones if not pairwise.failed(seats[pair[0]], seats[pair[1]])]
    decided, scores = (
        sum(pairwise.score(seats[mentor], seats[mentee]) for mentor, mentee in each) for each in (market.pins, kept)
    )
    stays = round(policy.stay_bonus * UNITS) * len(market.current.intersection(kept))
    objective = scores + stays + _rewards(asked, packed, {seat for pair in kept for seat in pair})
    # Everybody's best mentor in every place, and every reward.
    bound = at_best + _rewards(asked, packed, seats.keys())
    return Estimate(decided + objective, decided + bound)


def _open(packed: Packed, pairs: Iterable[Pair]) -> Iterator[Pair]:
    """The pairs for which there is a place beside the pins."""
    left = {seat.id: seat.places for seat in (*packed.mentors, *packed.mentees)}
    for pair in sorted(pairs):
        if all(left.get(seat) for seat in pair):
            left.update((seat, left[seat] - 1) for seat in pair)
            yield pair


def _rewards(problem: Problem, packed: Packed, served: Collection[str]) -> int:
    """What those with a partner earn beside the scores, and floors as far as they are met."""
    mentees, mentors = (
        np.array([seat.id in served for seat in side], bool) for side in (packed.mentees, packed.mentors)
    )
    groups = problem.group_e[mentees]
    met = np.minimum(np.bincount(groups[groups >= 0], minlength=len(problem.floors)), problem.floors)
    return int(problem.first_e[mentees].sum() + problem.first_m[mentors].sum() + problem.floor_reward * met.sum())
