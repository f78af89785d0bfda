"""What callers send and get of a programme's contents."""

from datetime import date, datetime
from typing import Annotated

from pydantic import Field, StringConstraints

from app.domain.people.schemas import PersonId
from app.domain.programmes.contents import Audience, Duty, PromptKind, ResourceKind
from app.domain.programmes.schemas import Days, ProgrammeId
from app.text import Day, Flag, Input, Instant, Line, Name, Output, Patch, Prose, Word, absent, prose, reference, whole

Link = Annotated[str, StringConstraints(max_length=2000, pattern=r"^https://[A-Za-z0-9.-]+(:[0-9]{1,5})?(/[!-~]*)?$")]
Text = Annotated[str, prose(20_000)]
TopicId = Annotated[str, reference("top")]


class Prompt(Input):
    """Something to begin a conversation with, when a pair takes up a topic."""

    kind: PromptKind
    text: Line


Prompts = Annotated[list[Prompt], Field(max_length=40)]


class TopicCreate(Input):
    """A new topic of a programme."""

    programme_id: ProgrammeId
    name: Word
    description: Prose | None = None
    prompts: Prompts = Field(default=[], description="Questions and personal experiences to bring to a session.")


class TopicUpdate(Patch):
    """Changes to a topic."""

    name: Word = absent()
    description: Prose | None = None
    prompts: Prompts = absent()


class TopicRead(Output):
    """Something that mentors can teach in a programme."""

    id: str
    programme_id: str
    name: str
    description: str | None
    prompts: list[Prompt]
    version: int
    created_at: datetime
    updated_at: datetime


class ProgrammeResourceCreate(Input):
    """A new resource of a programme."""

    programme_id: ProgrammeId
    kind: ResourceKind
    audience: Audience = Audience.EVERYONE
    title: Name
    body: Text | None = None
    url: Link | None = None
    is_required: Flag = Field(
        default=False,
        description="Whether everybody whom it addresses learns or acknowledges it before they are paired. Of training "
        "modules and charters only; assigned on approval.",
    )
    due_days: Days = Field(default=14, description="Within so many days of being assigned.")


class ProgrammeResourceUpdate(Patch):
    """Changes to a resource; a change of its content is a new edition."""

    audience: Audience = absent()
    title: Name = absent()
    body: Text | None = None
    url: Link | None = None
    is_required: Flag = absent()
    due_days: Days = absent()


class ProgrammeResourceRead(Output):
    """A playbook, guide, charter or training module."""

    id: str
    programme_id: str
    kind: ResourceKind
    audience: Audience
    title: str
    body: str | None
    url: str | None
    edition: int
    is_required: bool
    due_days: int
    version: int
    created_at: datetime
    updated_at: datetime


class ProgrammeMilestoneCreate(Input):
    """A new milestone of a programme."""

    programme_id: ProgrammeId
    title: Name
    due_on: Day


class ProgrammeMilestoneUpdate(Patch):
    """Changes to a milestone."""

    title: Name = absent()
    due_on: Day = absent()


class ProgrammeMilestoneRead(Output):
    """A date by which something should be so."""

    id: str
    programme_id: str
    title: str
    due_on: date
    reached_at: datetime | None
    version: int
    created_at: datetime
    updated_at: datetime


class Commitment(Input):
    """One thing that a sponsor promised, and when it was kept."""

    text: Line
    kept_at: Instant | None = None


Commitments = Annotated[list[Commitment], Field(max_length=20)]


class SponsorshipCreate(Input):
    """An executive's pledge to a programme."""

    programme_id: ProgrammeId
    person_id: PersonId
    pledge: Prose
    commitments: Commitments = Field(default=[])


class CommitmentKeep(Input):
    """Which commitment was kept, and when."""

    position: Annotated[int, whole(1, 20)] = Field(description="Its place in the list, from 1.")
    kept_at: Instant | None = Field(default=None, description="Absent: now. Never in the future.")


class SponsorshipUpdate(Patch):
    """Changes to a pledge, or commitments kept."""

    pledge: Prose = absent()
    commitments: Commitments = absent()


class CommitmentRead(Output):
    """One thing that a sponsor promised, and when it was kept."""

    text: str
    kept_at: datetime | None


class SponsorshipRead(Output):
    """An executive's pledge to a programme."""

    id: str
    programme_id: str
    person_id: str
    pledge: str
    commitments: list[CommitmentRead]
    version: int
    created_at: datetime
    updated_at: datetime


class ProgrammeRoleCreate(Input):
    """A duty for someone in a programme."""

    programme_id: ProgrammeId
    person_id: PersonId
    duty: Duty


class ProgrammeRoleRead(Output):
    """Someone's duty in a programme."""

    id: str
    programme_id: str
    person_id: str
    duty: Duty
    version: int
    created_at: datetime
    updated_at: datetime
