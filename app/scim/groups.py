"""Groups of the directory as SCIM groups: read from their rows, and changed through the services of their chapter."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

import sqlalchemy as sa
from pydantic import ValidationError
from scim2_models import Resource
from sqlmodel import col

from app.domain.groups import service
from app.domain.groups.models import Group, GroupMember
from app.domain.groups.schemas import GroupCreate, GroupUpdate
from app.domain.people.models import Person
from app.reading.resource import ORGANISATION
from app.reading.statement import Statement
from app.scim import models, people, refusing
from app.scim.hand import Hand


def _members() -> sa.Select[Any]:
    here = col(GroupMember.organisation_id)
    columns: tuple[Any, ...] = (col(GroupMember.group_id), col(Person.id), col(Person.display_name))
    return (
        sa.select(*columns)
        .join(Person, sa.and_(col(Person.organisation_id) == here, col(Person.id) == GroupMember.person_id))
        .where(
            here == ORGANISATION,
            col(GroupMember.group_id) == sa.any_(sa.bindparam("groups", type_=sa.ARRAY(sa.Text))),
            col(Person.removed_at).is_(None),
        )
        .order_by(col(GroupMember.id))
    )


# The groups of the organisation, and who is in some of them.
GROUPS = sa.select(Group).where(col(Group.organisation_id) == ORGANISATION)
MEMBERS = Statement.of(_members())


def by_group(rows: Iterable[Mapping[str, Any]]) -> dict[str, dict[str, str]]:
    """By group the ids and names of those who are in it, from rows of `MEMBERS`."""
    found: dict[str, dict[str, str]] = defaultdict(dict)
    for row in rows:
        found[row["group_id"]][row["id"]] = row["display_name"]
    return found


def group(row: Mapping[str, Any], who: Mapping[str, str]) -> Resource[Any]:
    """The SCIM group of a row."""
    payload: dict[str, Any] = {
        "schemas": [models.GROUP],
        "id": row["id"],
        "externalId": row["external_id"],
        "displayName": row["display_name"],
        "members": [
            {"value": person_id, "$ref": people.reference("Users", person_id), "type": "User", "display": name}
            for person_id, name in who.items()
        ]
        or None,
        "meta": people.meta("Group", row),
    }
    return models.Group.model_validate(payload)


def named(resource: Resource[Any]) -> dict[str, None]:
    """The ids of those whom a group names, each once, in their order."""
    return dict.fromkeys(member.value for member in getattr(resource, "members", None) or () if member.value)


async def create(hand: Hand, resource: Resource[Any]) -> str:
    """Add a group with whom it names; its id."""
    row: Group = await hand.do("create_group", data=_validated(GroupCreate, _said(resource)))
    await _change(hand, row.id, named(resource), {})
    return row.id


async def update(hand: Hand, row: Group, resource: Resource[Any], before: Resource[Any]) -> None:
    """Bring a group up to date in what differs from `before`."""
    differing = {name: value for name, value in _said(resource).items() if value != getattr(row, name)}
    if differing:
        await hand.do("update_group", row.id, _validated(GroupUpdate, differing))
    await _change(hand, row.id, named(resource), named(before))


async def _change(hand: Hand, group_id: str, wanted: dict[str, None], before: dict[str, Any]) -> None:
    added = [person_id for person_id in wanted if person_id not in before]
    removed = [person_id for person_id in before if person_id not in wanted]
    if not added and not removed:
        return
    await service.change_members(hand.db, hand.actor, group_id, added, removed)
    hand.note("update_group", group_id, "members")
    await hand.db.flush()


def _said(resource: Resource[Any]) -> dict[str, Any]:
    return {"display_name": getattr(resource, "display_name", None), "external_id": resource.external_id or None}


def _validated(schema: Any, values: dict[str, Any]) -> Any:
    try:
        return schema.model_validate(values)
    except ValidationError as error:
        raise refusing.invalid(error) from None
