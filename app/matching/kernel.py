"""Scores and scans compiled: the same integers as `oracle`, a hundred times as fast.

Functions here are longer than elsewhere and repeat loops over one block: each loop must be free of branches and of
calls, or it is not vectorised. Compiled code is not traced; equality with the oracle, which is, stands for it.
"""

import numpy as np
from llvmlite import ir
from numba import njit, types
from numba.core.typing.templates import Signature
from numba.extending import intrinsic

from app.matching import columns as c

_SKILLS, _BACK, _INTERESTS, _LANGUAGES, COUNTED = c.SKILLS, c.BACK, c.INTERESTS, c.LANGUAGES, c.COUNTED
_BARRED, _INFINITE, _RANKS = c.BARRED, c.INFINITE, c.RANKS
_RANK, _ENTER, _LEAVE, _MANAGER, _DEPARTMENT, _DIVISION, _CONSTANT, _NO_DIARY, _NO_STYLE = range(9)
_BARRED_DEPARTMENT, _SITE, _SCALE, _SHIFT, _INITIAL = range(9, 14)
_MIN_GAP, _MIN_SLOTS, _LEAST_LANGUAGES, _MOST_LANGUAGES, _LEAST = (
    c.MIN_GAP,
    c.MIN_SLOTS,
    c.LEAST_LANGUAGES,
    c.MOST_LANGUAGES,
    c.LEAST,
)
# A block of mentors fits the first cache with all its scratch; a tile of mentees shares the block's columns.
BLOCK, TILE = 2048, 16
SCRATCH = 3


@intrinsic
def _ones(_context, word):  # pragma: no cover - compiled
    """The number of set bits of a word, as one instruction."""

    def generate(_context, builder: ir.IRBuilder, _signature: Signature, arguments):
        return builder.ctpop(arguments[0])

    return types.uint64(types.uint64), generate


@njit(nogil=True, cache=True)
def _count(d, e, criterion, j0, total):  # pragma: no cover - compiled
    """Sum up the rows that mentee `e` counts of a criterion; sums fit 16 bits, so that a register holds many."""
    n = len(total)
    at = e * COUNTED + criterion
    total[:] = np.int16(d.ints_e[e, _INITIAL + criterion])
    for place in range(d.starts[at], d.starts[at + 1]):
        row, factor = d.rows[d.counted[place], j0 : j0 + n], np.int16(d.factors[place])
        for j in range(n):
            total[j] += np.int16(factor * np.int16(row[j]))


