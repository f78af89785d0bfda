"""What no plan of one pool can exceed: every person twice, once on each side, and half of what that is worth.

Any prices of places give a bound (weak duality), and for each pair by how much a plan that has it stays below. So the
bound needs no trust in whoever found the prices, and it speaks of all pairs. All numbers are doubled: they stay whole.
"""

from dataclasses import dataclass

import numpy as np

from app.matching.columns import I64
from app.matching.network import network
from app.matching.pool import Pool
from app.matching.prices import potentials
from app.matching.problem import Edges, Problem

_BEST_OF_EACH = 32


@dataclass(frozen=True)
class Relaxation:
    """`bound`: twice what any plan is worth at most. `slack`: by pair, how much less (doubled) with that pair."""

    bound: int
    slack: I64


def relaxed(pool: Pool) -> Relaxation:
    """The bound and the slack of every pair of the pool. Raises `TooLarge`."""
    people = len(pool.places)
    meetings, at = np.unique(pool.meetings, return_inverse=True)
    best = np.zeros(len(meetings), np.int64)
    np.maximum.at(best, at, pool.scores)
    one, other = meetings // people, meetings % people
    doubled = _Doubled(pool, np.concatenate([one, other]), np.concatenate([other, one]), np.concatenate([best, best]))
    bound, slack = doubled.solved()
    of_meetings = slack[: len(meetings)] + slack[len(meetings) :]
    return Relaxation(bound, of_meetings[at] + 2 * (best[at] - pool.scores))


@dataclass(frozen=True)
class _Doubled:
    """Everybody on both sides: pairs in both directions."""

    pool: Pool
    left: I64
    right: I64
    scores: I64

    def solved(self) -> tuple[int, I64]:
        """The bound, and the slack of each direction. Candidates are added until none is worth more than its price."""
        candidates = self._best()
        while True:
            bound, u, v = self._priced(candidates)
            reduced = u[self.left] + v[self.right] - self.scores
            lacking = (reduced < 0) & ~candidates
            if not lacking.any():
                return bound, np.maximum(reduced, 0)
            candidates |= lacking

    def _best(self) -> np.typing.NDArray[np.bool_]:
        """The best pairs of everybody."""
        order = np.lexsort((self.right, -self.scores, self.left))
        starts = np.searchsorted(self.left[order], np.arange(len(self.pool.places)))
        rank = np.arange(len(order)) - starts[self.left[order]]
        chosen = np.zeros(len(order), bool)
        chosen[order[rank < _BEST_OF_EACH]] = True
        return chosen

    def _priced(self, chosen: np.typing.NDArray[np.bool_]) -> tuple[int, I64, I64]:
        """The bound by these candidates, and the prices of a place on the left and on the right."""
        pool, people = self.pool, len(self.pool.places)
        problem = Problem(
            pool.problem.columns,
            pool.places,
            pool.places,
            pool.first,
            pool.first,
            np.full(people, -1),
            np.empty(0, int),
        )
        edges = Edges.none(people).with_more(self.left[chosen], self.right[chosen], self.scores[chosen])
        net = network(problem, edges)
        potential = potentials(problem, net, net.flow())
        worth = np.maximum(-net.reduced(potential), 0) * net.capacity
        return int(worth.sum()), potential[:people], -potential[people : 2 * people]
