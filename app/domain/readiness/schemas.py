"""What callers send and get of trainings and readiness."""

from datetime import datetime
from typing import Annotated

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from app.domain.enrolments.models import EnrolmentRole
from app.domain.enrolments.schemas import EnrolmentId
from app.domain.programmes.contents import ResourceKind
from app.domain.readiness.statements import LEAST, MOST, Band, Statement
from app.domain.readiness.trainings import CompletionSource, TrainingStatus
from app.text import Input, Instant, Output, Prose, reference, whole

ProgrammeResourceId = Annotated[str, reference("res")]


class TrainingAssign(Input):
    """A training module or charter for somebody who joined its programme."""

    enrolment_id: EnrolmentId
    programme_resource_id: ProgrammeResourceId
    due_at: Instant | None = Field(default=None, description="Absent: as many days from now as the resource says.")


class TrainingWaive(Input):
    """Why somebody need not learn it."""

    reason: Prose = Field(description="Shown to the coordinators of the programme and to whom it is about.")


class TrainingAssignmentRead(Output):
    """What somebody has to learn or to acknowledge."""

    id: str
    enrolment_id: str
    programme_id: str
    person_id: str
    programme_resource_id: str
    kind: ResourceKind = Field(description="A module is learned, a charter acknowledged.")
    title: str
    edition: int = Field(description="The edition of the content that was assigned.")
    status: TrainingStatus
    due_at: datetime
    completed_at: datetime | None
    source: CompletionSource | None = Field(description="Whose word it is that it is completed.")
    waive_reason: str | None = Field(description="Shown to the coordinators of the programme and to whom it is about.")
    version: int
    created_at: datetime
    updated_at: datetime


class Answer(Input):
    """How far somebody agrees with a statement about themselves."""

    statement: Statement
    rating: Annotated[int, whole(LEAST, MOST)] = Field(description="1: not at all, 5: wholly.")


def _once_each(answers: list[Answer]) -> list[Answer]:
    if len({answer.statement for answer in answers}) != len(answers):
        raise PydanticCustomError("repeated_statement", "must answer each statement once")
    return answers


class ReadinessAssess(Input):
    """How somebody sees themselves before they begin: all statements of their role, each once."""

    enrolment_id: EnrolmentId
    answers: Annotated[list[Answer], AfterValidator(_once_each), Field(min_length=1, max_length=len(Statement))]


class AnswerRead(Output):
    """How far somebody agreed with a statement about themselves."""

    statement: Statement
    rating: int


class ReadinessAction(Output):
    """Something that helps to be ready."""

    statement: Statement = Field(description="What it helps with.")
    text: str


class ReadinessAssessmentRead(Output):
    """How ready somebody found themselves, and what helps."""

    id: str
    enrolment_id: str
    programme_id: str
    person_id: str
    role: EnrolmentRole
    band: Band = Field(description="Shown to the coordinators of the programme, too: they offer help.")
    answers: list[AnswerRead] | None = Field(description="Shown to whom they are of alone.")
    actions: list[ReadinessAction] | None = Field(description="Shown to whom they are for alone.")
    version: int
    created_at: datetime
    updated_at: datetime
