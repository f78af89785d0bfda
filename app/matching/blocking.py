"""Pairs who would both rather have each other: counted exactly, over everybody, with each side's own utility.

A pair blocks a plan when both would gain more than the tolerance: over the partner they like least, or over a free
place, which is worth less than any partner. Places that a pin holds are not theirs to give up.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.int64]
TOP = 50
_FREE, _PINNED = -1, 1 << 40


@dataclass(frozen=True, slots=True)
class BlockingPair:
    """Two indices, and how much each would gain over what they have (own utility, 0-10,000)."""

    mentor: int
    mentee: int
    mentor_gain: int
    mentee_gain: int


@dataclass(frozen=True, slots=True)
class Blocks:
    """Rows of mentees from `start` on: both sides' utilities, shape (rows, mentors); -1 = ruled out."""

    start: int
    mentee: Numbers
    mentor: Numbers


def thresholds(places: Numbers, at: Numbers, utility: Numbers, pinned: Numbers) -> Numbers:
    """What each has to lose, shape (people,). `at` is the person of each pair, `pinned` whether it is a pin."""
    worst = np.full(len(places), _PINNED, np.int64)
    np.minimum.at(worst, at[~pinned], utility[~pinned])
    worst[np.bincount(at, minlength=len(places)) < places] = _FREE
    return worst


def found(
    blocks: Iterable[Blocks], has: tuple[Numbers, Numbers], pairs: tuple[Numbers, Numbers], tolerance: int = 0
) -> Iterator[tuple[Numbers, Numbers, Numbers, Numbers]]:
    """Blocking pairs: mentors, mentees, and what they are to each (utility of the mentor, of the mentee).

    `has` are the thresholds and `pairs` the plan's indices, mentors before mentees.
    """
    mentor_has, mentee_has = has
    order = np.argsort(pairs[1], kind="stable")
    mentors, mentees = pairs[0][order], pairs[1][order]
    for block in blocks:
        stop = block.start + len(block.mentee)
        floor = mentee_has[block.start : stop, None] + tolerance
        blocking = (block.mentee > floor) & (block.mentor > mentor_has[None, :] + tolerance) & (block.mentee >= 0)
        first, last = np.searchsorted(mentees, (block.start, stop))
        blocking[mentees[first:last] - block.start, mentors[first:last]] = False
        rows, columns = np.nonzero(blocking)
        yield columns, rows + block.start, block.mentor[rows, columns], block.mentee[rows, columns]
