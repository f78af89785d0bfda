"""Nobody wants to swap: deferred acceptance, and blocking pairs counted by a double loop."""

from collections.abc import Iterator
from dataclasses import replace
from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.matching import deferred
from app.matching.blocking import Held, blocking
from app.matching.columns import I64
from app.matching.explanations import Side
from app.matching.market import Market
from app.matching.pairwise import Pairwise
from app.matching.policy import Policy
from app.matching.utilities import Utilities
from tests.matching import small

Pair = tuple[str, str]
FORBIDDEN = -1


def _chosen(market: Market, policy: Policy, random: Random) -> dict[Pair, bool]:
    """Some allowed pairs within everybody's places, and whether each is a pin."""
    pairwise, chosen = Pairwise(market, policy), {}
    left = {seat.id: seat.places for seat in (*market.mentors, *market.mentees)}
    for mentor in market.mentors:
        for mentee in market.mentees:
            free = left[mentor.id] and left[mentee.id]
            if free and not pairwise.failed(mentor, mentee) and random.random() < 0.6:
                left[mentor.id] -= 1
                left[mentee.id] -= 1
                chosen[mentor.id, mentee.id] = random.random() < 0.2
    return chosen


def _double_loop(market: Market, policy: Policy, pairs: dict[Pair, bool], tolerance: int) -> set[Pair]:
    worth = {side: Pairwise(market, policy.model_copy(update={"mentee_share": share})) for side, share in _SHARES}
    seats = {seat.id: seat for seat in (*market.mentors, *market.mentees)}

    def has(side: Side, seat: str) -> float:
        own = [pair for pair in pairs if seat in pair]
        if len(own) < seats[seat].places:
            return -1
        traded = [worth[side].score(seats[pair[0]], seats[pair[1]]) // 10 for pair in own if not pairs[pair]]
        return min(traded, default=1_000_000)

    return {
        (mentor.id, mentee.id)
        for mentor in market.mentors
        for mentee in market.mentees
        if (mentor.id, mentee.id) not in pairs
        and not worth[Side.MENTEE].failed(mentor, mentee)
        and worth[Side.MENTEE].score(mentor, mentee) // 10 > has(Side.MENTEE, mentee.id) + tolerance
        and worth[Side.MENTOR].score(mentor, mentee) // 10 > has(Side.MENTOR, mentor.id) + tolerance
    }


_SHARES = ((Side.MENTEE, 10), (Side.MENTOR, 0))


@pytest.mark.parametrize("seed", range(25))
@pytest.mark.parametrize("tolerance", [0, 700])
def test_blocking_pairs_are_those_of_a_double_loop(seed: int, tolerance: int) -> None:
    random = small.seeded(seed)
    market, policy = small.market(random), small.policy(random)
    pairs = _chosen(market, policy, random)
    market = replace(market, pins=tuple(pair for pair, is_pin in pairs.items() if is_pin))
    utilities = Utilities.of(market, policy, seed)
    mentors, mentees = ([seat.id for seat in utilities.seats(side)] for side in (Side.MENTOR, Side.MENTEE))
    traded = [pair for pair, is_pin in pairs.items() if not is_pin]
    held = Held.of(
        utilities,
        np.array([mentors.index(mentor) for mentor, _ in traded], np.int64),
        np.array([mentees.index(mentee) for _, mentee in traded], np.int64),
    )

    found = blocking(utilities, held, tolerance)

    at = zip(found.mentors, found.mentees, strict=True)
    assert {(mentors[mentor], mentees[mentee]) for mentor, mentee in at} == _double_loop(
        market, policy, pairs, tolerance
    )


@st.composite
def preferences(draw: st.DrawFn) -> tuple[I64, I64, I64, I64]:
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


def _proposals(mentee: I64, mentor: I64, row: int) -> Iterator[tuple[int, int]]:
    for column in sorted(range(mentee.shape[1]), key=lambda column: (-mentee[row, column], column)):
        if mentee[row, column] >= 0:
            yield column, int(mentor[row, column])


def _accepted(mentee: I64, mentor: I64, mentees: I64, mentors: I64) -> list[tuple[int, int]]:
    return deferred.accepted(
        mentees.tolist(), mentors.tolist(), [_proposals(mentee, mentor, row) for row in range(len(mentee))]
    )


@given(preferences())
def test_nobody_blocks_deferred_acceptance(market: tuple[I64, I64, I64, I64]) -> None:
    mentee, mentor, mentees, mentors = market
    pairs = _accepted(*market)

    def has(utility: I64, places: int, own: list[tuple[int, int]]) -> int:
        return min((int(utility[row, column]) for column, row in own), default=99) if len(own) >= places else -1

    for row in range(len(mentees)):
        rows = [pair for pair in pairs if pair[1] == row]
        assert len(rows) <= mentees[row]
        for column in range(len(mentors)):
            columns = [pair for pair in pairs if pair[0] == column]
            assert len(columns) <= mentors[column]
            assert (
                (column, row) in pairs
                or mentee[row, column] <= has(mentee, int(mentees[row]), rows)
                or mentor[row, column] <= has(mentor, int(mentors[column]), columns)
            )


@given(st.data())
def test_both_proposing_sides_serve_the_same_people(data: st.DataObject) -> None:
    """The rural hospitals theorem: strict preferences leave the same people without a partner."""
    mentee, mentor = (np.array([data.draw(st.permutations(range(5))) for _ in range(5)], np.int64) for _ in range(2))
    allowed = np.array(data.draw(st.lists(st.booleans(), min_size=25, max_size=25))).reshape(5, 5)
    mentee[~allowed] = mentor.T[~allowed] = FORBIDDEN
    ones = np.ones(5, np.int64)

    mentees_first = _accepted(mentee, mentor.T, ones, ones)
    mentors_first = _accepted(mentor, mentee.T, ones, ones)

    assert {pair[0] for pair in mentees_first} == {pair[1] for pair in mentors_first}
    assert {pair[1] for pair in mentees_first} == {pair[0] for pair in mentors_first}
