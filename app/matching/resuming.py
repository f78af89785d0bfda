"""Going on from a flow that was cheapest before a few things changed: what did not change is not solved again."""

import numpy as np

from app.matching.columns import I64
from app.matching.network import Network
from app.matching.problem import Problem

# Below this many arcs, solving anew takes less than loading what is compiled.
SMALL = 20_000


def resumed(problem: Problem, net: Network, flow: I64, potential: I64) -> I64 | None:
    """A cheapest flow of `net`, given some flow of it and potentials; None where solving anew is quicker."""
    if len(net.tail) < SMALL:
        return None
    from app.matching.rerouting import reroute  # noqa: PLC0415 - compiled; small markets do without

    mentees, source = len(problem.places_e), len(problem.places_e) + len(problem.places_m)
    # The arc between source and sink costs nothing: they are one node.
    tail, head = (np.where(end == source + 1, source, end) for end in (net.tail, net.head))
    onward = flow.copy()
    is_done = reroute(tail, head, net.capacity, net.cost, onward, potential.copy(), source, mentees)
    return onward if is_done else None
