"""Managers whom an HR system names: found in the directory, or awaited until they arrive."""

from collections.abc import Collection, Iterable

import sqlalchemy as sa
from sqlmodel import col

from app.db import Db
from app.domain.people import queries
from app.domain.people.events import PersonUpdated
from app.domain.people.models import AwaitedManager, Person
from app.errors import Conflict, Fault
from app.events import outbox
from app.reading import rows

_WAYS = ("id = $2", "external_id = $2", "login_key = lower($2) and login is not null")
_FIND = "select id from person where organisation_id = $1 and {} and removed_at is null"
_WAITING = """
    select person_id, reference from awaited_manager where organisation_id = $1 and reference_key = any($2)
    order by person_id
"""


class ManagerCycle(Conflict):
    """The change would make someone their own manager's manager."""

    code = "manager_cycle"

    def __init__(self) -> None:
        fault = Fault("reports to this person", code=self.code, pointer="/manager_id")
        super().__init__("The new manager reports to this person.", faults=(fault,))


async def require_above(db: Db, person_id: str, manager_id: str) -> None:
    """Raise `ManagerCycle` if the manager stands below the person, or is that very person."""
    if await queries.reports_to(db, manager_id, person_id):
        raise ManagerCycle


async def find(db: Db, reference: str) -> str | None:
    """Whom an HR system means: by our id, else by their external id, else by their login."""
    for way in _WAYS:
        if found := await db.fetch(_FIND.format(way), db.organisation_id, reference):
            return str(found[0]["id"])
    return None


async def await_manager(db: Db, person_id: str, reference: str | None) -> None:
    """From now on this person waits for whoever is called so; for nobody without a reference."""
    await db.execute(sa.delete(AwaitedManager).where(*_waits(db, (person_id,))))
    if reference is not None:
        db.write_down(AwaitedManager, organisation_id=db.organisation_id, person_id=person_id, reference=reference)


async def arrived(db: Db, people: Iterable[Person]) -> None:
    """Give those who wait for these people their manager. Raises `ManagerCycle`."""
    by_name = {name.lower(): person for person in people for name in _names(person)}
    # Who begins to wait holds the lines alone, and looks again for whom we bring before they let go of them.
    await queries.hold_lines(db)
    if not (waiting := await _waiting(db, by_name)):
        return
    # While we hold them nobody has the lines alone; of those who hold them beside us, one at a time draws new ones.
    await queries.lock_arrivals(db)
    await db.flush()
    for person_id, reference in await _waiting(db, by_name):
        report, manager = await rows.by_id(db, Person, person_id, lock=True), by_name[reference.lower()]
        await require_above(db, report.id, manager.id)
        report.manager_id = manager.id
        outbox.record(db, PersonUpdated.of(report), changed=("manager_id",))
        await db.flush()
    await db.execute(sa.delete(AwaitedManager).where(*_waits(db, [person_id for person_id, _ in waiting])))


async def waited_for(db: Db, names: Iterable[str]) -> set[str]:
    """Those of some names for whom somebody waits, in small letters."""
    return {reference.lower() for _, reference in await _waiting(db, [name.lower() for name in names])}


async def who_waits(db: Db, names: Iterable[str]) -> list[str]:
    """The ids of those who wait for somebody with one of these names."""
    return [person_id for person_id, _ in await _waiting(db, [name.lower() for name in names])]


async def awaiting(db: Db, person_ids: Collection[str]) -> dict[str, str]:
    """For whom these people wait, by their ids."""
    select = sa.select(col(AwaitedManager.person_id), col(AwaitedManager.reference)).where(*_waits(db, person_ids))
    return {person_id: reference for person_id, reference in await db.execute(select)}  # noqa: C416


def _names(person: Person) -> tuple[str, ...]:
    return tuple(name for name in (person.id, person.external_id, person.login) if name)


async def _waiting(db: Db, names: Iterable[str]) -> list[tuple[str, str]]:
    return [(person_id, reference) for person_id, reference in await db.fetch(_WAITING, db.organisation_id, [*names])]


def _waits(db: Db, person_ids: Collection[str]) -> tuple[sa.ColumnElement[bool], ...]:
    return (
        col(AwaitedManager.organisation_id) == db.organisation_id,
        col(AwaitedManager.person_id) == rows.any_of(person_ids),
    )
