"""What can be done to announcements."""

from app.acting.intent import create, move, update
from app.auth.scopes import Scope
from app.domain.announcements import service
from app.domain.announcements.resource import ANNOUNCEMENTS

_WRITE = Scope.PROGRAMMES_WRITE
INTENTS = (
    create("write_announcement", ANNOUNCEMENTS, service.write, _WRITE),
    update("update_announcement", ANNOUNCEMENTS, service.update, _WRITE),
    move("publish_announcement", ANNOUNCEMENTS, service.publish, _WRITE, "publish"),
    move("withdraw_announcement", ANNOUNCEMENTS, service.withdraw, _WRITE, "withdraw"),
)
