"""How good plans are, and what quality costs: `python -m bench.matching_quality [people] [--seed 7]`.

Fairness, stability, change and explanations on one made-up company (goals M6 to M11); each line says
what it is held to.
"""

import argparse
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import TypeVar

import numpy as np

from app.matching.columns import I64
from app.matching.explaining import Explainer
from app.matching.market import Market, Seat
from app.matching.pairwise import Pairwise
from app.matching.plan import Plan
from app.matching.policy import Fairness, FairnessMode, GroupBy, Objective
from app.matching.report import Report
from app.matching.solving import solve
from app.matching.templates import TEMPLATES
from app.matching.utilities import Utilities
from bench.matching_market import generate

T = TypeVar("T")
POLICY = TEMPLATES["balanced"]
SCARCE, TURNOVER, FEW, GAP = 0.7, 0.03, "few", 0.25
# Enough pairs that twenty of them break no rule.
DRAWN = 200


def main(arguments: Sequence[str] | None = None) -> int:
    """Print a line for each goal."""
    parser = argparse.ArgumentParser(prog="bench.matching_quality", description="Measure the quality of plans.")
    parser.add_argument("people", type=int, nargs="?", default=500, help="on each side")
    parser.add_argument("--seed", type=int, default=7)
    chosen = parser.parse_args(arguments)
    market = generate(chosen.people, chosen.people, seed=chosen.seed)
    plan, seconds = _timed(_solved, market)
    _say("welfare, with its report", seconds, plan)
    fairness(chosen.people, chosen.seed)
    stability(market, plan)
    baselines(market, plan)
    change(market, chosen.seed)
    explanations(market, plan)
    return 0


def fairness(people: int, seed: int) -> None:
    """M6, M7: a scarce market with a group that is harder to serve."""
    market = _disadvantaged(generate(int(people * SCARCE), people, seed=seed, one_each=True), seed)
    audit = partial(Fairness, group_by=GroupBy.LOCATION)
    plain, seconds = _timed(partial(_solved, market, fairness=audit()))
    _say("scarce market, audit", seconds, plain)
    members = sum(seat.location == FEW for seat in market.mentees)
    floor = len({pair.mentee for pair in plain.pairs}) * members // len(market.mentees)
    floors = audit(mode=FairnessMode.FLOOR, floors={FEW: floor})
    plan, seconds = _timed(partial(_solved, market, fairness=floors))
    _say(f"floor of {floor} (at most 1 % dearer)", seconds, plan)
    gap = audit(mode=FairnessMode.MEAN_GAP, mean_gap=GAP)
    plan, seconds = _timed(partial(_solved, market, fairness=gap))
    _say(f"means within {GAP} points (gap at most 0.01 %)", seconds, plan)
    plan, seconds = _timed(partial(_solved, market, fairness=audit(), objective=Objective.EGALITARIAN))
    _say("best worst pair", seconds, plan)


def stability(market: Market, plain: Plan) -> None:
    """M8: nobody gains more than the tolerance, at most 0.3 % dearer; strict, nobody gains."""
    for tolerance in (5.0, 0.0):
        plan, seconds = _timed(partial(_solved, market, objective=Objective.STABLE, tolerance=tolerance))
        _say(f"stable, tolerance {tolerance}: {plan.total / plain.total - 1:+.3%}", seconds, plan)


def baselines(market: Market, plan: Plan) -> None:
    """M9: what self-service and greedy matching reach on the same market."""
    utilities = Utilities.of(market, POLICY, 1)
    columns, rows = utilities.joint.columns, np.arange(len(market.mentees))
    found = utilities.look.over(
        columns, rows, np.zeros(columns.mentors, np.int64), np.full(len(rows), -1), columns.mentors, phase="score"
    )
    places = [np.array([seat.places for seat in seats]) for seats in (utilities.joint.mentors, utilities.joint.mentees)]
    greedy = _taken(np.lexsort((found.mentors, found.mentees, -found.scores)), found.mentors, found.mentees, places)
    first = _taken(np.lexsort((found.mentors, -found.scores, found.mentees)), found.mentors, found.mentees, places)
    for name, order in (("greedy (at least +1.5 %)", greedy), ("first come (at least +2.9 %)", first)):
        print(f"M9  we are {plan.total / int(found.scores[order].sum()) - 1:+.3%} above {name}")


def change(market: Market, seed: int) -> None:
    """M10: 3 % of both sides leave and join; how many surviving proposals change, and at what loss."""
    rng = np.random.default_rng(seed)
    before = _without(market, rng)
    after = _without(market, rng)
    old, _ = _timed(_solved, before)
    seats = {seat.id for seat in (*after.mentors, *after.mentees)}
    current = frozenset((pair.mentor, pair.mentee) for pair in old.pairs if {pair.mentor, pair.mentee} <= seats)
    after = replace(after, current=current)
    free = _solved(after, stay_bonus=0.0)
    for bonus in (0.0, 1.0, 4.0):
        plan, seconds = _timed(partial(_solved, after, stay_bonus=bonus))
        ended = len(_report(plan).changes.ended) / len(current)
        print(
            f"M10 stay bonus {bonus}: {ended:.2%} of {len(current)} changed, "
            f"{plan.total / free.total - 1:+.3%}, {seconds:.2f} s"
        )
    pins = tuple((pair.mentor, pair.mentee) for pair in old.pairs)
    there = {seat.id for seat in before.mentees}
    comes = next(seat for seat in market.mentees if seat.id not in there)
    arrival = replace(before, mentees=(*before.mentees, comes), pins=pins)
    plan, seconds = _timed(_solved, arrival)
    print(f"M10 one arrival, all else pinned: {seconds:.2f} s (200 ms at 10,000), {len(plan.pairs) - len(pins)} more")


