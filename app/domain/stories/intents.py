"""What can be done to stories."""

from app.acting.intent import create, move, update
from app.auth.scopes import Scope
from app.domain.stories import service
from app.domain.stories.resource import SUCCESS_STORIES

_TELL = Scope.GOALS_WRITE
INTENTS = (
    create("write_success_story", SUCCESS_STORIES, service.write, _TELL),
    update("update_success_story", SUCCESS_STORIES, service.update, _TELL),
    move("offer_success_story", SUCCESS_STORIES, service.offer, _TELL, "offer"),
    move("consent_to_success_story", SUCCESS_STORIES, service.consent, _TELL, "consent"),
    move("withdraw_success_story", SUCCESS_STORIES, service.withdraw, _TELL, "withdraw"),
)
