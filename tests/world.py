"""A small organisation to test with, and factories with full defaults: a test names only what it is about."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import orjson
import sqlalchemy as sa
from sqlmodel import col

from app import clock
from app import db as database
from app.acting.run import Call, Done, perform
from app.auth.actor import Actor, Role
from app.auth.bearer import authenticate
from app.auth.scopes import EVERY
from app.db import Db
from app.declared import BY_PREFIX, INTENTS
from app.domain.access import founding, service
from app.domain.access.schemas import ApiKeyCreate
from app.domain.pairings import queries
from app.domain.people import service as people
from app.domain.people.schemas import PersonCreate
from app.events.models import OutboxEvent
from app.reading import run as reading
from app.reading.resource import Resource
from app.reading.run import Absent
from app.reading.shape import Leaf, Wanted

_BY_NAME = {intent.name: intent for intent in INTENTS}


def everything(resource: Resource) -> Wanted:
    """All fields of an object."""
    return Wanted(resource, tuple(Leaf(name, name) for name in resource.fields))


@dataclass
class World:
    """One organisation: its people by part, their keys and actors."""

    organisation_id: str
    keys: dict[str, str]
    people: dict[str, str]
    actors: dict[str, Actor] = field(default_factory=dict)
    count: int = 0

    async def do(
        self, part: str, intent: str, object_id: str | None = None, /, *, version: int | None = None, **data: Any
    ) -> dict[str, Any]:
        """Let someone act, through the same function as both doors; the object as they then see it."""
        done = await self.perform(part, intent, object_id, version=version, **data)
        seen: dict[str, Any] = orjson.loads(done.body) if done.body else {}
        if done.secret is not None:
            seen["secret"] = done.secret
        return seen

    async def perform(
        self, part: str, intent: str, object_id: str | None = None, /, *, version: int | None = None, **data: Any
    ) -> Done:
        """As `do`, with all that came of it."""
        return await perform(self.call(part, intent, object_id, version=version, **data))

    def call(
        self,
        part: str,
        intent: str,
        object_id: str | None = None,
        /,
        *,
        version: int | None = None,
        key: str | None = None,
        **data: Any,
    ) -> Call:
        """Someone's wish to act; one that can be repeated when it has a `key`."""
        found = _BY_NAME[intent]
        return Call(
            self.actors[part],
            found,
            everything(found.answer),
            {},
            object_id=object_id,
            data=found.takes.model_validate(data) if found.takes else None,
            version=version,
            key=key,
            fingerprint=orjson.dumps(data, default=str),
        )

    async def see(self, part: str, object_id: str) -> dict[str, Any] | None:
        """An object as someone sees it; `None` if they do not."""
        try:
            answer = await reading.one(self.actors[part], everything(BY_PREFIX[object_id[:3]]), object_id)
        except Absent:
            return None
        seen: dict[str, Any] = orjson.loads(answer.body)
        return seen

    async def seen_by(self, object_id: str) -> set[str]:
        """The parts that see an object."""
        return {part for part in self.actors if await self.see(part, object_id)}

    async def told(self, subject: str) -> list[OutboxEvent]:
        """The events about an object, in the order in which they were written."""
        select = sa.select(OutboxEvent).where(
            col(OutboxEvent.organisation_id) == self.organisation_id, col(OutboxEvent.subject) == subject
        )
        async with database.current().writing(self.organisation_id) as db:
            return list((await db.execute(select.order_by(col(OutboxEvent.position)))).scalars())

    async def person(self, *, rank: int = 3, **fields: Any) -> str:
        """Another person; their id."""
        self.count += 1
        fields = dict[str, Any](given_name="Person", family_name=f"Number {self.count}", rank_level=rank) | fields
        return str((await self.do("admin", "create_person", **fields))["id"])

    async def key_for(self, person_id: str, part: str, role: Role = Role.PARTICIPANT) -> str:
        """A key for a person, who can act as `part` from now on."""
        async with database.current().writing(self.organisation_id) as db:
            key = await founding.grant(db, role, person_id=person_id)
        self.keys[part], self.people[part] = key, person_id
        self.actors[part] = await authenticate(f"Bearer {key}")
        return key

    async def newcomer(self, part: str, role: Role = Role.PARTICIPANT, **fields: Any) -> str:
        """Another person, who can act as `part` from now on; their id."""
        person_id = await self.person(**fields)
        await self.key_for(person_id, part, role)
        return person_id

    async def programme(self, *, status: str = "matching", **fields: Any) -> str:
        """A programme that began 60 days ago, led to a status by its coordinator; its id."""
        starts_on = (clock.now() - timedelta(days=60)).date()
        given = dict[str, Any](name="Reverse mentoring", purpose="Learn from each other.", starts_on=starts_on)
        programme_id = str((await self.do("coordinator", "create_programme", **(given | fields)))["id"])
        for state, move in (("enrolling", "publish"), ("matching", "start_matching"), ("active", "activate")):
            if status == "draft":
                break
            await self.do("coordinator", f"{move}_programme", programme_id)
            if state == status:
                break
        return programme_id

    async def enrolment(
        self, programme_id: str, person_id: str, role: str, *, status: str = "ready", **fields: Any
    ) -> str:
        """An enrolment, led to a status; its id. The programme must let people in."""
        made = await self.do(
            "coordinator", "invite_enrolment", programme_id=programme_id, person_id=person_id, role=role, **fields
        )
        for state, move in (("under_review", "review"), ("approved", "approve"), ("ready", "ready")):
            if status == "invited":
                break
            await self.do("coordinator", f"{move}_enrolment", made["id"])
            if state == status:
                break
        return str(made["id"])

    async def pairing(
        self, *, status: str = "active", mentor: str = "mentor", mentee: str = "mentee", **fields: Any
    ) -> dict[str, Any]:
        """A pairing of two people in a programme of its own, led to a status."""
        programme_id = await self.programme(allows_late_intake=True, status="active")
        enrolments = {
            f"{role}_enrolment_id": await self.enrolment(programme_id, self.people[part], role)
            for role, part in (("mentor", mentor), ("mentee", mentee))
        }
        starts_on = (clock.now() - timedelta(days=45)).date()
        pairing = await self.do("coordinator", "create_pairing", **({"starts_on": starts_on} | enrolments | fields))
        if status == "pending_agreement":
            return pairing
        await self.sign(pairing["id"], mentor, mentee)
        return await self.do("coordinator", "activate_pairing", pairing["id"])

    async def sign(self, pairing_id: str, *parts: str) -> str:
        """Sign the agreement of a pair; its id."""
        async with database.current().writing(self.organisation_id) as db:
            agreement = await queries.open_agreement(db, pairing_id)
        assert agreement is not None
        for part in parts:
            await self.do(part, "sign_agreement", agreement.id)
        return agreement.id

    async def session(self, pairing_id: str, *, days: float = 7, by: str = "mentor", **fields: Any) -> dict[str, Any]:
        """A session of a pair, so many days from now."""
        starts_at = clock.now() + timedelta(days=days)
        given = dict[str, Any](pairing_id=pairing_id, starts_at=starts_at)
        return await self.do(by, "schedule_session", **(given | fields))


