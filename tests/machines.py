"""State machines as tests look at them: every arrow, and every pair of state and move."""

from enum import StrEnum
from typing import TypeVar

from app.states import Machine

State = TypeVar("State", bound=StrEnum)


def arrows(machine: Machine[State]) -> set[str]:
    """Each legal step as `source move target`."""
    return {f"{source} {move.name} {move.target}" for move in machine.moves.values() for source in move.sources}


def steps(machine: Machine[State], states: type[State]) -> list[tuple[State, str]]:
    """Every state with every move, legal or not."""
    return [(state, move) for state in states for move in machine.moves]
