"""Approving who joins, and saying that they can be paired: once they have learned what their programme requires."""

import sqlalchemy as sa
from sqlmodel import col

from app import ids
from app.auth.actor import Actor
from app.db import Db
from app.domain.enrolments import service as enrolments
from app.domain.enrolments.models import Enrolment
from app.domain.enrolments.resource import ENROLMENTS
from app.domain.programmes.models import Programme
from app.domain.readiness import statements, training
from app.domain.readiness.assessments import ReadinessAssessment
from app.domain.readiness.events import ReadinessAssessed
from app.domain.readiness.schemas import Answer, ReadinessAssess
from app.domain.readiness.statements import STATEMENTS
from app.errors import Conflict, Fault, Invalid
from app.events import outbox
from app.reading import rows


class NotPrepared(Conflict):
    """Something that the programme requires is not done; `faults` name what."""

    code = "not_prepared"


async def approve(db: Db, actor: Actor, enrolment_id: str) -> Enrolment:
    """Accept someone into the programme. What it requires of their role is assigned to them."""
    enrolment = await enrolments.approve(db, actor, enrolment_id)
    await training.assign_required(db, enrolment)
    return enrolment


async def ready(db: Db, actor: Actor, enrolment_id: str) -> Enrolment:
    """Say that someone can be paired: what they have to learn is completed or waived.

    Where the programme asks for it, they have taken a readiness assessment, too. How it came out decides nothing.
    """
    enrolment = await enrolments.ready(db, actor, enrolment_id)
    if faults := await _missing(db, enrolment):
        raise NotPrepared("Something that the programme requires is not done.", faults=faults)
    return enrolment


async def assess(db: Db, actor: Actor, data: ReadinessAssess) -> ReadinessAssessment:
    """Look at how ready one is: all statements of one's role, each rated once.

    The answers and what helps are shown to oneself alone. Coordinators of the programme see the band, to offer help; it
    keeps nobody out. It may be taken again, and each one stays.
    """
    enrolment: Enrolment = await rows.refer(
        db, actor, ENROLMENTS, data.enrolment_id, "assess_readiness", pointer="/enrolment_id"
    )
    if not enrolment.is_live:
        raise training.NotJoined("The enrolment is over.")
    _require_all(enrolment, data.answers)
    ratings = {answer.statement: answer.rating for answer in data.answers}
    assessment = ReadinessAssessment(
        organisation_id=db.organisation_id,
        id=ids.new(ReadinessAssessment.prefix),
        enrolment_id=enrolment.id,
        programme_id=enrolment.programme_id,
        person_id=enrolment.person_id,
        role=enrolment.role,
        band=statements.band(ratings),
        answers=[answer.model_dump(mode="json") for answer in data.answers],
        actions=[{"statement": name.value, "text": STATEMENTS[name].action} for name in statements.actions(ratings)],
    )
    db.add(assessment)
    outbox.record(db, ReadinessAssessed.of(assessment))
    return assessment


def _require_all(enrolment: Enrolment, answers: list[Answer]) -> None:
    asked = statements.of_role(enrolment.role)
    faults = [
        Fault("is a statement of the other role", code="statement_of_other_role", pointer=f"/answers/{at}/statement")
        for at, answer in enumerate(answers)
        if answer.statement not in asked
    ]
    if not faults and len(answers) < len(asked):
        faults = [Fault("must answer all statements of the role", code="answers_missing", pointer="/answers")]
    if faults:
        raise Invalid("Each statement of the role is answered, and no other.", faults=tuple(faults))


async def _missing(db: Db, enrolment: Enrolment) -> tuple[Fault, ...]:
    missing = []
    if enrolment.open_trainings:
        missing.append(Fault("has trainings that are neither completed nor waived", code="training_incomplete"))
    programme = await rows.by_id(db, Programme, enrolment.programme_id)
    if programme.assesses_readiness and not await _is_assessed(db, enrolment):
        missing.append(Fault("has taken no readiness assessment", code="assessment_missing"))
    return tuple(missing)


async def _is_assessed(db: Db, enrolment: Enrolment) -> bool:
    select = sa.select(
        sa.exists().where(
            col(ReadinessAssessment.organisation_id) == db.organisation_id,
            col(ReadinessAssessment.enrolment_id) == enrolment.id,
        )
    )
    return bool((await db.execute(select)).scalar())
