"""Beginning: a new organisation with its rank ladder, and the first key that everything else follows from."""

from dataclasses import dataclass

from app import db as database
from app import ids
from app.auth.actor import Role
from app.auth.scopes import EVERY
from app.db import Db
from app.domain.access import service
from app.domain.access.schemas import ApiKeyCreate
from app.domain.organisations import retention
from app.domain.organisations.models import Organisation, Rank
from app.domain.people.models import Person
from app.events.models import EventCounter

DEFAULT_LADDER = (
    "Apprentice",
    "Associate",
    "Professional",
    "Senior professional",
    "Team lead",
    "Head of department",
    "Director",
    "Vice president",
    "Executive",
    "Board",
)


@dataclass(frozen=True)
class Founded:
    """A new organisation, its first administrator and their key."""

    organisation_id: str
    person_id: str
    key: str


async def found(
    name: str, *, region: str = "eu", zone: str = "Europe/Paris", organisation_id: str | None = None
) -> Founded:
    """Found an organisation with a rank ladder of ten, retention policies, an administrator and their key."""
    organisation_id = organisation_id or ids.new(Organisation.prefix)
    async with database.current().writing(organisation_id) as db:
        db.add(Organisation(id=organisation_id, name=name, region=region, default_zone=zone))
        await db.flush()
        db.add(EventCounter(organisation_id=organisation_id))
        for level, rank in enumerate(DEFAULT_LADDER, start=1):
            db.add(Rank(organisation_id=organisation_id, id=ids.new(Rank.prefix), level=level, name=rank))
        db.add_all(retention.defaults(organisation_id))
        await db.flush()
        administrator = await _administrator(db, zone)
        key = await grant(db, Role.ORGANISATION_ADMIN, person_id=administrator.id)
    return Founded(organisation_id, administrator.id, key)


async def grant(db: Db, role: Role, *, person_id: str | None = None, service_account: str | None = None) -> str:
    """A key with every scope that its role can use."""
    data = ApiKeyCreate(
        name=f"{role.value} key",
        role=role,
        scopes=sorted(EVERY),
        person_id=person_id,
        service_account=service_account,
    )
    return (await service.issue(db, data))[1]


async def _administrator(db: Db, zone: str) -> Person:
    person = Person(
        organisation_id=db.organisation_id,
        id=ids.new(Person.prefix),
        given_name="Programme",
        family_name="Office",
        display_name="Programme Office",
        rank_level=5,
        zone=zone,
    )
    db.add(person)
    await db.flush()
    return person
