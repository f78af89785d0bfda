"""Operations without a database: where they stand, and how that changes."""

import pytest

from app import clock
from app.auth.actor import Role
from app.domain.operations.models import OPERATION, Operation, OperationStatus
from app.states import IllegalMove
from tests.machines import arrows, steps


def an_operation(status: OperationStatus) -> Operation:
    """One that is not stored, in a worker's hands."""
    return Operation(
        organisation_id="org_a",
        id="opn_a",
        kind="example",
        status=status,
        requested_by="per_a",
        principal="key_a",
        role=Role.ORGANISATION_ADMIN,
        scopes=[],
        lease_until=clock.now(),
        lease_by="worker",
    )


def test_these_are_all_moves() -> None:
    assert arrows(OPERATION) == {
        "queued start running",
        "running succeed succeeded",
        "running fail failed",
        "queued cancel cancelled",
        "running cancel cancelled",
    }


@pytest.mark.parametrize(("status", "move"), steps(OPERATION, OperationStatus))
def test_an_operation_ends_once_and_is_free_of_its_lease(status: OperationStatus, move: str) -> None:
    if move == "start":
        return
    operation, now = an_operation(status), clock.now()

    if status not in OPERATION.moves[move].sources:
        with pytest.raises(IllegalMove):
            operation.finish(move, now)
        assert (operation.status, operation.finished_at) == (status, None)
        return
    operation.finish(move, now)

    assert operation.status is OPERATION.moves[move].target
    assert (operation.finished_at, operation.lease_until, operation.lease_by) == (now, None, None)
