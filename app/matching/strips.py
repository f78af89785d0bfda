"""All pairs of one seat, in NumPy: which rules bar them, what they are worth, what they score."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from app.matching import columns as c
from app.matching.columns import I32, I64, Columns
from app.matching.policy import RuleName

Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Strip:
    """A row or a column of the table of mentees (`e`) and mentors (`m`): one of the two is a single seat's."""

    columns: Columns
    e: slice
    m: slice

    @classmethod
    def of_mentee(cls, columns: Columns, mentee: int) -> "Strip":
        """One mentee with every mentor."""
        return cls(columns, slice(mentee, mentee + 1), slice(0, columns.mentors))

    @classmethod
    def of_mentor(cls, columns: Columns, mentor: int) -> "Strip":
        """One mentor with every mentee."""
        return cls(columns, slice(0, columns.mentees), slice(mentor, mentor + 1))

    @cached_property
    def scores(self) -> I32:
        """Scores of all pairs; `BARRED` where a rule forbids one."""
        d, total = self.columns, self.worth
        barred = np.logical_or.reduce([*self.barred_by.values()])
        others, values = self._extras
        barred[others[values <= c.BARRED]] = True
        scored: I32 = np.where(
            barred | (total < d.limits[c.LEAST]), c.BARRED, total * d.scale_e[self.e] + d.shift_e[self.e]
        ).astype(np.int32)
        return scored

    @cached_property
    def worth(self) -> I32:
        """Points of all pairs with their weights, whether or not a rule forbids one."""
        d, e, m = self.columns, self.e, self.m
        total = d.constant_m[m] + d.constant_e[e]
        total += d.weights[0] * self._counts[c.SKILLS] + d.weights[1] * self._counts[c.BACK]
        total += d.interests[self._counts[c.INTERESTS]] + d.languages[self._counts[c.LANGUAGES]]
        total += d.overlap[d.no_diary_e[e], self._slots + d.no_diary_m[m]]
        total += d.style[d.no_style_e[e], self._distance()]
        total += d.gap[np.clip(self._gap, 0, c.RANKS - 1)]
        total += d.departments[(d.department_e[e] < 0).astype(np.int32), self._department_step()]
        others, values = self._extras
        total[others] += np.where(values > c.BARRED, values, 0)
        return total

    @cached_property
    def barred_by(self) -> dict[RuleName, Flags]:
        """The pairs that each rule bars, but for rules about single pairs; who must consent and has not has no rank."""
        d, e, m = self.columns, self.e, self.m
        languages = self._counts[c.LANGUAGES]
        is_same = d.enter_e[e] == d.enter_m[m]
        in_line = (d.enter_e[e] <= d.enter_m[m]) & (d.enter_m[m] < d.leave_e[e])
        in_line |= (d.enter_m[m] <= d.enter_e[e]) & (d.enter_e[e] < d.leave_m[m])
        return {
            RuleName.SAME_PERSON: is_same,
            RuleName.REPORTING_LINE: in_line & ~is_same,
            RuleName.RANK_GAP: self._gap < d.limits[c.MIN_GAP],
            RuleName.SHARED_MANAGER: d.manager_m[m] == d.manager_e[e],
            RuleName.WORKING_LANGUAGE: (languages < d.limits[c.LEAST_LANGUAGES])
            | (languages > d.limits[c.MOST_LANGUAGES]),
            RuleName.OVERLAP: self._slots < d.limits[c.MIN_SLOTS],
            RuleName.SAME_DEPARTMENT: d.department_m[m] == d.barred_department_e[e],
            RuleName.SITE: self._far(),
        }

    @cached_property
    def _gap(self) -> I32:
        return self.columns.rank_e[self.e] - self.columns.rank_m[self.m]

    @cached_property
    def _counts(self) -> I32:
        """By counted criterion, what the mentees count of the mentors."""
        d = self.columns
        starts = d.starts[self.e.start * c.COUNTED : self.e.stop * c.COUNTED + 1]
        entries = slice(starts[0], starts[-1])
        counted = d.factors[entries, None] * d.rows[d.counted[entries], self.m]
        sums = np.zeros((len(counted) + 1, counted.shape[1]), np.int32)
        np.cumsum(counted, axis=0, out=sums[1:])
        sums = sums[starts[1:] - starts[0]] - sums[starts[:-1] - starts[0]]
        initial = d.initial[self.e]
        counts: I32 = initial[:, :, None] + sums.reshape(*initial.shape, sums.shape[1])
        return counts.transpose(1, 0, 2).reshape(c.COUNTED, -1)

    @cached_property
    def _slots(self) -> I32:
        """Slots in common in the worst week."""
        ours, theirs = np.moveaxis(self.columns.bits_e[self.e], 0, -1), self.columns.bits_m[..., self.m]
        if not len(theirs):
            return np.zeros_like(self._gap)
        worst: I32 = np.bitwise_count(ours & theirs).sum(axis=1, dtype=np.int32).min(axis=0)
        return worst

    @cached_property
    def _extras(self) -> tuple[I64, I32]:
        """The pairs about which something is said, and what."""
        d, e, m = self.columns, self.e, self.m
        listed = slice(*d.extra_starts[[e.start, e.stop]])
        places = listed.start + np.flatnonzero((d.extra_m[listed] >= m.start) & (d.extra_m[listed] < m.stop))
        mentees = np.searchsorted(d.extra_starts, places, side="right") - 1
        # One of the two differences is nought.
        return (mentees - e.start) + (d.extra_m[places] - m.start), d.extra[places]

    def _distance(self) -> I32:
        """Summed distance of traits, or the place of the neutral points for mentors without any."""
        ours, theirs = self.columns.traits_e[self.e].T.astype(np.int32), self.columns.traits_m[:, self.m]
        away = np.where((theirs == 0) | (ours == 0), c.UNKNOWN_DISTANCE, np.abs(theirs - ours))
        total: I32 = self.columns.no_style_m[self.m] + away.sum(axis=0, dtype=np.int32)
        return total

    def _department_step(self) -> I32:
        d, e, m = self.columns, self.e, self.m
        apart = np.where(d.division_m[m] == d.division_e[e], 1, 2)
        step: I32 = np.where(d.department_m[m] < 0, 3, np.where(d.department_m[m] == d.department_e[e], 0, apart))
        return step

    def _far(self) -> Flags:
        """Where no site lets two meet; a rule about sites says so of all mentees, or of none."""
        d, sites = self.columns, self.columns.site_e[self.e]
        if (sites < 0).all():
            return np.zeros(len(self._gap), np.bool_)
        far: Flags = d.rows[sites, self.m].ravel() != 1
        return far
