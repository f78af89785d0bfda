"""Why, why not and why unmatched, for people whom one can check by hand."""

from dataclasses import replace

import pytest

from app.matching import explaining, views
from app.matching.explanations import Evidence, Part, Side
from app.matching.market import Market, Seat
from app.matching.pairwise import Pairwise
from app.matching.plan import Paired, Plan, ProofScope, Status
from app.matching.policy import Criterion, CriterionName, Policy, Rules
from app.matching.views import OwnReason

NINE_TO_TEN = ((0, 540, 600),)
ADA = Seat(
    "enr_ada",
    "per_ada",
    rank=2,
    department="data",
    division="tech",
    languages=("en", "de"),
    availability=NINE_TO_TEN,
    offers={"data visualisation": 4, "python": 5},
    interests=("chess",),
    style={"pace": 2},
)
BOB = replace(ADA, id="enr_bob", person_id="per_bob", offers={"python": 2}, languages=("fr",), interests=())
EVE = Seat(
    "enr_eve",
    "per_eve",
    rank=6,
    department="sales",
    division="market",
    languages=("en",),
    availability=NINE_TO_TEN,
    seeks={"data visualisation": 8, "python": 12},
    interests=("chess", "opera"),
    style={"pace": 5},
    waiting_days=40,
)
DAN = replace(EVE, id="enr_dan", person_id="per_dan", rank=2, waiting_days=0)
EVERYTHING = tuple(
    Criterion(name=name, mentee_weight=weight, mentor_weight=weight)
    for name, weight in zip(CriterionName, (45, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5), strict=True)
)
POLICY = Policy(criteria=EVERYTHING)
MARKET = Market(
    mentors=(ADA, BOB),
    mentees=(EVE, DAN),
    managers=dict.fromkeys(("per_ada", "per_bob", "per_eve", "per_dan")),
    rankings={("enr_eve", "enr_ada"): 1, ("enr_ada", "enr_eve"): 3},
    earlier=frozenset({("per_ada", "per_eve")}),
)


def _parts(market: Market = MARKET, policy: Policy = POLICY) -> dict[str, Part]:
    return {part.criterion: part for part in explaining.why(market, policy, "enr_ada", "enr_eve").parts}


def test_the_parts_of_both_sides_add_up_to_the_score() -> None:
    why = explaining.why(MARKET, POLICY, "enr_ada", "enr_eve")

    assert why.score == sum(6 * part.utility[0] + 4 * part.utility[1] for part in why.parts)
    assert why.score == Pairwise(MARKET, POLICY).score(ADA, EVE)


def test_every_part_has_its_evidence_in_words() -> None:
    assert {name: [each.text for each in part.evidence] for name, part in _parts().items()} == {
        "skills": [
            "wanted: python, weight 12 of 20; offered at level 5",
            "wanted: data visualisation, weight 8 of 20; offered at level 4",
        ],
        "skills_back": [],
        "interests": ["shared interests: chess"],
        "style": ["pace: 3 of 4 apart"],
        "languages": ["shared languages: en"],
        "overlap": ["60 minutes a week free for both, in the worst week"],
        "cross_department": ["another department"],
        "rank_gap": ["4 ranks apart"],
        "mentee_ranking": ["the mentee ranks the mentor in place 1"],
        "mentor_ranking": ["the mentor ranks the mentee in place 3"],
        "waiting": ["the mentee has waited 40 days", "the mentor has waited 0 days"],
        "earlier_partner": ["they were a pair before"],
    }


def test_what_nobody_said_is_assumed_and_said_to_be() -> None:
    parts = _parts()

    assert (parts["skills_back"].is_assumed, parts["skills_back"].points) == (True, (50, 50))
    assert not parts["skills"].is_assumed


def test_the_mentor_reads_what_was_wanted_but_not_how_much() -> None:
    wish = _parts()["skills"].evidence[0]

    assert wish == Evidence("wanted: python, weight 12 of 20; offered at level 5", Side.MENTOR, wish.instead)
    assert wish.to(Side.MENTOR) == "wanted: python; offered at level 5"


@pytest.mark.parametrize(
    ("mentor", "mentee", "words"),
    [
        (replace(ADA, department="sales"), EVE, "same department"),
        (replace(ADA, division="market"), EVE, "another department of the same division"),
        (replace(ADA, department=None), EVE, None),
        (replace(ADA, interests=("go",)), EVE, "no shared interests"),
        (replace(ADA, languages=("fr",)), EVE, "no shared language"),
        (replace(ADA, style={"pace": 5}), EVE, "pace: alike"),
        (replace(ADA, offers={"go": 1}), EVE, "wanted: python, weight 12 of 20; not offered"),
    ],
)
def test_other_facts_have_other_words(mentor: Seat, mentee: Seat, words: str | None) -> None:
    market = replace(MARKET, mentors=(mentor,), mentees=(mentee,), earlier=frozenset())
    every = [each.text for part in _parts(market).values() for each in part.evidence]

    assert words in every or words is None
    assert "they were not a pair before" in every


