"""Scores and scans in NumPy: what the compiled kernel is held to, and all that a small market needs."""

import numpy as np

from app.matching import columns as c
from app.matching.columns import I32, I64, Columns
from app.matching.scanning import Scan


def score(columns: Columns, mentee: int) -> I32:
    """Scores (M) of one mentee with every mentor; `BARRED` where a rule forbids the pair."""
    d, e = columns, mentee
    sums = [_counted(d, e, criterion) for criterion in range(c.COUNTED)]
    slots = _slots(d, e)
    gap = d.rank_e[e] - d.rank_m
    total = d.constant_m + d.constant_e[e]
    total += d.weights[0] * sums[c.SKILLS] + d.weights[1] * sums[c.BACK]
    total += d.interests[sums[c.INTERESTS]] + d.languages[sums[c.LANGUAGES]]
    total += d.overlap[d.no_diary_e[e]][slots + d.no_diary_m]
    total += d.style[d.no_style_e[e]][_distance(d, e)]
    total += d.gap[np.clip(gap, 0, c.RANKS - 1)]
    total += d.departments[int(d.department_e[e] < 0)][_department_step(d, e)]
    total = np.where(_allowed(d, e, gap, slots, sums[c.LANGUAGES]), total, c.BARRED)
    listed = slice(d.extra_starts[e], d.extra_starts[e + 1])
    others, values = d.extra_m[listed], d.extra[listed]
    barred = (total[others] <= c.BARRED) | (values <= c.BARRED)
    total[others] = np.where(barred, c.BARRED, total[others] + values)
    total = np.where(total < d.limits[c.LEAST], c.BARRED, total)
    scored: I32 = np.where(total <= c.BARRED, c.BARRED, total * d.scale_e[e] + d.shift_e[e]).astype(np.int32)
    return scored


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


def _counted(d: Columns, e: int, criterion: int) -> I32:
    total = np.full(d.mentors, d.initial[e, criterion], np.int32)
    at = e * c.COUNTED + criterion
    for place in range(d.starts[at], d.starts[at + 1]):
        total += d.factors[place] * d.rows[d.counted[place]].astype(np.int32)
    return total


def _slots(d: Columns, e: int) -> I32:
    """Slots in common in the worst week."""
    if not len(d.bits_m):
        return np.zeros(d.mentors, np.int32)
    common = np.bitwise_count(d.bits_m & d.bits_e[e][:, :, None]).sum(axis=1, dtype=np.int32)
    worst: I32 = common.min(axis=0)
    return worst


def _distance(d: Columns, e: int) -> I32:
    """Summed distance of traits, or the place of the neutral points for mentors without any."""
    total = d.no_style_m.copy()
    for trait, level in enumerate(d.traits_e[e]):
        theirs = d.traits_m[trait].astype(np.int32)
        unknown = (theirs == 0) | (level == 0)
        total += np.where(unknown, c.UNKNOWN_DISTANCE, np.abs(theirs - int(level)))
    return total


def _department_step(d: Columns, e: int) -> I32:
    apart = np.where(d.division_m == d.division_e[e], 1, 2)
    step: I32 = np.where(d.department_m < 0, 3, np.where(d.department_m == d.department_e[e], 0, apart))
    return step


def _allowed(d: Columns, e: int, gap: I32, slots: I32, languages: I32) -> np.typing.NDArray[np.bool_]:
    limits = d.limits
    ok: np.typing.NDArray[np.bool_] = (gap >= limits[c.MIN_GAP]) & (slots >= limits[c.MIN_SLOTS])
    ok &= (languages >= limits[c.LEAST_LANGUAGES]) & (languages <= limits[c.MOST_LANGUAGES])
    ok &= (d.manager_m != d.manager_e[e]) & (d.department_m != d.barred_department_e[e])
    ok &= ~((d.enter_e[e] <= d.enter_m) & (d.enter_m < d.leave_e[e]))
    ok &= ~((d.enter_m <= d.enter_e[e]) & (d.enter_e[e] < d.leave_m))
    if d.site_e[e] >= 0:
        ok &= d.rows[d.site_e[e]] == 1
    return ok
