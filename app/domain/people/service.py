"""Keeping the directory: who works here, under whom, and who must never be paired."""

from collections.abc import Mapping
from typing import Any

from app import clock, ids
from app.auth.actor import Actor
from app.db import Db
from app.domain.people import lines, queries
from app.domain.people.events import PersonCreated, PersonDeactivated, PersonReactivated, PersonUpdated
from app.domain.people.models import DoNotPair, EmploymentStatus, Person
from app.domain.people.resource import DO_NOT_PAIRS, PEOPLE
from app.domain.people.schemas import DoNotPairCreate, PersonCreate, PersonUpdate
from app.errors import Fault, Invalid
from app.events import outbox
from app.reading import rows
from app.sealing import columns

_RANK = "select 1 from rank where organisation_id = $1 and level = $2"
_ZONE = "select default_zone from organisation where id = $1"


class UnknownRank(Invalid):
    """The rank ladder has no such level."""

    def __init__(self) -> None:
        fault = Fault("is no level of the rank ladder", code="unknown_rank", pointer="/rank_level")
        super().__init__("The rank ladder has no such level.", faults=(fault,))


async def create(db: Db, actor: Actor, data: PersonCreate) -> Person:
    """Add a person to the directory."""
    await _require_rank(db, data.rank_level)
    if data.manager_id is not None:
        await rows.refer(db, actor, PEOPLE, data.manager_id, pointer="/manager_id")
    values = data.model_dump()
    person = enter(db, values, values["zone"] or await _default_zone(db))
    await lines.arrived(db, (person,))
    return person


def enter(db: Db, values: Mapping[str, Any], zone: str) -> Person:
    """Write down a person whose rank and manager are known to exist; in `zone` if theirs is not said."""
    person = Person(**_entered(db, values, zone))
    db.add(person)
    outbox.record(db, PersonCreated.of(person))
    return person


def enter_unseen(db: Db, values: Mapping[str, Any], zone: str) -> str:
    """As `enter`, of one of many whom nobody looks at again in this transaction; their id."""
    row = _entered(db, values, zone)
    db.write_down(Person, **row)
    told = PersonCreated(
        person_id=row["id"], external_id=row.get("external_id"), employment_status=EmploymentStatus.ACTIVE
    )
    outbox.record(db, told)
    return str(row["id"])


def _entered(db: Db, values: Mapping[str, Any], zone: str) -> dict[str, Any]:
    shown = values.get("display_name") or f"{values['given_name']} {values['family_name']}"
    now = clock.now()
    known = {"organisation_id": db.organisation_id, "id": ids.new(Person.prefix), "created_at": now, "updated_at": now}
    return {**values, **known, "zone": values.get("zone") or zone, "display_name": shown}


async def update(db: Db, actor: Actor, person_id: str, data: PersonUpdate) -> Person:
    """Change a person's record.

    A new manager may not stand below the person in the reporting line.
    """
    changes = data.changes()
    if "manager_id" in changes:
        await queries.lock_lines(db)
    person: Person = await rows.get(db, actor, PEOPLE, person_id, "update_person")
    person.require_known()
    if "rank_level" in changes:
        await _require_rank(db, changes["rank_level"])
    if manager_id := changes.get("manager_id"):
        await rows.refer(db, actor, PEOPLE, manager_id, pointer="/manager_id")
        await lines.require_above(db, person.id, manager_id)
    if "manager_id" in changes:
        await lines.await_manager(db, person.id, None)
    changed = [name for name, value in changes.items() if getattr(person, name) != value]
    person.sqlmodel_update(changes)
    if changed:
        outbox.record(db, PersonUpdated.of(person), changed=changed)
    if {"external_id", "login"} & set(changed):
        await lines.arrived(db, (person,))
    return person


async def name_manager(db: Db, actor: Actor, person_id: str, reference: str | None) -> None:
    """Put a person under the manager whom the HR system names. One who is not here yet is awaited."""
    await queries.lock_lines(db)
    manager_id = await lines.find(db, reference) if reference else None
    await update(db, actor, person_id, PersonUpdate(manager_id=manager_id))
    if manager_id is None:
        await lines.await_manager(db, person_id, reference)


async def deactivate(db: Db, actor: Actor, person_id: str) -> Person:
    """Record that a person left. Their live pairings end and their enrolments are withdrawn the same day."""
    person: Person = await rows.get(db, actor, PEOPLE, person_id, "deactivate_person")
    person.deactivate(clock.now().date())
    outbox.record(db, PersonDeactivated.of(person), changed=("employment_status", "termination_date"))
    return person


async def reactivate(db: Db, actor: Actor, person_id: str) -> Person:
    """Record that a person is back."""
    person: Person = await rows.get(db, actor, PEOPLE, person_id, "reactivate_person")
    person.reactivate()
    outbox.record(db, PersonReactivated.of(person), changed=("employment_status", "termination_date"))
    return person


async def begin_leave(db: Db, actor: Actor, person_id: str) -> Person:
    """Record that a person is away for a while. Why is nobody's business here."""
    person: Person = await rows.get(db, actor, PEOPLE, person_id, "begin_leave_person")
    person.begin_leave()
    outbox.record(db, PersonUpdated.of(person), changed=("employment_status",))
    return person


async def end_leave(db: Db, actor: Actor, person_id: str) -> Person:
    """Record that a person is back from leave."""
    person: Person = await rows.get(db, actor, PEOPLE, person_id, "end_leave_person")
    person.end_leave()
    outbox.record(db, PersonUpdated.of(person), changed=("employment_status",))
    return person


async def remove(db: Db, actor: Actor, person_id: str) -> Person:
    """Record that the HR system removed a person: they leave, and their identifiers are free for somebody else.

    What they took part in stays, until it is erased at the end of the organisation's period.
    """
    person: Person = await rows.get(db, actor, PEOPLE, person_id, "remove_person")
    if person.employment_status is not EmploymentStatus.INACTIVE:
        person.deactivate(clock.now().date())
        outbox.record(db, PersonDeactivated.of(person), changed=("employment_status", "termination_date"))
    person.remove(clock.now())
    outbox.record(db, PersonUpdated.of(person), changed=("external_id", "login", "work_email", "removed_at"))
    await lines.await_manager(db, person.id, None)
    return person


async def keep_apart(db: Db, actor: Actor, data: DoNotPairCreate) -> DoNotPair:
    """Bar two people from ever being paired. The entry wins over every score and override."""
    if data.person_id == data.other_person_id:
        raise Invalid("Name two different people.", faults=(Fault("is the same person", pointer="/other_person_id"),))
    for member in ("person_id", "other_person_id"):
        await rows.refer(db, actor, PEOPLE, getattr(data, member), pointer=f"/{member}")
    await queries.lock_lines(db)
    first, second = sorted((data.person_id, data.other_person_id))
    entry = DoNotPair(
        organisation_id=actor.organisation_id,
        id=ids.new(DoNotPair.prefix),
        person_id=first,
        other_person_id=second,
    )
    await columns.seal(db, entry, reason=data.reason)
    db.add(entry)
    return entry


async def lift_bar(db: Db, actor: Actor, entry_id: str) -> None:
    """Let two people be paired again."""
    await db.delete(await rows.get(db, actor, DO_NOT_PAIRS, entry_id, "delete_do_not_pair"))


async def _require_rank(db: Db, level: int) -> None:
    if not await db.fetch(_RANK, db.organisation_id, level):
        raise UnknownRank


async def _default_zone(db: Db) -> str:
    ((zone,),) = await db.fetch(_ZONE, db.organisation_id)
    return str(zone)
