"""Bringing the directory up to date as an HR system says it, by its own names: one person at a time, or many.

Every way in that knows people by their external ids leads here: a request for one of them, imports, changes that were
planned, fetches of a connector, and comparisons, which stop before anything is written.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Self

from app.audit import recording
from app.audit.recording import Entry
from app.auth.actor import Actor
from app.db import BY_NAME, Db, Stale
from app.domain.people import lines, queries, service
from app.domain.people.models import AwaitedManager, EmploymentStatus, ExternalIdTaken, Person
from app.domain.people.resource import PEOPLE
from app.domain.people.roll import Ladder, Roll
from app.domain.people.schemas import NewPerson, PersonPut, PersonUpdate
from app.errors import Fault, Invalid
from app.reading import rows

KEY, MANAGER, STATUS = "external_id", "manager_external_id", "employment_status"
_APART = (MANAGER, STATUS)
_NEEDED = ("given_name", "family_name", "rank_level")


class Outcome(StrEnum):
    """What came of one person."""

    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"


class Incomplete(Invalid):
    """Somebody new comes without what nobody can be without."""

    code = "incomplete"


async def put(db: Db, actor: Actor, data: PersonPut) -> tuple[Person, bool]:
    """Add a person, or bring them up to date, by the external id that the HR system has for them.

    What is absent stays as it is. Where nothing differs, nothing is changed or told. A manager who is not in the
    directory yet is awaited. Answers 201 for somebody new and 200 for somebody known.
    """
    batch = await Batch.of(db, actor, [data.changes()])
    if (version := db.expected.pop(BY_NAME, None)) is not None:
        known = batch.roll.named(data.external_id)
        if known is None:
            raise Stale
        db.expected[known.id] = version
        await rows.get(db, actor, PEOPLE, known.id, "put_person")
    outcome = await batch.put(data)
    person = batch.roll.named(data.external_id)
    assert person is not None  # noqa: S101
    return person, outcome is Outcome.CREATED


@dataclass
class Batch:
    """Some people who are put together; whoever they are and whoever manages them has been looked up."""

    db: Db
    actor: Actor
    roll: Roll
    ladder: Ladder
    # Names for whom somebody waits, in small letters.
    waited: set[str]
    # For whom the known ones wait, by their ids.
    awaiting: Mapping[str, str]

    @classmethod
    async def of(cls, db: Db, actor: Actor, said: Sequence[Mapping[str, Any]]) -> Self:
        """Look up whom `said` is about, by members of `PersonPut`."""
        keys, managers = _texts(said, KEY), _texts(said, MANAGER)
        names = (keys | managers, _texts(said, "work_email"), _texts(said, "login"))
        roll = await Roll.call(db, *names)
        if not all(map(roll.id_of, managers)):
            # Whoever it is may be arriving just now: either they find who waits for them, or they are found here.
            await queries.lock_lines(db)
            roll = await Roll.call(db, *names)
        elif not all(map(roll.id_of, keys)):
            await queries.hold_lines(db)
        waited = await lines.waited_for(db, keys | names[2])
        return cls(db, actor, roll, await Ladder.of(db), waited, await lines.awaiting(db, roll.people))

    def is_plain(self, said: Mapping[str, Any]) -> bool:
        """Whether it is somebody new of whom nothing is to be said but that they are here: many are added as one."""
        keys, here = _texts((said,), KEY), said.get(STATUS) in (None, EmploymentStatus.ACTIVE)
        names = {name.lower() for name in keys | _texts((said,), "login")}
        return here and not names & self.waited and not any(map(self.roll.id_of, keys))

    def schema(self, external_id: str | None) -> type[PersonPut]:
        """What has to be said of whoever is called so."""
        return PersonPut if self.roll.named(external_id) else NewPerson

    def enter(self, data: PersonPut) -> None:
        """As `take` of somebody new; all who were added since the last flush are written by one statement."""
        values = self._new(data)
        person_id = service.enter_unseen(self.db, values, self.ladder.zone)
        self._record(person_id, data)
        self._await(person_id, data, values)
        self.roll.note_names(person_id, values)

    async def take(self, data: PersonPut) -> Outcome:
        """Put one person whom no request is about alone: whatever is changed is on record as if one were."""
        outcome = await self.put(data)
        if outcome is not Outcome.UNCHANGED:
            self._record(self.roll.holders[KEY][data.external_id.lower()], data)
        return outcome

    async def put(self, data: PersonPut) -> Outcome:
        """Add one person or bring them up to date. Whatever is refused is refused before anything is changed."""
        person = self._known(data)
        if person is None:
            await self._come(data)
            return Outcome.CREATED
        return Outcome.UPDATED if await self._change(person, data) else Outcome.UNCHANGED

    def compare(self, data: PersonPut) -> tuple[Outcome, dict[str, Any]]:
        """What putting them would do, and what would change of somebody known. Raises what putting would.

        A line of managers that would close to a ring shows only when it is put.
        """
        person = self._known(data)
        if person is None:
            self._new(data)
            return Outcome.CREATED, {}
        differing = self.differing(person, data)
        self._require({name: value for name, value in differing.items() if name not in _APART}, person.id)
        return Outcome.UPDATED if differing else Outcome.UNCHANGED, differing

    def differing(self, person: Person, data: PersonPut) -> dict[str, Any]:
        """What would change of somebody known, by the names of `PersonPut`."""
        said = data.changes()
        found = {name: value for name, value in said.items() if name not in _APART and getattr(person, name) != value}
        if MANAGER in said and not self._is_under(person, said[MANAGER]):
            found[MANAGER] = said[MANAGER]
        if said.get(STATUS, person.employment_status) is not person.employment_status:
            found[STATUS] = said[STATUS]
        return found

    def _record(self, person_id: str, data: PersonPut) -> None:
        members = data.model_fields_set
        entry = Entry(self.actor, "put_person", PEOPLE.name, person_id, members=members, subjects=(person_id,))
        recording.record(self.db, entry)

    def _known(self, data: PersonPut) -> Person | None:
        """Whoever is called so, if anybody is."""
        person = self.roll.named(data.external_id)
        if person is not None and person.external_id != data.external_id:
            fault = Fault("differs from another person's in case alone", code=ExternalIdTaken.code, pointer=f"/{KEY}")
            raise ExternalIdTaken("Another person has this external id.", faults=(fault,))
        return person

    def _is_under(self, person: Person, reference: str | None) -> bool:
        if reference is None:
            return person.manager_id is None and person.id not in self.awaiting
        manager_id = self.roll.id_of(reference)
        if manager_id is None:
            return self.awaiting.get(person.id, "").lower() == reference.lower()
        return person.manager_id == manager_id

    async def _come(self, data: PersonPut) -> None:
        """Add somebody for whom others may wait, and who may be gone already."""
        missing = tuple(name for name in _NEEDED if getattr(data, name) is None)
        if missing:
            faults = tuple(Fault("is needed for somebody new", code="needed", pointer=f"/{name}") for name in missing)
            raise Incomplete("Nobody has this external id yet, and somebody new needs more.", faults=faults)
        values = self._new(data)
        if manager_id := values["manager_id"]:
            # Whoever came before in this batch may be in that line.
            await self.db.flush()
            for waiting in await lines.who_waits(self.db, [name for name in (data.external_id, data.login) if name]):
                await lines.require_above(self.db, waiting, manager_id)
        person = service.enter(self.db, values, self.ladder.zone)
        self._await(person.id, data, values)
        self.roll.note(person)
        await self.db.flush()
        await lines.arrived(self.db, (person,))
        await self._settle(person, data.changes().get(STATUS, EmploymentStatus.ACTIVE))

    async def _change(self, person: Person, data: PersonPut) -> bool:
        """Bring somebody up to date; whether anything differed."""
        differing = self.differing(person, data)
        changes = {name: value for name, value in differing.items() if name not in _APART}
        self._require(changes, person.id)
        manager_id = self.roll.id_of(reference := differing.get(MANAGER))
        if MANAGER in differing:
            # The line is looked at in the database: what was changed before must stand there.
            await self.db.flush()
            if manager_id is not None or reference is None:
                changes["manager_id"] = manager_id
        if changes:
            await service.update(self.db, self.actor, person.id, PersonUpdate.model_validate(changes))
        if MANAGER in differing and "manager_id" not in changes:
            await service.name_manager(self.db, self.actor, person.id, reference)
        self.roll.note(person)
        await self._settle(person, differing.get(STATUS, person.employment_status))
        return bool(differing)

    def _new(self, data: PersonPut) -> dict[str, Any]:
        """The members of somebody new."""
        values = {name: value for name, value in data.changes().items() if name not in _APART}
        self._require(values, None)
        return {**values, "manager_id": self.roll.id_of(data.manager_external_id)}

    def _require(self, values: Mapping[str, Any], holder: str | None) -> None:
        if "rank_level" in values:
            self.ladder.require(values["rank_level"])
        self.roll.require_free(values, holder)

    def _await(self, person_id: str, data: PersonPut, values: Mapping[str, Any]) -> None:
        """Let somebody new wait for a manager who was named and is not here."""
        reference, here = data.manager_external_id, self.db.organisation_id
        if reference is not None and values["manager_id"] is None:
            self.db.write_down(AwaitedManager, organisation_id=here, person_id=person_id, reference=reference)
            self.waited.add(reference.lower())

    async def _settle(self, person: Person, status: EmploymentStatus) -> None:
        """Let them be here, away or gone, by the steps that lead there."""
        if status is person.employment_status:
            return
        await self.db.flush()
        if status is EmploymentStatus.INACTIVE:
            await service.deactivate(self.db, self.actor, person.id)
            return
        if person.employment_status is EmploymentStatus.INACTIVE:
            await service.reactivate(self.db, self.actor, person.id)
            await self.db.flush()
        if person.employment_status is not status:
            step = service.begin_leave if status is EmploymentStatus.ON_LEAVE else service.end_leave
            await step(self.db, self.actor, person.id)


def _texts(said: Collection[Mapping[str, Any]], name: str) -> set[str]:
    return {value for members in said if isinstance(value := members.get(name), str) and value}
