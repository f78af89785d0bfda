"""Of all equally good plans, one: chosen by a hash of who stands where, not by how we came there.

The prices of one best plan say which pairs and places every best plan may use: those that are worth exactly what they
cost. Over these alone a second flow maximises tie-breaking numbers of 40 bits, so that a second winner is as good as
impossible, whatever candidates, rounds, threads or solver led here. Seats stand in the order of a hash of seed and id.
"""

import numpy as np

from app.matching.columns import I64, Columns
from app.matching.looking import Look
from app.matching.network import LARGEST, network
from app.matching.problem import Edges, Problem

# Where more pairs than these tie, the plan of the first flow stands: the same for the same inputs, all the same.
_MOST_OF_A_MENTEE, _MOST_A_MENTEE_ON_AVERAGE = 512, 64
_BITS = 40


def settled(problem: Problem, potential: I64, edges: Edges, look: Look, full: I64, pairs: Edges) -> Edges:
    """The chosen plan. `edges` hold every pair worth its price, but for mentees in `full`, who have more."""
    columns = problem.columns
    u, v = potential[: columns.mentees], -potential[columns.mentees : columns.mentees + columns.mentors]
    if len(full):
        more = look.over(columns, full, v, u - 1, _MOST_OF_A_MENTEE, phase="prove")
        if (more.rest >= u[full]).any():
            return pairs
        edges = edges.with_more(more.mentees, more.mentors, more.scores)
    worth = edges.chosen(edges.scores - u[edges.mentees] - v[edges.mentors] >= 0)
    if len(worth.keys) > _MOST_A_MENTEE_ON_AVERAGE * max(columns.mentees, 512):
        return pairs
    net = network(problem, worth)
    cost = np.zeros(len(net.cost), np.int64)
    cost[: len(worth.keys)] = -_numbers(worth.keys, columns, len(net.supply))
    face = net.face(potential, cost)
    chosen = (net.reduced(potential) < 0) & (net.capacity > 0)
    return worth.chosen((face.flow() > 0)[: len(worth.keys)] | chosen[: len(worth.keys)])


def _numbers(keys: I64, columns: Columns, nodes: int) -> I64:
    """A number for each pair, as good as drawn by lot: the finaliser of SplitMix64 (Steele and others 2014)."""
    bits = min(_BITS, (LARGEST // (nodes + 2)).bit_length() - 1)
    mixed = keys.astype(np.uint64) + np.uint64(0x9E3779B97F4A7C15)
    for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB)):
        mixed = (mixed ^ (mixed >> np.uint64(shift))) * np.uint64(factor)
    return ((mixed ^ (mixed >> np.uint64(31))) >> np.uint64(64 - bits)).astype(np.int64)
