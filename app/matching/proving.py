"""The core: candidates, flow, prices, pricing of all pairs; again until nothing left out could make it better."""

from dataclasses import dataclass, replace

import numpy as np

from app.matching.columns import I64, INFINITE, Columns
from app.matching.foretelling import foretold
from app.matching.looking import Look, OutOfTime
from app.matching.network import network
from app.matching.prices import potentials
from app.matching.pricing import Pricing
from app.matching.problem import Edges, Problem, Solution
from app.matching.resuming import resumed
from app.matching.settling import settled


@dataclass(frozen=True)
class Effort:
    """How wide to look: candidates a mentee at first and in each round, and how far below the mark (in units).

    `sample` is how many seats tell prices beforehand. No answer depends on any, only the time that it takes; `rounds`
    is a limit that is never met in practice.
    """

    sample: int = 400
    candidates: int = 48
    more: int = 24
    slack: int = 3000
    rounds: int = 200


@dataclass(frozen=True)
class Proof:
    """A solved problem, and what its solution was proven with: to go on from when little changes.

    `edges` are all pairs that `pricing` does not speak of: the candidates, and what the last look found.
    """

    solution: Solution
    state: "State"
    pricing: Pricing
    edges: Edges

    def again(self, problem: Problem, barred: I64, look: Look, effort: Effort = Effort()) -> Solution:
        """The best pairs of a problem that differs in places and rewards only, and in the pairs with these keys."""
        edges = self.edges.chosen(~np.isin(self.edges.keys, barred))
        return proven(problem, self.pricing.copied(problem.columns, look), self.state, edges, look, effort).solution


def optimise(problem: Problem, look: Look, effort: Effort = Effort()) -> Solution:
    """The best pairs over all pairs, or the best so far and their bound when time runs out.

    Raises `TooLarge`, or what the progress callback raises.
    """
    return prove(problem, look, effort).solution


def prove(problem: Problem, look: Look, effort: Effort = Effort()) -> Proof:
    """As `optimise`, with what the solution was proven with."""
    columns = problem.columns
    prices = foretold(problem, look, effort.sample)
    pricing = Pricing(columns, look, prices)
    # A first plan is made whatever it takes, and a proven one is settled: the budget is for what lies between.
    first = pricing.first(effort.candidates)
    edges = Edges.none(columns.mentors).with_more(first.mentees, first.mentors, first.scores)
    look.bound = _bound_at_first(problem, first.best, prices)
    return proven(problem, pricing, None, edges, look, effort)


def proven(
    problem: Problem, pricing: Pricing, before: "State | None", edges: Edges, look: Look, effort: Effort
) -> Proof:
    """Rounds of solving, from the state before if there is one, and of pricing, until nothing is left to gain."""
    state, looked = _solved(problem, edges, look, 0, before), edges
    best = look.bound if look.bound is not None else INFINITE
    for rounds in range(1, effort.rounds + 1):
        try:
            width = effort.more + int(problem.places_e.max(initial=0))
            found, full = pricing.better(state.u, state.v, width, effort.slack)
        except OutOfTime:
            break
        looked = wider = edges.with_more(found.mentees, found.mentors, found.scores)
        gains = _gains(wider, edges, state, problem.columns)
        best = min(best, state.objective + int((gains * problem.places_e).sum()))
        look.bound = best
        if not gains.any():
            state = replace(state, pairs=settled(problem, state.potential, wider, look, full, state.pairs))
            break
        edges = wider
        state = _solved(problem, edges, look, rounds, state)
    solution = Solution(
        state.pairs,
        state.objective,
        best,
        state.u,
        state.v,
        rounds,
        pricing.allowed,
        pricing.reached,
        edges,
        look.scored,
    )
    return Proof(solution, state, pricing, looked)


@dataclass(frozen=True)
class State:
    """One solved flow over the candidates so far."""

    edges: Edges
    flow: I64
    potential: I64
    pairs: Edges
    objective: int
    u: I64
    v: I64

    def carried(self, edges: Edges) -> I64:
        """The same flow over other candidates, as far as they are among them."""
        pairs = np.zeros(len(edges.keys), np.int64)
        used = self.edges.keys[self.flow[: len(self.edges.keys)] > 0]
        pairs[np.isin(edges.keys, used, assume_unique=True)] = 1
        return np.concatenate([pairs, self.flow[len(self.edges.keys) :]])


def _solved(problem: Problem, edges: Edges, look: Look, rounds: int, before: State | None) -> State:
    look.say("solve", rounds, rounds + 1)
    net = network(problem, edges)
    flow = resumed(problem, net, before.carried(edges), before.potential) if before else None
    flow = net.flow() if flow is None else flow
    potential = potentials(problem, net, flow)
    mentees, mentors = problem.columns.mentees, problem.columns.mentors
    objective = -int((flow * net.cost).sum())
    look.objective = objective
    u, v = potential[:mentees].copy(), -potential[mentees : mentees + mentors]
    return State(edges, flow, potential, edges.chosen(flow[: len(edges.keys)] > 0), objective, u, v)


def _gains(wider: Edges, edges: Edges, state: State, columns: Columns) -> I64:
    """By mentee, the most that one place could gain from a pair that was no candidate."""
    is_new = ~np.isin(wider.keys, edges.keys, assume_unique=True)
    new = wider.chosen(is_new)
    gains = np.zeros(columns.mentees, np.int64)
    np.maximum.at(gains, new.mentees, new.scores - state.u[new.mentees] - state.v[new.mentors])
    return gains


def _bound_at_first(problem: Problem, best: I64, prices: I64) -> int:
    """Everybody's best mentor less the price in every place, every mentor's price, and every reward."""
    scores = int((np.maximum(best, 0) * problem.places_e).sum() + (prices * problem.places_m).sum())
    rewards = int(problem.first_e.sum() + problem.first_m.sum())
    return scores + rewards + problem.floor_reward * int(problem.floors.sum())
