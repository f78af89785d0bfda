"""Budgets: what is drawn comes back evenly, nothing is lent beyond a window, and nothing is remembered for long."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.quotas import buckets
from app.quotas.buckets import WINDOW_SECONDS, Budget

KEY = ("org", "key")


def drawn(budget: Budget, times: list[float], units: int = 1) -> int:
    """How many of these draws the budget allows."""
    allowed = 0
    for now in times:
        if budget.wait(KEY, units, now) == 0:
            budget.draw(KEY, units, now)
            allowed += 1
    return allowed


def test_a_whole_budget_can_be_drawn_at_once_and_no_more() -> None:
    assert drawn(Budget("credential", 10), [1000.0] * 25) == 10


def test_units_come_back_one_by_one() -> None:
    budget = Budget("credential", 60)
    drawn(budget, [1000.0] * 60)

    assert budget.wait(KEY, 1, 1000.0) == pytest.approx(1.0)
    assert budget.wait(KEY, 5, 1000.0) == pytest.approx(5.0)
    assert drawn(budget, [1003.0] * 10) == 3


def test_a_level_says_what_is_left_and_when_all_is_back() -> None:
    budget = Budget("credential", 60)
    assert budget.level(KEY, 1000.0) == (60, 0)

    budget.draw(KEY, 20, 1000.0)

    assert budget.level(KEY, 1000.0) == (40, 20)
    assert budget.level(KEY, 1010.5) == (50, 10)
    assert budget.level(KEY, 1020.0) == (60, 0)


def test_buckets_do_not_touch_each_other() -> None:
    budget = Budget("credential", 1)
    budget.draw(KEY, 1, 1000.0)

    assert budget.wait(KEY, 1, 1000.0) == 60
    assert budget.wait(("org", "other"), 1, 1000.0) == 0


def test_what_costs_more_than_the_budget_takes_all_of_it() -> None:
    budget = Budget("operation", 10)

    assert budget.wait(KEY, 50, 1000.0) == 0
    budget.draw(KEY, 50, 1000.0)
    assert budget.level(KEY, 1000.0) == (0, 60)


def test_a_clock_that_was_wrong_locks_nobody_out_for_long() -> None:
    budget = Budget("credential", 10)
    budget.draw(KEY, 10, 1_000_000.0)

    assert budget.wait(KEY, 1, 1000.0) <= 10 * WINDOW_SECONDS


def test_full_buckets_are_forgotten() -> None:
    budget = Budget("credential", 60)
    for number in range(1000):
        budget.draw(("org", str(number)), 1, 1000.0)

    budget.draw(KEY, 1, 1000.0 + WINDOW_SECONDS)

    assert len(budget) == 1


def test_there_is_a_most_of_buckets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(buckets, "_MOST_BUCKETS", 100)
    budget = Budget("address", 60)

    for number in range(1050):
        budget.draw(("", str(number)), 30, 1000.0)

    assert len(budget) <= 100


@given(st.integers(1, 500), st.lists(st.floats(0, 10), min_size=1, max_size=300), st.integers(1, 5))
def test_no_window_ever_holds_more_than_two_budgets(units: int, pauses: list[float], cost: int) -> None:
    budget, now, taken = Budget("credential", units), 1000.0, []
    for pause in pauses:
        now += pause
        if budget.wait(KEY, cost, now) == 0:
            budget.draw(KEY, cost, now)
            taken.append((now, min(cost, units)))

    for begin, _ in taken:
        # A full bucket, and what comes back meanwhile.
        assert sum(count for at, count in taken if begin <= at < begin + WINDOW_SECONDS) <= 2 * units
