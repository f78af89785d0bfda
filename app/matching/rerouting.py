"""From a cheapest flow to the next, compiled: what costs or capacities changed is undone, and flows anew.

Successive shortest paths on reduced costs (Edmonds and Karp 1972): each path brings one node that has too much to the
nearest that lacks. What a few new arcs change takes a few paths, where solving from scratch takes all of them.
"""

import numpy as np
from numba import njit

from app.matching.columns import INFINITE

# After looking at every arc so often, solving from scratch would have been done soon.
_PATIENCE = 16


@njit(nogil=True, cache=True)
def adjacency(nodes, tail, head):  # pragma: no cover - compiled
    """Arcs by node, those that leave and those that enter: node i has `arcs[starts[i]:starts[i + 1]]`."""
    starts = np.zeros(nodes + 1, np.int64)
    for arc in range(len(tail)):
        starts[tail[arc] + 1] += 1
        starts[head[arc] + 1] += 1
    for node in range(nodes):
        starts[node + 1] += starts[node]
    filled, arcs = starts[:-1].copy(), np.empty(2 * len(tail), np.int32)
    for arc in range(len(tail)):
        for node in (tail[arc], head[arc]):
            arcs[filled[node]] = arc
            filled[node] += 1
    return starts, arcs


@njit(nogil=True, cache=True)
def _push(keys, nodes, count, key, node):  # pragma: no cover - compiled
    """Add to a binary heap of `count` entries."""
    at = count
    while at > 0 and keys[(at - 1) >> 1] > key:
        keys[at], nodes[at] = keys[(at - 1) >> 1], nodes[(at - 1) >> 1]
        at = (at - 1) >> 1
    keys[at], nodes[at] = key, node


@njit(nogil=True, cache=True)
def _pop(keys, nodes, count):  # pragma: no cover - compiled
    """Take the top off a binary heap of `count` entries, which is read before."""
    key, node, at = keys[count - 1], nodes[count - 1], 0
    while True:
        below = 2 * at + 1
        if below >= count - 1:
            break
        if below + 1 < count - 1 and keys[below + 1] < keys[below]:
            below += 1
        if keys[below] >= key:
            break
        keys[at], nodes[at] = keys[below], nodes[below]
        at = below
    keys[at], nodes[at] = key, node


@njit(nogil=True, cache=True)
def _too_cheap(starts, arcs, tail, head, capacity, cost, flow, potential, raised):  # pragma: no cover - compiled
    """Raise the first nodes over what their unused arcs allow; then fill and empty arcs as their prices say.

    Returns what flows into each node beyond what flows out.
    """
    for node in range(raised):
        for at in range(starts[node], starts[node + 1]):
            arc = arcs[at]
            if tail[arc] == node and flow[arc] == 0 and capacity[arc] > 0:
                potential[node] = max(potential[node], potential[head[arc]] - cost[arc])
    excess = np.zeros(len(potential), np.int64)
    for arc in range(len(tail)):
        reduced = cost[arc] + potential[tail[arc]] - potential[head[arc]]
        if reduced < 0:
            flow[arc] = capacity[arc]
        elif reduced > 0:
            flow[arc] = 0
        # There may be less room than there was.
        flow[arc] = min(flow[arc], capacity[arc])
        excess[tail[arc]] -= flow[arc]
        excess[head[arc]] += flow[arc]
    return excess


@njit(nogil=True, cache=True)
def reroute(tail, head, capacity, cost, flow, potential, root, raised):  # pragma: no cover - compiled
    """Make `flow` a cheapest circulation and `potential` optimal for it, in place; False where that takes too long.

    Every path ends at `root` at the latest, from where everybody can be reached: what is too much at some nodes and
    what others lack need not find each other. Nodes below `raised` may first take the potential that leaves none of
    their unused arcs too cheap.
    """
    nodes = len(potential)
    starts, arcs = adjacency(nodes, tail, head)
    excess = _too_cheap(starts, arcs, tail, head, capacity, cost, flow, potential, raised)
    patience = _PATIENCE * len(tail)
    distance, into = np.full(nodes, INFINITE), np.empty(nodes, np.int64)
    keys, queue = np.empty(2 * len(tail) + 2, np.int64), np.empty(2 * len(tail) + 2, np.int64)
    touched, settled = np.empty(nodes, np.int64), np.empty(nodes, np.int64)
    for origin in range(nodes):
        while excess[origin] != 0 and origin != root:
            sign = 1 if excess[origin] > 0 else -1
            distance[origin], touched[0], keys[0], queue[0] = 0, origin, 0, origin
            reached, count, done, target = 1, 1, 0, -1
            while count > 0:
                near, node = keys[0], queue[0]
                _pop(keys, queue, count)
                count -= 1
                if near > distance[node]:
                    continue
                if node == root or sign * excess[node] < 0:
                    target = node
                    break
                settled[done] = node
                done += 1
                patience -= starts[node + 1] - starts[node]
                if patience < 0:
                    return False
                for at in range(starts[node], starts[node + 1]):
                    arc = arcs[at]
                    is_onward = (tail[arc] == node) == (sign > 0)
                    if (flow[arc] == capacity[arc]) if is_onward else (flow[arc] == 0):
                        continue
                    reduced = cost[arc] + potential[tail[arc]] - potential[head[arc]]
                    other = head[arc] if tail[arc] == node else tail[arc]
                    far = near + (reduced if is_onward else -reduced)
                    if far < distance[other]:
                        if distance[other] == INFINITE:
                            touched[reached] = other
                            reached += 1
                        distance[other], into[other] = far, arc
                        _push(keys, queue, count, far, other)
                        count += 1
            if target < 0:
                return False
            amount, node = abs(excess[origin]), target
            if target != root:
                amount = min(amount, abs(excess[target]))
            while node != origin:
                arc = into[node]
                is_onward = (head[arc] == node) == (sign > 0)
                amount = min(amount, capacity[arc] - flow[arc] if is_onward else flow[arc])
                node = tail[arc] if head[arc] == node else head[arc]
            node = target
            while node != origin:
                arc = into[node]
                flow[arc] += amount if (head[arc] == node) == (sign > 0) else -amount
                node = tail[arc] if head[arc] == node else head[arc]
            excess[origin] -= sign * amount
            excess[target] += sign * amount
            for at in range(done):
                potential[settled[at]] += sign * (distance[settled[at]] - distance[target])
            for at in range(reached):
                distance[touched[at]] = INFINITE
    return True
