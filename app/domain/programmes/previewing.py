"""How many people of the directory the rules of a programme leave: counts, and none that speaks of too few."""

import asyncio
from collections import Counter
from collections.abc import Sequence
from datetime import date

import sqlalchemy as sa
from pydantic import Field
from sqlmodel import col

from app import db as database
from app.acting.inquiry import Inquiry
from app.auth.actor import Actor
from app.auth.scopes import Scope
from app.db import Db
from app.domain.organisations.models import Organisation
from app.domain.people.models import EmploymentStatus, Person
from app.domain.programmes import eligibility
from app.domain.programmes.eligibility import Counted, Eligibility, EligibilityRule, Side
from app.domain.programmes.models import Programme
from app.domain.programmes.resource import PROGRAMMES
from app.reading import rows
from app.text import Output

_TOO_FEW = "`null` where it, or the rest, would speak of fewer people than the organisation's `anonymity_k`."


class EligibilityShortfall(Output):
    """How many fall short of one rule, whatever the others say."""

    rule: EligibilityRule
    people: int | None = Field(description=_TOO_FEW)


class EligibilitySide(Output):
    """What the rules of one role come to. A role that asks for nothing is not listed."""

    role: Side
    eligible: int | None = Field(description=_TOO_FEW)
    shortfalls: list[EligibilityShortfall] = Field(description="The rules that somebody falls short of.")


class EligibilityPreview(Output):
    """How many people of the directory could join a programme."""

    programme_id: str
    people: int = Field(description="Who is here now.")
    sides: list[EligibilitySide]


async def preview(actor: Actor, programme_id: str) -> EligibilityPreview:
    """How many people could join a programme by its rules, and how many fall short of each.

    Whoever is here now is counted, not named, and no count speaks of too few.
    """
    async with database.current().writing(actor.organisation_id) as db:
        programme: Programme = await rows.get(db, actor, PROGRAMMES, programme_id, "programme_eligibility", lock=False)
        least = (await rows.by_id(db, Organisation, db.organisation_id)).anonymity_k
        directory = await _directory(db)
    sides = await asyncio.to_thread(_counted, programme, directory, least)
    return EligibilityPreview(programme_id=programme.id, people=sum(found.people for found in directory), sides=sides)


def _counted(programme: Programme, directory: Sequence[Counted], least: int) -> list[EligibilitySide]:
    return [_side(side, programme.starts_on, directory, least) for side in eligibility.of(programme)]


def _side(side: Eligibility, starts_on: date, directory: Sequence[Counted], least: int) -> EligibilitySide:
    short: Counter[EligibilityRule] = Counter()
    eligible = 0
    for found in directory:
        unmet = eligibility.unmet(side, starts_on, found)
        short.update(dict.fromkeys(unmet, found.people))
        eligible += 0 if unmet else found.people
    whole = sum(found.people for found in directory)
    shortfalls = [
        EligibilityShortfall(rule=rule, people=told(short[rule], whole, least))
        for rule in EligibilityRule
        if short[rule]
    ]
    return EligibilitySide(role=side.role, eligible=told(eligible, whole, least), shortfalls=shortfalls)


def told(count: int, whole: int, least: int) -> int | None:
    """A count, unless it or the rest is of too few to hide among."""
    return None if 0 < count < least or 0 < whole - count < least else count


async def _directory(db: Db) -> list[Counted]:
    """Who is here now, counted by what the rules look at."""
    facts = (col(Person.rank_level), col(Person.hire_date), col(Person.department), col(Person.location))
    select = (
        sa.select(*facts, sa.func.count())
        .where(
            col(Person.organisation_id) == db.organisation_id,
            col(Person.employment_status) == EmploymentStatus.ACTIVE,
        )
        .group_by(*facts)
    )
    return [Counted(*found) for found in await db.execute(select)]


INQUIRIES = (Inquiry("programme_eligibility", PROGRAMMES, "eligibility", Scope.PROGRAMMES_READ, preview, cost=5),)
