"""From a market and a policy to a plan."""

import hashlib
import time
from dataclasses import replace
from functools import cache
from importlib.metadata import version

import numpy as np

from app.matching import pool, pooling
from app.matching.checking import Unsolvable, require_sound
from app.matching.columns import I64
from app.matching.looking import Look, silent
from app.matching.market import Market, Seat
from app.matching.objectives import Objectives
from app.matching.packing import Packed, pack
from app.matching.pairwise import Pairwise
from app.matching.pinned import Pinned
from app.matching.plan import Paired, Plan, Progress, ProofScope, Status, Unmatched, UnmatchedReason
from app.matching.policy import Policy
from app.matching.problem import Solution, TooLarge
from app.matching.proving import optimise
from app.matching.reporting import Choices, reported
from app.matching.rewarding import group_of, owed, problem
from app.matching.utilities import Utilities


@cache
def _versions() -> dict[str, str]:
    """What a plan was made with. Reading them takes as long as a small plan."""
    return {name: version(name) for name in ("numpy", "numba", "ortools")}


def solve(
    market: Market, policy: Policy, *, seed: int, budget: float | None = None, progress: Progress | None = None
) -> Plan:
    """The best plan and its proof. A first plan is always made; past `budget` seconds it is returned as bounded.

    Raises `Unsolvable` with every fault of the market and the policy, or what `progress` raises.
    """
    ends_at = None if budget is None else time.monotonic() + budget
    look = Look(progress or silent, ends_at)
    plan, utilities, choices = _solved(market, policy, seed, look)
    look.say("report", 1, 1)
    return replace(plan, report=reported(utilities, plan.pairs, plan.unmatched, choices))


def solve_alone(market: Market, policy: Policy, *, seed: int) -> Plan:
    """As `solve`, without the report, which takes as long again."""
    return _solved(market, policy, seed, Look())[0]


def _solved(market: Market, policy: Policy, seed: int, look: Look) -> tuple[Plan, Utilities, Choices]:
    require_sound(market, policy)
    if pool.is_one(market, policy):
        pool.require_sound(market, policy)
    pinned = Pinned.of(market)
    packed = pack(market, policy, seed)
    floors = owed(market, policy, pinned)
    look.say("snapshot", 1, 1)
    utilities = Utilities(packed, Look(look.progress))
    try:
        asked = problem(packed, policy, pinned, floors)
        if pool.is_one(market, policy):
            return _of_one_pool(market, policy, seed, packed, pooling.solved(market, packed, asked, look))
        solution, choices = Objectives(asked, packed, utilities, lambda each: optimise(each, look)).solved()
    except TooLarge:
        text = "the market is too large for floors or participation before scores; take the objective welfare"
        raise Unsolvable((("/policy/objective", "rewards_too_large", text),)) from None
    return planned(market, policy, seed, packed, solution), utilities, choices


def _of_one_pool(
    market: Market, policy: Policy, seed: int, packed: Packed, solution: Solution
) -> tuple[Plan, Utilities, Choices]:
    """A plan of one pool, told of as it seats people: who has a partner on one side does not wait on the other."""
    plan = planned(market, policy, seed, packed, solution)
    seated = pool.seated(market, {(pair.mentor, pair.mentee) for pair in plan.pairs})
    waiting = {seat.id for seat in (*seated.mentors, *seated.mentees)}
    unmatched = tuple(each for each in plan.unmatched if each.seat in waiting)
    return replace(plan, unmatched=unmatched), Utilities.of(seated, policy, seed), Choices()


def planned(market: Market, policy: Policy, seed: int, packed: Packed, solution: Solution) -> Plan:
    """The plan of a solved market, its pins among the pairs; without a report."""
    pairs = _pairs(market, packed.pairwise, packed, solution)
    pinned = sum(pair.score for pair in pairs if pair.is_pinned)
    return Plan(
        status=Status.OPTIMAL if solution.is_optimal else Status.BOUNDED,
        objective=solution.objective + pinned,
        bound=solution.bound + pinned,
        proof_scope=ProofScope.ALL_PAIRS,
        rounds=solution.rounds,
        pairs=pairs,
        unmatched=_unmatched(market, policy, pairs, packed, solution),
        floors=_floors(market, policy, pairs),
        market=market.digest,
        policy=hashlib.sha256(policy.model_dump_json().encode()).hexdigest(),
        seed=seed,
        versions=_versions(),
    )


def _pairs(market: Market, pairwise: Pairwise, packed: Packed, solution: Solution) -> tuple[Paired, ...]:
    found = zip(solution.pairs.mentors.tolist(), solution.pairs.mentees.tolist(), strict=True)
    mentors, mentees = ({seat.id: seat for seat in side} for side in (market.mentors, market.mentees))
    chosen = [(packed.mentors[m].id, packed.mentees[e].id, False) for m, e in found]
    chosen += [(mentor, mentee, True) for mentor, mentee in market.pins]
    return tuple(
        _paired(pairwise, mentors[mentor], mentees[mentee], is_pinned) for mentor, mentee, is_pinned in sorted(chosen)
    )


def _paired(pairwise: Pairwise, mentor: Seat, mentee: Seat, is_pinned: bool) -> Paired:
    points = pairwise.all_points(mentor, mentee)
    return Paired(mentor.id, mentee.id, pairwise.worth(points), points, is_pinned)


def _unmatched(
    market: Market, policy: Policy, pairs: tuple[Paired, ...], packed: Packed, solution: Solution
) -> tuple[Unmatched, ...]:
    matched = {seat for pair in pairs for seat in (pair.mentor, pair.mentee)}
    allowed = _by_seat(packed, solution.allowed, solution.reached)
    found = []
    for seat in sorted((*market.mentors, *market.mentees), key=lambda seat: seat.id):
        if seat.id in matched:
            continue
        left = allowed[seat.id]
        reason = UnmatchedReason.BETTER_FITS if left else UnmatchedReason.NOBODY_ALLOWED
        if policy.rules.require_consent and not seat.has_consented:
            reason = UnmatchedReason.NO_CONSENT
        found.append(Unmatched(seat.id, reason, {"allowed": left}))
    return tuple(found)


def _by_seat(packed: Packed, allowed: I64, reached: I64) -> dict[str, int]:
    """How many of the other side the rules leave each open seat."""
    seats = (*packed.mentees, *packed.mentors)
    return {seat.id: count for seat, count in zip(seats, np.concatenate([allowed, reached]).tolist(), strict=True)}


def _floors(market: Market, policy: Policy, pairs: tuple[Paired, ...]) -> dict[str, tuple[int, int]]:
    matched = {pair.mentee for pair in pairs}
    groups = [group_of(seat, policy.fairness.group_by) for seat in market.mentees if seat.id in matched]
    return {name: (number, groups.count(name)) for name, number in sorted(policy.fairness.floors.items())}