def explanations(market: Market, plan: Plan) -> None:
    """M11: time of each kind of answer, of one explainer that is kept."""
    explainer, first = Explainer(market, POLICY), plan.pairs[0]
    _, seconds = _timed(explainer.why, first.mentor, first.mentee)
    print(f"M11 first why: {seconds * 1000:.0f} ms")
    whys = [_timed(explainer.why, pair.mentor, pair.mentee)[1] for pair in plan.pairs[:100]]
    nobody = [_timed(explainer.why_unmatched, plan, each.seat)[1] for each in plan.unmatched[:20]]
    for name, times in (("why", whys), ("why unmatched", nobody)):
        if times:
            print(f"M11 {name}: p95 {np.percentile(times, 95) * 1000:.1f} ms (30 ms)")
    pairwise, rng = Pairwise(market, POLICY), np.random.default_rng(1)
    chosen = {(pair.mentor, pair.mentee) for pair in plan.pairs}
    drawn = ((market.mentors[m], market.mentees[e]) for m, e in zip(*_places(market, rng), strict=True))
    others = [
        (mentor.id, mentee.id)
        for mentor, mentee in drawn
        if (mentor.id, mentee.id) not in chosen and not pairwise.failed(mentor, mentee)
    ]
    answer, seconds = _timed(explainer.why_not, plan, *others[0])
    print(f"M11 first why not, which solves the plan: {seconds * 1000:.0f} ms, loss {answer.loss}, {answer.is_exact=}")
    why_nots = [_timed(explainer.why_not, plan, *pair)[1] for pair in others[:20]]
    print(f"M11 why not: p95 {np.percentile(why_nots, 95) * 1000:.0f} ms (100 ms at 10,000)")


def _places(market: Market, rng: np.random.Generator) -> list[list[int]]:
    """Some places of both sides, drawn by lot."""
    return [rng.integers(0, len(seats), DRAWN).tolist() for seats in (market.mentors, market.mentees)]


def _disadvantaged(market: Market, seed: int) -> Market:
    """A fifth of the mentees in a place of their own: thinner diaries, one language, rarer wishes."""
    rng = np.random.default_rng(seed)

    def harder(seat: Seat) -> Seat:
        if rng.random() > 0.2:
            return replace(seat, location="others")
        diary = tuple(each for each in seat.availability if rng.random() < 0.5)
        return replace(seat, location=FEW, availability=diary or seat.availability[:1], languages=seat.languages[:1])

    return replace(market, mentees=tuple(harder(seat) for seat in market.mentees), rankings={})


def _taken(order: I64, mentors: I64, mentees: I64, places: list[I64]) -> list[int]:
    """Pairs in an order, as long as both have a place."""
    left = [side.copy() for side in places]
    taken = []
    for at in order.tolist():
        if left[0][mentors[at]] and left[1][mentees[at]]:
            left[0][mentors[at]] -= 1
            left[1][mentees[at]] -= 1
            taken.append(at)
    return taken


def _without(market: Market, rng: np.random.Generator) -> Market:
    """The market less those who are not there (yet, or any more), and less what was said of them."""
    sides = [tuple(seat for seat in seats if rng.random() >= TURNOVER) for seats in (market.mentors, market.mentees)]
    seats = {seat.id for side in sides for seat in side}
    rankings = {pair: place for pair, place in market.rankings.items() if seats.issuperset(pair)}
    return replace(market, mentors=sides[0], mentees=sides[1], rankings=rankings)


def _timed(does: Callable[..., T], *arguments: object) -> tuple[T, float]:
    started = time.perf_counter()
    return does(*arguments), time.perf_counter() - started


def _solved(market: Market, **changed: object) -> Plan:
    return solve(market, POLICY.model_copy(update=changed), seed=1)


def _report(plan: Plan) -> Report:
    assert plan.report is not None
    return plan.report


def _say(name: str, seconds: float, plan: Plan) -> None:
    report = _report(plan)
    worst = (report.scores.fifth_percentile or 0) / 1000, (report.scores.worst or 0) / 1000
    print(
        f"{name}: {seconds:.2f} s, {plan.status}, gap {plan.gap / max(plan.bound, 1):.5%}, {len(plan.pairs)} pairs, "
        f"total {plan.total / 1000:.1f}, 5th/worst {worst[0]:.1f}/{worst[1]:.1f}, "
        f"blocking {report.blocking}, beyond 5 points {report.blocking_beyond}"
    )
    for price in report.prices:
        print(f"    {price.choice} costs {(price.rate or 0) / 100:.2f} %")
    for group in [group for group in report.groups if not group.is_suppressed][:3]:
        print(f"    {group.group}: rate {(group.rate or 0) / 100:.1f} %, mean {(group.mean or 0) / 1000:.2f}")


if __name__ == "__main__":
    raise SystemExit(main())
