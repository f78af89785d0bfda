"""Going on from a proven plan when a few people came or went: theirs are the only pairs that are scored.

Whoever stays keeps flow, prices and bounds. A newcomer's pairs are looked over, their places find their way into the
flow, and the proof over all pairs is made as ever: from bounds where they still hold, from scores where they do not.
"""

from dataclasses import dataclass

import numpy as np

from app.matching.columns import BARRED, I64, INFINITE
from app.matching.looking import Look, engine
from app.matching.market import Market, Pair, Seat
from app.matching.packing import Packed
from app.matching.pricing import Pricing
from app.matching.problem import Edges, Problem
from app.matching.proving import Effort, Proof, State, proven

# What a newcomer's place cost at looks that were before them: so much that those bound no pair of theirs, not even of
# somebody whose every pair they found.
_UNSEEN = INFINITE


def is_for(before: Packed, after: Packed) -> bool:
    """Whether all who are in both markets are worth to each other what they were, by the same rules."""
    old, new = before.pairwise, after.pairwise
    seats = {seat.id: seat for seat in (*old.market.mentors, *old.market.mentees)}
    staying = [seat for seat in (*new.market.mentors, *new.market.mentees) if seat.id in seats]
    return (
        old.policy == new.policy
        and (old.market.weeks, old.market.pins) == (new.market.weeks, new.market.pins)
        and (old.traits, old.diaries.minutes) == (new.traits, new.diaries.minutes)
        and all(seat is seats[seat.id] or seat == seats[seat.id] for seat in staying)
        and _said(old.market, staying) == _said(new.market, staying)
        and all(new.market.managers.get(one, manager) == manager for one, manager in old.market.managers.items())
    )


def _said(market: Market, staying: list[Seat]) -> tuple[object, ...]:
    """What the market says of pairs of those who stay, and who of them ranked anybody."""
    seats, people = {seat.id for seat in staying}, {seat.person_id for seat in staying}

    def among(pairs: frozenset[Pair], names: set[str]) -> set[Pair]:
        return {pair for pair in pairs if names.issuperset(pair)}

    return (
        among(market.barred, people),
        among(market.earlier, people),
        among(market.current, seats),
        {pair: place for pair, place in market.rankings.items() if seats.issuperset(pair)},
        {author for author, _ in market.rankings} & seats,
    )


@dataclass(frozen=True)
class _Moved:
    """Where those of the market that is now stood in the one before, -1 for newcomers; both are in the same order."""

    mentors: I64
    mentees: I64

    @classmethod
    def between(cls, before: Packed, after: Packed) -> "_Moved":
        return cls(_places(before.mentors, after.mentors), _places(before.mentees, after.mentees))

    def edges(self, edges: Edges) -> Edges:
        """Pairs of those who stay, by where they stand now."""
        now_e, now_m = _turned(self.mentees, edges.mentees), _turned(self.mentors, edges.mentors)
        kept, count = (now_e >= 0) & (now_m >= 0), max(len(self.mentors), 1)
        return Edges((now_e * count + now_m)[kept], edges.scores[kept], count)

    def flow(self, state: State, edges: Edges) -> I64:
        """What flowed, by the arcs of `network`; nothing to and from newcomers."""
        pairs, seats = np.split(state.flow, [len(state.edges.keys)])
        mentees, mentors = state.mentees, state.mentors
        parts = np.split(seats, np.cumsum([mentees, mentees, mentors, mentors]))
        places = (self.mentees, self.mentees, self.mentors, self.mentors)
        used = self.edges(state.edges.chosen(pairs > 0)).keys
        moved = [_spread(part, place, 0) for part, place in zip(parts[:4], places, strict=True)]
        return np.concatenate([np.isin(edges.keys, used, assume_unique=True).astype(np.int64), *moved, parts[4]])

    def state(self, state: State, prices: I64) -> State:
        """The flow and the potentials of before; newcomers who mentor have the first of `prices`."""
        edges = self.edges(state.edges)
        u, rest = _spread(state.u, self.mentees, 0), state.potential[state.mentees + state.mentors :]
        potential = np.concatenate([_spread(state.potential[: state.mentees], self.mentees, 0), -prices, rest])
        return State(edges, self.flow(state, edges), potential, edges, state.objective, u, prices)


