"""What places are worth: dual prices of a cheapest flow, by shortest paths over what could still be rerouted."""

import numpy as np

from app.matching.columns import I64, INFINITE
from app.matching.network import Network
from app.matching.problem import Problem
from app.matching.resuming import SMALL

# What a place costs that is not there: more than any score and reward, with room to add some up.
_UNAFFORDABLE = INFINITE >> 2
_NOT_CHEAPEST = "the flow is not a cheapest one"


def potentials(problem: Problem, net: Network, flow: I64) -> I64:
    """Optimal potentials by node; an unmatched seat has the price of a place that stays empty.

    Whatever the solver leaves unused is priced as cheaply as optimality allows, so that few pairs look better than
    they are. Raises `RuntimeError` for a flow that is not a cheapest one.
    """
    mentees, mentors = len(problem.places_e), len(problem.places_m)
    source, sink = mentees + mentors, mentees + mentors + 1
    # The arc between source and sink costs nothing: they are one node.
    tail, head = (np.where(end == sink, source, end) for end in (net.tail, net.head))
    onward, back = flow < net.capacity, flow > 0
    distance = _distances(
        len(net.supply),
        source,
        np.concatenate([tail[onward], head[back]]),
        np.concatenate([head[onward], tail[back]]),
        np.concatenate([net.cost[onward], -net.cost[back]]),
    )
    distance[sink] = distance[source]
    used = flow > 0
    is_pair = (net.tail < mentees) & used
    idle_e = np.bincount(net.tail[is_pair], minlength=mentees)[:mentees] == 0
    idle_m = np.bincount(net.head[is_pair] - mentees, minlength=mentors)[:mentors] == 0
    feeding = np.where(problem.group_e >= 0, sink + 1 + problem.group_e, source)
    distance[:mentees][idle_e] = (distance[feeding] - problem.first_e)[idle_e]
    distance[mentees:source][idle_m] = problem.first_m[idle_m]
    distance[:mentees][problem.places_e == 0] = _UNAFFORDABLE
    distance[mentees:source][problem.places_m == 0] = -_UNAFFORDABLE
    return distance


def _distances(nodes: int, source: int, tail: I64, head: I64, cost: I64) -> I64:
    """Shortest paths from `source`; costs may be negative, cycles may not."""
    distance = np.full(nodes, INFINITE, np.int64)
    distance[source] = 0
    # Whole-array passes beat loading the compiled search.
    if len(tail) < SMALL:
        return _relaxed(distance, tail, head, cost)
    from app.matching.paths import search  # noqa: PLC0415 - compiled; small markets do without

    order = np.argsort(tail, kind="stable")
    starts = np.searchsorted(tail[order], np.arange(nodes + 1))
    if not search(starts, head[order], cost[order], distance, source):
        raise RuntimeError(_NOT_CHEAPEST)
    return distance


def _relaxed(distance: I64, tail: I64, head: I64, cost: I64) -> I64:
    """Bellman-Ford, an array pass at a time."""
    for _ in range(len(distance) + 1):
        before = distance.copy()
        known = before[tail] < INFINITE
        np.minimum.at(distance, head[known], before[tail[known]] + cost[known])
        if np.array_equal(before, distance):
            return distance
    raise RuntimeError(_NOT_CHEAPEST)
