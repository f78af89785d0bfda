"""What somebody said of themselves before they begin. The words are theirs; the office sees the band alone."""

from typing import Any, ClassVar

import sqlalchemy as sa
from sqlmodel import Field

from app.domain.enrolments.models import EnrolmentRole
from app.domain.readiness.statements import Band
from app.table import Row, belongs_to, index, json_column, of_organisation, text_enum


class ReadinessAssessment(Row, table=True):
    """One look into the mirror. Somebody may take several; each stays as it was."""

    __tablename__ = "readiness_assessment"
    __table_args__ = (
        of_organisation(),
        belongs_to("enrolment", "enrolment_id"),
        belongs_to("programme", "programme_id"),
        belongs_to("person", "person_id"),
        index("readiness_assessment_enrolment", "enrolment_id", "id"),
        index("readiness_assessment_programme", "programme_id", "id"),
        index("readiness_assessment_person", "person_id", "id"),
    )
    prefix: ClassVar[str] = "ras"

    enrolment_id: str = Field(sa_type=sa.Text)
    programme_id: str = Field(sa_type=sa.Text)
    person_id: str = Field(sa_type=sa.Text)
    role: EnrolmentRole = Field(sa_type=text_enum(EnrolmentRole))
    band: Band = Field(sa_type=text_enum(Band))
    # As `schemas.Answer` and `schemas.ReadinessAction` have them.
    answers: list[dict[str, Any]] = json_column(default_factory=list)
    actions: list[dict[str, Any]] = json_column(default_factory=list)
