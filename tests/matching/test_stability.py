"""Nobody wants to swap: deferred acceptance, and blocking pairs counted by a double loop."""

from collections.abc import Iterator
from random import Random

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from app.matching import blocking, deferred
from app.matching.blocking import Blocks, Numbers

FORBIDDEN = -1


@st.composite
def markets(draw: st.DrawFn) -> tuple[Numbers, Numbers, Numbers, Numbers]:
    """Utilities of mentees and of mentors, shape (mentees, mentors), and the places of both."""
    shape = draw(st.tuples(st.integers(1, 5), st.integers(1, 5)))
    size = shape[0] * shape[1]
    mentee, mentor = (
        np.array(draw(st.lists(st.integers(FORBIDDEN, 12), min_size=size, max_size=size)), np.int64).reshape(shape)
        for _ in range(2)
    )
    ruled_out = (mentee < 0) | (mentor < 0)
    mentee[ruled_out] = mentor[ruled_out] = FORBIDDEN
    mentees, mentors = (
        np.array(draw(st.lists(st.integers(0, 3), min_size=side, max_size=side)), np.int64) for side in shape
    )
    return mentee, mentor, mentees, mentors


def _proposals(mentee: Numbers, mentor: Numbers, row: int) -> Iterator[tuple[int, int]]:
    for column in sorted(range(mentee.shape[1]), key=lambda column: (-mentee[row, column], column)):
        if mentee[row, column] >= 0:
            yield column, int(mentor[row, column])


def _accepted(mentee: Numbers, mentor: Numbers, mentees: Numbers, mentors: Numbers) -> list[tuple[int, int]]:
    return deferred.accepted(
        mentees.tolist(), mentors.tolist(), lambda row: _proposals(mentee, mentor, row), range(len(mentees))
    )


def _arrays(pairs: list[tuple[int, int]]) -> tuple[Numbers, Numbers]:
    both = np.array(pairs, np.int64).reshape(-1, 2)
    return both[:, 0], both[:, 1]


def _blocking(
    market: tuple[Numbers, Numbers, Numbers, Numbers], pairs: list[tuple[int, int]], tolerance: int
) -> set[tuple[int, int]]:
    mentee, mentor, mentees, mentors = market
    at = _arrays(pairs)
    none = np.zeros(len(pairs), bool)
    has = (
        blocking.thresholds(mentors, at[0], mentor[at[1], at[0]], none),
        blocking.thresholds(mentees, at[1], mentee[at[1], at[0]], none),
    )
    blocks = [Blocks(row, mentee[row : row + 2], mentor[row : row + 2]) for row in range(0, len(mentees), 2)]
    return {
        (int(pair[0]), int(pair[1]))
        for found in blocking.found(blocks, has, at, tolerance)
        for pair in zip(*found[:2], strict=True)
    }


def _double_loop(
    market: tuple[Numbers, Numbers, Numbers, Numbers], pairs: list[tuple[int, int]], tolerance: int
) -> set[tuple[int, int]]:
    mentee, mentor, mentees, mentors = market
    found = set()
    for row in range(len(mentees)):
        for column in range(len(mentors)):
            if mentee[row, column] < 0 or (column, row) in pairs or not mentees[row] or not mentors[column]:
                continue
            rows = [mentee[row, other] for other, at in pairs if at == row]
            columns = [mentor[other, column] for at, other in pairs if at == column]
            has = (
                min(rows) if len(rows) >= mentees[row] else -1,
                min(columns) if len(columns) >= mentors[column] else -1,
            )
            if mentee[row, column] > has[0] + tolerance and mentor[row, column] > has[1] + tolerance:
                found.add((column, row))
    return found


@given(markets())
def test_nobody_blocks_deferred_acceptance(market: tuple[Numbers, Numbers, Numbers, Numbers]) -> None:
    pairs = _accepted(*market)

    assert _blocking(market, pairs, 0) == set()
    assert (np.bincount(_arrays(pairs)[0], minlength=len(market[3])) <= market[3]).all()
    assert (np.bincount(_arrays(pairs)[1], minlength=len(market[2])) <= market[2]).all()


@given(markets(), st.integers(0, 6), st.randoms(use_true_random=False))
def test_blocking_pairs_are_those_of_a_double_loop(
    market: tuple[Numbers, Numbers, Numbers, Numbers], tolerance: int, random: Random
) -> None:
    pairs = [pair for pair in _accepted(*market) if random.random() < 0.6]

    assert _blocking(market, pairs, tolerance) == _double_loop(market, pairs, tolerance)


@given(st.permutations(range(5)), st.data())
def test_both_proposing_sides_serve_the_same_people(order: list[int], data: st.DataObject) -> None:
    """The rural hospitals theorem: strict preferences leave the same people without a partner."""
    mentee = np.array([data.draw(st.permutations(range(5))) for _ in order], np.int64)
    mentor = np.array([data.draw(st.permutations(range(5))) for _ in order], np.int64)
    allowed = np.array(data.draw(st.lists(st.booleans(), min_size=25, max_size=25))).reshape(5, 5)
    mentee[~allowed] = mentor.T[~allowed] = FORBIDDEN
    ones = np.ones(5, np.int64)

    mentees_first = _accepted(mentee, mentor.T, ones, ones)
    mentors_first = _accepted(mentor, mentee.T, ones, ones)

    assert {pair[0] for pair in mentees_first} == {pair[1] for pair in mentors_first}
    assert {pair[1] for pair in mentees_first} == {pair[0] for pair in mentors_first}
