"""A calendar feed as whoever knows its address reads it: what has changed is asked first, by one statement."""

import hashlib
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from app import clock, config
from app import db as database
from app.auth.actor import Actor, Role
from app.domain.calendars import documents
from app.domain.calendars.documents import Entry
from app.domain.calendars.models import CalendarFeed, digest, is_secret
from app.domain.organisations.models import Organisation
from app.domain.sessions.models import SessionStatus
from app.domain.sessions.queries import UNSETTLED
from app.errors import Unauthenticated
from app.ids import prefix_of

BEHIND = timedelta(days=90)
MOST_ENTRIES = 1000
# What was never agreed on stands in no calendar.
_UNSETTLED = [status.value for status in UNSETTLED]
_NOBODYS = digest("")
# The sessions of whoever the feed is of, from so long ago on: how many, and when one of them or a partner last changed.
_MARK = """
    select f.id, f.person_id, f.name, f.names_partner, f.secret_hash, f.version,
        p.employment_status <> 'inactive' and p.erased_at is null as is_here,
        (select count(*) || ' ' || coalesce(max(greatest(s.updated_at, mentor.updated_at, mentee.updated_at))::text, '')
         from attendance a
         join session s on s.organisation_id = $1 and s.id = a.session_id
         join pairing r on r.organisation_id = $1 and r.id = s.pairing_id
         join person mentor on mentor.organisation_id = $1 and mentor.id = r.mentor_id
         join person mentee on mentee.organisation_id = $1 and mentee.id = r.mentee_id
         where a.organisation_id = $1 and a.person_id = f.person_id and a.starts_at >= $3)
        || (select ' ' || count(*) || ' ' || coalesce(max(greatest(m.updated_at, c.updated_at))::text, '')
         from circle_member b
         join circle c on c.organisation_id = $1 and c.id = b.circle_id
         join circle_meeting m on m.organisation_id = $1 and m.circle_id = b.circle_id
         where b.organisation_id = $1 and b.person_id = f.person_id and m.starts_at >= $3) as mark
    from calendar_feed f join person p on p.organisation_id = $1 and p.id = f.person_id
    where f.organisation_id = $1 and f.id = $2
"""
_SESSIONS = """
    select s.id, s.status, s.starts_at, s.ends_at, s.created_at, s.updated_at, s.calendar_uid, s.calendar_sequence,
        'Session ' || s.number || ' with ' || partner.display_name as title, 'Session' as plain_title
    from attendance a
    join session s on s.organisation_id = $1 and s.id = a.session_id
    join pairing r on r.organisation_id = $1 and r.id = s.pairing_id
    join person partner on partner.organisation_id = $1 and partner.id in (r.mentor_id, r.mentee_id)
        and partner.id <> $2
    where a.organisation_id = $1 and a.person_id = $2 and a.starts_at >= $3 and not s.status = any($5)
    union all
    select m.id, m.status, m.starts_at, m.ends_at, m.created_at, m.updated_at, m.calendar_uid, m.calendar_sequence,
        'Circle: ' || c.name, 'Circle'
    from circle_member b
    join circle c on c.organisation_id = $1 and c.id = b.circle_id
    join circle_meeting m on m.organisation_id = $1 and m.circle_id = b.circle_id
    where b.organisation_id = $1 and b.person_id = $2 and m.starts_at >= $3
    order by starts_at desc, id limit $4
"""


class NoSuchFeed(Unauthenticated):
    """Whatever is wrong with an address: it opens nothing."""

    def __init__(self) -> None:
        super().__init__("This address opens nothing.")


@dataclass(frozen=True, slots=True)
class Subscription:
    """A feed that somebody may read: whose, and a mark that changes with what is in it."""

    actor: Actor
    name: str
    names_partner: bool
    tag: str


async def known(organisation_id: str, feed_id: str, secret: str) -> Subscription:
    """The feed behind an address. Raises `NoSuchFeed`, in the same time whatever of it is wrong."""
    if (prefix_of(organisation_id), prefix_of(feed_id)) != (Organisation.prefix, CalendarFeed.prefix):
        raise NoSuchFeed
    async with database.current().writing(organisation_id) as db:
        found = await db.fetch(_MARK, organisation_id, feed_id, clock.now() - BEHIND)
    row: Any = found[0] if found else None
    is_known = is_secret(secret, _NOBODYS if row is None else row["secret_hash"])
    if row is None or not is_known or not row["is_here"]:
        raise NoSuchFeed
    actor = Actor(organisation_id, feed_id, Role.PARTICIPANT, frozenset(), row["person_id"])
    tag = hashlib.sha256(f"{row['id']} {row['version']} {row['mark']}".encode()).hexdigest()[:32]
    return Subscription(actor, row["name"], row["names_partner"], tag)


async def text(subscription: Subscription) -> str:
    """The calendar: sessions and circles of the last 90 days, and all ahead; at most a thousand, the latest."""
    actor = subscription.actor
    async with database.current().writing(actor.organisation_id) as db:
        since = clock.now() - BEHIND
        rows = await db.fetch(_SESSIONS, actor.organisation_id, actor.person_id, since, MOST_ENTRIES, _UNSETTLED)
    return documents.feed(subscription.name, [_entry(row, subscription) for row in reversed(rows)])


def _entry(row: Any, subscription: Subscription) -> Entry:
    return Entry(
        uid=row["calendar_uid"],
        sequence=row["calendar_sequence"],
        starts_at=row["starts_at"],
        ends_at=row["ends_at"],
        created_at=row["created_at"],
        updated_at=row["updated_at"],
        is_cancelled=row["status"] == SessionStatus.CANCELLED,
        title=row["title"] if subscription.names_partner else row["plain_title"],
        url=f"{config.settings().base_url}/v1/nodes/{row['id']}",
    )
