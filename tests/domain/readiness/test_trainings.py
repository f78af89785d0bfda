"""Assignments without a database: every legal and every illegal move."""

from typing import Any

import pytest

from app.domain.programmes.contents import ResourceKind
from app.domain.readiness.trainings import OPEN, TRAINING, TrainingAssignment, TrainingStatus
from app.states import IllegalMove
from tests.machines import arrows, steps

ARROWS = {
    "assigned start started",
    "assigned lapse overdue",
    "started lapse overdue",
    *(f"{state} complete completed" for state in ("assigned", "started", "overdue")),
    *(f"{state} waive waived" for state in ("assigned", "started", "overdue")),
    *(f"{state} cancel cancelled" for state in ("assigned", "started", "overdue")),
}


def an_assignment(status: TrainingStatus) -> TrainingAssignment:
    """An assignment that is not stored."""
    facts: dict[str, Any] = {
        "enrolment_id": "enr_a",
        "programme_id": "prg_a",
        "person_id": "per_a",
        "programme_resource_id": "res_a",
    }
    what: dict[str, Any] = {"kind": ResourceKind.CHARTER, "title": "Conduct", "edition": 1}
    return TrainingAssignment(**{"organisation_id": "org_a", "id": "trn_a", "status": status, **facts, **what})


def test_the_arrows_are_these_and_no_others() -> None:
    assert arrows(TRAINING) == ARROWS
    assert set(OPEN) == {TrainingStatus.ASSIGNED, TrainingStatus.STARTED, TrainingStatus.OVERDUE}


@pytest.mark.parametrize(("state", "move"), steps(TRAINING, TrainingStatus))
def test_a_move_is_taken_or_refused_and_then_nothing_changes(state: TrainingStatus, move: str) -> None:
    assignment = an_assignment(state)

    if any(arrow.startswith(f"{state} {move} ") for arrow in ARROWS):
        assignment.step(move)
        assert f"{state} {move} {assignment.status}" in ARROWS
        return
    with pytest.raises(IllegalMove) as caught:
        assignment.step(move)
    assert (assignment.status, caught.value.code) == (state, "training_assignment_state_conflict")
