"""What is to be maximised over which pairs, and what came of it: the core in its own terms, all whole numbers."""

from dataclasses import dataclass

import numpy as np

from app.matching.columns import I64, Columns


class TooLarge(Exception):
    """Rewards or scores are so large that the flow's arithmetic could overflow."""


@dataclass(frozen=True)
class Problem:
    """Maximise the scores of the pairs, `first` rewards of everybody with a partner, and floors met.

    Whoever has no places takes no part. `group_e` numbers the groups of mentees from 0, -1 for none; each of the first
    `floors[g]` mentees of group g with a partner earns `floor_reward`. Groups do not overlap.
    """

    columns: Columns
    places_e: I64
    places_m: I64
    first_e: I64
    first_m: I64
    group_e: I64
    floors: I64
    floor_reward: int = 0

    @classmethod
    def plain(cls, columns: Columns, places_e: I64, places_m: I64) -> "Problem":
        """Scores alone."""
        none_e, none_m = np.zeros(columns.mentees, np.int64), np.zeros(columns.mentors, np.int64)
        return cls(columns, places_e, places_m, none_e, none_m, none_e - 1, np.empty(0, np.int64))


@dataclass(frozen=True)
class Edges:
    """Listed pairs and their scores, by place in the columns; `keys` (mentee times mentors plus mentor) rise."""

    keys: I64
    scores: I64
    mentors_count: int

    @property
    def mentees(self) -> I64:
        """The mentee of each pair."""
        return self.keys // self.mentors_count

    @property
    def mentors(self) -> I64:
        """The mentor of each pair."""
        return self.keys % self.mentors_count

    def with_more(self, mentees: I64, mentors: I64, scores: I64) -> "Edges":
        """These and other pairs, each once."""
        keys = np.concatenate([self.keys, mentees * self.mentors_count + mentors])
        once, first = np.unique(keys, return_index=True)
        return Edges(once, np.concatenate([self.scores, scores])[first], self.mentors_count)

    def chosen(self, which: np.typing.NDArray[np.bool_]) -> "Edges":
        """Some of them."""
        return Edges(self.keys[which], self.scores[which], self.mentors_count)

    @classmethod
    def none(cls, mentors_count: int) -> "Edges":
        """No pairs."""
        return cls(np.empty(0, np.int64), np.empty(0, np.int64), max(mentors_count, 1))


@dataclass(frozen=True)
class Solution:
    """The best pairs found, what nothing can exceed, and the prices that prove it.

    A place of mentee e is worth `u[e]`, one of mentor m `v[m]`: no unused pair scores more than both together.
    `allowed` counts the mentors that the rules leave each mentee, `reached` the mentees of each mentor;
    `candidates` are the pairs that were looked at.
    """

    pairs: Edges
    objective: int
    bound: int
    u: I64
    v: I64
    rounds: int
    allowed: I64
    reached: I64
    candidates: Edges
    scored: int

    @property
    def is_optimal(self) -> bool:
        """Whether nothing can be better."""
        return self.objective == self.bound
