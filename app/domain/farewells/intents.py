"""What can be done to a farewell."""

from app.acting.intent import create, update
from app.auth.scopes import Scope
from app.domain.farewells import service
from app.domain.farewells.resource import FAREWELLS

INTENTS = (
    create("write_farewell", FAREWELLS, service.write, Scope.FEEDBACK_WRITE),
    update("update_farewell", FAREWELLS, service.update, Scope.FEEDBACK_WRITE),
)
