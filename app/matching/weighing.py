"""What a policy's weights make of the columns: points become parts of a score, for both sides or for one alone."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from app.matching import columns as c
from app.matching.columns import I32
from app.matching.diaries import HALF_HOUR
from app.matching.market import Seat
from app.matching.pairwise import FARTHEST, MONTH, Pairwise, at, style_points
from app.matching.policy import NEUTRAL, SHARES, Criterion, CriterionName, Mode, Policy

_N = CriterionName


@dataclass(frozen=True)
class Weighing:
    """The weights of `policy` over a market's seats; `pairwise` knows what does not depend on weights."""

    policy: Policy
    pairwise: Pairwise
    mentors: Sequence[Seat]
    mentees: Sequence[Seat]

    def arrays(self) -> dict[str, Any]:
        """The fields of `Columns` that hold weighted points."""
        return {
            "constant_m": self._constants(self.mentors, _N.MENTOR_RANKING),
            "constant_e": self._constants(self.mentees, _N.MENTEE_RANKING),
            "weights": np.array([self._weight(name) for name in (_N.SKILLS, _N.SKILLS_BACK)], np.int32),
            "interests": self._counts(_N.INTERESTS),
            "languages": self._counts(_N.LANGUAGES),
            "style": self._style(),
            "overlap": self._overlap(),
            "departments": self._departments(),
            "gap": self._gap(),
        }

    @cached_property
    def _criteria(self) -> dict[CriterionName, Criterion]:
        return {each.name: each for each in self.policy.criteria}

    def _weight(self, name: CriterionName) -> int:
        return self.policy.weight(self._criteria[name]) if name in self._criteria else 0

    def _constants(self, seats: Sequence[Seat], ranking: CriterionName) -> I32:
        """What each seat's own waiting adds to all its pairs, and its ranking if it ranked nobody."""
        share, weight = self.policy.mentee_share, "mentee_weight"
        if ranking is _N.MENTOR_RANKING:
            share, weight = SHARES - share, "mentor_weight"
        waiting, silent = self._criteria.get(_N.WAITING), self._weight(ranking) * NEUTRAL
        steps = waiting.steps if waiting else (0,)
        factor = share * getattr(waiting, weight) if waiting else 0
        known = self.pairwise.ranked_by
        total = [factor * at(steps, seat.waiting_days // MONTH) + silent * (seat.id not in known) for seat in seats]
        return np.array(total, np.int32) + np.int32(self._never_met() if ranking is _N.MENTEE_RANKING else 0)

    def _never_met(self) -> int:
        earlier = self._criteria.get(_N.EARLIER_PARTNER)
        return self.policy.weight(earlier) * 100 if earlier and earlier.mode is Mode.COMPLEMENTARY else 0

    def _counts(self, name: CriterionName) -> I32:
        """Points by count; neutral from `UNKNOWN_COUNT` on."""
        if name not in self._criteria:
            return np.zeros(c.COUNTS, np.int32)
        table = np.full(c.COUNTS, NEUTRAL, np.int32)
        table[: c.UNKNOWN_COUNT] = _points(self._criteria[name], np.arange(c.UNKNOWN_COUNT))
        return table * np.int32(self._weight(name))

    def _style(self) -> I32:
        traits = len(self.pairwise.traits) if _N.STYLE in self._criteria else 0
        table = self._lines(_N.STYLE, 4 * traits + 2)
        if traits:
            steps = self._criteria[_N.STYLE].steps
            points = [style_points(steps, distance, traits) for distance in range(FARTHEST * traits + 1)]
            table[0, : len(points)] = np.array(points) * self._weight(_N.STYLE)
        return table

    def _overlap(self) -> I32:
        table, minutes = self._lines(_N.OVERLAP, 2 * c.NO_DIARY), self.pairwise.diaries.minutes
        if _N.OVERLAP in self._criteria:
            points = _points(self._criteria[_N.OVERLAP], np.arange(c.NO_DIARY) * minutes // HALF_HOUR)
            table[0, : c.NO_DIARY] = points * self._weight(_N.OVERLAP)
        return table

    def _departments(self) -> I32:
        table = self._lines(_N.CROSS_DEPARTMENT, 4)
        if _N.CROSS_DEPARTMENT in self._criteria:
            table[0, :3] = np.array(self._criteria[_N.CROSS_DEPARTMENT].steps) * self._weight(_N.CROSS_DEPARTMENT)
        return table

    def _gap(self) -> I32:
        if _N.RANK_GAP not in self._criteria:
            return np.zeros(c.RANKS, np.int32)
        return _points(self._criteria[_N.RANK_GAP], np.arange(c.RANKS)) * np.int32(self._weight(_N.RANK_GAP))

    def _lines(self, name: CriterionName, size: int) -> I32:
        """Two lines of neutral points, or of nothing for a criterion that is not scored."""
        return np.full((2, size), NEUTRAL * self._weight(name), np.int32)


def _points(criterion: Criterion, steps: c.I64) -> I32:
    """The points of steps; the criterion's last stands for all beyond it."""
    curve = np.array(criterion.steps, np.int32)
    points: I32 = curve[np.minimum(steps, len(curve) - 1)]
    return points
