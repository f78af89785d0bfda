"""How imports begin, and what they announce is called off."""

from app.acting.intent import begin, move
from app.auth.scopes import Scope
from app.domain.imports import comparing, leaving, planning, service
from app.domain.imports.resource import PLANNED_CHANGES
from app.domain.operations.resource import OPERATIONS
from app.domain.syncs.resource import SYNC_RUNS

INTENTS = (
    begin("begin_import", OPERATIONS, service.begin, Scope.IMPORTS_WRITE, "imports", document=True, cost=60),
    begin(
        "begin_reconciliation",
        OPERATIONS,
        comparing.begin,
        Scope.IMPORTS_WRITE,
        "reconciliations",
        document=True,
        cost=60,
    ),
    move("end_leavers", SYNC_RUNS, leaving.begin, Scope.IMPORTS_WRITE, "end-leavers", begins=OPERATIONS),
    move("cancel_planned_change", PLANNED_CHANGES, planning.cancel, Scope.DIRECTORY_WRITE, "cancel"),
)
