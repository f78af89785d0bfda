"""How imports begin."""

from app.acting.intent import begin
from app.auth.scopes import Scope
from app.domain.imports import service
from app.domain.operations.resource import OPERATIONS

INTENTS = (begin("begin_import", OPERATIONS, service.begin, Scope.IMPORTS_WRITE, "imports", document=True, cost=60),)
