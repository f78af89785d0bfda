"""What can be done to HR systems that tell us of changes."""

from app.acting.intent import create, delete, move, update
from app.auth.scopes import Scope
from app.domain.connectors import service
from app.domain.connectors.resource import HR_SOURCES
from app.domain.operations.resource import OPERATIONS

_MANAGE = Scope.IMPORTS_WRITE
INTENTS = (
    create("create_hr_source", HR_SOURCES, service.create, _MANAGE),
    update("update_hr_source", HR_SOURCES, service.update, _MANAGE),
    delete("delete_hr_source", HR_SOURCES, service.delete, _MANAGE),
    move("fetch_hr_source", HR_SOURCES, service.fetch, _MANAGE, "fetch", cost=10, begins=OPERATIONS),
)
