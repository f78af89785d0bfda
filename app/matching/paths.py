"""Shortest paths, compiled: label correcting with a queue (Bellman 1958, Moore 1959), good on what a flow leaves."""

import numpy as np
from numba import njit


@njit(nogil=True, cache=True)
def search(starts, head, cost, distance, source):  # pragma: no cover - compiled
    """Lower `distance` (infinite but for `source`) to the shortest; arcs of node i are [starts[i], starts[i + 1]).

    False where there is none, because a cycle costs less than nothing.
    """
    nodes = len(distance)
    queue, is_queued, turns = np.empty(nodes + 1, np.int64), np.zeros(nodes, np.uint8), np.zeros(nodes, np.int64)
    queue[0], is_queued[source] = source, 1
    first, after = 0, 1
    while first != after:
        node = queue[first]
        first = (first + 1) % (nodes + 1)
        is_queued[node] = 0
        for arc in range(starts[node], starts[node + 1]):
            other, reached = head[arc], distance[node] + cost[arc]
            if reached < distance[other]:
                distance[other] = reached
                if not is_queued[other]:
                    turns[other] += 1
                    if turns[other] > nodes:
                        return False
                    is_queued[other] = 1
                    queue[after] = other
                    after = (after + 1) % (nodes + 1)
    return True
