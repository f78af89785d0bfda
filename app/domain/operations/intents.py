"""What can be done to operations. What begins one is declared by the chapter whose work it is."""

from app.acting.intent import move
from app.auth.scopes import Scope
from app.domain.operations import service
from app.domain.operations.resource import OPERATIONS

INTENTS = (move("cancel_operation", OPERATIONS, service.cancel, Scope.OPERATIONS_WRITE, "cancel"),)
