"""Scores and scans in NumPy: what the compiled kernel is held to, and all that a small market needs."""

import numpy as np

from app.matching import columns as c
from app.matching.columns import I32, I64, Columns
from app.matching.scanning import Scan
from app.matching.strips import Strip


def score(columns: Columns, mentee: int) -> I32:
    """Scores (M) of one mentee with every mentor; `BARRED` where a rule forbids the pair."""
    return Strip.of_mentee(columns, mentee).scores


def scan(columns: Columns, rows: I64, prices: I64, floors: I64, k: int) -> Scan:
    """For each mentee of `rows`, up to `k` mentors with the largest score less price above the mentee's floor.

    `prices` is by mentor, `floors` by mentee of the whole market. Of equals the first mentor by place is taken.
    """
    found, rests, counts, bests = [], [], [], []
    reached = np.zeros(columns.mentors, np.int64)
    for mentee in rows:
        scores = score(columns, int(mentee)).astype(np.int64)
        allowed = scores > c.BARRED
        worth = np.where(allowed, scores - prices, -c.INFINITE)
        above = np.flatnonzero(worth > floors[mentee])
        kept = above[np.lexsort((above, -worth[above]))][:k]
        found.append((np.full(len(kept), mentee, np.int64), kept, scores[kept]))
        rests.append(int(worth[kept[-1]] if len(above) > k else floors[mentee]))
        counts.append(int(np.count_nonzero(allowed)))
        reached += allowed
        bests.append(int(worth.max(initial=-c.INFINITE)))
    return Scan.of(found, rests, counts, bests, reached)


def listed(columns: Columns, mentees: I64, mentors: I64) -> I64:
    """Scores of listed pairs, grouped by mentee or not."""
    rows = {mentee: score(columns, mentee) for mentee in np.unique(mentees).tolist()}
    scores = (rows[mentee][mentor] for mentee, mentor in zip(mentees.tolist(), mentors.tolist(), strict=True))
    return np.fromiter(scores, np.int64, len(mentees))
