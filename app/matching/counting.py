"""Skills, interests, languages and sites as rows over all mentors, of which each mentee counts a few."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from app.matching import columns as c
from app.matching.columns import I32, U8
from app.matching.market import Seat
from app.matching.pairwise import may_meet, offered, twentieths
from app.matching.policy import NEUTRAL, CriterionName, Policy

_N = CriterionName
_Amounts = Callable[[Seat], Mapping[str, int]]
# A mentee's (row, factor) entries of one criterion, and where the sum starts.
_Entries = list[tuple[list[tuple[int, int]], int]]


@dataclass
class Counting:
    """Rows collected so far, and the entries of each criterion by mentee."""

    policy: Policy
    mentors: Sequence[Seat]
    mentees: Sequence[Seat]
    rows: list[U8] = field(default_factory=list)
    entries: dict[int, _Entries] = field(default_factory=dict)

    @classmethod
    def of(
        cls,
        policy: Policy,
        criteria: Collection[CriterionName],
        mentors: Sequence[Seat],
        mentees: Sequence[Seat],
    ) -> "Counting":
        """Everything that the policy counts; `criteria` are those with a weight."""
        counting = cls(policy, mentors, mentees)
        if _N.SKILLS in criteria:
            counting.count(c.SKILLS, offered, lambda seat: twentieths(seat.seeks), NEUTRAL)
        if _N.SKILLS_BACK in criteria:
            counting.count(c.BACK, lambda seat: twentieths(seat.seeks), offered, NEUTRAL)
        if _N.INTERESTS in criteria:
            counting.count(c.INTERESTS, _interests, _interests, c.UNKNOWN_COUNT)
        if _N.LANGUAGES in criteria or policy.rules.require_working_language:
            counting.count(c.LANGUAGES, _languages, _languages, c.UNKNOWN_COUNT)
        return counting

    def count(self, criterion: int, theirs: _Amounts, ours: _Amounts, unknown: int) -> None:
        """Rows of what mentors have (`theirs`) and mentees count (`ours`); `unknown` is what saying nothing counts."""
        amounts, wanted = [theirs(seat) for seat in self.mentors], [ours(seat) for seat in self.mentees]
        row_of = self._add(amounts, {name for each in wanted for name in each})
        self.rows.append(np.array([not each for each in amounts], np.uint8))
        silent = len(self.rows) - 1
        self.entries[criterion] = [
            (
                [(row_of[name], factor) for name, factor in sorted(each.items()) if name in row_of]
                + [(silent, unknown)],
                0,
            )
            if each
            else ([], unknown)
            for each in wanted
        ]

    def arrays(self) -> dict[str, Any]:
        """The fields of `Columns` that this file is about."""
        empty: _Entries = [([], 0)] * len(self.mentees)
        lists = [self.entries.get(criterion, empty) for criterion in range(c.COUNTED)]
        by_mentee = [lists[criterion][e] for e in range(len(self.mentees)) for criterion in range(c.COUNTED)]
        flat = [pair for pairs, _ in by_mentee for pair in pairs]
        sites = self._sites()
        return {
            "site_e": sites,
            "rows": np.array(self.rows, np.uint8).reshape(len(self.rows), len(self.mentors)),
            "starts": np.cumsum([0, *(len(pairs) for pairs, _ in by_mentee)]).astype(np.int32),
            "counted": np.array([row for row, _ in flat], np.int32),
            "factors": np.array([factor for _, factor in flat], np.int32),
            "initial": np.array([first for _, first in by_mentee], np.int32).reshape(len(self.mentees), c.COUNTED),
        }

    def _add(self, amounts: Sequence[Mapping[str, int]], wanted: Collection[str]) -> dict[str, int]:
        """One row for each name that both sides know."""
        names = sorted({name for each in amounts for name in each} & set(wanted))
        row_of = {name: len(self.rows) + place for place, name in enumerate(names)}
        block = np.zeros((len(names), len(amounts)), np.uint8)
        found = [
            (row_of[name] - len(self.rows), mentor, amount)
            for mentor, each in enumerate(amounts)
            for name, amount in each.items()
            if name in row_of
        ]
        if found:
            places = np.array(found)
            block[places[:, 0], places[:, 1]] = places[:, 2]
        self.rows.extend(block)
        return row_of

    def _sites(self) -> I32:
        """For each mentee the row of mentors whose location they may meet; -1 where no rule says so."""
        groups = self.policy.rules.site_groups
        if not groups:
            return np.full(len(self.mentees), -1, np.int32)
        theirs = [seat.location for seat in self.mentors]
        row_of: dict[str | None, int] = {}
        for location in sorted({seat.location or "" for seat in self.mentees}):
            row_of[location or None] = len(self.rows)
            self.rows.append(np.array([may_meet(groups, each, location or None) for each in theirs], np.uint8))
        return np.array([row_of[seat.location or None] for seat in self.mentees], np.int32)


def _interests(seat: Seat) -> Mapping[str, int]:
    return dict.fromkeys(seat.interests, 1)


def _languages(seat: Seat) -> Mapping[str, int]:
    return dict.fromkeys(seat.languages, 1)
