"""What `proving` says is proven can be checked by whoever mistrusts it: from the pairs, the prices and the seats alone.

`_faults` knows nothing of candidates, rounds or columns. Each of its checks can fail, and is made to.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from random import Random

import numpy as np
import pytest

from app.matching.columns import I64
from app.matching.looking import Look
from app.matching.market import Market
from app.matching.network import network
from app.matching.packing import Packed, pack
from app.matching.pinned import Pinned
from app.matching.policy import Policy
from app.matching.prices import potentials
from app.matching.pricing import Pricing
from app.matching.problem import Edges, Problem, Solution
from app.matching.proving import Effort, optimise, prove, proven
from app.matching.rewarding import problem
from tests.matching import markets
from tests.matching.markets import ONLY_SKILLS, scored

Scores = Mapping[tuple[int, int], int]
# Both would have the first mentor; it is the second mentee who loses most without.
MARKET = scored([[100, 80], [60, 20]])
NARROW = Effort(sample=3, candidates=1, more=0, slack=0)


def _asked(market: Market, policy: Policy = ONLY_SKILLS) -> tuple[Problem, Scores]:
    """What is asked for, and every pair that may be, as its seats say."""
    packed = pack(market, policy, 1)
    return problem(packed, policy, Pinned.of(market), {}), _scores(packed)


def _scores(packed: Packed) -> Scores:
    pairwise = packed.pairwise
    return {
        (e, m): pairwise.score(mentor, mentee)
        for e, mentee in enumerate(packed.mentees)
        for m, mentor in enumerate(packed.mentors)
        if not pairwise.failed(mentor, mentee)
    }


def _faults(asked: Problem, scores: Scores, said: Solution) -> set[str]:
    """What is wrong with a proof: any prices bound every plan, so a plan that is worth their bound is the best."""
    pairs = list(zip(said.pairs.mentees.tolist(), said.pairs.mentors.tolist(), strict=True))
    faults = set()
    if len(set(pairs)) < len(pairs) or not scores.keys() >= set(pairs):
        return {"not a plan"}
    used_e = np.bincount(said.pairs.mentees, minlength=len(asked.places_e))
    used_m = np.bincount(said.pairs.mentors, minlength=len(asked.places_m))
    if (used_e > asked.places_e).any() or (used_m > asked.places_m).any():
        faults.add("places")
    firsts = int(asked.first_e[used_e > 0].sum() + asked.first_m[used_m > 0].sum())
    if sum(scores[pair] for pair in pairs) + firsts != said.objective:
        faults.add("objective")
    u, v = said.u.tolist(), said.v.tolist()
    bound = sum(max(score - u[e] - v[m], 0) for (e, m), score in scores.items())
    bound += _of_places(said.u, asked.first_e, asked.places_e) + _of_places(said.v, asked.first_m, asked.places_m)
    if bound != said.bound:
        faults.add("bound")
    return faults


def _of_places(price: I64, first: I64, places: I64) -> int:
    """What all places are worth, the first with its reward."""
    open_ones = zip(price.tolist(), first.tolist(), places.tolist(), strict=True)
    return sum(max(worth + reward, 0) + max(worth, 0) * (count - 1) for worth, reward, count in open_ones if count)


def test_every_proof_stands_by_itself() -> None:
    pairs = 0
    for seed in range(60):
        random = Random(seed)
        market = markets.random_market(random, random.randint(1, 25), random.randint(1, 25))
        policy = markets.random_policy(random).model_copy(update={"stay_bonus": 0.0})
        asked, scores = _asked(market, policy)

        said = optimise(asked, Look(), random.choice((NARROW, Effort())))

        assert said.is_optimal, seed
        assert _faults(asked, scores, said) == set(), seed
        pairs += len(said.pairs.keys)

    assert pairs > 300


def _other(said: Solution, **changed: object) -> Solution:
    return replace(said, **changed)  # type: ignore[arg-type]


WRONG: dict[str, tuple[Callable[[Solution], Solution], str]] = {
    "a mentee is cheaper": (lambda said: _other(said, u=said.u - 20_000), "bound"),
    "a mentee is dearer": (lambda said: _other(said, u=said.u + 20_000), "bound"),
    "mentors are cheaper": (lambda said: _other(said, v=said.v - 20_000), "bound"),
    "mentors are dearer": (lambda said: _other(said, v=said.v + 20_000), "bound"),
    "a lower bound": (lambda said: _other(said, bound=said.bound - 1), "bound"),
    "more than it is worth": (lambda said: _other(said, objective=said.objective + 1), "objective"),
    "a pair less": (lambda said: _other(said, pairs=said.pairs.chosen(np.array([True, False]))), "objective"),
    "partners exchanged": (lambda said: _other(said, pairs=replace(said.pairs, keys=said.pairs.keys ^ 1)), "objective"),
    "a place twice": (lambda said: _other(said, pairs=replace(said.pairs, keys=np.array([0, 1]))), "places"),
    "a pair twice": (lambda said: _other(said, pairs=replace(said.pairs, keys=np.array([0, 0]))), "not a plan"),
    "somebody who is not there": (
        lambda said: _other(said, pairs=replace(said.pairs, keys=np.array([0, 7]))),
        "not a plan",
    ),
}


@pytest.mark.parametrize(("change", "fault"), WRONG.values(), ids=WRONG)
def test_what_is_wrong_with_a_proof_is_found(change: Callable[[Solution], Solution], fault: str) -> None:
    asked, scores = _asked(MARKET)
    said = optimise(asked, Look())

    assert _faults(asked, scores, said) == set()
    assert fault in _faults(asked, scores, change(said))


@pytest.mark.parametrize("by", [30_000, -30_000])
def test_a_proof_is_of_these_scores_and_no_others(by: int) -> None:
    asked, scores = _asked(MARKET)
    said = optimise(asked, Look())
    chosen = set(zip(said.pairs.mentees.tolist(), said.pairs.mentors.tolist(), strict=True))

    for pair in chosen:
        assert "objective" in _faults(asked, {**scores, pair: scores[pair] + by}, said)
    for pair in scores.keys() - chosen:
        # What nobody chose may be worth less, as long as the prices stand.
        assert _faults(asked, {**scores, pair: scores[pair] + by}, said) == ({"bound"} if by > 0 else set())
    assert _faults(asked, {pair: scores[pair] for pair in scores.keys() - chosen}, said) == {"not a plan"}


@pytest.mark.parametrize("small", [0, 20_000], ids=["compiled", "by arrays"])
def test_no_prices_are_found_for_a_plan_that_is_not_the_best(small: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.matching.prices.SMALL", small)
    asked, _ = _asked(MARKET)
    stands = prove(asked, Look()).state
    net = network(asked, stands.edges)
    chosen = stands.flow[: len(stands.edges.keys)]
    exchanged = np.concatenate([1 - chosen, stands.flow[len(chosen) :]])

    assert len(chosen) == 4
    assert potentials(asked, net, stands.flow).tolist() == stands.potential.tolist()
    with pytest.raises(RuntimeError, match="not a cheapest"):
        potentials(asked, net, exchanged)


def _each_ones_best() -> tuple[Problem, Pricing, Edges]:
    """A look that offered each mentee one mentor, and left a pair of the best plan out."""
    asked, _ = _asked(MARKET)
    pricing = Pricing(asked.columns, Look(), np.zeros(asked.columns.mentors, np.int64))
    first = pricing.first(1)
    return asked, pricing, Edges.none(asked.columns.mentors).with_more(first.mentees, first.mentors, first.scores)


def test_prices_that_are_too_low_prove_nothing() -> None:
    asked, pricing, _ = _each_ones_best()
    best = optimise(asked, Look())

    fair, _ = pricing.copied(asked.columns, Look()).better(best.u, best.v, 4, 0)
    cheap, _ = pricing.copied(asked.columns, Look()).better(best.u - 20_000, best.v - 20_000, 4, 0)

    assert (fair.scores <= best.u[fair.mentees] + best.v[fair.mentors]).all()
    assert (cheap.scores > best.u[cheap.mentees] + best.v[cheap.mentors] - 40_000).any()


def test_a_pair_that_was_no_candidate_stands_in_the_way_of_a_proof() -> None:
    asked, pricing, known = _each_ones_best()
    best = optimise(asked, Look()).objective

    # One look, and no time to go on from what it finds.
    said = proven(asked, pricing, None, known, Look(), replace(NARROW, rounds=1)).solution

    assert said.objective <= best < said.bound
    assert not said.is_optimal