@njit(nogil=True, cache=True)
def block(d, e, j0, j1, counts, scratch, out):  # pragma: no cover - compiled
    """Scores of mentee `e` with mentors [j0, j1) into `out`, without the extras of single pairs."""
    n = j1 - j0
    for criterion in range(COUNTED):
        _count(d, e, criterion, j0, counts[criterion, :n])
    worst, common, step = scratch[0], scratch[1], scratch[2]
    kinds, words = d.bits_m.shape[0], d.bits_m.shape[1]
    for j in range(n):
        worst[j] = 0
    for kind in range(kinds):
        into = worst if kind == 0 else common
        for word in range(words):
            theirs, ours = d.bits_m[kind, word, j0:j1], d.bits_e[e, kind, word]
            if word == 0:
                for j in range(n):
                    into[j] = np.int32(_ones(theirs[j] & ours))  # type: ignore[call-arg]
            else:
                for j in range(n):
                    into[j] += np.int32(_ones(theirs[j] & ours))  # type: ignore[call-arg]
        if kind > 0:
            for j in range(n):
                worst[j] = min(worst[j], common[j])
    skills, back, interests, languages = counts[0], counts[1], counts[2], counts[3]
    rank, enter, leave = d.ints_m[_RANK, j0:j1], d.ints_m[_ENTER, j0:j1], d.ints_m[_LEAVE, j0:j1]
    manager, department, division = d.ints_m[_MANAGER, j0:j1], d.ints_m[_DEPARTMENT, j0:j1], d.ints_m[_DIVISION, j0:j1]
    own_rank, own_enter, own_leave, own_manager = (
        d.ints_e[e, _RANK],
        d.ints_e[e, _ENTER],
        d.ints_e[e, _LEAVE],
        d.ints_e[e, _MANAGER],
    )
    own_department, barred, own_division = (
        d.ints_e[e, _DEPARTMENT],
        d.ints_e[e, _BARRED_DEPARTMENT],
        d.ints_e[e, _DIVISION],
    )
    min_gap, min_slots = np.int32(d.limits[_MIN_GAP]), np.int32(d.limits[_MIN_SLOTS])
    least, most = np.int32(d.limits[_LEAST_LANGUAGES]), np.int32(d.limits[_MOST_LANGUAGES])
    lines = d.departments[1 if own_department < 0 else 0]
    same, near, far, unknown = lines[0], lines[1], lines[2], lines[3]
    w_skills, w_back, base = d.weights[0], d.weights[1], d.ints_e[e, _CONSTANT]
    constant = d.ints_m[_CONSTANT, j0:j1]
    for j in range(n):
        x = constant[j] + base + w_skills * np.int32(skills[j]) + w_back * np.int32(back[j])
        apart = near if division[j] == own_division else far
        known = same if department[j] == own_department else apart
        x += unknown if department[j] < 0 else known
        ok = (own_rank - rank[j] >= min_gap) & (worst[j] >= min_slots)
        ok = ok & (languages[j] >= least) & (languages[j] <= most)
        ok = ok & (manager[j] != own_manager) & (department[j] != barred)
        ok = ok & ~((own_enter <= enter[j]) & (enter[j] < own_leave))
        ok = ok & ~((enter[j] <= own_enter) & (own_enter < leave[j]))
        out[j] = x if ok else np.int32(_BARRED)
    of_interests, of_languages = d.interests, d.languages
    for j in range(n):
        out[j] += of_interests[interests[j]] + of_languages[languages[j]]
    of_overlap, no_diary = d.overlap[d.ints_e[e, _NO_DIARY]], d.ints_m[_NO_DIARY, j0:j1]
    for j in range(n):
        out[j] += of_overlap[worst[j] + no_diary[j]]
    of_gap = d.gap
    for j in range(n):
        out[j] += of_gap[min(max(own_rank - rank[j], 0), _RANKS - 1)]
    no_style = d.ints_m[_NO_STYLE, j0:j1]
    for j in range(n):
        step[j] = no_style[j]
    for trait in range(d.traits_m.shape[0]):
        level, levels = np.int32(d.traits_e[e, trait]), d.traits_m[trait, j0:j1]
        for j in range(n):
            away = abs(np.int32(levels[j]) - level)
            step[j] += np.int32(2) if (levels[j] == 0) | (level == 0) else away
    of_style = d.style[d.ints_e[e, _NO_STYLE]]
    for j in range(n):
        out[j] += of_style[step[j]]
    if d.ints_e[e, _SITE] >= 0:
        meets = d.rows[d.ints_e[e, _SITE], j0:j1]
        for j in range(n):
            out[j] = out[j] if meets[j] == 1 else np.int32(_BARRED)


