"""What callers send and get of groups."""

from datetime import datetime
from typing import Annotated

from app.domain.people.schemas import PersonId
from app.text import Input, Name, Output, Patch, Slug, absent, reference

GroupId = Annotated[str, reference("grp")]


class GroupCreate(Input):
    """A new group, empty at first."""

    external_id: Slug | None = None
    display_name: Name


class GroupUpdate(Patch):
    """Changes to a group."""

    external_id: Slug | None = None
    display_name: Name = absent()


class GroupRead(Output):
    """A group of the directory."""

    id: str
    external_id: str | None
    display_name: str
    revision: int
    version: int
    created_at: datetime
    updated_at: datetime


class GroupMemberAdd(Input):
    """A person who shall be in a group."""

    group_id: GroupId
    person_id: PersonId


class GroupMemberRead(Output):
    """That a person is in a group."""

    id: str
    group_id: str
    person_id: str
    version: int
    created_at: datetime
    updated_at: datetime