def proof(before: Packed, proof: Proof, after: Packed, problem: Problem, look: Look) -> Proof:
    """The proof of `problem`, the packed market that is now, from that of the one before, which `is_for` allows."""
    moved, effort = _Moved.between(before, after), Effort()
    new_m, new_e = np.flatnonzero(moved.mentors < 0), np.flatnonzero(moved.mentees < 0)
    u, v = _spread(proof.state.u, moved.mentees, 0), _spread(proof.state.v, moved.mentors, 0)
    # Parts of the market are small, and not to be looked over as small markets are.
    look.scanner = engine(problem.columns).scan
    pricing = _pricing(proof.pricing, moved, problem, look)
    # Every pair of a newcomer who mentors; the dearest of what is beyond the mentees' own prices is theirs.
    columns, everybody = problem.columns, np.arange(problem.columns.mentees)
    lowest = np.full(columns.mentees, BARRED, np.int64)
    of_mentors = look.over(columns.of_mentors(new_m), everybody, 0 * new_m, lowest, max(len(new_m), 1), phase="score")
    worth = of_mentors.scores - u[of_mentors.mentees]
    np.maximum.at(v, new_m[of_mentors.mentors], worth)
    near = worth >= v[new_m[of_mentors.mentors]] - effort.slack
    # The best of every newcomer who is a mentee; the bound on the rest counts from these prices.
    of_mentees = look.over(columns, new_e, v, lowest, effort.candidates, phase="score")
    pricing.references.append(v)
    pricing.rest[new_e], pricing.seen[new_e] = of_mentees.rest, len(pricing.references) - 1
    pricing.allowed += of_mentors.allowed
    pricing.allowed[new_e] = of_mentees.allowed
    pricing.reached += of_mentees.reached
    pricing.reached[new_m] = of_mentors.reached
    edges = moved.edges(proof.edges).with_more(
        np.append(of_mentors.mentees[near], of_mentees.mentees),
        np.append(new_m[of_mentors.mentors[near]], of_mentees.mentors),
        np.append(of_mentors.scores[near], of_mentees.scores),
    )
    return proven(problem, pricing, moved.state(proof.state, v), edges, look, effort)


def _pricing(before: Pricing, moved: _Moved, problem: Problem, look: Look) -> Pricing:
    """The bounds of before, without those who went."""
    old, none_e, none_m = before.columns, np.zeros(len(moved.mentees), np.int64), np.zeros(len(moved.mentors), np.int64)
    gone_e = np.setdiff1d(np.arange(old.mentees), moved.mentees)
    gone_m = np.setdiff1d(np.arange(old.mentors), moved.mentors)
    lowest = np.full(old.mentees, BARRED, np.int64)
    of_mentees = look.over(old, gone_e, np.zeros(old.mentors, np.int64), lowest, 1, phase="score")
    of_mentors = look.over(old.of_mentors(gone_m), np.arange(old.mentees), 0 * gone_m, lowest, 1, phase="score")
    after = Pricing(problem.columns, look, none_m)
    after.references = [_spread(each, moved.mentors, _UNSEEN) for each in before.references]
    after.rest, after.seen = _spread(before.rest, moved.mentees, 0), _spread(before.seen, moved.mentees, 0)
    after.allowed = _spread(before.allowed - of_mentors.allowed, moved.mentees, 0) + none_e
    after.reached = _spread(before.reached - of_mentees.reached, moved.mentors, 0) + none_m
    return after


def _places(before: tuple[Seat, ...], after: tuple[Seat, ...]) -> I64:
    at = {seat.id: place for place, seat in enumerate(before)}
    return np.array([at.get(seat.id, -1) for seat in after], np.int64)


def _turned(places: I64, old: I64) -> I64:
    """Where those at `old` places stand now, -1 for who went."""
    now = np.full(int(old.max(initial=-1)) + 1, -1, np.int64)
    known = (places >= 0) & (places < len(now))
    now[places[known]] = np.flatnonzero(known)
    return now[old]


def _spread(values: I64, places: I64, fill: int) -> I64:
    """Values by where people stand now; `fill` for newcomers."""
    padded: I64 = np.append(values, fill)
    return padded[places]
