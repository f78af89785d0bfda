"""How imports begin, and what they announce is called off."""

from app.acting.intent import begin, move
from app.auth.scopes import Scope
from app.domain.imports import planning, service
from app.domain.imports.resource import PLANNED_CHANGES
from app.domain.operations.resource import OPERATIONS

INTENTS = (
    begin("begin_import", OPERATIONS, service.begin, Scope.IMPORTS_WRITE, "imports", document=True, cost=60),
    move("cancel_planned_change", PLANNED_CHANGES, planning.cancel, Scope.DIRECTORY_WRITE, "cancel"),
)
