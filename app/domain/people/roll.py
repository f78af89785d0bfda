"""Many people at once: what is known of them and their managers is loaded by one statement for all."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Self

import sqlalchemy as sa
from sqlmodel import col

from app.db import Db
from app.domain.organisations.models import Organisation, Rank
from app.domain.people import service
from app.domain.people.models import ExternalIdTaken, LoginTaken, Person, WorkEmailTaken
from app.errors import Conflict, Fault
from app.reading import rows

# What tells people apart, whatever its case; in this order it is told who is in the way.
_TAKEN: Mapping[str, tuple[type[Conflict], str]] = {
    "external_id": (ExternalIdTaken, "external id"),
    "work_email": (WorkEmailTaken, "work e-mail address"),
    "login": (LoginTaken, "login"),
}
NAMES = tuple(_TAKEN)
_TABLE: sa.Table = Person.__table__  # type: ignore[attr-defined]


def taken(name: str) -> Conflict:
    """The error of a name, one of `NAMES`, that is another person's."""
    error, called = _TAKEN[name]
    fault = Fault("is another person's", code=error.code, pointer=f"/{name}")
    return error(f"Another person has this {called}.", faults=(fault,))


@dataclass
class Roll:
    """People by external id, login and work e-mail address, in small letters; those that are added stand in it at once.

    A name that is given up stays taken: the database, too, would see two holders for a moment.
    """

    people: dict[str, Person]
    # Ids, by the kind of name and the name.
    holders: dict[str, dict[str, str]]

    @classmethod
    async def call(cls, db: Db, external_ids: Iterable[str], emails: Iterable[str], logins: Iterable[str] = ()) -> Self:
        """Load whoever has one of these names."""
        roll = cls({}, {name: {} for name in _TAKEN})
        # One by one: each walks its index, where a condition over all three would walk the table.
        for column, names in (("external_id", external_ids), ("work_email", emails), ("login", logins)):
            if wanted := {name.lower() for name in names}:
                known = _TABLE.c[f"{column}_key"] == rows.any_of(wanted)
                select = sa.select(Person).where(col(Person.organisation_id) == db.organisation_id, known)
                for person in (await db.execute(select)).scalars():
                    roll.note(person)
        return roll

    def note(self, person: Person) -> None:
        """Take somebody in."""
        self.people[person.id] = person
        self.note_names(person.id, {name: getattr(person, name) for name in _TAKEN})

    def note_names(self, person_id: str, values: Mapping[str, Any]) -> None:
        """Take in what somebody is called, of one of whom no more is known."""
        for name, holders in self.holders.items():
            if value := values.get(name):
                holders[value.lower()] = person_id

    def id_of(self, external_id: str | None) -> str | None:
        """The id of whoever has this external id, in whatever case."""
        return self.holders["external_id"].get((external_id or "").lower())

    def named(self, external_id: str | None) -> Person | None:
        """Whoever had this external id before, in whatever case."""
        return self.people.get(self.id_of(external_id) or "")

    def with_email(self, email: str | None) -> Person | None:
        """Whoever has this work e-mail address."""
        return self.people.get(self.holders["work_email"].get((email or "").lower(), ""))

    def require_free(self, values: Mapping[str, Any], holder: str | None) -> None:
        """Raise for a name among `values` that is another person's."""
        for name in NAMES:
            value = values.get(name)
            if value is not None and self.holders[name].get(value.lower(), holder) != holder:
                raise taken(name)


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
