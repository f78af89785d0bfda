"""A market as columns of integers: what both scorers read, and nothing else.

Suffix `_m` is by mentor (length M), `_e` by mentee (length E); both in the order of their tie-breaking hash. Points are
multiplied with their criterion's combined weight already, so that a score is a sum.
"""

from typing import Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt

I32 = npt.NDArray[np.int32]
I64 = npt.NDArray[np.int64]
U8 = npt.NDArray[np.uint8]
U64 = npt.NDArray[np.uint64]

# The score of a pair that a rule bars, and the least that an allowed pair can have.
BARRED: Final = -(1 << 30)
# Counted criteria, in the order of `starts`: two sums of skills, two counts.
SKILLS, BACK, INTERESTS, LANGUAGES = range(4)
COUNTED: Final = 4
# Beyond any score, price or reward.
INFINITE: Final = 1 << 60
# The distance that stands for a trait that one of two left out.
UNKNOWN_DISTANCE: Final = 2
# Added to a count where one side said nothing; tables hold the neutral points from here on.
UNKNOWN_COUNT: Final = 100
COUNTS: Final = 2 * UNKNOWN_COUNT + 1
RANKS: Final = 64
# More slots than a week has quarters; tables of overlap hold the neutral points from here on.
NO_DIARY: Final = 700
# Places in `limits`.
MIN_GAP, MIN_SLOTS, LEAST_LANGUAGES, MOST_LANGUAGES, LEAST = range(5)


class Columns(NamedTuple):
    """All that decides scores. Shapes: M mentors, E mentees, T traits, R rows, P weeks, W words, Q pairs."""

    rank_m: I32
    enter_m: I32
    leave_m: I32
    manager_m: I32
    department_m: I32
    division_m: I32
    constant_m: I32
    no_diary_m: I32
    no_style_m: I32
    traits_m: U8  # (T, M): level 1-5, 0 unknown
    bits_m: U64  # (P, W, M)
    rows: U8  # (R, M): levels, weights or flags that mentees count
    rank_e: I32
    enter_e: I32
    leave_e: I32
    manager_e: I32
    department_e: I32
    barred_department_e: I32
    division_e: I32
    constant_e: I32
    no_diary_e: I32
    no_style_e: I32
    site_e: I32  # the row that says whom the mentee may meet, or -1
    scale_e: I32
    shift_e: I32
    traits_e: U8  # (E, T)
    bits_e: U64  # (E, P, W)
    starts: I32  # (E * COUNTED + 1): where in `counted` a mentee's rows of a criterion begin
    counted: I32  # row numbers
    factors: I32  # what each counts
    initial: I32  # (E, COUNTED)
    weights: I32  # (2): of the two sums of skills
    interests: I32  # (COUNTS) points by count
    languages: I32  # (COUNTS)
    style: I32  # (2, 4T + 2) by summed distance; the second line is for mentees without traits
    overlap: I32  # (2, 2 * NO_DIARY) by slots; the second line is for mentees without a diary
    gap: I32  # (RANKS) by levels between
    departments: I32  # (2, 4): same, same division, neither, unknown; the second line is for mentees without one
    limits: I64  # (5): of the rules
    extra_starts: I64  # (E + 1)
    extra_m: I32  # (Q): the mentor
    extra: I32  # (Q): added to the score, or BARRED

    @property
    def mentors(self) -> int:
        """M."""
        return len(self.rank_m)

    @property
    def mentees(self) -> int:
        """E."""
        return len(self.rank_e)

    def of_mentors(self, chosen: I64) -> "Columns":
        """The same market with these mentors only; `chosen` rises."""
        place = np.full(self.mentors, -1, np.int32)
        place[chosen] = np.arange(len(chosen), dtype=np.int32)
        kept = place[self.extra_m] >= 0
        counts = np.concatenate([[0], np.cumsum(kept)])
        narrowed: dict[str, Any] = {
            name: np.ascontiguousarray(getattr(self, name)[..., chosen])
            for name in self._fields
            if name.endswith("_m") and name != "extra_m"
        }
        return self._replace(
            **narrowed,
            rows=np.ascontiguousarray(self.rows[:, chosen]),
            extra_starts=counts[self.extra_starts].astype(np.int64),
            extra_m=place[self.extra_m[kept]],
            extra=self.extra[kept],
        )

    def without_extra(self) -> "Columns":
        """The same, with nothing said of single pairs."""
        none = np.empty(0, np.int32)
        return self._replace(extra_starts=np.zeros_like(self.extra_starts), extra_m=none, extra=none)

    def with_extra(self, mentees: I64, mentors: I64, values: I64) -> "Columns":
        """More points for listed pairs, or `BARRED`; what bars once bars for good."""
        owners = np.repeat(np.arange(self.mentees), np.diff(self.extra_starts))
        keys = np.concatenate([owners * self.mentors + self.extra_m, mentees * self.mentors + mentors])
        every = np.concatenate([self.extra.astype(np.int64), values])
        pairs, at = np.unique(keys, return_inverse=True)
        sums = np.zeros(len(pairs), np.int64)
        np.add.at(sums, at, every)
        np.minimum.at(sums, at, np.where(every <= BARRED, BARRED, sums[at]))
        starts = np.searchsorted(pairs, np.arange(self.mentees + 1) * max(self.mentors, 1))
        return self._replace(
            extra_starts=starts.astype(np.int64),
            extra_m=(pairs % max(self.mentors, 1)).astype(np.int32),
            extra=np.maximum(sums, BARRED).astype(np.int32),
        )
