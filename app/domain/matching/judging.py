"""Whether pairs still keep every rule, on the data of now: what approval and pins are held to."""

import asyncio
from collections import Counter
from collections.abc import Mapping, Sequence

import sqlalchemy as sa
from sqlmodel import col

from app.db import Db
from app.domain.enrolments.models import Enrolment, EnrolmentRole
from app.domain.pairings.rules import faults_of_seat
from app.domain.people.models import Person
from app.domain.programmes.models import Programme
from app.errors import Fault
from app.matching import ruling
from app.matching.market import Market, Pair, Seat
from app.matching.pairwise import Pairwise
from app.matching.policy import Policy
from app.reading import rows

SIDES = (EnrolmentRole.MENTOR, EnrolmentRole.MENTEE)
POINTERS = ("/mentor_enrolment_id", "/mentee_enrolment_id")
_IS_THEIRS = col(Person.id) == col(Enrolment.person_id)


async def faults_of(
    db: Db, programme: Programme, market: Market, policy: Policy, pairs: Sequence[Pair]
) -> list[tuple[Fault, ...]]:
    """Of each pair of seats every rule that it breaks. A handful of statements, however many pairs."""
    sides = [{seat.id: seat for seat in side} for side in (market.mentors, market.mentees)]
    absent = [[pair[place] for pair in pairs if pair[place] not in sides[place]] for place in (0, 1)]
    away = await _faults_of_absent(db, programme, absent)
    # In a thread: of ten thousand pairs it takes a second, and requests are served in this process.
    return await asyncio.to_thread(_judged, market, policy, pairs, sides, away)


def _judged(
    market: Market,
    policy: Policy,
    pairs: Sequence[Pair],
    sides: Sequence[Mapping[str, Seat]],
    away: Mapping[tuple[int, str], Sequence[Fault]],
) -> list[tuple[Fault, ...]]:
    judge, taken, seen, found = Pairwise(market, policy), Counter[str](), set[Pair](), []
    for pair in pairs:
        wrong = [fault for place in (0, 1) for fault in away.get((place, pair[place]), ())]
        wrong += _faults_of_places(pair, sides, taken)
        if pair in seen:
            wrong.append(Fault("these two are named twice", code="pair_repeated"))
        if pair[0] in sides[0] and pair[1] in sides[1]:
            broken = ruling.broken(judge, sides[0][pair[0]], sides[1][pair[1]])
            wrong += [Fault(rule.text, code=rule.rule) for rule in broken]
        if not wrong:
            taken.update(pair)
        seen.add(pair)
        found.append(tuple(wrong))
    return found


def _faults_of_places(pair: Pair, sides: Sequence[Mapping[str, Seat]], taken: Counter[str]) -> list[Fault]:
    """Places that pairs before this one have taken."""
    return [
        Fault("has no seat left", code="capacity_reached", pointer=pointer)
        for side, seat_id, pointer in zip(sides, pair, POINTERS, strict=True)
        if seat_id in side and taken[seat_id] >= side[seat_id].places
    ]


async def _faults_of_absent(
    db: Db, programme: Programme, absent: Sequence[Sequence[str]]
) -> dict[tuple[int, str], list[Fault]]:
    """Why seats are not in the market, by side."""
    select = (
        sa.select(Enrolment, Person)
        .join(Person, sa.and_(col(Person.organisation_id) == col(Enrolment.organisation_id), _IS_THEIRS))
        .where(
            col(Enrolment.organisation_id) == db.organisation_id,
            col(Enrolment.programme_id) == programme.id,
            col(Enrolment.id) == rows.any_of(seat_id for side in absent for seat_id in side),
        )
    )
    known = {enrolment.id: (enrolment, person) for enrolment, person in await db.execute(select)}
    return {
        (place, seat_id): faults_of_seat(programme, *known[seat_id], SIDES[place], POINTERS[place])
        if seat_id in known
        else [Fault("names no enrolment of the programme", code="unknown_reference", pointer=POINTERS[place])]
        for place in (0, 1)
        for seat_id in absent[place]
    }
