"""Who may join a programme by what the directory says of them: rules as data, and the one place that reads them.

Rank, tenure, site and department. Age and date of birth are no members of ours and never become rules.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Annotated, Any, Protocol, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from app.domain.groups.schemas import GroupId
from app.domain.programmes.models import Programme
from app.errors import Fault
from app.text import Flag, Input, Word, distinct, whole

_BARRED = frozenset({"age", "ages", "aged", "birth", "birthday", "birthdate", "born", "dob"})
_Level = Annotated[int, whole(1, 100)]
_Days = Annotated[int, whole(1, 36_500)]
_Names = Annotated[list[Word], distinct(100)]


class Side(StrEnum):
    """The side of a programme that a rule is for."""

    MENTOR = "mentor"
    MENTEE = "mentee"


class EligibilityRule(StrEnum):
    """What somebody can fall short of."""

    MIN_RANK = "min_rank"
    MAX_RANK = "max_rank"
    TENURE = "tenure"
    DEPARTMENT = "department"
    LOCATION = "location"


class Eligibility(Input):
    """Who may join one side of a programme, and who is invited to it by itself. What is absent asks nothing."""

    role: Side
    min_rank: _Level | None = Field(default=None, description="The lowest level of the rank ladder.")
    max_rank: _Level | None = Field(default=None, description="The highest level of the rank ladder.")
    min_tenure_days: _Days | None = Field(
        default=None, description="Days since `hire_date`, counted on the day on which the programme starts."
    )
    departments: _Names = Field(default=[], description="One of these. Empty: any.")
    locations: _Names = Field(default=[], description="One of these. Empty: any.")
    auto_invite: Flag = Field(default=False, description="Whether those are invited who become eligible.")
    group_id: GroupId | None = Field(
        default=None, description="A group of the directory: who is in it, and eligible, is invited."
    )

    @model_validator(mode="before")
    @classmethod
    def _never_by_age(cls, data: Any) -> Any:
        if isinstance(data, Mapping) and any(_BARRED & set(str(name).lower().split("_")) for name in data):
            raise PydanticCustomError("rule_on_age", "must hold no rule on age or date of birth: choose by neither")
        return data

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if self.min_rank is not None and self.max_rank is not None and self.min_rank > self.max_rank:
            raise PydanticCustomError("empty_rank_range", "min_rank must not be above max_rank")
        if self.auto_invite and self.group_id is not None:
            raise PydanticCustomError("invites_twice", "auto_invite and group_id exclude each other: choose one")
        return self


class Known(Protocol):
    """What the rules look at."""

    @property
    def rank_level(self) -> int:
        """Their level of the rank ladder."""

    @property
    def hire_date(self) -> date | None:
        """Since when they are here."""

    @property
    def department(self) -> str | None:
        """Their department."""

    @property
    def location(self) -> str | None:
        """Their site."""


@dataclass(frozen=True)
class Counted:
    """How many people share what the rules look at."""

    rank_level: int
    hire_date: date | None
    department: str | None
    location: str | None
    people: int


def of(programme: Programme, role: str | None = None) -> list[Eligibility]:
    """The rules of a programme, of one role or of both."""
    sides = [Eligibility.model_validate(body) for body in programme.eligibility]
    return [side for side in sides if role in (None, side.role)]


def unmet(side: Eligibility, starts_on: date, person: Known) -> list[EligibilityRule]:
    """Every rule that somebody falls short of. What the directory does not know of them is not met."""
    is_met = {
        EligibilityRule.MIN_RANK: side.min_rank is None or person.rank_level >= side.min_rank,
        EligibilityRule.MAX_RANK: side.max_rank is None or person.rank_level <= side.max_rank,
        EligibilityRule.TENURE: side.min_tenure_days is None
        or (person.hire_date is not None and person.hire_date <= starts_on - timedelta(days=side.min_tenure_days)),
        EligibilityRule.DEPARTMENT: not side.departments or person.department in side.departments,
        EligibilityRule.LOCATION: not side.locations or person.location in side.locations,
    }
    return [rule for rule, is_so in is_met.items() if not is_so]


def faults(rules: Sequence[EligibilityRule]) -> tuple[Fault, ...]:
    """Rules that are not met, for whoever asked to join."""
    return tuple(
        Fault(f"asks for another {_ASKED[rule]}", code=f"not_eligible_{rule}", pointer="/programme_id")
        for rule in rules
    )


_ASKED = {
    EligibilityRule.MIN_RANK: "rank",
    EligibilityRule.MAX_RANK: "rank",
    EligibilityRule.TENURE: "hire date",
    EligibilityRule.DEPARTMENT: "department",
    EligibilityRule.LOCATION: "location",
}
