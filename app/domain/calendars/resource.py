"""What can be read of calendar feeds: one's own, and never their secrets."""

from app.auth.policy import Relation
from app.auth.scopes import Scope
from app.domain.calendars.models import CalendarFeed
from app.domain.calendars.schemas import CalendarFeedRead
from app.domain.people.resource import PEOPLE
from app.reading.resource import ME, Edge, Equals, Resource

CALENDAR_FEEDS = Resource(
    "calendar_feed",
    "calendar_feeds",
    CalendarFeed,
    CalendarFeedRead,
    Scope.SESSIONS_READ,
    relations={Relation.OWN: lambda feed: feed.c.person_id == ME},
    edges=(Edge("person", "person_id", PEOPLE),),
    filters=(Equals("person_id"),),
)
