"""Groups of the directory and who is in them. Who belongs together is what the HR system says, and nothing more."""

from typing import ClassVar

import sqlalchemy as sa
from sqlmodel import Field

from app.errors import Conflict
from app.failures import on_violation
from app.table import Row, belongs_to, index, of_organisation, unique


class GroupExternalIdTaken(Conflict):
    """Another group has this external id."""

    code = "group_external_id_taken"


class AlreadyInGroup(Conflict):
    """The person is in this group already."""

    code = "already_in_group"


class Group(Row, table=True):
    """A group. A change of who is in it raises its version."""

    __tablename__ = "directory_group"
    __table_args__ = (
        of_organisation(),
        unique("external_id", name="uq_directory_group_external_id"),
        index("directory_group_display_name", "display_name", "id"),
    )
    prefix: ClassVar[str] = "grp"

    external_id: str | None = Field(default=None, sa_type=sa.Text)
    display_name: str = Field(sa_type=sa.Text)
    # How often it changed who is in it: a row that changes has a new version.
    revision: int = 0


class GroupMember(Row, table=True):
    """That a person is in a group."""

    __tablename__ = "group_member"
    __table_args__ = (
        of_organisation(),
        belongs_to("directory_group", "group_id", on_delete="CASCADE"),
        belongs_to("person", "person_id"),
        unique("group_id", "person_id", name="uq_group_member_person"),
        index("group_member_group", "group_id", "id"),
        index("group_member_person", "person_id", "id"),
    )
    prefix: ClassVar[str] = "gme"

    group_id: str = Field(sa_type=sa.Text)
    person_id: str = Field(sa_type=sa.Text)


on_violation("uq_directory_group_external_id", GroupExternalIdTaken)
on_violation("uq_group_member_person", AlreadyInGroup)
