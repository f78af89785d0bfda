"""What we tell the world of groups of the directory."""

from typing import ClassVar, Self

from app.domain.groups.models import Group
from app.events.envelope import Event


class GroupEvent(Event):
    """A fact about one group: ids and how often it changed who is in it, neither its name nor who."""

    subject: ClassVar[str] = "group_id"

    group_id: str
    external_id: str | None
    revision: int

    @classmethod
    def of(cls, group: Group) -> Self:
        """The event for the group as it is now."""
        return cls(group_id=group.id, external_id=group.external_id, revision=group.revision)


class GroupCreated(GroupEvent):
    """A group is in the directory."""

    type = "group.created"


class GroupUpdated(GroupEvent):
    """A group is called otherwise; `changed` names the fields."""

    type = "group.updated"


class GroupMembersChanged(GroupEvent):
    """People came into a group or left it. One event, however many; who is in it is read from `group-members`."""

    type = "group.members_changed"


class GroupDeleted(GroupEvent):
    """A group is gone. The people who were in it stay in the directory."""

    type = "group.deleted"
