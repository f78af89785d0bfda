"""What can be done to stories and opportunities."""

from app.acting.intent import create, move, update
from app.auth.scopes import Scope
from app.domain.stories import service
from app.domain.stories.resource import OPPORTUNITIES, SUCCESS_STORIES

_TELL, _SET_UP = Scope.GOALS_WRITE, Scope.PROGRAMMES_WRITE
INTENTS = (
    create("write_success_story", SUCCESS_STORIES, service.write, _TELL),
    update("update_success_story", SUCCESS_STORIES, service.update, _TELL),
    move("offer_success_story", SUCCESS_STORIES, service.offer, _TELL, "offer"),
    move("consent_to_success_story", SUCCESS_STORIES, service.consent, _TELL, "consent"),
    move("withdraw_success_story", SUCCESS_STORIES, service.withdraw, _TELL, "withdraw"),
    create("open_opportunity", OPPORTUNITIES, service.open_one, _SET_UP),
    update("update_opportunity", OPPORTUNITIES, service.update_opportunity, _SET_UP),
    move("close_opportunity", OPPORTUNITIES, service.close, _SET_UP, "close"),
)
