"""What can be done to a calendar feed."""

from app.acting.intent import create, delete, move
from app.auth.scopes import Scope
from app.domain.calendars import feeds
from app.domain.calendars.resource import CALENDAR_FEEDS

# It hands out what the caller reads, and changes no session.
_READ = Scope.SESSIONS_READ
INTENTS = (
    create("create_calendar_feed", CALENDAR_FEEDS, feeds.create, _READ, reveals=True),
    move("renew_calendar_feed", CALENDAR_FEEDS, feeds.renew, _READ, "renew", reveals=True),
    delete("delete_calendar_feed", CALENDAR_FEEDS, feeds.delete, _READ),
)
