"""What can be read of sync runs and of what they found."""

from collections.abc import Callable
from typing import Any

import sqlalchemy as sa

from app.auth.scopes import Scope
from app.domain.operations.resource import OPERATIONS
from app.domain.people.resource import PEOPLE
from app.domain.syncs.models import SyncDifference, SyncRun
from app.domain.syncs.schemas import SyncDifferenceRead, SyncRunRead
from app.reading.resource import Edge, Equals, Resource, Sensitive, Table, same_organisation

# Kept once, with the operation.
_OF_OPERATION = (
    "status dry_run subject_ids requested_by created updated unchanged planned refused errors failure_code "
    "failure_detail started_at finished_at"
).split()


def _said(member: str) -> Callable[[Table], sa.ColumnElement[Any]]:
    """A member of a run's operation."""

    def column(run: Table) -> sa.ColumnElement[Any]:
        operation = OPERATIONS.table.alias()
        found = sa.select(operation.c[member]).where(
            same_organisation(operation, run), operation.c.id == run.c.operation_id
        )
        return found.correlate(run).scalar_subquery()

    return column


SYNC_RUNS = Resource(
    "sync_run",
    "sync_runs",
    SyncRun,
    SyncRunRead,
    Scope.DIRECTORY_READ,
    edges=(Edge("operation", "operation_id", OPERATIONS),),
    filters=(Equals("kind"), Equals("operation_id")),
    computed={member: _said(member) for member in _OF_OPERATION},
    # The directory is for those who keep it, whoever they are.
    party=(),
)
SYNC_DIFFERENCES = Resource(
    "sync_difference",
    "sync_differences",
    SyncDifference,
    SyncDifferenceRead,
    Scope.DIRECTORY_READ,
    edges=(
        Edge("sync_run", "sync_run_id", SYNC_RUNS, "differences", "Who found it.", "What would change."),
        Edge("person", "person_id", PEOPLE),
    ),
    filters=(Equals("sync_run_id"), Equals("kind"), Equals("external_id"), Equals("member")),
    sensitive=Sensitive("person_id"),
    party=(),
)
