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


class PersonCreate(Input):
    """A new person, as the HR system knows them."""

    external_id: Slug | None = None
    login: Slug | None = None
    work_email: Email | None = None
    given_name: Name
    family_name: Name
    display_name: Name | None = Field(default=None, description="Shown name. Absent: given and family name.")
    title: Name | None = None
    rank_level: Level = Field(description="A level of the organisation's rank ladder.")
    department: Word | None = None
    division: Word | None = None
    cost_centre: Word | None = None
    location: Word | None = None
    zone: Zone | None = Field(default=None, description="IANA zone. Absent: the organisation's.")
    languages: Languages = Field(default=[])
    manager_id: PersonId | None = None
    hire_date: Day | None = None


class PersonUpdate(Patch):
    """Changes to a person."""

    external_id: Slug | None = None
    login: Slug | None = None
    work_email: Email | None = None
    given_name: Name = absent()
    family_name: Name = absent()
    display_name: Name = absent()
    title: Name | None = None
    rank_level: Level = absent()
    department: Word | None = None
    division: Word | None = None
    cost_centre: Word | None = None
    location: Word | None = None
    zone: Zone = absent()
    languages: Languages = absent()
    manager_id: PersonId | None = None
    hire_date: Day | None = None


class PersonRead(Output):
    """A person. Partners see each other; coordinators and administrators see the directory."""

    id: str
    external_id: str | None
    login: str | None
    work_email: str | None
    given_name: str
    family_name: str
    display_name: str
    title: str | None
    rank_level: int
    department: str | None
    division: str | None
    cost_centre: str | None
    location: str | None
    zone: str
    languages: list[str]
    manager_id: str | None
    employment_status: EmploymentStatus
    hire_date: date | None
    termination_date: date | None
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