def _plan(*pairs: tuple[str, str], market: Market = MARKET, policy: Policy = POLICY) -> Plan:
    pairwise = Pairwise(market, policy)
    seats = {seat.id: seat for seat in (*market.mentors, *market.mentees)}
    paired = tuple(Paired(mentor, mentee, pairwise.score(seats[mentor], seats[mentee]), {}) for mentor, mentee in pairs)
    total = sum(pair.score for pair in paired)
    return Plan(Status.OPTIMAL, total, total, ProofScope.ALL_PAIRS, 1, paired, (), {}, market.digest, "", 0, {})


def test_all_rules_that_a_pair_breaks_are_named_with_their_figures() -> None:
    policy = POLICY.model_copy(update={"rules": Rules(min_overlap_minutes=90)})
    market = replace(MARKET, barred=frozenset({("per_bob", "per_dan")}))

    why_not = explaining.why_not(market, policy, _plan(), "enr_bob", "enr_dan")

    assert [(rule.rule, rule.is_private) for rule in why_not.broken] == [
        ("do_not_pair", True),
        ("rank_gap", False),
        ("working_language", False),
        ("overlap", False),
    ]
    assert why_not.broken[1].text == "the mentee's rank is 2, the mentor's 2; the programme asks for 1 between"
    assert why_not.broken[3].text == "they share 60 minutes in the worst week; the programme asks for 90"
    assert (why_not.loss, why_not.changes, why_not.is_chosen) == (None, None, False)
    assert views.why_not(why_not, Side.MENTEE).reasons[1] == OwnReason(
        "working_language", "they share no working language"
    )


def test_a_pair_of_the_plan_costs_nothing() -> None:
    why_not = explaining.why_not(MARKET, POLICY, _plan(("enr_ada", "enr_eve")), "enr_ada", "enr_eve")

    assert (why_not.is_chosen, why_not.loss, why_not.is_exact) == (True, 0, True)


def test_a_pair_whose_places_are_pinned_cannot_be_forced() -> None:
    market = replace(MARKET, mentors=(ADA, replace(BOB, languages=("en",))), pins=(("enr_ada", "enr_eve"),))

    why_not = explaining.why_not(market, POLICY, _plan(), "enr_bob", "enr_eve")

    assert why_not.broken == (explaining.PINNED,)


def test_who_has_nobody_reads_what_each_rule_leaves_and_which_one_binds() -> None:
    why = explaining.why_unmatched(MARKET, POLICY, _plan(("enr_ada", "enr_eve")), "enr_dan")

    left = {rule.rule: (rule.left, rule.alone) for rule in why.rules}
    assert (why.side, why.among, why.left, why.nearest) == (Side.MENTEE, 2, 0, None)
    assert left["rank_gap"] == (0, 1)
    assert why.binding is not None
    assert (why.binding.rule, why.binding.alone) == ("rank_gap", 1)
    assert why.gives == Pairwise(MARKET, POLICY).score(ADA, DAN)


def test_what_no_policy_can_relax_binds_nobody() -> None:
    market = replace(MARKET, mentors=(ADA,), barred=frozenset({("per_ada", "per_eve")}))

    why = explaining.why_unmatched(market, POLICY, _plan(), "enr_eve")

    assert (why.left, why.binding) == (0, None)


def test_who_lost_a_place_to_a_better_fit_reads_by_how_much() -> None:
    other = replace(EVE, id="enr_fay", person_id="per_fay", seeks={"python": 1})
    market = replace(MARKET, mentors=(ADA,), mentees=(EVE, other))

    why = explaining.why_unmatched(market, POLICY, _plan(("enr_ada", "enr_fay"), market=market), "enr_eve")

    pairwise = Pairwise(market, POLICY)
    assert why.nearest is not None
    assert why.nearest.instead_of == ("enr_ada", "enr_fay")
    assert why.nearest.points == pairwise.score(ADA, other) - pairwise.score(ADA, EVE)
    assert why.binding is None


def test_a_mentor_without_a_mentee_is_told_the_same_way() -> None:
    why = explaining.why_unmatched(MARKET, POLICY, _plan(("enr_ada", "enr_eve")), "enr_bob")

    assert (why.side, why.left) == (Side.MENTOR, 0)
    assert why.binding is not None
    assert why.binding.rule == "working_language"
