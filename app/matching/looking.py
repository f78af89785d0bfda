"""Looking over pairs, in chunks on all processors, with word to whoever waits; what is small is looked over at once."""

import os
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import numpy as np

from app.matching import oracle
from app.matching.columns import I64, INFINITE, Columns
from app.matching.plan import Progress
from app.matching.scanning import Engine, Scan, Scanner

# Below this many pairs, NumPy is done before the compiled kernel is loaded.
SMALL = 90_000
# Where there are fewer mentors than these, a chunk has more mentees: each costs some milliseconds to begin.
WIDE = 8_192
_WORD_EACH_SECONDS = 0.25


class OutOfTime(Exception):
    """The budget is spent."""


def silent(phase: str, done: int, total: int, objective: int | None, bound: int | None) -> None:
    """Nobody waits."""


@dataclass
class Look:
    """How pairs are looked over in one run, how many were, and when to stop. Chunks and threads change no answer."""

    progress: Progress = silent
    ends_at: float | None = None
    threads: int = field(default_factory=lambda: os.cpu_count() or 1)
    chunk: int = 128
    scanner: Scanner | None = None
    scored: int = 0
    objective: int | None = None
    bound: int | None = None
    _said_at: float = 0.0
    _phase: str = ""

    def over(
        self,
        columns: Columns,
        rows: I64,
        prices: I64,
        floors: I64,
        k: int,
        *,
        phase: str,
        ends_at: float | None = None,
    ) -> Scan:
        """`oracle.scan`. Raises `OutOfTime`, or what the progress callback raises."""
        if not len(rows) or not columns.mentors:
            none = np.zeros(len(rows), np.int64)
            return Scan.of(
                [],
                floors[rows].tolist(),
                none.tolist(),
                (none - INFINITE).tolist(),
                np.zeros(columns.mentors, np.int64),
            )
        # What suits the whole market, which comes first, suits its parts: it is loaded by then.
        self.scanner = scanner = self.scanner or engine(columns).scan
        chunk = self.chunk * max(1, WIDE // columns.mentors)
        chunks = [rows[at : at + chunk] for at in range(0, len(rows), chunk)]
        found = []
        for each in self._each(scanner, columns, chunks, prices, floors, k):
            found.append(each)
            self.scored += len(each.rest) * columns.mentors
            if ends_at is not None and time.monotonic() > ends_at:
                raise OutOfTime
            self.say(phase, min(len(found) * chunk, len(rows)), len(rows))
        return Scan.joined(found)

    def say(self, phase: str, done: int, total: int) -> None:
        """Tell how far we are, several times a second at most; each phase is told of."""
        now = time.monotonic()
        if now - self._said_at >= _WORD_EACH_SECONDS or done == total or phase != self._phase:
            self._said_at, self._phase = now, phase
            self.progress(phase, done, total, self.objective, self.bound)

    def _each(
        self, scanner: Scanner, columns: Columns, chunks: list[I64], prices: I64, floors: I64, k: int
    ) -> Iterator[Scan]:
        if self.threads == 1 or len(chunks) == 1:
            yield from (scanner(columns, chunk, prices, floors, k) for chunk in chunks)
            return
        pool = ThreadPoolExecutor(self.threads)
        try:
            yield from pool.map(lambda chunk: scanner(columns, chunk, prices, floors, k), chunks)
        finally:
            pool.shutdown(cancel_futures=True)


def engine(columns: Columns) -> Engine:
    """What scores a market of this size soonest."""
    if columns.mentors * columns.mentees <= SMALL:
        return oracle
    from app.matching import compiled  # noqa: PLC0415 - loading the compiler takes a second; small markets do without

    return compiled
