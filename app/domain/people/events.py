"""What we tell the world of people."""

from typing import ClassVar, Self

from app.domain.people.models import EmploymentStatus, Person
from app.events.envelope import Event


class PersonEvent(Event):
    """A fact about one person: ids and state, no name."""

    subject: ClassVar[str] = "person_id"

    person_id: str
    external_id: str | None
    employment_status: EmploymentStatus

    @classmethod
    def of(cls, person: Person) -> Self:
        """The event for the person as they are now."""
        return cls(person_id=person.id, external_id=person.external_id, employment_status=person.employment_status)


class PersonCreated(PersonEvent):
    """Someone joined the directory."""

    type = "person.created"


class PersonUpdated(PersonEvent):
    """Someone's record changed; `changed` names the fields."""

    type = "person.updated"


class PersonDeactivated(PersonEvent):
    """Someone left the organisation."""

    type = "person.deactivated"


class PersonReactivated(PersonEvent):
    """Someone is back."""

    type = "person.reactivated"


class PersonWasErased(PersonEvent):
    """Someone is forgotten: names, address and external id are gone. Erase your copy as well."""

    type = "person.erased"
