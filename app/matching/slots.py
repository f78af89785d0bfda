"""Diaries as words of 64 slots, without the slots that only one side ever has free."""

from collections.abc import Sequence
from functools import reduce
from operator import or_

import numpy as np

from app.matching.columns import U64
from app.matching.diaries import WEEK
from app.matching.market import Seat
from app.matching.pairwise import Pairwise

_WORD = 64


def packed_bits(
    pairwise: Pairwise, mentors: Sequence[Seat], mentees: Sequence[Seat], *, needed: bool
) -> tuple[U64, U64]:
    """Bits (P, W, M) of mentors and (E, P, W) of mentees for the P kinds of week; P is 0 where nobody asks."""
    kinds = pairwise.diaries.kinds if needed else 0
    slots = WEEK // pairwise.diaries.minutes
    theirs = [pairwise.diaries.slots(seat) for seat in mentors] if kinds else []
    ours = [pairwise.diaries.slots(seat) for seat in mentees] if kinds else []
    packed = []
    for kind in range(kinds):
        sides = [[each[kind] for each in side] for side in (theirs, ours)]
        common = reduce(or_, sides[0], 0) & reduce(or_, sides[1], 0)
        kept = np.flatnonzero(_unpacked([common], slots)[0])
        packed.append([_words(_unpacked(side, slots)[:, kept]) for side in sides])
    width = max((each[0].shape[1] for each in packed), default=1)
    bits_m, bits_e = (
        np.zeros((kinds, width, len(mentors)), np.uint64),
        np.zeros((len(mentees), kinds, width), np.uint64),
    )
    for kind, (of_mentors, of_mentees) in enumerate(packed):
        bits_m[kind, : of_mentors.shape[1]] = of_mentors.T
        bits_e[:, kind, : of_mentees.shape[1]] = of_mentees
    return bits_m, bits_e


def _unpacked(numbers: Sequence[int], slots: int) -> np.typing.NDArray[np.uint8]:
    raw = b"".join(number.to_bytes(slots // 8, "little") for number in numbers)
    octets = np.frombuffer(raw, np.uint8).reshape(len(numbers), slots // 8)
    return np.unpackbits(octets, axis=1, bitorder="little")


def _words(free: np.typing.NDArray[np.uint8]) -> U64:
    people, slots = free.shape
    words = max(1, -(-slots // _WORD))
    padded = np.zeros((people, words * _WORD), np.uint8)
    padded[:, :slots] = free
    return np.packbits(padded, axis=1, bitorder="little").view("<u8").astype(np.uint64)