async def found_world(name: str = "Acme") -> World:
    """An organisation with an administrator, a coordinator, a junior mentor, a senior mentee and a service account."""
    founded = await founding.found(name)
    world = World(founded.organisation_id, {"admin": founded.key}, {"admin": founded.person_id})
    world.actors["admin"] = await authenticate(f"Bearer {founded.key}")
    parts = (("coordinator", 5, Role.COORDINATOR), ("mentor", 2, Role.PARTICIPANT), ("mentee", 7, Role.PARTICIPANT))
    # Before nearly every test: together, and not as callers would, which takes four times as long.
    async with database.current().writing(founded.organisation_id) as db:
        db.actor_id = founded.person_id
        for part, rank, role in parts:
            data = PersonCreate(given_name=part.title(), family_name="Doe", rank_level=rank, department=f"{part} desk")
            world.people[part] = people.enter(db, data.model_dump(), "Europe/Paris").id
            _employ(db, world, part, role, person_id=world.people[part])
        _employ(db, world, "service", Role.SERVICE_ACCOUNT, service_account="hris")
    return world


def _employ(db: Db, world: World, part: str, role: Role, **holder: str) -> None:
    data = ApiKeyCreate.model_validate({"name": f"{role.value} key", "role": role, "scopes": sorted(EVERY), **holder})
    # Nobody here has another: there is no free slot to be looked for, and nothing to be written before the rest.
    key, world.keys[part] = service.enter(db, data, slot=1)
    world.actors[part] = Actor(db.organisation_id, key.id, role, EVERY, key.person_id)
