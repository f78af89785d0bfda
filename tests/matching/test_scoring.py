"""A pair's score is the same by columns, one by one, and compiled."""

from random import Random

import numpy as np
import pytest

from app.matching import compiled, kernel, oracle
from app.matching.columns import BARRED, Columns
from app.matching.packing import Packed, pack
from app.matching.policy import SHARES
from app.matching.scanning import Scan
from tests.matching import markets

SEEDS = range(120)


def _packed(seed: int, most: int = 6) -> Packed:
    random = Random(seed)
    market = markets.random_market(random, random.randint(1, most), random.randint(1, most))
    return pack(market, markets.random_policy(random).model_copy(update={"stay_bonus": 0.0}), seed)


def test_columns_say_of_every_pair_what_its_seats_say() -> None:
    barred = allowed = 0
    for seed in SEEDS:
        packed = _packed(seed)
        for at, mentee in enumerate(packed.mentees):
            row = oracle.score(packed.columns, at).tolist()
            failed = [packed.pairwise.failed(mentor, mentee) for mentor in packed.mentors]
            scores = [packed.pairwise.score(mentor, mentee) for mentor in packed.mentors]
            assert row == [BARRED if rules else score for rules, score in zip(failed, scores, strict=True)], seed
            barred, allowed = barred + sum(map(bool, failed)), allowed + sum(not rules for rules in failed)

    assert barred > 100
    assert allowed > 100


def test_points_and_weights_of_both_sides_add_up_to_the_score() -> None:
    for seed in SEEDS:
        packed = _packed(seed)
        policy, (mentor, *_), (mentee, *_) = packed.pairwise.policy, packed.mentors, packed.mentees

        points = packed.pairwise.all_points(mentor, mentee)

        to_mentee = sum(each.mentee_weight * points[each.name][0] for each in policy.criteria)
        to_mentor = sum(each.mentor_weight * points[each.name][1] for each in policy.criteria)
        share = policy.mentee_share
        assert packed.pairwise.score(mentor, mentee) == share * to_mentee + (SHARES - share) * to_mentor
        assert 0 <= packed.pairwise.score(mentor, mentee) <= 100_000


def test_the_kernel_finds_what_the_oracle_finds() -> None:
    for seed in SEEDS:
        random = np.random.default_rng(seed)
        columns = _scaled(_packed(seed, most=14).columns, random)
        rows = np.flatnonzero(random.random(columns.mentees) < 0.8)
        prices, floors = random.integers(0, 30_000, columns.mentors), random.integers(-999, 50_000, columns.mentees)
        k = int(random.integers(1, 5))

        expected = oracle.scan(columns, rows, prices, floors, k)

        assert _plain(compiled.scan(columns, rows, prices, floors, k)) == _plain(expected), seed


def test_the_kernel_overflows_its_buffers_and_its_blocks_like_the_oracle() -> None:
    random = np.random.default_rng(7)
    packed = _packed(3, most=14)
    drawn = random.integers(0, packed.columns.mentors, 2 * kernel.BLOCK + 5)
    columns = _repeated(packed.columns, drawn)
    rows = np.arange(columns.mentees)
    # Many equals, so that which of them are kept is a matter of their place.
    prices, floors = random.integers(0, 4, columns.mentors) * 10, np.full(columns.mentees, -1)
    for k in (1, 3, 40):
        expected = oracle.scan(columns, rows, prices, floors, k)

        assert _plain(compiled.scan(columns, rows, prices, floors, k)) == _plain(expected)


@pytest.mark.parametrize("chunks", [1, 2, 5])
def test_chunks_change_nothing(chunks: int) -> None:
    columns = _packed(5, most=14).columns
    rows, prices = np.arange(columns.mentees), np.zeros(columns.mentors, np.int64)
    floors = np.full(columns.mentees, -1)

    parts = [oracle.scan(columns, each, prices, floors, 3) for each in np.array_split(rows, chunks)]

    assert _plain(Scan.joined(parts)) == _plain(oracle.scan(columns, rows, prices, floors, 3))


def _scaled(columns: Columns, random: np.random.Generator) -> Columns:
    scale = random.integers(1, 4, columns.mentees).astype(np.int32)
    return columns._replace(scale_e=scale, shift_e=random.integers(-9, 9, columns.mentees).astype(np.int32))


def _repeated(columns: Columns, drawn: np.typing.NDArray[np.int64]) -> Columns:
    """The same mentors over and over, without what was said of single pairs."""
    plain = columns._replace(
        extra_starts=np.zeros(columns.mentees + 1, np.int64), extra_m=columns.extra_m[:0], extra=columns.extra[:0]
    )
    by_mentor = [name for name in columns._fields if name.endswith("_m") and name != "extra_m"]
    wide = {name: np.ascontiguousarray(getattr(columns, name)[..., drawn]) for name in (*by_mentor, "rows")}
    return plain._replace(**wide)


def _plain(scan: Scan) -> tuple[object, ...]:
    """A scan as what it says, whatever order a mentee's pairs came in."""
    pairs = sorted(zip(scan.mentees.tolist(), scan.mentors.tolist(), scan.scores.tolist(), strict=True))
    return pairs, scan.rest.tolist(), scan.allowed.tolist(), scan.best.tolist(), scan.reached.tolist()
