"""The numbers of a report: whole, and recomputed from pairs alone."""

from fractions import Fraction
from statistics import mean

from hypothesis import given
from hypothesis import strategies as st

from app.matching import figures, report
from app.matching.report import Changes, Coverage, GroupFigures, Price, Scores

SCORES = st.lists(st.integers(0, 100_000), min_size=1, max_size=40)


def _rounded(value: Fraction) -> int:
    return (value + Fraction(1, 2)).__floor__()


@given(SCORES)
def test_a_mean_is_the_mean_rounded_half_up(scores: list[int]) -> None:
    assert figures.mean(scores) == _rounded(mean(map(Fraction, scores)))


@given(SCORES)
def test_the_gini_coefficient_is_half_the_relative_mean_difference(scores: list[int]) -> None:
    total, count = sum(scores), len(scores)
    apart = sum(abs(one - other) for one in scores for other in scores)

    expected = _rounded(Fraction(10_000 * apart, 2 * count * total)) if total else None

    assert figures.gini(scores) == expected


@given(SCORES, st.integers(1, 100))
def test_at_least_so_many_values_do_not_exceed_a_percentile(scores: list[int], per_cent: int) -> None:
    found = figures.percentile(scores, per_cent)

    assert found is not None
    assert sum(score <= found for score in scores) * 100 >= per_cent * len(scores)
    assert sum(score < found for score in scores) * 100 < per_cent * len(scores)


def test_nothing_has_no_rate_no_mean_no_percentile_and_no_gini() -> None:
    empty = Scores.of([], [])

    assert empty == Scores(0, None, None, None, None)
    assert Coverage.of([], [], []) == Coverage(0, 0, 0, None)
    assert Price.of("nothing", 0, 0).rate is None


def test_coverage_counts_people_whom_somebody_could_have_met() -> None:
    assert Coverage.of(["a", "b", "c", "d"], ["a", "b", "c"], ["a", "a"]) == Coverage(4, 3, 1, 3333)


def test_the_spread_counts_who_stays_without_as_nothing() -> None:
    best = report.best_scores(["a", "b", "c"], [("m", "a", 40), ("n", "a", 60), ("n", "b", 60)])

    assert sorted(best) == [0, 60, 60]
    assert figures.gini(best) == 3333


def test_loads_say_how_many_mentors_have_how_many_mentees() -> None:
    assert report.loads(["m", "n", "o"], [("m", "a"), ("m", "b"), ("n", "a")]) == ((0, 1), (1, 1), (2, 1))


def test_changes_compare_two_plans_in_any_order() -> None:
    changes = Changes.between([("m", "a"), ("n", "b")], [("n", "b"), ("m", "c")])

    assert changes == Changes(1, (("m", "a"),), (("m", "c"),))


def test_a_price_is_what_the_choice_lost() -> None:
    assert Price.of("floor", 1_000, 990) == Price("floor", 1_000, 990, 10, 100)


def _people(group: str, count: int) -> dict[str, str]:
    return {f"{group}{number}": group for number in range(count)}


def test_a_group_has_its_rate_and_its_mean() -> None:
    people = _people("a", 20) | _people("b", 10)
    pairs = [(f"m{seat}", seat, 50_000) for seat in list(people)[:15]]

    assert report.groups(people, list(people), pairs) == (
        GroupFigures("a", 20, 7_500, 50_000, is_suppressed=False),
        GroupFigures("b", 10, 0, None, is_suppressed=False),
    )


def test_a_group_of_fewer_than_ten_is_not_told_nor_told_by_subtraction() -> None:
    figures_of = report.groups(_people("a", 9) | _people("b", 30) | _people("c", 20), [], [])

    assert [row.group for row in figures_of if row.is_suppressed] == ["a", "c"]


def test_two_small_groups_hide_each_other() -> None:
    figures_of = report.groups(_people("a", 9) | _people("b", 30) | _people("c", 8), [], [])

    assert [row.group for row in figures_of if row.is_suppressed] == ["a", "c"]
