"""The engine in a process of its own: `python -m app.matching.process`.

It reads one task, tells of its progress a line of JSON at a time, and answers with a plan or a failure. It ends by
itself when whoever started it is gone: its input ends then.
"""

import gc
import json
import os
import resource
import sys
import threading
from dataclasses import asdict
from typing import Any, BinaryIO

from app.matching.checking import Unsolvable, require_sound
from app.matching.estimating import estimated
from app.matching.looking import OutOfTime
from app.matching.market import Market
from app.matching.policy import Policy
from app.matching.solving import solve

_COURTESY = 10


def main() -> None:
    """Do one task."""
    answers, task = _answers(), json.loads(sys.stdin.buffer.readline())
    market = sys.stdin.buffer.read(task["market_bytes"])
    threading.Thread(target=_end_with_parent, daemon=True).start()
    _limit(task["memory_mb"])
    # Of those who share the machine, whoever waits for an answer goes first.
    os.nice(_COURTESY)
    # It ends with its answer: looking through millions of objects for what could go was a tenth of the time.
    gc.disable()
    try:
        plan = _plan(task, market, answers)
    except MemoryError:
        _say(answers, {"failure": "out_of_memory"})
    except Unsolvable as error:
        _say(answers, {"failure": "unsolvable", "faults": error.faults})
    else:
        _say(answers, {"plan_bytes": len(plan)})
        answers.write(plan)
        answers.flush()


def _plan(task: dict[str, Any], market: bytes, answers: BinaryIO) -> bytes:
    def progress(phase: str, done: int, total: int, objective: int | None, bound: int | None) -> None:
        _say(answers, {"phase": phase, "done": done, "total": total, "objective": objective, "bound": bound})
        gap = None if objective is None or bound is None else bound - objective
        # As if the time were spent: what is left to gain is not worth more of it.
        if phase == "prove" and gap is not None and 0 < gap <= (task["stop_gap"] or 0):
            raise OutOfTime

    policy, read = Policy.model_validate(task["policy"]), Market.from_bytes(market)
    if task["before"] is not None:
        require_sound(read, policy)
        _say(answers, {"estimate": asdict(estimated(read, policy, map(tuple, task["before"]), seed=task["seed"]))})
    return solve(read, policy, seed=task["seed"], budget=task["budget_seconds"], progress=progress).to_bytes()


def _answers() -> BinaryIO:
    """Where answers go. What libraries print goes with the errors."""
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    return answers


def _limit(megabytes: int) -> None:
    resource.setrlimit(resource.RLIMIT_DATA, (megabytes << 20, megabytes << 20))


def _end_with_parent() -> None:
    sys.stdin.buffer.read()
    os._exit(1)


def _say(answers: BinaryIO, message: dict[str, Any]) -> None:
    answers.write(json.dumps(message).encode() + b"\n")
    answers.flush()


if __name__ == "__main__":
    main()
