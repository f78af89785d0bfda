"""State machines as data: the only legal moves, from which code, tests and diagrams are made."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, TypeVar

from app.errors import Conflict

State = TypeVar("State", bound=StrEnum)


class IllegalMove(Conflict):
    """The object's state does not allow this step."""

    def __init__(self, noun: str, state: str, move: str) -> None:
        article = "An" if noun[0] in "aeiou" else "A"
        super().__init__(f"{article} {_words(noun)} that is {_words(state)} cannot take the step “{_words(move)}”.")
        self.code = f"{noun}_state_conflict"


def _words(name: str) -> str:
    return name.replace("_", " ")


@dataclass(frozen=True)
class Move(Generic[State]):
    """A named step from some states to one."""

    name: str
    sources: frozenset[State]
    target: State


class Machine(Generic[State]):
    """The legal moves of one kind of object."""

    def __init__(self, noun: str, moves: Mapping[str, tuple[Iterable[State], State]]) -> None:
        self.noun = noun
        self.moves = {name: Move(name, frozenset(sources), target) for name, (sources, target) in moves.items()}

    def step(self, state: State, move: str) -> State:
        """The state after `move`. Raises `IllegalMove`."""
        known = self.moves[move]
        if state not in known.sources:
            raise IllegalMove(self.noun, state.value, move)
        return known.target

    def diagram(self) -> str:
        """The machine as a Mermaid state diagram."""
        lines = [
            f"    {source.value} --> {move.target.value}: {name}"
            for name, move in self.moves.items()
            for source in sorted(move.sources)
        ]
        return "\n".join(("stateDiagram-v2", *lines))
