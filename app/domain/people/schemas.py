"""What callers send and get of people."""

from datetime import date, datetime
from typing import Annotated

from pydantic import Field

from app.domain.organisations.schemas import Level
from app.domain.people.models import EmploymentStatus
from app.text import (
    Day,
    Email,
    Input,
    LanguageTag,
    Name,
    Output,
    Patch,
    Prose,
    Slug,
    Word,
    Zone,
    absent,
    distinct,
    reference,
)

PersonId = Annotated[str, reference("per")]
Languages = Annotated[list[LanguageTag], distinct(20)]
Skills = Annotated[list[Word], distinct(100)]


class PersonCreate(Input):
    """A new person, as the HR system knows them."""

    external_id: Slug | None = None
    login: Slug | None = None
    work_email: Email | None = None
    given_name: Name
    family_name: Name
    display_name: Name | None = Field(default=None, description="Shown name. Absent: given and family name.")
    nick_name: Name | None = None
    title: Name | None = None
    user_type: Word | None = None
    employee_number: Word | None = None
    rank_level: Level = Field(description="A level of the organisation's rank ladder.")
    company: Name | None = None
    department: Word | None = None
    division: Word | None = None
    cost_centre: Word | None = None
    location: Word | None = None
    zone: Zone | None = Field(default=None, description="IANA zone. Absent: the organisation's.")
    locale: Word | None = None
    languages: Languages = Field(default=[])
    skills: Skills = Field(default=[])
    manager_id: PersonId | None = None
    hire_date: Day | None = None
    termination_date: Day | None = Field(
        default=None, description="The day on which they leave, once it is known; on it they do."
    )


class _Changes(Patch):
    """What can be changed of a person, whoever their manager is."""

    external_id: Slug | None = None
    login: Slug | None = None
    work_email: Email | None = None
    given_name: Name = absent()
    family_name: Name = absent()
    display_name: Name = absent()
    nick_name: Name | None = None
    title: Name | None = None
    user_type: Word | None = None
    employee_number: Word | None = None
    rank_level: Level = absent()
    company: Name | None = None
    department: Word | None = None
    division: Word | None = None
    cost_centre: Word | None = None
    location: Word | None = None
    zone: Zone = absent()
    locale: Word | None = None
    languages: Languages = absent()
    skills: Skills = absent()
    hire_date: Day | None = None
    termination_date: Day | None = Field(
        default=None, description="The day on which they leave, once it is known; on it they do."
    )


class PersonUpdate(_Changes):
    """Changes to a person."""

    manager_id: PersonId | None = None


class PersonPut(_Changes):
    """A person as the HR system knows them, by its own ids. What is absent stays as it is, `null` clears it.

    Somebody new needs `given_name`, `family_name` and `rank_level`.
    """

    external_id: Slug = Field(description="Over REST the address says it; it need not be repeated here.")
    manager_external_id: Slug | None = Field(
        default=None, description="One who is not in the directory yet becomes their manager on arriving."
    )
    employment_status: EmploymentStatus = Field(
        default=EmploymentStatus.ACTIVE, description="Whether they work here now; somebody new does."
    )


class NewPerson(PersonPut):
    """What nobody can be without who is new."""

    given_name: Name
    family_name: Name
    rank_level: Level


class PersonRead(Output):
    """A person. Partners see each other; coordinators and administrators see the directory."""

    id: str
    external_id: str | None
    login: str | None
    work_email: str | None
    given_name: str
    family_name: str
    display_name: str
    nick_name: str | None
    title: str | None
    user_type: str | None
    employee_number: str | None
    rank_level: int
    company: str | None
    department: str | None
    division: str | None
    cost_centre: str | None
    location: str | None
    zone: str
    locale: str | None
    languages: list[str]
    skills: list[str]
    manager_id: str | None
    employment_status: EmploymentStatus
    hire_date: date | None
    termination_date: date | None
    removed_at: datetime | None = Field(description="When the HR system removed them.")
    erased_at: datetime | None = Field(description="When they were erased; from then on they have no name.")
    version: int
    created_at: datetime
    updated_at: datetime


class DoNotPairCreate(Input):
    """Two people who must never be paired."""

    person_id: PersonId
    other_person_id: PersonId
    reason: Prose | None = Field(default=None, description="Private: shown to organisation administrators only.")


class DoNotPairRead(Output):
    """Two people who must never be paired."""

    id: str
    person_id: str
    other_person_id: str
    reason: str | None
    version: int
    created_at: datetime
    updated_at: datetime
