"""Means lifted by prices, against every possible plan of small markets."""

from collections.abc import Iterator, Mapping
from itertools import combinations, permutations

from hypothesis import given
from hypothesis import strategies as st

from app.matching import parity
from app.matching.parity import ONE, Priced

Assignment = tuple[tuple[int, int], ...]
MENTEES, MENTORS = 4, 3
GROUPS = ("few", "many", "many", "few")


def _plans() -> Iterator[Assignment]:
    """Every way to pair off, (mentee, mentor)."""
    for count in range(MENTORS + 1):
        for mentees in combinations(range(MENTEES), count):
            for mentors in permutations(range(MENTORS), count):
                yield tuple(zip(mentees, mentors, strict=True))


PLANS = tuple(_plans())


@given(
    st.lists(st.lists(st.integers(0, 100), min_size=MENTORS, max_size=MENTORS), min_size=MENTEES, max_size=MENTEES),
    st.integers(0, 100),
)
def test_no_plan_within_the_limits_passes_the_bound(scores: list[list[int]], target: int) -> None:
    def surplus(plan: Assignment) -> dict[str, int]:
        return {
            group: sum(scores[mentee][mentor] - target for mentee, mentor in plan if GROUPS[mentee] == group)
            for group in ("few", "many")
        }

    def score(plan: Assignment) -> int:
        return sum(scores[mentee][mentor] for mentee, mentor in plan)

    def solved(prices: Mapping[str, int]) -> Priced[Assignment]:
        def worth(plan: Assignment) -> int:
            return ONE * score(plan) + sum(prices[group] * over for group, over in surplus(plan).items())

        best = max(PLANS, key=worth)
        return Priced(best, score(best), worth(best) // ONE, surplus(best))

    best, bound, rounds = parity.lifted(("few", "many"), solved)
    within = [plan for plan in PLANS if min(surplus(plan).values()) >= 0]

    assert max(map(score, within)) <= bound
    assert rounds <= parity.ROUNDS
    assert best.shortfall == -sum(min(0, over) for over in surplus(best.plan).values())
    assert best.shortfall or best.score <= bound


def test_a_plan_that_leaves_nobody_short_is_taken_as_it_is() -> None:
    asked: list[Mapping[str, int]] = []

    def solved(prices: Mapping[str, int]) -> Priced[str]:
        asked.append(dict(prices))
        return Priced("plan", 9, 9, {"a": 0})

    assert parity.lifted(("a",), solved) == (Priced("plan", 9, 9, {"a": 0}), 9, 1)
    assert asked == [{"a": 0}]
