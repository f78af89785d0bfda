"""Filling a programme: topics, resources, milestones, sponsors, roles."""

from typing import TypeVar

from app import clock, ids
from app.auth.actor import Actor
from app.db import Db
from app.domain.people.resource import PEOPLE
from app.domain.programmes import content_schemas as schemas
from app.domain.programmes.contents import (
    Duty,
    ProgrammeMilestone,
    ProgrammeResource,
    ProgrammeRole,
    Sponsorship,
    Topic,
)
from app.domain.programmes.events import SponsorshipCommitmentKept, SponsorshipPledged
from app.domain.programmes.resource import (
    PROGRAMME_MILESTONES,
    PROGRAMME_RESOURCES,
    PROGRAMME_ROLES,
    PROGRAMMES,
    SPONSORSHIPS,
    TOPICS,
)
from app.errors import Fault, Invalid
from app.events import outbox
from app.reading import rows
from app.table import Row

Content = TypeVar("Content", bound=Row)
_Create = (
    schemas.TopicCreate
    | schemas.ProgrammeResourceCreate
    | schemas.ProgrammeMilestoneCreate
    | schemas.SponsorshipCreate
    | schemas.ProgrammeRoleCreate
)


async def create_topic(db: Db, actor: Actor, data: schemas.TopicCreate) -> Topic:
    """Add a topic to a programme."""
    return await _add(db, actor, Topic, data, "create_topic")


async def update_topic(db: Db, actor: Actor, topic_id: str, data: schemas.TopicUpdate) -> Topic:
    """Change a topic."""
    topic: Topic = await rows.get(db, actor, TOPICS, topic_id, "update_topic")
    topic.sqlmodel_update(data.model_dump(mode="json", include=data.model_fields_set))
    return topic


async def delete_topic(db: Db, actor: Actor, topic_id: str) -> None:
    """Remove a topic."""
    await db.delete(await rows.get(db, actor, TOPICS, topic_id, "delete_topic"))


async def create_resource(db: Db, actor: Actor, data: schemas.ProgrammeResourceCreate) -> ProgrammeResource:
    """Add a resource to a programme."""
    return _checked(await _add(db, actor, ProgrammeResource, data, "create_programme_resource"))


async def update_resource(
    db: Db, actor: Actor, resource_id: str, data: schemas.ProgrammeResourceUpdate
) -> ProgrammeResource:
    """Change a resource. A change of its content is a new edition."""
    resource: ProgrammeResource = await rows.get(
        db, actor, PROGRAMME_RESOURCES, resource_id, "update_programme_resource"
    )
    changes = data.changes()
    resource.edition += any(
        changes.get(name, getattr(resource, name)) != getattr(resource, name) for name in ("body", "url")
    )
    resource.sqlmodel_update(changes)
    return _checked(resource)


async def delete_resource(db: Db, actor: Actor, resource_id: str) -> None:
    """Remove a resource."""
    await db.delete(await rows.get(db, actor, PROGRAMME_RESOURCES, resource_id, "delete_programme_resource"))


async def create_milestone(db: Db, actor: Actor, data: schemas.ProgrammeMilestoneCreate) -> ProgrammeMilestone:
    """Add a milestone to a programme."""
    return await _add(db, actor, ProgrammeMilestone, data, "create_programme_milestone")


async def update_milestone(
    db: Db, actor: Actor, milestone_id: str, data: schemas.ProgrammeMilestoneUpdate
) -> ProgrammeMilestone:
    """Change a milestone."""
    milestone: ProgrammeMilestone = await rows.get(
        db, actor, PROGRAMME_MILESTONES, milestone_id, "update_programme_milestone"
    )
    milestone.sqlmodel_update(data.changes())
    return milestone


async def reach_milestone(db: Db, actor: Actor, milestone_id: str) -> ProgrammeMilestone:
    """Mark a milestone as reached."""
    milestone: ProgrammeMilestone = await rows.get(
        db, actor, PROGRAMME_MILESTONES, milestone_id, "reach_programme_milestone"
    )
    milestone.reach(clock.now())
    return milestone


