"""The kernel over many mentees: in chunks, on as many threads as asked, with word to whoever waits in between.

The kernel lets go of the interpreter, so threads are enough; which thread scans which chunk changes nothing.
"""

from typing import NamedTuple

import numpy as np

from app.matching import kernel, singles
from app.matching.columns import I32, I64, U8, U64, Columns
from app.matching.scanning import Scan

_OF_MENTORS = "rank enter leave manager department division constant no_diary no_style".split()
_OF_MENTEES = [*_OF_MENTORS, *"barred_department site scale shift".split()]


class Compact(NamedTuple):
    """`Columns` in fewer arrays, in the order that `kernel` counts on: every array costs seconds of compilation."""

    ints_m: I32
    ints_e: I32
    bits_m: U64
    bits_e: U64
    traits_m: U8
    traits_e: U8
    rows: U8
    starts: I32
    counted: I32
    factors: I32
    weights: I32
    interests: I32
    languages: I32
    style: I32
    overlap: I32
    gap: I32
    departments: I32
    limits: I64
    extra_starts: I64
    extra_m: I32
    extra: I32

    @classmethod
    def of(cls, columns: Columns) -> "Compact":
        """Stack what is by mentor, and what is by mentee."""
        ints_e = [getattr(columns, f"{name}_e") for name in _OF_MENTEES]
        stacked = {
            "ints_m": np.stack([getattr(columns, f"{name}_m") for name in _OF_MENTORS]),
            "ints_e": np.column_stack([*ints_e, columns.initial]),
        }
        same = {name: getattr(columns, name) for name in cls._fields if name not in stacked}
        return cls(**stacked, **same)


# Mentees a chunk: some milliseconds of work at 500 mentors, a tenth of a second at 50,000.
CHUNK = 128


def scan(columns: Columns, rows: I64, prices: I64, floors: I64, k: int) -> Scan:
    """`oracle.scan`, compiled."""
    count = len(rows)
    found, scores = np.empty((count, k), np.int64), np.empty((count, k), np.int64)
    sizes, rest, allowed, best = (np.zeros(count, np.int64) for _ in range(4))
    reached = np.zeros(columns.mentors, np.int64)
    kernel.scan(Compact.of(columns), rows, prices, floors, k, found, scores, sizes, rest, allowed, best, reached)
    # Whoever asks for all above a floor gets few of many.
    width = int(sizes.max(initial=0))
    taken = np.arange(width)[None, :] < sizes[:, None]
    mentors, worth = found[:, :width][taken], scores[:, :width][taken]
    return Scan(np.repeat(rows, sizes), mentors, worth, rest, allowed, best, reached)


def listed(columns: Columns, mentees: I64, mentors: I64) -> I64:
    """`oracle.listed`, compiled."""
    out = np.empty(len(mentees), np.int64)
    singles.listed(Compact.of(columns), mentees, mentors, out)
    return out
