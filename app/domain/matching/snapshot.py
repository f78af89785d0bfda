"""What a run works on, as the database holds it now: a few statements, however many people there are."""

import asyncio
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Any

import orjson

from app import clock
from app.db import Db
from app.domain.enrolments.models import EnrolmentRole
from app.domain.enrolments.profile import USUAL_LEVEL, USUAL_WEIGHT, spans
from app.domain.pairings.models import LIVE, EndReason
from app.domain.people import queries as directory
from app.domain.programmes.models import Programme
from app.matching.market import Market, Pair, Seat

# The chapter of privacy stands above this one; its table is named, not imported. Who is ready said yes by joining: it
# is a consent that was withdrawn since, and not given anew, that counts.
_SEATS = """
    select json_build_object(
        'id', e.id, 'person_id', e.person_id, 'role', e.role, 'places', e.capacity - e.live_pairings,
        'rank', p.rank_level, 'department', p.department, 'division', p.division, 'location', p.location,
        'languages', e.languages, 'zone', e.zone, 'availability', e.availability, 'offers', e.offers,
        'seeks', e.seeks, 'offer_levels', e.offer_levels, 'seek_weights', e.seek_weights,
        'out_of_scope', e.out_of_scope, 'interests', e.interests, 'style', e.style,
        'waiting_days', greatest(0, extract(day from $3::timestamptz - e.created_at)::int),
        'has_consented', coalesce((
            select bool_or(c.withdrawn_at is null) from consent c where c.organisation_id = e.organisation_id
            and c.person_id = e.person_id and c.purpose = 'participation'), true)
    )::text
    from enrolment e join person p on p.organisation_id = e.organisation_id and p.id = e.person_id
    where e.organisation_id = $1 and e.programme_id = $2 and e.status in ('ready', 'matched')
        and e.capacity > e.live_pairings and p.employment_status = 'active' and p.erased_at is null
"""
_KEPT_APART = """
    select person_id, other_person_id from do_not_pair
    where organisation_id = $1 and person_id = any($2) and other_person_id = any($2)
"""
_PREFERENCES = """
    select enrolment_id, other_enrolment_id, author_id, other_id, rank from matching_preference
    where organisation_id = $1 and enrolment_id = any($2) and other_enrolment_id = any($2)
"""
_PAIRS = """
    select mentor_id, mentee_id, bool_or(status = any($3)),
        bool_or(status = any($3) or programme_id = $4 and end_reason = $5)
    from pairing where organisation_id = $1 and mentor_id = any($2) and mentee_id = any($2)
    group by mentor_id, mentee_id
"""


async def load(db: Db, programme: Programme, *, pins: Iterable[Pair] = (), current: Iterable[Pair] = ()) -> Market:
    """Everybody of a programme who waits for a partner, and what was said about pairs of them."""
    organisation_id = db.organisation_id
    rows = await db.fetch(_SEATS, organisation_id, programme.id, clock.now())
    # In a thread: a market of twenty thousand takes a second, and requests may be served in this process.
    mentors, mentees, people, seats = await asyncio.to_thread(_read, rows)
    kept_apart = await db.fetch(_KEPT_APART, organisation_id, people)
    preferences = await db.fetch(_PREFERENCES, organisation_id, seats)
    live = [status.value for status in LIVE]
    pairs = await db.fetch(_PAIRS, organisation_id, people, live, programme.id, EndReason.REMATCH.value)
    barred = [*map(tuple, kept_apart), *((author, other) for _, _, author, other, rank in preferences if rank is None)]
    # Who are a pair now, and who were parted in this programme to find others.
    barred += [(mentor, mentee) for mentor, mentee, _, is_barred in pairs if is_barred]
    return Market(
        mentors=mentors,
        mentees=mentees,
        managers=await directory.managers(db, people),
        barred=frozenset((min(pair), max(pair)) for pair in barred),
        earlier=frozenset((mentor, mentee) for mentor, mentee, is_live, _ in pairs if not is_live),
        rankings={(seat, other): rank for seat, other, _, _, rank in preferences if rank is not None},
        pins=tuple(pins),
        current=frozenset(current),
        weeks=_weeks(programme),
    )


def _read(rows: Iterable[Any]) -> tuple[tuple[Seat, ...], tuple[Seat, ...], list[str], list[str]]:
    """The seats of both sides, and the ids of all their people and of all of them."""
    sides: dict[str, list[Seat]] = {role: [] for role in EnrolmentRole}
    for row in rows:
        plain = orjson.loads(row[0])
        sides[plain["role"]].append(_seat(plain))
    mentors, mentees = (tuple(sides[role]) for role in (EnrolmentRole.MENTOR, EnrolmentRole.MENTEE))
    seats = mentors + mentees
    return mentors, mentees, sorted({seat.person_id for seat in seats}), sorted(seat.id for seat in seats)


def _seat(plain: Mapping[str, Any]) -> Seat:
    as_they_are = "id person_id rank places department division location zone style waiting_days has_consented".split()
    return Seat(
        **{name: plain[name] for name in as_they_are},
        languages=tuple(plain["languages"]),
        availability=spans(plain["availability"]),
        offers={topic: plain["offer_levels"].get(topic, USUAL_LEVEL) for topic in plain["offers"]},
        seeks={topic: plain["seek_weights"].get(topic, USUAL_WEIGHT) for topic in plain["seeks"]},
        out_of_scope=frozenset(plain["out_of_scope"]),
        interests=tuple(plain["interests"]),
    )


def _weeks(programme: Programme) -> tuple[date, ...]:
    """The Mondays of the weeks in which the pairs of a programme can still meet."""
    first = max(programme.starts_on, min(clock.now().date(), programme.ends_on))
    monday = first - timedelta(days=first.weekday())
    return tuple(monday + timedelta(weeks=number) for number in range((programme.ends_on - monday).days // 7 + 1))