@njit(nogil=True, cache=True)
def finish(d, e, j0, j1, at, out):  # pragma: no cover - compiled
    """Extras of the block's listed pairs, the least score, the mentee's scale. Returns where the next block's begin."""
    # Barred is far below: whatever points were added to it, no allowed pair comes near half of it.
    barred = np.int32(_BARRED // 2)
    stop = d.extra_starts[e + 1]
    while at < stop and d.extra_m[at] < j1:
        j = d.extra_m[at] - j0
        out[j] = np.int32(_BARRED) if (d.extra[at] < barred) | (out[j] < barred) else out[j] + d.extra[at]
        at += 1
    least, scale, shift = np.int32(max(d.limits[_LEAST], barred)), d.ints_e[e, _SCALE], d.ints_e[e, _SHIFT]
    for j in range(j1 - j0):
        out[j] = np.int32(out[j] * scale + shift) if out[j] >= least else np.int32(_BARRED)
    return at


@njit(nogil=True, cache=True)
def _is_better(key, place, other_key, other_place):  # pragma: no cover - compiled
    return key > other_key or (key == other_key and place < other_place)


@njit(nogil=True, cache=True)
def _select(key, place, count, k):  # pragma: no cover - compiled
    """Move the k best of the first `count` entries to the front, in any order (Hoare's quickselect)."""
    low, high = 0, count - 1
    while low < high:
        middle = (low + high) >> 1
        pivot, pivot_place = key[middle], place[middle]
        i, j = low, high
        while i <= j:
            while _is_better(key[i], place[i], pivot, pivot_place):
                i += 1
            while _is_better(pivot, pivot_place, key[j], place[j]):
                j -= 1
            if i <= j:
                key[i], key[j] = key[j], key[i]
                place[i], place[j] = place[j], place[i]
                i += 1
                j -= 1
        if k - 1 <= j:
            high = j
        elif k - 1 >= i:
            low = i
        else:
            return


@njit(nogil=True, cache=True)
def scan(d, rows, prices, floors, k, found, scores, sizes, rest, allowed, best, reached):  # pragma: no cover - compiled
    """`oracle.scan` of up to all mentees; `found` and `scores` are (rows, k), filled up to `sizes`."""
    mentors = d.ints_m.shape[1]
    capacity = 2 * k + 64
    scratch, out = np.empty((SCRATCH, BLOCK), np.int32), np.empty(BLOCK, np.int32)
    counts, worth = np.empty((COUNTED, BLOCK), np.int16), np.empty(BLOCK, np.int64)
    key, place = np.empty((TILE, capacity), np.int64), np.empty((TILE, capacity), np.int64)
    held, extra = np.empty(TILE, np.int64), np.empty(TILE, np.int64)
    bar, full = np.empty(TILE, np.int64), np.empty(TILE, np.int64)
    for i0 in range(0, len(rows), TILE):
        i1 = min(i0 + TILE, len(rows))
        for i in range(i0, i1):
            t, e = i - i0, rows[i]
            held[t], full[t], extra[t], bar[t] = 0, 0, d.extra_starts[e], floors[e]
            allowed[i], best[i] = 0, -_INFINITE
        for j0 in range(0, mentors, BLOCK):
            j1 = min(j0 + BLOCK, mentors)
            price = prices[j0:j1]
            for i in range(i0, i1):
                t, e = i - i0, rows[i]
                block(d, e, j0, j1, counts, scratch, out)
                extra[t] = finish(d, e, j0, j1, extra[t], out)
                count, top, reaching = np.int32(0), np.int64(-_INFINITE), reached[j0:j1]
                for j in range(j1 - j0):
                    is_allowed = np.int32(out[j] > _BARRED)
                    count += is_allowed
                    reaching[j] += is_allowed
                for j in range(j1 - j0):
                    worth[j] = np.int64(out[j]) - price[j] if out[j] > _BARRED else np.int64(-_INFINITE)
                for j in range(j1 - j0):
                    top = max(top, worth[j])
                allowed[i] += count
                best[i] = max(best[i], top)
                if top <= bar[t]:
                    continue
                n, above = held[t], bar[t]
                for j in range(j1 - j0):
                    if worth[j] > above:
                        key[t, n], place[t, n] = worth[j], j0 + j
                        n += 1
                        if n == capacity:
                            _select(key[t], place[t], n, k)
                            n, full[t] = k, 1
                            # Equal to the last kept, but further on, is worse: only what is above it matters now.
                            above = key[t, :k].min()
                held[t], bar[t] = n, above
        for i in range(i0, i1):
            t = i - i0
            n = held[t]
            if n > k:
                _select(key[t], place[t], n, k)
                n, full[t] = k, 1
            for q in range(n):
                found[i, q] = place[t, q]
                scores[i, q] = key[t, q] + prices[place[t, q]]
            sizes[i] = n
            rest[i] = key[t, :n].min() if full[t] else floors[rows[i]]
