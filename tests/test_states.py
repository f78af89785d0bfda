"""State machines: only the moves that are drawn are legal."""

from enum import StrEnum

import pytest

from app.states import IllegalMove, Machine
from tests.machines import arrows, steps


class Door(StrEnum):
    """Where a door stands."""

    OPEN = "open"
    SHUT = "shut"
    LOCKED_UP = "locked_up"


DOOR = Machine(
    "oak_door",
    {
        "shut": ((Door.OPEN,), Door.SHUT),
        "lock_up": ((Door.SHUT,), Door.LOCKED_UP),
        "force_open": ((Door.SHUT, Door.LOCKED_UP), Door.OPEN),
    },
)


@pytest.mark.parametrize(("state", "move"), steps(DOOR, Door))
def test_only_the_moves_that_are_drawn_are_legal(state: Door, move: str) -> None:
    legal = {arrow for arrow in arrows(DOOR) if arrow.startswith(f"{state} {move} ")}

    if legal:
        assert legal == {f"{state} {move} {DOOR.step(state, move)}"}
    else:
        with pytest.raises(IllegalMove):
            DOOR.step(state, move)


def test_an_illegal_move_is_a_conflict_that_names_state_and_step() -> None:
    with pytest.raises(IllegalMove) as refused:
        DOOR.step(Door.LOCKED_UP, "lock_up")

    assert (refused.value.code, refused.value.status) == ("oak_door_state_conflict", 409)
    assert refused.value.detail == "An oak door that is locked up cannot take the step “lock up”."


def test_the_article_follows_the_noun() -> None:
    assert IllegalMove("programme", "closed", "pause").detail.startswith("A programme that is closed")


def test_a_move_that_nobody_drew_is_a_mistake_of_ours() -> None:
    with pytest.raises(KeyError):
        DOOR.step(Door.OPEN, "paint")


def test_the_diagram_shows_every_arrow() -> None:
    assert DOOR.diagram().splitlines() == [
        "stateDiagram-v2",
        "    open --> shut: shut",
        "    shut --> locked_up: lock_up",
        "    locked_up --> open: force_open",
        "    shut --> open: force_open",
    ]
