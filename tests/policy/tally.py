"""Counting cases, and gathering those that went wrong."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

_SHOWN = 20


@dataclass
class Tally:
    """How many cases were looked at in this process, and how many were not as the policy says."""

    cases: int = 0
    failures: int = 0
    wrong: list[str] = field(default_factory=list)

    def case(self, expected: Any, found: Any, *what: str) -> None:
        """Look at one case."""
        self.cases += 1
        if expected != found:
            self.failures += 1
            self.wrong.append(f"{' '.join(what)}: {found}, not {expected}")

    def cases_of(self, expected: Iterable[str], found: Iterable[str], every: Iterable[str], *what: str) -> None:
        """Look at one case for each of `every`: whether it is among those found exactly if it is expected."""
        expected, found = set(expected), set(found)
        for name in every:
            self.case(name in expected, name in found, *what, name)
        self.case(set(), found - set(every), *what, "known")

    def close(self) -> None:
        """Fail for what went wrong since the last time."""
        wrong, self.wrong = self.wrong, []
        assert not wrong, "\n".join(wrong[:_SHOWN])


TALLY = Tally()