async def delete_milestone(db: Db, actor: Actor, milestone_id: str) -> None:
    """Remove a milestone."""
    await db.delete(await rows.get(db, actor, PROGRAMME_MILESTONES, milestone_id, "delete_programme_milestone"))


async def pledge(db: Db, actor: Actor, data: schemas.SponsorshipCreate) -> Sponsorship:
    """Record an executive's pledge to a programme."""
    await rows.refer(db, actor, PEOPLE, data.person_id, pointer="/person_id")
    sponsorship = await _add(db, actor, Sponsorship, data, "pledge_sponsorship")
    sponsorship.commitments = data.model_dump(mode="json")["commitments"]
    outbox.record(db, SponsorshipPledged.of(sponsorship))
    return sponsorship


async def update_sponsorship(db: Db, actor: Actor, sponsorship_id: str, data: schemas.SponsorshipUpdate) -> Sponsorship:
    """Change a pledge, or record commitments kept."""
    sponsorship: Sponsorship = await rows.get(db, actor, SPONSORSHIPS, sponsorship_id, "update_sponsorship")
    before = sponsorship.kept
    sponsorship.sqlmodel_update(data.model_dump(mode="json", include=data.model_fields_set))
    if sponsorship.kept > before:
        outbox.record(db, SponsorshipCommitmentKept.of(sponsorship), changed=("commitments",))
    return sponsorship


async def keep_commitment(db: Db, actor: Actor, sponsorship_id: str, data: schemas.CommitmentKeep) -> Sponsorship:
    """Record that a sponsor kept one of their commitments, and when. Each is kept once."""
    sponsorship: Sponsorship = await rows.get(db, actor, SPONSORSHIPS, sponsorship_id, "keep_sponsorship_commitment")
    at = data.kept_at or clock.now()
    if at > clock.now():
        raise Invalid(
            "A commitment was kept now or before.",
            faults=(Fault("lies in the future", code="kept_in_future", pointer="/kept_at"),),
        )
    sponsorship.keep(data.position, at)
    outbox.record(db, SponsorshipCommitmentKept.of(sponsorship), changed=("commitments",))
    return sponsorship


async def delete_sponsorship(db: Db, actor: Actor, sponsorship_id: str) -> None:
    """Withdraw a pledge."""
    await db.delete(await rows.get(db, actor, SPONSORSHIPS, sponsorship_id, "delete_sponsorship"))


async def assign_role(db: Db, actor: Actor, data: schemas.ProgrammeRoleCreate) -> ProgrammeRole:
    """Give someone a duty in a programme. Coordinators are appointed by administrators, not by each other."""
    await rows.refer(db, actor, PEOPLE, data.person_id, pointer="/person_id")
    return await _add(db, actor, ProgrammeRole, data, _appointing(data.duty))


async def remove_role(db: Db, actor: Actor, role_id: str) -> None:
    """Take a duty from someone. Who may not give it may not take it."""
    role: ProgrammeRole = await rows.get(db, actor, PROGRAMME_ROLES, role_id, "remove_programme_role")
    await rows.get(db, actor, PROGRAMMES, role.programme_id, _appointing(role.duty), lock=False)
    await db.delete(role)


def _checked(resource: ProgrammeResource) -> ProgrammeResource:
    if resource.is_required and not resource.is_assignable:
        raise Invalid(
            "Training modules and charters can be required, nothing else.",
            faults=(Fault("is no training module and no charter", code="not_assignable", pointer="/is_required"),),
        )
    return resource


def _appointing(duty: Duty) -> str:
    """What the policy calls giving someone this duty."""
    return "appoint_coordinator" if duty is Duty.COORDINATOR else "assign_programme_role"


async def _add(db: Db, actor: Actor, model: type[Content], data: _Create, action: str) -> Content:
    await rows.refer(db, actor, PROGRAMMES, data.programme_id, action, pointer="/programme_id")
    row = model(organisation_id=actor.organisation_id, id=ids.new(model.prefix), **data.model_dump())
    db.add(row)
    return row
