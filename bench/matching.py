"""`python -m bench.matching [--large] [--sizes 500 2000] [--rounds 5]`: the engine beside solvers of other people.

Each row is a process of its own, so that memory is its own; times are medians of the rounds and CPU the best of them,
with the market in memory and the kernel loaded. Every solver has the same scores; the engine's time holds the scoring
too.
"""

import argparse
import gc
import json
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import numpy.typing as npt

from app.matching import compiled, oracle
from app.matching.looking import Look
from app.matching.market import Market
from app.matching.packing import Packed, pack
from app.matching.pinned import Pinned
from app.matching.problem import Problem, Solution
from app.matching.proving import optimise
from app.matching.rewarding import problem
from app.matching.solving import solve
from app.matching.templates import TEMPLATES
from bench.matching_market import generate

POLICY = TEMPLATES["balanced"]
SIZES, LARGE = (500, 2_000, 10_000), (50_000,)
# mentor-match has the solver of its time in a place of its own: `make bench-matching` makes it.
MENTOR_MATCH = Path(".venv/mentor-match/bin/python")
MENTOR_MATCH_SIZE, DENSE_LIMIT = 500, 10_000


def main() -> None:
    """Print a table, and fail when two optimal methods disagree."""
    parser = argparse.ArgumentParser(prog="bench.matching", description=__doc__)
    parser.add_argument("--large", action="store_true")
    parser.add_argument("--sizes", nargs="*", type=int)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--row", nargs=2, metavar=("METHOD", "SIZE"), help="one row, as JSON")
    chosen = parser.parse_args()
    if chosen.row:
        print(json.dumps(METHODS[chosen.row[0]](int(chosen.row[1]), chosen.rounds)))
        return
    print(
        "| people a side | method | median s | against the engine | CPU s | memory MB | gap | rounds | scored / all "
        "| total |"
    )
    print("|---|---|---|---|---|---|---|---|---|---|")
    for size in chosen.sizes or (LARGE if chosen.large else SIZES):
        _table(size, chosen.rounds)


def _table(size: int, rounds: int) -> None:
    engine = _row("one", size, rounds)
    rows = {"engine, one to one": engine, "engine, mixed places": _row("mixed", size, rounds)}
    if size <= DENSE_LIMIT:
        rows["engine, market to plan"] = _row("whole", size, 1)
        rows["SciPy dense assignment"] = dense = _row("scipy", size, 1)
        assert dense["total"] == engine["total"], "two optimal methods disagree"
    if size == MENTOR_MATCH_SIZE and MENTOR_MATCH.exists():
        rows["mentor-match"] = _mentor_match(size)
    for name, row in rows.items():
        ratio = f"{row['seconds'] / engine['seconds']:.1f} ×"
        known = (row.get(each, "–") for each in ("cpu", "memory", "gap", "rounds", "scored", "total"))
        print(f"| {size} | {name} | {row['seconds']:.3f} | {ratio} | {' | '.join(map(str, known))} |", flush=True)


def _row(method: str, size: int, rounds: int) -> dict[str, float]:
    command = [sys.executable, "-m", "bench.matching", "--rounds", str(rounds), "--row", method, str(size)]
    row: dict[str, float] = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    return row


def _mentor_match(size: int) -> dict[str, float]:
    # -P: our folder has a `matching` too.
    command = [str(MENTOR_MATCH), "-P", str(Path(__file__).with_name("mentor_match.py"))]
    scores = json.dumps(_worth(_problem(size, one_each=True)[0]).astype(int).tolist())
    answer = subprocess.run(command, input=scores, check=True, capture_output=True, text=True).stdout
    row: dict[str, float] = json.loads(answer)
    return row


def _engine(size: int, rounds: int, *, one_each: bool) -> dict[str, float]:
    packed, asked = _problem(size, one_each=one_each)
    none = np.zeros(size, np.int64)
    compiled.scan(packed.columns, np.arange(1), none, none, 1)
    return _measured(lambda look: optimise(asked, look), size, rounds)


def _measured(solves: Callable[[Look], Solution], size: int, rounds: int) -> dict[str, float]:
    seconds, cpu = [], []
    for _ in range(rounds):
        look, begun, busy = Look(), time.perf_counter(), time.process_time()
        solution = solves(look)
        seconds.append(time.perf_counter() - begun)
        cpu.append(time.process_time() - busy)
    return {
        "seconds": statistics.median(seconds),
        "cpu": round(min(cpu), 3),
        "memory": _memory(),
        "gap": solution.bound - solution.objective,
        "rounds": solution.rounds,
        "scored": round(look.scored / size / size, 2),
        "total": solution.objective,
    }


def _whole(size: int, _: int) -> dict[str, float]:
    """As a worker does: from the bytes of a market to those of a plan."""
    gc.disable()
    market, begun, busy = generate(size, size).to_bytes(), time.perf_counter(), time.process_time()
    plan = solve(Market.from_bytes(market), POLICY, seed=1)
    plan.to_bytes()
    seconds, cpu = time.perf_counter() - begun, round(time.process_time() - busy, 3)
    return {
        "seconds": seconds,
        "cpu": cpu,
        "memory": _memory(),
        "gap": plan.gap,
        "rounds": plan.rounds,
        "total": plan.objective,
    }


def _scipy(size: int, _: int) -> dict[str, float]:
    from scipy.optimize import linear_sum_assignment  # noqa: PLC0415 - its memory is this row's only

    packed, _asked = _problem(size, one_each=True)
    worth = _worth(packed)
    begun, busy = time.perf_counter(), time.process_time()
    total = int(worth[linear_sum_assignment(worth, maximize=True)].sum())
    cpu = round(time.process_time() - busy, 3)
    return {"seconds": time.perf_counter() - begun, "cpu": cpu, "memory": _memory(), "gap": 0, "total": total}


def _worth(packed: Packed) -> npt.NDArray[np.float64]:
    """Every score (E, M), 0 for barred pairs."""
    worth = np.zeros((packed.columns.mentees, packed.columns.mentors))
    for at, row in enumerate(worth):
        row[:] = np.maximum(oracle.score(packed.columns, at), 0)
    return worth


def _problem(size: int, *, one_each: bool) -> tuple[Packed, Problem]:
    market = generate(size, size, one_each=one_each)
    packed = pack(market, POLICY, 1)
    return packed, problem(packed, POLICY, Pinned.of(market), {})


def _memory() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


METHODS: dict[str, Callable[[int, int], dict[str, float]]] = {
    "one": lambda size, rounds: _engine(size, rounds, one_each=True),
    "mixed": lambda size, rounds: _engine(size, rounds, one_each=False),
    "whole": _whole,
    "scipy": _scipy,
}

if __name__ == "__main__":
    main()
