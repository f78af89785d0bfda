"""Every fault of a market and a policy is named, and all of them at once."""

from dataclasses import replace
from typing import Any

import pytest

from app.matching.checking import Unsolvable, faults_of_market
from app.matching.looking import Look
from app.matching.market import Market
from app.matching.packing import pack
from app.matching.policy import Criterion, CriterionName, Fairness, FairnessMode, Mode, Objective, Policy, Rules, faults
from app.matching.problem import Problem, TooLarge
from app.matching.proving import optimise
from app.matching.solving import solve
from app.matching.templates import TEMPLATES
from tests.matching.markets import ONLY_SKILLS, market_of, mentee, mentor


def _codes(market: Market, policy: Policy = ONLY_SKILLS) -> list[str]:
    return sorted(code for _, code, _ in faults_of_market(market, policy))


def _pair(**facts: Any) -> Market:
    return market_of((mentor("m"),), (mentee("e"),), **facts)


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        ({"places": 0}, "places_out_of_range"),
        ({"places": -1}, "places_out_of_range"),
        ({"places": 51}, "places_out_of_range"),
        ({"rank": None}, "rank_missing"),
        ({"zone": "Mars/Olympus"}, "zone_unknown"),
        ({"interests": tuple(map(str, range(65)))}, "too_many_interests"),
        ({"waiting_days": -1}, "waiting_negative"),
        ({"offers": {"law": 6}}, "offers_out_of_range"),
        ({"seeks": {"law": 0}}, "seeks_out_of_range"),
        ({"style": {"pace": 0}}, "style_out_of_range"),
        ({"style": {str(each): 1 for each in range(51)}}, "too_many_traits"),
        ({"availability": ((7, 0, 60),)}, "interval_invalid"),
        ({"availability": ((0, 60, 60),)}, "interval_invalid"),
    ],
)
def test_a_seat_says_what_is_wrong_with_it(facts: dict[str, Any], code: str) -> None:
    assert _codes(market_of((mentor("m", **facts),), ())) == [code]


@pytest.mark.parametrize(
    ("facts", "codes"),
    [
        ({"managers": {"person m": "person e", "person e": "person m"}}, ["reporting_cycle", "reporting_cycle"]),
        ({"managers": {"person m": "nobody", "person e": None}}, ["manager_unknown"]),
        ({"managers": {"person e": None}}, ["person_unknown"]),
        ({"managers": {"person m": None, "person e": None, "another root": None}}, []),
        ({"rankings": {("m", "m"): 1}}, ["ranking_of_nobody"]),
        ({"rankings": {("e", "gone"): 1}}, ["ranking_of_nobody"]),
        ({"rankings": {("e", "m"): 11}}, ["ranking_out_of_range"]),
        ({"pins": (("m", "gone"),)}, ["pin_of_nobody"]),
        ({"pins": (("m", "e"), ("m", "e"))}, ["pin_repeated"]),
        ({"pins": (("m", "e"),), "barred": frozenset({("person e", "person m")})}, ["pin_excluded"]),
    ],
)
def test_a_market_says_what_is_wrong_with_it(facts: dict[str, Any], codes: list[str]) -> None:
    assert _codes(_pair(**facts)) == codes


def test_nobody_is_listed_twice_or_ranks_themselves() -> None:
    twice = market_of((mentor("m"), mentor("m")), ())
    both = replace(_pair(), mentees=(mentee("e", person_id="person m"),), rankings={("e", "m"): 1})
    same_place = replace(market_of((mentor("m"), mentor("n")), (mentee("e"),)), rankings={("e", "m"): 1, ("e", "n"): 1})

    assert _codes(twice) == ["person_repeated", "seat_repeated"]
    assert _codes(both) == ["ranking_of_oneself"]
    assert _codes(same_place) == ["ranking_repeated", "ranking_repeated"]


def test_a_pin_may_neither_break_a_rule_nor_exceed_places() -> None:
    market = market_of((mentor("m", rank=9),), (mentee("e"), mentee("f")), pins=(("m", "e"), ("m", "f")))

    assert _codes(market) == ["pin_breaks_rank_gap", "pin_breaks_rank_gap", "pins_exceed_places"]
    with pytest.raises(Unsolvable, match="pins_exceed_places") as refused:
        solve(market, ONLY_SKILLS, seed=1)
    assert len(refused.value.faults) == 3


def test_templates_are_sound() -> None:
    assert {name: faults(policy) for name, policy in TEMPLATES.items()} == dict.fromkeys(TEMPLATES, ())


def test_a_policy_names_all_that_is_wrong_with_it() -> None:
    skills = Criterion(name=CriterionName.SKILLS, mode=Mode.COMPLEMENTARY, curve=(1,))
    style = Criterion(name=CriterionName.STYLE, mentee_weight=50, curve=(1, 2))
    wrong = Policy(
        rules=Rules(site_groups=((), ("here", "here"))),
        criteria=(skills, skills, style),
        fairness=Fairness(mode=FairnessMode.FLOOR, mean_gap=1),
    )
    unused = Policy(criteria=(), fairness=Fairness(floors={"law": 1}))
    gapless = Policy(criteria=(), fairness=Fairness(mode=FairnessMode.MEAN_GAP))

    assert {code for _, code, _ in faults(wrong)} == {
        "criterion_repeated",
        "mode_unknown",
        "curve_without_steps",
        "curve_length",
        "mentee_weights_sum",
        "mentor_weights_sum",
        "floors_missing",
        "mean_gap_unused",
        "site_group_empty",
        "site_repeated",
    }
    assert [code for _, code, _ in faults(unused)] == ["criteria_missing", "floors_unused"]
    assert [code for _, code, _ in faults(gapless)] == ["criteria_missing", "mean_gap_missing"]


def test_rewards_that_the_arithmetic_cannot_hold_are_refused() -> None:
    packed = pack(_pair(), ONLY_SKILLS, 1)
    one = packed.columns.extra_starts[:1] + 1
    huge = replace(Problem.plain(packed.columns, one, one), first_e=one << 61)

    with pytest.raises(TooLarge):
        optimise(huge, Look())


def test_a_market_too_large_for_its_objective_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.matching.network.LARGEST", 1 << 20)

    with pytest.raises(Unsolvable, match="rewards_too_large"):
        solve(_pair(), ONLY_SKILLS.model_copy(update={"objective": Objective.PARTICIPATION}), seed=1)
