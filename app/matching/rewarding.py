"""What counts beside scores, as rewards so large that the order holds: floors, then one partner each, then scores."""

from collections import Counter

import numpy as np

from app.matching.columns import I64
from app.matching.market import Market, Seat
from app.matching.packing import Packed
from app.matching.pairwise import MONTH
from app.matching.pinned import Pinned
from app.matching.policy import UNITS, FairnessMode, GroupBy, Objective, Policy
from app.matching.problem import Problem

_BEST_SCORE = 100 * UNITS


def group_of(seat: Seat, by: GroupBy) -> str | None:
    """The group of a mentee; None for those who are in none."""
    name: str | None = getattr(seat, by.value)
    return name


def problem(packed: Packed, policy: Policy, pinned: Pinned, floors: dict[str, int]) -> Problem:
    """The packed market with its rewards; `floors` are what groups are still owed."""
    places_e, places_m = (
        np.array([seat.places for seat in side], np.int64) for side in (packed.mentees, packed.mentors)
    )
    first_e = _first(packed.mentees, policy, pinned)
    first_m = np.zeros(len(packed.mentors), np.int64)
    pairs = int(min(places_e.sum(), places_m.sum()))
    below = (_BEST_SCORE + round(policy.stay_bonus * UNITS)) * pairs + int(first_e.sum())
    if policy.objective is Objective.PARTICIPATION:
        reward = below + 1
        first_e += reward * np.array([not pinned.counts[seat.id] for seat in packed.mentees], np.int64)
        first_m += reward * np.array([not pinned.counts[seat.id] for seat in packed.mentors], np.int64)
        below += reward * (min(pairs, len(first_e)) + min(pairs, len(first_m)))
    names = sorted(floors)
    numbers: dict[str | None, int] = {name: number for number, name in enumerate(names)}
    groups = np.full(len(packed.mentees), -1, np.int64)
    if names:
        # Who is pinned has met their group's floor already.
        groups[:] = [
            -1 if pinned.counts[seat.id] else numbers.get(group_of(seat, policy.fairness.group_by), -1)
            for seat in packed.mentees
        ]
    return Problem(
        columns=packed.columns,
        places_e=places_e,
        places_m=places_m,
        first_e=first_e,
        first_m=first_m,
        group_e=groups,
        floors=np.array([floors[name] for name in names], np.int64),
        floor_reward=below + 1 if names else 0,
    )


def owed(market: Market, policy: Policy, pinned: Pinned) -> dict[str, int]:
    """The floors of the policy, less who is pinned."""
    fairness = policy.fairness
    if fairness.mode is not FairnessMode.FLOOR:
        return {}
    have = Counter(group_of(seat, fairness.group_by) for seat in market.mentees if pinned.counts[seat.id])
    return {name: max(number - have[name], 0) for name, number in fairness.floors.items()}


def _first(mentees: tuple[Seat, ...], policy: Policy, pinned: Pinned) -> I64:
    """What each mentee's first partner is worth beside the score; nothing for those who have one."""
    months = np.array([seat.waiting_days // MONTH for seat in mentees], np.int64)
    rewards: I64 = np.rint((policy.first_partner + policy.waiting_bonus * months) * UNITS).astype(np.int64)
    if pinned.counts:
        rewards[[at for at, seat in enumerate(mentees) if seat.id in pinned.counts]] = 0
    return rewards
