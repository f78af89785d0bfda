"""What forcing a pair into a plan costs: the proven plan once, then what changes of it for each pair.

A forced pair is a pin: it takes a place of both, earns no reward, and cannot be had twice.
"""

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from app.matching import pool
from app.matching.columns import BARRED
from app.matching.looking import Look, engine
from app.matching.market import Market, Pair, Seat
from app.matching.packing import Packed, pack
from app.matching.pinned import Pinned
from app.matching.policy import UNITS, FairnessMode, Objective, Policy
from app.matching.problem import Problem
from app.matching.proving import Proof, prove
from app.matching.rewarding import owed, problem


@dataclass(frozen=True)
class Forced:
    """A plan with one more pin: what it is worth, as the plan of the market with that pin would tell."""

    objective: int
    total: int
    is_optimal: bool
    pairs: frozenset[Pair]


@dataclass(frozen=True)
class Forcing:
    """One market's plan, to force pairs into. For objectives that are one flow."""

    market: Market
    policy: Policy
    seed: int

    @staticmethod
    def is_for(market: Market, policy: Policy) -> bool:
        """Whether a policy's plans come from one flow; the others are several, one after the other."""
        return (
            policy.objective in (Objective.WELFARE, Objective.PARTICIPATION)
            and policy.fairness.mode is not FairnessMode.MEAN_GAP
            and not pool.is_one(market, policy)
        )

    def forced(self, mentor: str, mentee: str) -> Forced:
        """The best plan with this pair, which no rule bars and for which both have a place."""
        market = replace(self.market, pins=(*self.market.pins, (mentor, mentee)))
        packed = self._packed
        m, e = self._places[mentor], self._places[mentee]
        barred = packed.columns.with_extra(np.array([e]), np.array([m]), np.array([BARRED]))
        less = Packed(barred, _less(packed.mentors, m), _less(packed.mentees, e), packed.pairwise)
        key = np.array([e * packed.columns.mentors + m])
        # What suits the market: little of it is looked over, which by itself would be taken for a small one.
        look = Look(scanner=engine(packed.columns).scan)
        found = self._proof.again(self._problem(market, less), key, look)
        pairs, ids = found.pairs, self._ids
        chosen = set(zip(ids[0][pairs.mentors].tolist(), ids[1][pairs.mentees].tolist(), strict=True))
        pinned = self._pinned_scores + self._score((mentor, mentee))
        # A proposal's bonus is in what was maximised, not in the score.
        bonus = round(self.policy.stay_bonus * UNITS) * len(chosen & self.market.current)
        return Forced(
            found.objective + pinned,
            int(pairs.scores.sum()) - bonus + pinned,
            found.is_optimal,
            frozenset(chosen | {*market.pins}),
        )

    @cached_property
    def _packed(self) -> Packed:
        return pack(self.market, self.policy, self.seed)

    @cached_property
    def _ids(self) -> tuple[np.ndarray, np.ndarray]:
        """The ids of the seats of both sides, by place."""
        mentors, mentees = (
            np.array([seat.id for seat in side], object) for side in (self._packed.mentors, self._packed.mentees)
        )
        return mentors, mentees

    @cached_property
    def _proof(self) -> Proof:
        return prove(self._problem(self.market, self._packed), Look())

    @cached_property
    def _pinned_scores(self) -> int:
        return sum(self._score(pin) for pin in self.market.pins)

    @cached_property
    def _seats(self) -> dict[str, Seat]:
        return {seat.id: seat for seat in (*self.market.mentors, *self.market.mentees)}

    def _score(self, pair: Pair) -> int:
        mentor, mentee = pair
        return self._packed.pairwise.score(self._seats[mentor], self._seats[mentee])

    def _problem(self, market: Market, packed: Packed) -> Problem:
        pinned = Pinned.of(market)
        return problem(packed, self.policy, pinned, owed(market, self.policy, pinned))

    @cached_property
    def _places(self) -> dict[str, int]:
        packed = self._packed
        return {seat.id: at for side in (packed.mentors, packed.mentees) for at, seat in enumerate(side)}


def _less(seats: tuple[Seat, ...], at: int) -> tuple[Seat, ...]:
    """The seats with one place less at one of them."""
    return (*seats[:at], replace(seats[at], places=seats[at].places - 1), *seats[at + 1 :])
