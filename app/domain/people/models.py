"""The people of an organisation, mirrors of its HR records. No age, no birth date, anywhere."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any, ClassVar

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from app.errors import Conflict
from app.failures import on_violation
from app.sealing.columns import sealed_by
from app.table import Row, belongs_to, check, index, instant, json_column, of_organisation, text_enum, unique

# What stands in the place of a name that was erased.
ERASED = "Erased person"


class EmploymentStatus(StrEnum):
    """Whether someone works here now."""

    ACTIVE = "active"
    ON_LEAVE = "on_leave"
    INACTIVE = "inactive"


class ExternalIdTaken(Conflict):
    """Another person has this external id."""

    code = "external_id_taken"


class LoginTaken(Conflict):
    """Another person has this login."""

    code = "login_taken"


class WorkEmailTaken(Conflict):
    """Another person has this work e-mail address."""

    code = "work_email_taken"


class AlreadyBarred(Conflict):
    """These two people are kept apart already."""

    code = "already_barred"


class EmploymentUnchanged(Conflict):
    """The person is in this state already, or cannot get there from the present one."""

    code = "employment_transition_refused"


class PersonErased(Conflict):
    """This person was erased, or is being erased, and stays so."""

    code = "person_erased"


_LOOKED_UP = ("external_id", "work_email", "employee_number", "department")


class Person(Row, table=True):
    """Someone who may take part. `rank_level` names a rung of the ladder, `manager_id` the line above.

    From `erased_at` on nothing about them changes any more, except that they are forgotten.
    """

    __table_args__ = (
        of_organisation(),
        belongs_to("person", "manager_id"),
        sa.ForeignKeyConstraint(["organisation_id", "rank_level"], ["rank.organisation_id", "rank.level"]),
        check("not_own_manager", "manager_id is null or manager_id <> id"),
        # What somebody is called by. Under row-level security no index on lower() answers anything.
        sa.Column("login_key", sa.Text, sa.Computed("lower(coalesce(login, work_email, id))", persisted=True)),
        *(sa.Column(f"{name}_key", sa.Text, sa.Computed(f"lower({name})", persisted=True)) for name in _LOOKED_UP),
        # Two that differ in case alone are one person's, written twice.
        unique("external_id_key", name="uq_person_external_id"),
        unique("work_email_key", name="uq_person_work_email"),
        sa.Index("uq_person_login", "organisation_id", sa.text("lower(login)"), unique=True),
        index("person_login_key", "login_key", "id"),
        index("person_employee_number", "employee_number_key", "id"),
        index("person_department_key", "department_key", "id"),
        index("person_external_id", "external_id", "id"),
        index("person_manager", "manager_id", "id"),
        index("person_department", "department", "id"),
        index("person_display_name", "display_name", "id"),
        index(
            "person_last_day",
            "termination_date",
            "id",
            where="termination_date is not null and employment_status <> 'inactive'",
        ),
        index("person_updated_at", "updated_at", "id"),
    )
    __mapper_args__: ClassVar[dict[str, Any]] = {
        "exclude_properties": ("login_key", *(f"{name}_key" for name in _LOOKED_UP))
    }
    prefix: ClassVar[str] = "per"

    external_id: str | None = Field(default=None, sa_type=sa.Text)
    login: str | None = Field(default=None, sa_type=sa.Text)
    work_email: str | None = Field(default=None, sa_type=sa.Text)
    given_name: str = Field(sa_type=sa.Text)
    family_name: str = Field(sa_type=sa.Text)
    display_name: str = Field(sa_type=sa.Text)
    nick_name: str | None = Field(default=None, sa_type=sa.Text)
    title: str | None = Field(default=None, sa_type=sa.Text)
    user_type: str | None = Field(default=None, sa_type=sa.Text)
    employee_number: str | None = Field(default=None, sa_type=sa.Text)
    rank_level: int
    company: str | None = Field(default=None, sa_type=sa.Text)
    department: str | None = Field(default=None, sa_type=sa.Text)
    division: str | None = Field(default=None, sa_type=sa.Text)
    cost_centre: str | None = Field(default=None, sa_type=sa.Text)
    location: str | None = Field(default=None, sa_type=sa.Text)
    zone: str = Field(sa_type=sa.Text)
    locale: str | None = Field(default=None, sa_type=sa.Text)
    languages: list[str] = json_column(default_factory=list)
    # The database knows the default, too: an older version of the service goes on while a newer one is rolled out.
    skills: list[str] = json_column(default_factory=list, sa_column_kwargs={"server_default": sa.text("'[]'")})
    manager_id: str | None = Field(default=None, sa_type=sa.Text)
    employment_status: EmploymentStatus = Field(default=EmploymentStatus.ACTIVE, sa_type=text_enum(EmploymentStatus))
    # Why is nobody's business here. Kept for who has left, too: they may come back before their leave ends.
    is_on_leave: bool = Field(default=False, sa_column_kwargs={"server_default": sa.false()})
    hire_date: date | None = None
    termination_date: date | None = None
    removed_at: datetime | None = instant(default=None)
    erased_at: datetime | None = instant(default=None)

    def deactivate(self, on: date) -> None:
        """They leave the organisation, on that day or on the earlier one that was known."""
        if self.employment_status is EmploymentStatus.INACTIVE:
            raise EmploymentUnchanged("This person has left already.")
        self.employment_status = EmploymentStatus.INACTIVE
        self.termination_date = min(self.termination_date or on, on)

    def begin_leave(self) -> None:
        """They are away for a while."""
        self.require_known()
        if self.is_on_leave:
            raise EmploymentUnchanged("This person is on leave already.")
        self.is_on_leave = True
        if self.is_active:
            self.employment_status = EmploymentStatus.ON_LEAVE

    def end_leave(self) -> None:
        """They are there again."""
        self.require_known()
        if not self.is_on_leave:
            raise EmploymentUnchanged("This person is not on leave.")
        self.is_on_leave = False
        if self.employment_status is EmploymentStatus.ON_LEAVE:
            self.employment_status = EmploymentStatus.ACTIVE

    def remove(self, at: datetime) -> None:
        """The HR system knows them no more. What it knew them by is free for somebody else."""
        self.require_known()
        if self.removed_at is not None:
            raise EmploymentUnchanged("This person was removed already.")
        self.external_id = self.login = self.work_email = None
        self.removed_at = at

    def reactivate(self) -> None:
        """They are back, from leave or for good."""
        self.require_known()
        if self.employment_status is EmploymentStatus.ACTIVE:
            raise EmploymentUnchanged("This person is active already.")
        has_left = self.employment_status is EmploymentStatus.INACTIVE
        self.is_on_leave = has_left and self.is_on_leave
        self.employment_status = EmploymentStatus.ON_LEAVE if self.is_on_leave else EmploymentStatus.ACTIVE
        self.termination_date = self.removed_at = None

    def begin_erasure(self, at: datetime) -> None:
        """From now on nobody changes their record any more."""
        self.require_known()
        self.erased_at = at

    def require_known(self) -> None:
        """Raise `PersonErased` for one who is forgotten."""
        if self.erased_at is not None:
            raise PersonErased("This person was erased. Add them anew if they are back.")

    @property
    def is_active(self) -> bool:
        """Whether they may enrol and be paired."""
        return self.employment_status is EmploymentStatus.ACTIVE


class AwaitedManager(SQLModel, table=True):
    """A manager whom the HR system named and who is not in the directory yet: the link is made when they arrive.

    `reference` is what they were called by: our id, their external id or their login.
    """

    __tablename__ = "awaited_manager"
    __table_args__ = (
        of_organisation(),
        belongs_to("person", "person_id"),
        sa.Column("reference_key", sa.Text, sa.Computed("lower(reference)", persisted=True)),
        index("awaited_manager_reference", "reference_key"),
    )
    __mapper_args__: ClassVar[dict[str, Any]] = {"exclude_properties": ("reference_key",)}

    organisation_id: str = Field(primary_key=True, sa_type=sa.Text)
    person_id: str = Field(primary_key=True, sa_type=sa.Text)
    reference: str = Field(sa_type=sa.Text)


class DoNotPair(Row, table=True):
    """Two people who must never be paired, whatever a score says. The pair is kept in id order."""

    __tablename__ = "do_not_pair"
    __table_args__ = (
        of_organisation(),
        belongs_to("person", "person_id"),
        belongs_to("person", "other_person_id"),
        check("ordered", "person_id < other_person_id"),
        unique("person_id", "other_person_id", name="uq_do_not_pair_people"),
    )
    prefix: ClassVar[str] = "dnp"

    person_id: str = Field(sa_type=sa.Text)
    other_person_id: str = Field(sa_type=sa.Text)
    reason: bytes | None = sealed_by(None, default=None)


on_violation("uq_person_external_id", ExternalIdTaken)
on_violation("uq_person_login", LoginTaken)
on_violation("uq_person_work_email", WorkEmailTaken)
on_violation("uq_do_not_pair_people", AlreadyBarred)
