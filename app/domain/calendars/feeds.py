"""Making calendar feeds, giving them new addresses, ending them."""

import sqlalchemy as sa
from sqlmodel import col

from app import config, ids
from app.auth.actor import Actor
from app.db import Db
from app.domain.calendars.models import MOST_FEEDS, CalendarFeed, TooManyFeeds
from app.domain.calendars.resource import CALENDAR_FEEDS
from app.domain.calendars.schemas import CalendarFeedCreate
from app.reading import rows

PATH = "/calendars/{organisation_id}/{id}/{secret}.ics"


async def create(db: Db, actor: Actor, data: CalendarFeedCreate) -> tuple[CalendarFeed, str]:
    """Make a feed of one's own sessions for a calendar to subscribe to.

    Its address is in this answer and nowhere else. Whoever has it reads when you meet, and nothing of what you talk
    about: it opens without signing in, until it is renewed or deleted, or you leave.
    """
    person_id = actor.as_person()
    # One at a time: of two that count at once neither would see the other.
    name = sa.func.hashtextextended(f"calendar_feeds/{db.organisation_id}/{person_id}", 0)
    await db.execute(sa.select(sa.func.pg_advisory_xact_lock(name)))
    mine = (col(CalendarFeed.organisation_id) == db.organisation_id, col(CalendarFeed.person_id) == person_id)
    count = await db.scalar(sa.select(sa.func.count()).select_from(CalendarFeed).where(*mine))
    if (count or 0) >= MOST_FEEDS:
        raise TooManyFeeds(f"There are {MOST_FEEDS} feeds of yours already. Delete one that is not in use.")
    feed = CalendarFeed(
        organisation_id=db.organisation_id,
        id=ids.new(CalendarFeed.prefix),
        person_id=person_id,
        secret_hash=b"",
        **data.model_dump(),
    )
    secret = feed.renew()
    db.add(feed)
    return feed, _address(feed, secret)


async def renew(db: Db, actor: Actor, feed_id: str) -> tuple[CalendarFeed, str]:
    """Give a feed a new address, which is in this answer; the old one opens nothing any more."""
    feed: CalendarFeed = await rows.get(db, actor, CALENDAR_FEEDS, feed_id, "renew_calendar_feed")
    return feed, _address(feed, feed.renew())


async def delete(db: Db, actor: Actor, feed_id: str) -> None:
    """End a feed: its address opens nothing any more."""
    await db.delete(await rows.get(db, actor, CALENDAR_FEEDS, feed_id, "delete_calendar_feed"))


def _address(feed: CalendarFeed, secret: str) -> str:
    path = PATH.format(organisation_id=feed.organisation_id, id=feed.id, secret=secret)
    return f"{config.settings().base_url}{path}"
