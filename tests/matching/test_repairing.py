"""Blocking pairs are raised away, or it is said that they were not."""

from itertools import permutations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from app.matching.blocking import Blocking
from app.matching.columns import I64
from app.matching.repairing import HALFWAY, ROUNDS, STILL_THERE, Chosen, Edges, repaired

PEOPLE = 4
UTILITIES = st.lists(st.integers(0, 10_000), min_size=PEOPLE**2, max_size=PEOPLE**2)


def _edges(mentee: list[int], mentor: list[int]) -> Edges:
    rows, columns = np.divmod(np.arange(PEOPLE**2), PEOPLE)
    return Edges(columns, rows, 6 * np.array(mentee) + 4 * np.array(mentor), np.array(mentor), np.array(mentee))


def _solved(score: I64) -> Chosen:
    table, rows = score.reshape(PEOPLE, PEOPLE), np.arange(PEOPLE)
    best = max(permutations(range(PEOPLE)), key=lambda columns: int(table[rows, list(columns)].sum()))
    chosen = np.zeros((PEOPLE, PEOPLE), bool)
    chosen[rows, list(best)] = True
    return chosen.ravel()


def _blocking(edges: Edges, chosen: Chosen, tolerance: int) -> Blocking:
    mentees, mentors = (np.empty(PEOPLE, np.int64) for _ in range(2))
    mentees[edges.mentees[chosen]] = edges.mentee_utility[chosen]
    mentors[edges.mentors[chosen]] = edges.mentor_utility[chosen]
    blocking = (edges.mentee_utility > mentees[edges.mentees] + tolerance) & (
        edges.mentor_utility > mentors[edges.mentors] + tolerance
    )
    return Blocking(
        edges.mentors[blocking],
        edges.mentees[blocking],
        edges.mentor_utility[blocking],
        edges.mentee_utility[blocking],
        has={},
    )


@given(UTILITIES, UTILITIES, st.sampled_from([500, 2_500]))
def test_a_repaired_plan_has_no_blocking_pair(mentee: list[int], mentor: list[int], tolerance: int) -> None:
    edges = _edges(mentee, mentor)

    chosen, rounds = repaired(edges, _solved, lambda chosen: _blocking(edges, chosen, tolerance))

    if chosen is None:
        assert rounds in {HALFWAY, ROUNDS}
    else:
        assert not len(_blocking(edges, chosen, tolerance).mentors)


def test_a_plan_that_nobody_blocks_is_left_alone() -> None:
    edges = _edges([9, 0, 0, 0, 0, 9, 0, 0, 0, 0, 9, 0, 0, 0, 0, 9], [1] * 16)

    chosen, rounds = repaired(edges, _solved, lambda chosen: _blocking(edges, chosen, 0))

    assert rounds == 0
    assert chosen is not None
    assert chosen.reshape(PEOPLE, PEOPLE).diagonal().all()


def test_what_cannot_be_repaired_is_said_to_be_so() -> None:
    edges = _edges([1] * 16, [1] * 16)
    none = np.array([0])
    always = Blocking(none, none, none, none, has={})

    assert repaired(edges, _solved, lambda _: always, rounds=3) == (None, 3)
    assert repaired(edges, _solved, lambda _: always) == (None, HALFWAY)


def test_a_repair_that_is_nearly_done_goes_on_to_the_end() -> None:
    edges, none = _edges([1] * 16, [1] * 16), np.array([0])
    left = iter([STILL_THERE, *[1] * (ROUNDS - 1)])

    def fewer(_: Chosen) -> Blocking:
        some = none.repeat(next(left))
        return Blocking(some, some, some, some, has={})

    assert repaired(edges, _solved, fewer) == (None, ROUNDS)
