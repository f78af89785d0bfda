"""What callers send and get of a programme."""

from datetime import date, datetime
from typing import Annotated, Self

from pydantic import AfterValidator, Field, model_validator
from pydantic_core import PydanticCustomError

from app.domain.programmes.eligibility import Eligibility
from app.domain.programmes.models import ObjectiveType, ProgrammeModel, ProgrammeStatus
from app.domain.programmes.money import Amount, Currency
from app.text import Day, Flag, Input, Line, Name, Output, Patch, Prose, Slug, absent, reference, whole

ProgrammeId = Annotated[str, reference("prg")]
Days = Annotated[int, whole(1, 180)]
Minutes = Annotated[int, whole(10, 480)]
Gap = Annotated[int, whole(1, 50)]
Hours = Annotated[int, whole(1, 100)]
Places = Annotated[int, whole(1, 100_000)]
Level = Annotated[int, whole(1, 100)]
SHORTEST_DAYS, LONGEST_DAYS = 84, 558


class Objective(Input):
    """One typed objective, told to both sides before they join."""

    type: ObjectiveType
    description: Line


class Clause(Input):
    """One clause of the agreement that both partners sign."""

    key: Slug
    text: Prose


DEFAULT_CLAUSES = [
    Clause(key="goals", text="We agree on what we want to learn from each other, and look at it again half-way."),
    Clause(
        key="roles", text="The junior partner mentors, the senior partner learns. We keep it that way in every session."
    ),
    Clause(key="confidentiality", text="What is said between us stays between us, unless we both agree to share it."),
    Clause(key="boundaries", text="Pay, promotion and performance reviews are no subject of our sessions."),
    Clause(key="reporting", text="Only that a session took place may be reported. Neither content nor feedback is."),
]


def _once_each(sides: list[Eligibility]) -> list[Eligibility]:
    if len({side.role for side in sides}) != len(sides):
        raise PydanticCustomError("repeated_role", "must name each role once at most")
    return sides


Sides = Annotated[
    list[Eligibility],
    AfterValidator(_once_each),
    Field(max_length=2, description="Who may join, by role. A role that is not named is open to everybody."),
]
Objectives = Annotated[list[Objective], Field(max_length=20)]
Clauses = Annotated[list[Clause], Field(min_length=1, max_length=30)]


class ProgrammeCreate(Input):
    """A new programme, as a draft."""

    name: Name
    purpose: Prose
    model: ProgrammeModel = ProgrammeModel.REVERSE
    objectives: Objectives = Field(default=[])
    starts_on: Day
    ends_on: Day | None = Field(
        default=None, description="Absent: six months after the start. 3 to 18 months are allowed."
    )
    cadence_min_days: Days = 14
    cadence_target_days: Days = 21
    cadence_max_days: Days = 28
    session_minutes: Minutes = 60
    min_rank_gap: Gap = Field(default=2, description="Levels by which every mentor must stand below the mentee.")
    require_cross_department: Flag = False
    conflict_deadline_days: Days = Field(
        default=14, description="Days to decide on a pair that breaks a rule since the directory changed."
    )
    allows_late_intake: Flag = False
    invitation_days: Days | None = Field(
        default=None, description="For so many days an invitation stands. Absent: until it is answered."
    )
    mentor_places: Places | None = Field(default=None, description="How many mentors are approved at most.")
    mentee_places: Places | None = Field(default=None, description="How many mentees are approved at most.")
    assesses_readiness: Flag = Field(
        default=False, description="Whether everybody takes a readiness assessment before they are paired."
    )
    budget_amount: Amount | None = Field(default=None, description="In minor units of the currency, such as cents.")
    budget_currency: Currency | None = Field(default=None, description="ISO 4217. Goes with an amount.")
    hours_per_month: Hours | None = Field(default=None, description="What everybody who takes part may spend on it.")
    leader_rank: Level | None = Field(
        default=None,
        description="From which level of the rank ladder on somebody is a leader. Absent: the highest there is.",
    )
    eligibility: Sides = Field(default=[])
    agreement_clauses: Clauses = DEFAULT_CLAUSES

    @model_validator(mode="after")
    def _cadence(self) -> Self:
        if not self.cadence_min_days <= self.cadence_target_days <= self.cadence_max_days:
            raise ValueError("cadence_min_days, cadence_target_days and cadence_max_days must rise")
        return self

    @model_validator(mode="after")
    def _budget(self) -> Self:
        if (self.budget_amount is None) is not (self.budget_currency is None):
            raise PydanticCustomError("budget_incomplete", "budget_amount and budget_currency go together")
        return self


class ProgrammeUpdate(Patch):
    """Changes to a programme. Model and dates are fixed once it is published."""

    name: Name = absent()
    purpose: Prose = absent()
    model: ProgrammeModel = absent()
    objectives: Objectives = absent()
    starts_on: Day = absent()
    ends_on: Day = absent()
    cadence_min_days: Days = absent()
    cadence_target_days: Days = absent()
    cadence_max_days: Days = absent()
    session_minutes: Minutes = absent()
    min_rank_gap: Gap = absent()
    require_cross_department: Flag = absent()
    conflict_deadline_days: Days = absent()
    allows_late_intake: Flag = absent()
    invitation_days: Days | None = None
    mentor_places: Places | None = None
    mentee_places: Places | None = None
    assesses_readiness: Flag = absent()
    budget_amount: Amount | None = None
    budget_currency: Currency | None = None
    hours_per_month: Hours | None = None
    leader_rank: Level | None = None
    eligibility: Sides = absent()
    agreement_clauses: Clauses = absent()


class ProgrammeRead(Output):
    """A programme, its rules and dates."""

    id: str
    name: str
    model: ProgrammeModel
    status: ProgrammeStatus
    purpose: str
    objectives: list[Objective]
    starts_on: date
    ends_on: date
    cadence_min_days: int
    cadence_target_days: int
    cadence_max_days: int
    session_minutes: int
    min_rank_gap: int
    require_cross_department: bool
    conflict_deadline_days: int
    allows_late_intake: bool
    invitation_days: int | None
    mentor_places: int | None
    mentee_places: int | None
    assesses_readiness: bool
    budget_amount: int | None = Field(
        description="In minor units. `null` to those who neither run nor sponsor the programme, too."
    )
    budget_currency: str | None
    hours_per_month: int | None
    leader_rank: int | None
    eligibility: list[Eligibility]
    agreement_clauses: list[Clause]
    revision: int
    version: int
    created_at: datetime
    updated_at: datetime
