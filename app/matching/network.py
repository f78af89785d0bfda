"""The problem as a network: source, groups, mentees, mentors, sink. One unit of flow is one pair.

source -> [group] -> first place of a mentee, source -> further places; mentee -> mentor by each candidate pair;
first place of a mentor -> sink, further places -> sink; source -> sink for places that stay empty.
"""

from dataclasses import dataclass, replace

import numpy as np
from ortools.graph.python import min_cost_flow

from app.matching.columns import I64
from app.matching.problem import Edges, Problem, TooLarge

# OR-Tools scales costs by the number of nodes, in 64 bits.
LARGEST = 1 << 62


@dataclass(frozen=True)
class Network:
    """Arcs by (tail, head, capacity, cost), those of the pairs first; `supply` is by node and sums to zero."""

    tail: I64
    head: I64
    capacity: I64
    cost: I64
    supply: I64

    def flow(self) -> I64:
        """A cheapest flow. Raises `TooLarge` where the arithmetic could overflow."""
        if int(np.abs(self.cost).max(initial=0)) * (len(self.supply) + 1) >= LARGEST:
            raise TooLarge
        solver = min_cost_flow.SimpleMinCostFlow()
        arcs = solver.add_arcs_with_capacity_and_unit_cost(
            self.tail.astype(np.int32), self.head.astype(np.int32), self.capacity, self.cost
        )
        solver.set_nodes_supplies(np.arange(len(self.supply), dtype=np.int32), self.supply)
        status = solver.solve()
        if status != solver.OPTIMAL:
            raise RuntimeError(f"the flow was not solved: {status}")
        flows: I64 = solver.flows(arcs)
        return flows

    def reduced(self, potential: I64) -> I64:
        """What one more unit on each arc costs at these potentials."""
        return self.cost + potential[self.tail] - potential[self.head]

    def face(self, potential: I64, cost: I64) -> "Network":
        """The network of all cheapest flows, given optimal potentials: other costs, and only what is tight is free."""
        reduced = self.reduced(potential)
        full = reduced < 0
        supply = self.supply.copy()
        np.subtract.at(supply, self.tail[full], self.capacity[full])
        np.add.at(supply, self.head[full], self.capacity[full])
        return replace(self, capacity=np.where(reduced == 0, self.capacity, 0), cost=cost, supply=supply)


def network(problem: Problem, edges: Edges) -> Network:
    """The network of a problem's candidate pairs."""
    mentees, mentors = len(problem.places_e), len(problem.places_m)
    source, sink = mentees + mentors, mentees + mentors + 1
    e, m = np.arange(mentees), np.arange(mentors) + mentees
    groups = sink + 1 + np.arange(len(problem.floors))
    group_size = np.bincount(problem.group_e[problem.group_e >= 0], minlength=len(groups))
    owed = np.minimum(problem.floors, group_size)
    total = int(min(problem.places_e.sum(), problem.places_m.sum()))
    ones_e, ones_m, at_groups = np.ones(mentees), np.ones(mentors), np.ones(len(groups))
    first_e, first_m = np.minimum(problem.places_e, 1), np.minimum(problem.places_m, 1)
    arcs = [
        (edges.mentees, edges.mentors + mentees, np.ones(len(edges.keys)), -edges.scores),
        (np.where(problem.group_e >= 0, sink + 1 + problem.group_e, source), e, first_e, -problem.first_e),
        (source * ones_e, e, problem.places_e - first_e, 0 * ones_e),
        (m, sink * ones_m, first_m, -problem.first_m),
        (m, sink * ones_m, problem.places_m - first_m, 0 * ones_m),
        (source * at_groups, groups, owed, -problem.floor_reward * at_groups),
        (source * at_groups, groups, group_size - owed, 0 * at_groups),
        (np.array([source]), np.array([sink]), np.array([total]), np.array([0])),
    ]
    supply = np.zeros(sink + 1 + len(groups), np.int64)
    supply[source], supply[sink] = total, -total
    tail, head, capacity, cost = (np.concatenate([arc[at] for arc in arcs]).astype(np.int64) for at in range(4))
    return Network(tail, head, capacity, cost, supply)
