"""Prices before anything is solved: what mentors will cost, told from a sample of both sides.

Candidates chosen at such prices are nearly those of the best plan. Without prices everybody's are the same popular few,
and the rest is found in rounds over all pairs. No answer depends on it: a price that is off costs time only.
"""

import numpy as np

from app.matching.columns import I64, INFINITE
from app.matching.looking import Look
from app.matching.network import network
from app.matching.prices import potentials
from app.matching.problem import Edges, Problem

# Of so many sampled mentees, those who would pay most for a mentor; one alone would be the luckiest.
ROWS, KEENEST = 64, 2


def foretold(problem: Problem, look: Look, sample: int) -> I64:
    """What a place of each mentor may cost, never below zero, by some `sample` seats of the larger side.

    Nothing where that is more than half of them.
    """
    columns = problem.columns
    prices = np.zeros(columns.mentors, np.int64)
    # Seats stand in the order of a hash: every so manieth is as good as drawn by lot.
    step = max(columns.mentees, columns.mentors) // sample
    if step <= 1:
        return prices
    rows, some = np.arange(0, columns.mentees, step), np.arange(0, columns.mentors, step)
    quiet = Look(threads=look.threads, scanner=look.scanner)
    floors = _worth(problem, rows, some, quiet)
    chunks = [rows[at : at + ROWS] for at in range(0, len(rows), ROWS)]
    for chunk in chunks:
        found = quiet.over(columns, chunk, 0 * prices, floors, columns.mentors, phase="score")
        offers = np.zeros((max(len(chunk), KEENEST), columns.mentors), np.int64)
        offers[np.searchsorted(chunk, found.mentees), found.mentors] = found.scores - floors[found.mentees]
        prices += np.partition(offers, -KEENEST, axis=0)[-KEENEST:].sum(axis=0)
        look.say("score", 0, columns.mentees)
    look.scanner, look.scored = quiet.scanner, look.scored + quiet.scored
    return prices // (KEENEST * len(chunks))


def _worth(problem: Problem, rows: I64, some: I64, look: Look) -> I64:
    """What a place of each sampled mentee is worth when the sample is a market of its own."""
    columns = problem.columns.of_mentors(some)
    none, floors = np.zeros(len(some), np.int64), np.full(columns.mentees, -INFINITE // 2, np.int64)
    found = look.over(columns, rows, none, floors, len(some), phase="score")
    places = np.zeros_like(problem.places_e)
    places[rows] = problem.places_e[rows]
    sample = Problem.plain(columns, places, problem.places_m[some])
    net = network(sample, Edges.none(len(some)).with_more(found.mentees, found.mentors, found.scores))
    return np.maximum(potentials(sample, net, net.flow())[: columns.mentees], 0)
