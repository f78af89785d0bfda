"""The engine's process with a hand on it: it waits in one phase, or is ended from outside, as `HELD` says.

`HELD` is a phase, a colon and a file: the process stays in the phase for as long as the file is there, and writes its
pid into it.
"""

import os
import time
from pathlib import Path
from typing import Any

from app.matching import process
from app.matching.solving import solve

PHASE, _, FILE = os.environ["HELD"].partition(":")
PHASES = ("snapshot", "score", "solve", "prove", "report")


def _held(*args: Any, progress: Any, **options: Any) -> Any:
    def say(phase: str, *figures: Any) -> None:
        progress(phase, *figures)
        held = Path(FILE)
        if phase == PHASE and held.exists():
            held.write_text(str(os.getpid()))
            while held.exists():
                time.sleep(0.01)

    return solve(*args, progress=say, **options)


if __name__ == "__main__":
    process.solve = _held
    process.main()
