"""The engine's process with a hand on it: it stays in a phase for as long as a file is there, and puts its pid into it.

`HELD` names the phase and, after a colon, the file.
"""

import os
import time
from functools import partial
from pathlib import Path
from typing import Any

from app.matching import looking, process, solving
from app.matching.proving import Effort, optimise
from app.matching.solving import solve

PHASES = ("snapshot", "score", "solve", "prove", "report")


def main() -> None:
    """As the engine's own."""
    held, _, name = os.environ["HELD"].partition(":")
    file = Path(name)

    def patient(*args: Any, progress: Any, **options: Any) -> Any:
        def say(phase: str, done: int, total: int, objective: int | None, bound: int | None) -> None:
            progress(phase, done, total, objective, bound)
            if phase == held and file.exists():
                file.write_text(str(os.getpid()))
                while file.exists():
                    time.sleep(0.01)

        return solve(*args, progress=say, **options)

    process.solve = patient  # type: ignore[attr-defined, assignment]
    # A small market is done before there is a second word to say, and looked over before there is anything to prove.
    looking._WORD_EACH_SECONDS = 0.0
    solving.optimise = partial(optimise, effort=Effort(candidates=1))  # type: ignore[attr-defined]
    process.main()


if __name__ == "__main__":
    main()
