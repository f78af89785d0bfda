"""Cohorts: the intakes of a programme, each with its dates and the days on which one may join it."""

from datetime import date
from typing import ClassVar

import sqlalchemy as sa
from sqlmodel import Field

from app.errors import Conflict, Fault
from app.failures import on_violation
from app.table import Row, belongs_to, check, index, of_organisation, unique


class CohortTaken(Conflict):
    """The programme has a cohort of this name already."""

    code = "cohort_taken"


class CohortInUse(Conflict):
    """Enrolments name this cohort. Assign them another one first."""

    code = "cohort_in_use"


class CohortDates(Conflict):
    """The days of a cohort do not follow each other, or lie outside the programme."""

    code = "cohort_dates"


class CohortClosed(Conflict):
    """The cohort takes nobody in today."""

    code = "cohort_not_enrolling"


class Cohort(Row, table=True):
    """An intake of a programme. Both windows hold their first and their last day."""

    __table_args__ = (
        of_organisation(),
        belongs_to("programme", "programme_id"),
        unique("programme_id", "name", name="uq_cohort_name"),
        check("enrolment", "enrols_from <= enrols_until and enrols_until <= ends_on"),
        check("dates", "starts_on < ends_on"),
        index("cohort_programme", "programme_id", "id"),
        index("cohort_starts_on", "programme_id", "starts_on", "id"),
    )
    prefix: ClassVar[str] = "coh"

    programme_id: str = Field(sa_type=sa.Text)
    name: str = Field(sa_type=sa.Text)
    enrols_from: date
    enrols_until: date
    starts_on: date
    ends_on: date
    allows_late_intake: bool = False

    def require_dates(self, starts_on: date, ends_on: date) -> None:
        """Raise `CohortDates` unless the days follow each other within a programme of these dates."""
        rules = (
            (self.enrols_from <= self.enrols_until, "enrols_until", "lies before enrols_from"),
            (self.starts_on < self.ends_on, "ends_on", "does not lie after starts_on"),
            (self.enrols_until <= self.ends_on, "enrols_until", "lies after ends_on"),
            (starts_on <= self.starts_on, "starts_on", "lies before the programme"),
            (self.ends_on <= ends_on, "ends_on", "lies after the programme"),
        )
        faults = tuple(
            Fault(text, code="cohort_dates", pointer=f"/{name}") for is_kept, name, text in rules if not is_kept
        )
        if faults:
            raise CohortDates("The days of a cohort follow each other, within its programme.", faults=faults)

    def require_enrolling(self, today: date) -> None:
        """Raise `CohortClosed` unless one may join today: in the window, or later where late intake is allowed."""
        until = self.ends_on if self.allows_late_intake else self.enrols_until
        if not self.enrols_from <= today <= until:
            raise CohortClosed(
                "The cohort takes nobody in today.",
                faults=(Fault("takes nobody in today", code="cohort_not_enrolling", pointer="/cohort_id"),),
            )


on_violation("uq_cohort_name", CohortTaken)
on_violation("fk_enrolment_cohort_organisation_id_cohort_id", CohortInUse)
