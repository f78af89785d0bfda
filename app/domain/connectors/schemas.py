"""What callers send and get of HR systems that tell us of changes."""

from datetime import datetime
from typing import Annotated, Self

from pydantic import AfterValidator, Field, StringConstraints, model_validator

from app.domain.connectors.models import NoticeStyle
from app.domain.people.putting import KEY
from app.domain.people.schemas import PersonPut
from app.text import Flag, Input, Instant, Name, Output, Patch, Slug, absent, distinct

MEMBERS = tuple(name for name in PersonPut.model_fields if name != KEY)
MOST_NAMED = 100


def _known(name: str) -> str:
    if name not in MEMBERS:
        raise ValueError(f"must be one of {', '.join(MEMBERS)}")
    return name


Member = Annotated[str, Field(json_schema_extra={"enum": list(MEMBERS)}), AfterValidator(_known)]
# RFC 6901, and short.
Pointer = Annotated[str, StringConstraints(max_length=200, pattern=r"^(/([^~/]|~[01])*)+$")]
Url = Annotated[str, StringConstraints(min_length=8, max_length=2048, pattern=r"^https?://[!-~]+$")]
Secret = Annotated[str, StringConstraints(min_length=16, max_length=512, pattern=r"^[!-~]+$")]


class MappedMember(Input):
    """One member of a person, and where the HR system's document of them says it."""

    member: Member
    pointer: Pointer = Field(description="A JSON Pointer (RFC 6901): `/job/title`.")


Mapping = Annotated[list[MappedMember], Field(min_length=1, max_length=len(MEMBERS))]


class HrSourceCreate(Input):
    """An HR system that tells us of changes, and where we fetch whom it names."""

    name: Name
    style: NoticeStyle
    base_url: Url = Field(description="People are fetched from `{base_url}/people/{id}`.")
    secret: Secret = Field(description="What its notices are signed with. It is never shown.")
    token: Secret | None = Field(default=None, description="Sent as a bearer token with each fetch. It is never shown.")
    mapping: Mapping


class HrSourceUpdate(Patch):
    """Changes to an HR system. Another address is another system, so that no token ever goes elsewhere."""

    name: Name = absent()
    secret: Secret = absent()
    token: Secret | None = None
    mapping: Mapping = absent()
    is_enabled: Flag = absent()


class HrSourceFetch(Input):
    """Whom to fetch: some, or all who changed since a time."""

    external_ids: Annotated[list[Slug], distinct(MOST_NAMED)] = Field(default=[])
    changed_since: Instant | None = None

    @model_validator(mode="after")
    def _one_of_the_two(self) -> Self:
        if bool(self.external_ids) is (self.changed_since is not None):
            raise ValueError("name external_ids or changed_since, and not both")
        return self


class MappedMemberRead(Output):
    """One member of a person, and where the HR system says it."""

    member: str
    pointer: str


class HrSourceRead(Output):
    """An HR system that tells us of changes."""

    id: str
    name: str
    style: NoticeStyle
    base_url: str
    mapping: list[MappedMemberRead]
    is_enabled: bool = Field(description="Whether its notices are taken.")
    version: int
    created_at: datetime
    updated_at: datetime
