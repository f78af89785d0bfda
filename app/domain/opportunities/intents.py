"""What can be done to opportunities."""

from app.acting.intent import create, move, update
from app.auth.scopes import Scope
from app.domain.opportunities import service
from app.domain.opportunities.resource import OPPORTUNITIES

_SET_UP = Scope.PROGRAMMES_WRITE
INTENTS = (
    create("open_opportunity", OPPORTUNITIES, service.open_one, _SET_UP),
    update("update_opportunity", OPPORTUNITIES, service.update, _SET_UP),
    move("close_opportunity", OPPORTUNITIES, service.close, _SET_UP, "close"),
)
