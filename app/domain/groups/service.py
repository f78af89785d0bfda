"""Keeping groups: what they are called, and who is in them."""

from collections.abc import Collection

import sqlalchemy as sa
from sqlmodel import col

from app import ids
from app.auth.actor import Actor
from app.db import Db
from app.domain.groups.events import GroupCreated, GroupDeleted, GroupMembersChanged, GroupUpdated
from app.domain.groups.models import Group, GroupMember
from app.domain.groups.resource import GROUP_MEMBERS, GROUPS
from app.domain.groups.schemas import GroupCreate, GroupMemberAdd, GroupUpdate
from app.domain.people.models import Person
from app.domain.people.resource import PEOPLE
from app.events import outbox
from app.reading import rows
from app.reading.rows import UnknownReference


async def create(db: Db, _actor: Actor, data: GroupCreate) -> Group:
    """Add a group to the directory."""
    group = Group(organisation_id=db.organisation_id, id=ids.new(Group.prefix), **data.model_dump())
    db.add(group)
    outbox.record(db, GroupCreated.of(group))
    return group


async def update(db: Db, actor: Actor, group_id: str, data: GroupUpdate) -> Group:
    """Change what a group is called."""
    group: Group = await rows.get(db, actor, GROUPS, group_id, "update_group")
    changed = [name for name, value in data.changes().items() if getattr(group, name) != value]
    group.sqlmodel_update(data.changes())
    if changed:
        outbox.record(db, GroupUpdated.of(group), changed=changed)
    return group


async def delete(db: Db, actor: Actor, group_id: str) -> None:
    """Remove a group. The people who were in it stay."""
    group: Group = await rows.get(db, actor, GROUPS, group_id, "delete_group")
    await db.delete(group)
    outbox.record(db, GroupDeleted.of(group))


async def add_member(db: Db, actor: Actor, data: GroupMemberAdd) -> GroupMember:
    """Put a person into a group."""
    group: Group = await rows.refer(
        db, actor, GROUPS, data.group_id, "add_group_member", pointer="/group_id", lock=True
    )
    await rows.refer(db, actor, PEOPLE, data.person_id, pointer="/person_id")
    member = _member(db, group, data.person_id)
    db.add(member)
    _revise(db, group)
    return member


async def remove_member(db: Db, actor: Actor, member_id: str) -> None:
    """Take a person out of a group."""
    member: GroupMember = await rows.get(db, actor, GROUP_MEMBERS, member_id, "remove_group_member")
    group = await rows.by_id(db, Group, member.group_id, lock=True)
    await db.delete(member)
    _revise(db, group)


async def change_members(db: Db, actor: Actor, group_id: str, added: Collection[str], removed: Collection[str]) -> None:
    """Put some people into a group and take others out, however many: one statement each way."""
    group: Group = await rows.get(db, actor, GROUPS, group_id, "add_group_member")
    known = sa.select(sa.func.count()).where(
        col(Person.organisation_id) == db.organisation_id,
        col(Person.id) == rows.any_of(added),
        col(Person.removed_at).is_(None),
    )
    if await db.scalar(known) != len(added):
        raise UnknownReference("/members")
    for person_id in added:
        db.add(_member(db, group, person_id))
    left = sa.delete(GroupMember).where(
        col(GroupMember.organisation_id) == db.organisation_id,
        col(GroupMember.group_id) == group.id,
        col(GroupMember.person_id) == rows.any_of(removed),
    )
    await db.execute(left)
    _revise(db, group)


def _revise(db: Db, group: Group) -> None:
    group.revision += 1
    outbox.record(db, GroupMembersChanged.of(group), changed=("revision",))


def _member(db: Db, group: Group, person_id: str) -> GroupMember:
    return GroupMember(
        organisation_id=db.organisation_id, id=ids.new(GroupMember.prefix), group_id=group.id, person_id=person_id
    )
