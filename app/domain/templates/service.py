"""Making a programme from a template, or like an earlier one: with all that it consists of, but for its people."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlmodel import col

from app import ids
from app.auth.actor import Actor
from app.db import Db
from app.domain.groups.models import Group
from app.domain.matching import policies
from app.domain.matching.models import MatchingPolicy
from app.domain.matching.schemas import MatchingPolicyCreate
from app.domain.programmes import service as programmes
from app.domain.programmes.cohorts import Cohort
from app.domain.programmes.contents import ProgrammeMilestone, ProgrammeResource, Topic
from app.domain.programmes.events import CohortCreated
from app.domain.programmes.models import Programme, ProgrammeStatus
from app.domain.programmes.resource import PROGRAMMES
from app.domain.programmes.schemas import ProgrammeCreate
from app.domain.templates.catalogue import every
from app.domain.templates.schemas import ProgrammeClone, ProgrammeFromTemplate, ProgrammeTemplateRead
from app.events import outbox
from app.reading import rows
from app.table import Row

Content = TypeVar("Content", bound=Row)
# What a row has of its own, whatever it was made like.
_DAYS_OF_COHORT = ("enrols_from", "enrols_until", "starts_on", "ends_on")
_OWN = {"id", "version", "created_at", "updated_at"}


async def create_from_template(db: Db, actor: Actor, data: ProgrammeFromTemplate) -> Programme:
    """Draft a programme from a template, with its topics, resources, milestones and matching policy.

    What it holds is the programme's own from then on, and can be changed like that of any other.
    """
    template = every()[data.template]
    programme = await programmes.create(db, actor, _drafted(template, data))
    db.add_all(_contents(template, programme))
    await db.flush()
    policy = data.matching_policy or template.matching_policy
    await policies.create(db, actor, MatchingPolicyCreate(programme_id=programme.id, template=policy))
    return programme


async def clone(db: Db, actor: Actor, programme_id: str, data: ProgrammeClone) -> Programme:
    """Draft a programme like this one: its rules, topics, resources, milestones, cohorts and matching policy.

    Dates move with the first day. Enrolments, pairings, sponsors and roles are never copied. A group that no longer
    exists invites nobody.
    """
    source: Programme = await rows.get(db, actor, PROGRAMMES, programme_id, "clone_programme", lock=False)
    later = data.starts_on - source.starts_on
    programme = _like(
        source,
        name=data.name,
        status=ProgrammeStatus.DRAFT,
        starts_on=data.starts_on,
        ends_on=source.ends_on + later,
        eligibility=await _eligibility(db, source),
        revision=1,
        # A new year has a budget of its own.
        budget_amount=None,
        budget_currency=None,
    )
    await programmes.add(db, actor, programme)
    for topic in await rows.every(db, Topic, programme_id=source.id):
        db.add(_like(topic, programme_id=programme.id))
    for resource in await rows.every(db, ProgrammeResource, programme_id=source.id):
        db.add(_like(resource, programme_id=programme.id, edition=1))
    for milestone in await rows.every(db, ProgrammeMilestone, programme_id=source.id):
        due_on = milestone.due_on + later
        db.add(_like(milestone, programme_id=programme.id, due_on=due_on, reached_at=None))
    for cohort in await rows.every(db, Cohort, programme_id=source.id):
        days = {name: getattr(cohort, name) + later for name in _DAYS_OF_COHORT}
        made = _like(cohort, programme_id=programme.id, **days)
        db.add(made)
        outbox.record(db, CohortCreated.of(made))
    for policy in await rows.every(db, MatchingPolicy, programme_id=source.id):
        db.add(_like(policy, programme_id=programme.id))
    return programme


def _drafted(template: ProgrammeTemplateRead, data: ProgrammeFromTemplate) -> ProgrammeCreate:
    """What the template says, where the caller did not say otherwise."""
    said = template.model_dump(include=set(ProgrammeCreate.model_fields))
    said |= data.model_dump(include=set(ProgrammeCreate.model_fields), exclude_none=True)
    programmes.require_cadence(said["cadence_min_days"], said["cadence_target_days"], said["cadence_max_days"])
    said.setdefault("ends_on", data.starts_on + timedelta(days=template.length_days))
    return ProgrammeCreate.model_validate(said)


def _contents(template: ProgrammeTemplateRead, programme: Programme) -> Iterable[Row]:
    place: dict[str, Any] = {"organisation_id": programme.organisation_id, "programme_id": programme.id}
    for topic in template.topics:
        yield Topic(id=ids.new(Topic.prefix), **place, **topic.model_dump(mode="json"))
    for resource in template.resources:
        yield ProgrammeResource(id=ids.new(ProgrammeResource.prefix), **place, **resource.model_dump())
    days = (programme.ends_on - programme.starts_on).days
    for milestone in template.milestones:
        due_on = programme.starts_on + timedelta(days=days * milestone.at_percent // 100)
        yield ProgrammeMilestone(id=ids.new(ProgrammeMilestone.prefix), **place, title=milestone.title, due_on=due_on)


def _like(row: Content, **differing: Any) -> Content:
    kept = row.model_dump(exclude=_OWN | differing.keys())
    return type(row)(id=ids.new(row.prefix), **kept, **differing)


async def _eligibility(db: Db, programme: Programme) -> list[dict[str, Any]]:
    """The rules of a programme, without groups that the HR system has removed since."""
    named = [side["group_id"] for side in programme.eligibility if side.get("group_id")]
    if not named:
        return programme.eligibility
    select = sa.select(col(Group.id)).where(
        col(Group.organisation_id) == db.organisation_id, col(Group.id) == rows.any_of(named)
    )
    known = set((await db.execute(select)).scalars())
    return [
        {**side, "group_id": side["group_id"] if side["group_id"] in known else None} for side in programme.eligibility
    ]
