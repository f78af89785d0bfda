"""A plan goes on from the one before when people come or go, and is the plan that a fresh start finds."""

from collections.abc import Callable
from dataclasses import replace
from random import Random

import pytest

from app.matching import arriving, resuming
from app.matching.looking import Look
from app.matching.market import Market, Seat
from app.matching.packing import pack
from app.matching.pinned import Pinned
from app.matching.policy import Policy
from app.matching.problem import Problem
from app.matching.proving import Effort, optimise, prove
from app.matching.rewarding import owed, problem
from app.matching.solving import solve_alone
from app.matching.standing import Standing
from tests.matching import markets
from tests.matching.markets import ONLY_SKILLS, mentee, mentor, scored

# One candidate at first, then all that are near: there must be pairs that the last look alone knows of. In the last
# market, a best plan has one of them.
NARROW = Effort(candidates=1, more=8, slack=20_000)
SEEDS = (*range(25), 167)
MARKET = scored([[100, 60, 20], [80, 40, 60], [60, 20, 100]])


def _without(market: Market, gone: set[str]) -> Market:
    mentors, mentees = (
        tuple(seat for seat in side if seat.id not in gone) for side in (market.mentors, market.mentees)
    )
    seats = {seat.id for seat in (*mentors, *mentees)}
    return replace(
        market,
        mentors=mentors,
        mentees=mentees,
        rankings={pair: place for pair, place in market.rankings.items() if seats.issuperset(pair)},
        current=frozenset(pair for pair in market.current if seats.issuperset(pair)),
    )


def _problem(market: Market, policy: Policy, seed: int) -> Problem:
    pinned = Pinned.of(market)
    return problem(pack(market, policy, seed), policy, pinned, owed(market, policy, pinned))


@pytest.mark.untraced
@pytest.mark.parametrize("small", [0, resuming.SMALL], ids=["flow resumed", "flow anew"])
def test_a_proof_that_goes_on_finds_what_a_fresh_one_does(small: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resuming, "SMALL", small)
    gone_on = 0
    for seed in SEEDS:
        random = Random(seed)
        market = markets.random_market(random, random.randint(3, 40), random.randint(3, 40))
        policy, seats = markets.random_policy(random), [seat.id for seat in (*market.mentors, *market.mentees)]
        before, after = (_without(market, set(random.sample(seats, random.randint(0, 2)))) for _ in range(2))
        packed = pack(before, policy, seed), pack(after, policy, seed)
        if not arriving.is_for(*packed):
            continue
        asked = _problem(after, policy, seed)

        found = arriving.proof(
            packed[0], prove(_problem(before, policy, seed), Look(), NARROW), packed[1], asked, Look()
        )

        best = optimise(asked, Look())
        assert (found.solution.objective, found.solution.bound) == (best.objective, best.objective), seed
        assert found.solution.pairs.keys.tolist() == best.pairs.keys.tolist()
        assert found.solution.allowed.tolist() == best.allowed.tolist()
        assert found.solution.reached.tolist() == best.reached.tolist()
        gone_on += 1
    assert gone_on > len(SEEDS) // 2


@pytest.mark.parametrize("seat", ["m0", "e0"])
def test_who_leaves_and_comes_back_changes_nothing(seat: str) -> None:
    standing = Standing.of(MARKET, ONLY_SKILLS, 1)

    without = standing.after(_without(MARKET, {seat}))
    again = without.after(MARKET)

    assert without.plan.pairs == solve_alone(_without(MARKET, {seat}), ONLY_SKILLS, seed=1).pairs
    assert again.plan == standing.plan == solve_alone(MARKET, ONLY_SKILLS, seed=1)


OTHERS: dict[str, Callable[[Market], Market]] = {
    "somebody says more": lambda market: replace(
        market, mentors=(replace(market.mentors[0], offers={"s1": 5}), *market.mentors[1:])
    ),
    "a trait nobody named": lambda market: _with(market, mentor("m9", style={"pace": 2})),
    "hours by the quarter": lambda market: _with(market, mentor("m9", availability=((0, 555, 615),))),
    "two kept apart": lambda market: replace(market, barred=frozenset({("person e0", "person m0")})),
    "another manager": lambda market: replace(market, managers={**market.managers, "person e0": "person m0"}),
    "a pin": lambda market: replace(market, pins=(("m0", "e0"),)),
}


@pytest.mark.parametrize("change", OTHERS.values(), ids=OTHERS)
def test_what_changes_the_pairs_of_others_is_solved_from_nothing(change: Callable[[Market], Market]) -> None:
    standing, market = Standing.of(MARKET, ONLY_SKILLS, 1), change(MARKET)

    after = standing.after(market)

    assert not arriving.is_for(standing.packed, after.packed)
    assert after.plan == solve_alone(market, ONLY_SKILLS, seed=1)


def test_whoever_comes_first_finds_nobody_and_the_second_finds_them() -> None:
    nobody = Standing.of(Market((), ()), ONLY_SKILLS, 1)

    first = nobody.after(_with(Market((), ()), mentor("m0", offers={"s": 5})))
    second = first.after(_with(first.packed.pairwise.market, mentee("e0", seeks={"s": 1})))

    assert not first.plan.pairs
    assert [(pair.mentor, pair.mentee, pair.score) for pair in second.plan.pairs] == [("m0", "e0", 100_000)]


def _with(market: Market, seat: Seat) -> Market:
    managers = {**market.managers, seat.person_id: None}
    if seat.id.startswith("m"):
        return replace(market, managers=managers, mentors=(*market.mentors, seat))
    return replace(market, managers=managers, mentees=(*market.mentees, seat))
