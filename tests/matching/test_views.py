"""A participant's view holds nothing of the other side, nothing private, and no price."""

import pytest

from app.matching import views
from app.matching.explanations import (
    Alternative,
    Broken,
    Evidence,
    Lack,
    Miss,
    Part,
    Remaining,
    Side,
    Standing,
    Suggestion,
    Why,
    WhyNot,
    WhyUnmatched,
)
from app.matching.report import Changes
from app.matching.views import OwnReason, OwnRule

PARTS = (
    Part("skills", (90, 90), (4_500, 1_357), (Evidence("Python, weight 8 of 20", Side.MENTOR, "Python"),)),
    Part("mentee_ranking", (100, 100), (1_531, 777), (Evidence("ranked 1"),), hidden_from=Side.MENTOR),
    Part("mentor_ranking", (64, 64), (123, 961), (Evidence("ranked 4"),), hidden_from=Side.MENTEE),
)
NEXT = Alternative("enr_next", 4_321, (Lack("skills", 20), Lack("mentor_ranking", 36), Lack("waiting", 7)))
WHY = Why(
    "enr_mentor",
    "enr_mentee",
    51_234,
    PARTS,
    {Side.MENTEE: Standing(2, 17, NEXT), Side.MENTOR: Standing(3, 19, None)},
)


def test_a_mentee_sees_their_own_points_and_place() -> None:
    view = views.why(WHY, Side.MENTEE)

    assert (view.other, view.utility, view.place, view.among) == ("enr_mentor", 6_031, 2, 17)
    assert [(part.criterion, part.utility) for part in view.parts] == [("skills", 4_500), ("mentee_ranking", 1_531)]
    assert view.parts[0].evidence == ("Python, weight 8 of 20",)
    assert view.following
    assert [lack.criterion for lack in view.following.lacks] == ["skills"]


def test_a_mentor_sees_no_ranking_and_no_weight_of_the_mentee() -> None:
    view = views.why(WHY, Side.MENTOR)

    assert [(part.criterion, part.utility) for part in view.parts] == [("skills", 1_357), ("mentor_ranking", 961)]
    assert view.parts[0].evidence == ("Python",)
    assert view.following is None


@pytest.mark.parametrize(
    ("side", "hidden"),
    [
        (Side.MENTEE, ("51234", "1357", "777", "961", "123", "mentor_ranking", "4321", "waiting", "ranked 4")),
        (Side.MENTOR, ("51234", "4500", "1531", "777", "mentee_ranking", "weight 8", "enr_next", "17")),
    ],
)
def test_nothing_of_the_other_side_is_anywhere_in_a_view(side: Side, hidden: tuple[str, ...]) -> None:
    shown = repr(views.why(WHY, side)) + repr(views.suggestions((Suggestion("enr_x", 51_234, PARTS),), side))

    assert [word for word in hidden if word in shown] == []


def test_a_private_rule_and_a_better_plan_give_the_same_answer() -> None:
    changes = Changes(9, (("enr_1", "enr_2"),), (("enr_mentor", "enr_mentee"),))
    barred = WhyNot("enr_mentor", "enr_mentee", (Broken("barred", "kept apart", is_private=True),))
    dear = WhyNot("enr_mentor", "enr_mentee", (), 4_711, 4_711, is_exact=True, changes=changes)

    assert views.why_not(barred, Side.MENTEE) == views.why_not(dear, Side.MENTEE)
    assert views.why_not(barred, Side.MENTOR) == views.why_not(dear, Side.MENTOR)


def test_a_rule_that_may_be_told_is_told() -> None:
    why_not = WhyNot("enr_mentor", "enr_mentee", (Broken("rank_gap", "no rank apart"), Broken("barred", "x", True)))

    assert views.why_not(why_not, Side.MENTOR).reasons == (OwnReason("rank_gap", "no rank apart"),)


def _unmatched(*rules: Remaining, left: int, binding: Remaining | None = None) -> WhyUnmatched:
    return WhyUnmatched("enr_mentee", Side.MENTEE, 9, rules, left, binding, 999, Miss("enr_3", ("enr_3", "enr_4"), 321))


def test_who_is_left_out_by_private_rules_reads_that_places_went_to_others() -> None:
    gap, barred = Remaining("rank_gap", 4, 2), Remaining("barred", 0, 4, is_private=True)

    view = views.why_unmatched(_unmatched(gap, barred, left=0, binding=barred))

    assert view.has_partners
    assert (view.rules, view.binding) == ((OwnRule("rank_gap", 2),), None)
    assert [word for word in ("barred", "321", "999", "enr_3") if word in repr(view)] == []


def test_who_is_left_out_by_a_rule_reads_which_one() -> None:
    overlap = Remaining("overlap", 0, 5)

    view = views.why_unmatched(_unmatched(overlap, left=0, binding=overlap))

    assert (view.has_partners, view.binding) == (False, OwnRule("overlap", 5))


def test_suggestions_come_in_the_order_of_what_the_reader_sees() -> None:
    dearer = Part("skills", (95, 95), (4_750, 1_425))
    pair = (Suggestion("enr_far", 60_000, PARTS), Suggestion("enr_near", 50_000, (dearer, *PARTS[1:])))

    assert [each.seat for each in views.suggestions(pair, Side.MENTEE)] == ["enr_near", "enr_far"]
