"""Scores of single pairs, compiled: where few of a mentee's pairs are asked for, the others are not scored."""

import numpy as np
from numba import njit

from app.matching.kernel import BLOCK, COUNTED, SCRATCH, block, finish

# Scoring so many mentors at once takes as long as scoring one by itself.
_AT_ONCE = 160


@njit(nogil=True, cache=True)
def _score(d, e, j0, j1, counts, scratch, out):  # pragma: no cover - compiled
    """Scores of mentee `e` with mentors [j0, j1), at most a block, into `out`."""
    at = d.extra_starts[e]
    while at < d.extra_starts[e + 1] and d.extra_m[at] < j0:
        at += 1
    block(d, e, j0, j1, counts, scratch, out)
    finish(d, e, j0, j1, at, out)


@njit(nogil=True, cache=True)
def listed(d, mentees, mentors, out):  # pragma: no cover - compiled
    """`oracle.listed`; fast where pairs are grouped by mentee."""
    everybody = d.ints_m.shape[1]
    counts, scratch = np.empty((COUNTED, BLOCK), np.int16), np.empty((SCRATCH, BLOCK), np.int32)
    scores, row = np.empty(BLOCK, np.int32), np.empty(everybody, np.int32)
    first = 0
    while first < len(mentees):
        e, after = mentees[first], first
        while after < len(mentees) and mentees[after] == e:
            after += 1
        is_dense = (after - first) * _AT_ONCE > everybody
        if is_dense:
            for j0 in range(0, everybody, BLOCK):
                j1 = min(j0 + BLOCK, everybody)
                _score(d, e, j0, j1, counts, scratch, row[j0:j1])
        for at in range(first, after):
            m = mentors[at]
            if not is_dense:
                _score(d, e, m, m + 1, counts, scratch, scores)
            out[at] = row[m] if is_dense else scores[0]
        first = after
