"""What can be read of groups."""

from app.auth.scopes import Scope
from app.domain.groups.models import Group, GroupMember
from app.domain.groups.schemas import GroupMemberRead, GroupRead
from app.domain.people.resource import PEOPLE
from app.reading.resource import Edge, Equals, Range, Resource

GROUPS = Resource(
    "group",
    "groups",
    Group,
    GroupRead,
    Scope.DIRECTORY_READ,
    filters=(Equals("external_id"), Equals("display_name"), Range("updated_at")),
    sorts=("display_name",),
    # The directory is kept by those who are in it.
    party=(),
)
GROUP_MEMBERS = Resource(
    "group_member",
    "group_members",
    GroupMember,
    GroupMemberRead,
    Scope.DIRECTORY_READ,
    party=(),
    edges=(
        Edge("group", "group_id", GROUPS, "members", "The group.", "Who is in it."),
        Edge("person", "person_id", PEOPLE, "group_memberships", "Who is in it.", "The groups that they are in."),
    ),
    filters=(Equals("group_id"), Equals("person_id")),
)
