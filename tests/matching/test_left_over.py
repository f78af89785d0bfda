"""Why somebody has nobody is told from columns as it would be told pair by pair."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from random import Random

import pytest

from app.matching import ruling
from app.matching.explaining import Explainer
from app.matching.explanations import Miss, Remaining, Side, WhyUnmatched
from app.matching.market import Market, Seat
from app.matching.pairwise import Pairwise
from app.matching.plan import Paired, Plan, ProofScope, Status
from app.matching.policy import RuleName, Rules
from tests.matching import markets
from tests.matching.markets import ONLY_SKILLS, market_of, mentee, mentor

SEEDS = range(120)


def _plan(random: Random, pairwise: Pairwise) -> Plan:
    """Any pairs that break no rule, some of them pinned; whether the plan is a good one does not matter here."""
    every = [(mentor, mentee) for mentor in pairwise.market.mentors for mentee in pairwise.market.mentees]
    chosen = [pair for pair in every if not pairwise.failed(*pair) and random.random() < 0.3]
    pairs = tuple(Paired(m.id, e.id, pairwise.score(m, e), {}, random.random() < 0.2) for m, e in chosen)
    return Plan(Status.OPTIMAL, 0, 0, ProofScope.ALL_PAIRS, 1, pairs, (), {}, "", "", 0, {})


def _pair_by_pair(pairwise: Pairwise, plan: Plan, side: Side, seat: Seat) -> WhyUnmatched:
    others = pairwise.market.mentors if side is Side.MENTEE else pairwise.market.mentees
    pairs = {other.id: (other, seat) if side is Side.MENTEE else (seat, other) for other in others}
    failed = {other: pairwise.failed(*pair) for other, pair in pairs.items()}
    rules = tuple(_remaining(failed))
    relaxable = [rule for rule in rules if rule.alone and rule.rule not in ruling.FIXED]
    binding = max(relaxable, key=lambda rule: rule.alone, default=None)
    gained = [pairs[other] for other, broken in failed.items() if binding and broken == (binding.rule,)]
    allowed = {other: pairwise.score(*pairs[other]) for other, broken in failed.items() if not broken}
    return WhyUnmatched(
        seat=seat.id,
        side=side,
        among=len(pairs),
        rules=rules,
        left=len(allowed),
        binding=binding,
        gives=max((pairwise.score(*pair) for pair in gained), default=None),
        nearest=min(_misses(plan, side, allowed), key=lambda miss: (miss.points, miss.other), default=None),
    )


def _remaining(failed: dict[str, tuple[RuleName, ...]]) -> Iterator[Remaining]:
    told: set[RuleName] = set()
    for rule in ruling.ORDER:
        told.add(rule)
        left = sum(told.isdisjoint(broken) for broken in failed.values())
        yield Remaining(rule.value, left, [*failed.values()].count((rule,)), rule in ruling.PRIVATE)


def _misses(plan: Plan, side: Side, allowed: dict[str, int]) -> Iterator[Miss]:
    for other, score in allowed.items():
        held = [pair for pair in plan.pairs if other in (pair.mentor, pair.mentee) and not pair.is_pinned]
        if held:
            weakest = min(held, key=lambda pair: (pair.score, pair.mentor, pair.mentee))
            yield Miss(other, (weakest.mentor, weakest.mentee), weakest.score - score)


def test_columns_tell_what_pairs_tell() -> None:
    seen: Counter[str] = Counter()
    for seed in SEEDS:
        random = Random(seed)
        market = markets.random_market(random, random.randint(0, 12), random.randint(0, 12))
        policy = markets.random_policy(random)
        pairwise = Pairwise(market, policy)
        plan = _plan(random, pairwise)
        explainer = Explainer(replace(market, pins=_pins(plan)), policy)
        for side, seats in ((Side.MENTOR, market.mentors), (Side.MENTEE, market.mentees)):
            for seat in seats:
                expected = _pair_by_pair(pairwise, plan, side, seat)

                # As text too: numbers of NumPy equal those of Python, but are not written as these are.
                assert repr(explainer.why_unmatched(plan, seat.id)) == repr(expected), (seed, seat.id)
                seen.update(rule.rule for rule in expected.rules if rule.alone)
                seen.update(["nearest"] * (expected.nearest is not None))
                seen.update(["binding consent"] * (expected.binding is not None and expected.binding.rule == "consent"))

    assert all(seen[rule] for rule in (*RuleName, "nearest", "binding consent")), seen


def _pins(plan: Plan) -> tuple[tuple[str, str], ...]:
    return tuple((pair.mentor, pair.mentee) for pair in plan.pairs if pair.is_pinned)


@pytest.mark.parametrize("side", Side)
def test_who_did_not_consent_reads_what_consent_would_give(side: Side) -> None:
    policy = ONLY_SKILLS.model_copy(update={"rules": Rules(require_working_language=False)})
    people = mentor("m", offers={"law": 4}), mentee("e", seeks={"law": 1}, has_consented=False)
    market = market_of(people[:1], people[1:])

    found = Explainer(market, policy).why_unmatched(
        _plan(Random(0), Pairwise(market, policy)), people[side is Side.MENTEE].id
    )

    assert found.binding is not None
    assert (found.binding.rule, found.gives, found.left) == ("consent", 80_000, 0)


def test_somebody_on_both_sides_is_the_same_person_and_in_nobodys_line() -> None:
    both = mentor("m"), mentee("e", person_id="person m")
    market = Market(both[:1], both[1:], {"person m": None})

    plan = _plan(Random(0), Pairwise(market, ONLY_SKILLS))

    found = Explainer(market, ONLY_SKILLS).why_unmatched(plan, "e")

    assert [rule.rule for rule in found.rules if rule.alone] == ["same_person"]


def test_whoever_asks_about_a_large_market_loads_no_compiler(monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(_columns: object) -> None:
        raise AssertionError("asks for an engine")

    for module in ("looking", "utilities"):
        monkeypatch.setattr(f"app.matching.{module}.engine", refused)
    market, policy = markets.random_market(Random(1), 5, 5), markets.random_policy(Random(1))
    explainer = Explainer(market, policy)

    for seat in ("m0", "e0"):
        explainer.why_unmatched(_plan(Random(0), explainer.pairwise), seat)
        explainer.suggestions(seat)
    explainer.why("m0", "e0")
