"""Somebody who wants to be forgotten: a mentor with all that a mentor can have, and a canary in every word of it."""

from collections import Counter
from dataclasses import dataclass
from typing import Any

import asyncpg
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB

from app import db as database
from app.auth.actor import Role
from app.domain.people import service as people
from app.domain.people.models import Person
from app.domain.privacy import erasing
from app.domain.privacy.inventory import INVENTORY
from app.domain.privacy.names import Names
from app.reading import rows
from app.tables import metadata
from app.workers.jobs import JOBS
from app.workers.operate import Operator
from tests.full import Full, compared, fill, planned
from tests.world import World


def names_of(mark: str) -> dict[str, Any]:
    """By what somebody is known; the mark makes it theirs alone, whatever other tests leave in the database."""
    return {
        "given_name": f"Quirinia{mark}",
        "family_name": f"Vogelsang-Čapek{mark}",
        "display_name": f'Qui "Q" Vogelsang-Čapek{mark}',
        "work_email": f"quirinia.{mark}@example.com",
        "login": f"qvogel{mark}",
        "external_id": f"4711-{mark}",
    }


@dataclass
class Subject:
    """The mentor of a full world, and what marks all that is theirs."""

    full: Full
    person_id: str
    mark: str

    @property
    def world(self) -> World:
        """Where they work."""
        return self.full.world

    async def asked(self, by: str = "mentor") -> str:
        """A request to be forgotten; its id."""
        return str((await self.world.do(by, "request_erasure", person_id=self.person_id))["id"])

    async def approved(self) -> str:
        """An approved erasure that no worker has begun; its id."""
        erasure_id = await self.asked()
        await self.world.do("admin", "approve_erasure", erasure_id)
        return erasure_id

    async def erased(self) -> str:
        """An erasure that is done; its id."""
        erasure_id = await self.approved()
        await work()
        return erasure_id


async def work() -> None:
    """Let a worker do every operation that is queued."""
    operator = Operator(JOBS)
    while await operator.step():
        pass


async def advanced(world: World, erasure_id: str) -> int:
    """Take one step of an erasure; how many are left."""
    async with database.current().writing(world.organisation_id) as db:
        return await erasing.advance(db, erasure_id)


async def make_subject(world: World) -> Subject:
    """Fill the world, and give its mentor names that nobody else has."""
    await world.newcomer("other admin", Role.ORGANISATION_ADMIN)
    full = await fill(world)
    person_id = world.people["mentor"]
    mark = world.organisation_id[-8:]
    own: dict[str, Any] = {
        name: f"{name} {mark}" for name in ("title", "department", "division", "cost_centre", "location")
    }
    await world.do("admin", "update_person", person_id, **names_of(mark), **own)
    given: dict[str, Any] = {
        "pairing_id": full.objects["pairing"],
        "type": "session",
        "session_id": full.objects["session"],
    }
    await world.do("mentor", "give_feedback", **given, audience="partner", rating=4, text=f"feedback {mark}")
    await world.do("mentee", "give_feedback", **given, audience="partner", rating=2, text="Thanks")
    note: dict[str, Any] = {"session_id": full.objects["session"], "tier": "pair"}
    full.objects["shared note"] = (await world.do("mentor", "create_note", **note, text=f"note {mark}"))["id"]
    about = f"We met Quirinia{mark}"
    full.objects["partner's note"] = (await world.do("mentee", "create_note", **note, text=about))["id"]
    await _own_things(full, person_id)
    return Subject(full, person_id, mark)


async def _own_things(full: Full, person_id: str) -> None:
    world, objects = full.world, full.objects
    pledge: dict[str, Any] = {"programme_id": objects["programme"], "person_id": person_id, "pledge": "I teach."}
    await world.do("coordinator", "pledge_sponsorship", **pledge)
    await planned(world, person_id)
    await compared(world, person_id)
    await world.do("admin", "create_do_not_pair", person_id=person_id, other_person_id=full.other_person, reason="So.")
    await world.do("mentor", "create_action_item", session_id=objects["session"], owner_id=person_id, text="Draft it")
    goal = await world.do("mentor", "set_goal", pairing_id=objects["pairing"], owner="mentor", title="Teach")
    await world.do("mentor", "create_goal_milestone", goal_id=goal["id"], title="Begin")
    async with database.current().writing(world.organisation_id) as db:
        await people.name_manager(db, world.actors["admin"], person_id, "E-of-somebody")


async def plant(owner: asyncpg.Connection, subject: Subject) -> dict[str, int]:
    """Put a canary into every column that is blanked, a name into every one that is searched; rows changed by place."""
    planted = Counter[str]()
    async with database.current().writing(subject.world.organisation_id) as db:
        names = Names.full(await rows.by_id(db, Person, subject.person_id)).words
    for table, plan in INVENTORY.items():
        if plan.is_queue or table == "person":
            continue
        for name in plan.rewritten:
            said = f"Ask {names[len(name) % len(names)]} how."
            planted[f"{table}.{name}"] += await _put(owner, subject, table, name, said, plan.where)
        for name in plan.blank:
            planted[f"{table}.{name}"] += await _put(owner, subject, table, name, f"{table} {subject.mark}", plan.whose)
    return planted


# What is more to others than texts, whatever they are: whoever relays events reads every filter.
_JSON = {"filter": "jsonb_build_object('data', jsonb_build_object('text', $3::text))"}


async def _put(owner: asyncpg.Connection, subject: Subject, table: str, name: str, text: str, where: str) -> int:
    column = metadata.tables[table].c[name]
    if not isinstance(column.type, sa.Text | JSONB):
        return 1
    value = _JSON.get(name, "jsonb_build_array($3::text)") if isinstance(column.type, JSONB) else "$3::text"
    sql = f"update {table} set {name} = {value} where organisation_id = $1 and $2::text <> '' and ({where})"  # noqa: S608
    done: str = await owner.execute(sql, subject.world.organisation_id, subject.person_id, text)
    return int(done.rpartition(" ")[2])


async def everything(owner: asyncpg.Connection, world: World) -> dict[str, list[Any]]:
    """Every row of an organisation, by table."""
    found = {}
    for table in metadata.sorted_tables:
        if "organisation_id" in table.c and table.info.get("kind") != "local":
            select = f"select * from {table.name} where organisation_id = $1 order by {table.name}::text"  # noqa: S608
            found[table.name] = [tuple(row) for row in await owner.fetch(select, world.organisation_id)]
    return found
