"""Many people at once: what is known of them and their managers is loaded by one statement for all."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Self

import sqlalchemy as sa
from sqlmodel import col

from app.auth.actor import Actor
from app.db import Db
from app.domain.organisations.models import Organisation, Rank
from app.domain.people import service
from app.domain.people.models import Person, WorkEmailTaken
from app.domain.people.schemas import PersonCreate, PersonUpdate
from app.errors import Fault
from app.reading import rows


@dataclass
class Roll:
    """People by external id and by work e-mail address; those that are added stand in it at once.

    An address that is given up stays taken: the database, too, would see two holders for a moment.
    """

    db: Db
    by_external_id: dict[str, Person]
    by_email: dict[str, Person]

    @property
    def ids(self) -> set[str]:
        """The ids of them all."""
        return {person.id for person in (*self.by_external_id.values(), *self.by_email.values())}

    @classmethod
    async def call(cls, db: Db, external_ids: Iterable[str], emails: Iterable[str]) -> Self:
        """Load whoever has one of these external ids or addresses."""
        known = sa.or_(
            col(Person.external_id) == rows.any_of(external_ids),
            sa.func.lower(col(Person.work_email)) == rows.any_of(map(str.lower, emails)),
        )
        select = sa.select(Person).where(col(Person.organisation_id) == db.organisation_id, known)
        roll = cls(db, {}, {})
        for person in (await db.execute(select)).scalars():
            roll._note(person)
        return roll

    def _note(self, person: Person) -> None:
        if person.external_id is not None:
            self.by_external_id[person.external_id] = person
        if person.work_email is not None:
            self.by_email[person.work_email.lower()] = person

    def enter(self, data: PersonCreate, ladder: "Ladder") -> Person:
        """Add a person, as `service.create` does; whoever is their manager is known to exist."""
        ladder.require(data.rank_level)
        self._require_free(data.work_email, None)
        person = service.enter(self.db, data, data.zone or ladder.zone)
        self._note(person)
        return person

    async def change(self, actor: Actor, person: Person, data: PersonUpdate) -> bool:
        """Bring a person up to date, as `service.update` does; whether anything differed."""
        changes = {name: value for name, value in data.changes().items() if getattr(person, name) != value}
        if not changes:
            return False
        if "work_email" in changes:
            self._require_free(changes["work_email"], person)
        if "manager_id" in changes:
            # The line is looked at in the database: what was changed before must stand there.
            await self.db.flush()
        self._note(await service.update(self.db, actor, person.id, PersonUpdate.model_validate(changes)))
        return True

    def _require_free(self, email: str | None, holder: Person | None) -> None:
        if email is not None and self.by_email.get(email.lower(), holder) is not holder:
            fault = Fault("is another person's", code=WorkEmailTaken.code, pointer="/work_email")
            raise WorkEmailTaken("Another person has this work e-mail address.", faults=(fault,))


@dataclass(frozen=True)
class Ladder:
    """The ranks of an organisation, and its zone."""

    levels: Collection[int]
    zone: str

    @classmethod
    async def of(cls, db: Db) -> Self:
        """Load both."""
        levels = await db.execute(sa.select(col(Rank.level)).where(col(Rank.organisation_id) == db.organisation_id))
        return cls(set(levels.scalars()), (await rows.by_id(db, Organisation, db.organisation_id)).default_zone)

    def require(self, level: int) -> None:
        """Raise `UnknownRank` for a level that is no rung."""
        if level not in self.levels:
            raise service.UnknownRank
