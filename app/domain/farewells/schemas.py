"""What callers send and get of farewells."""

from datetime import datetime

from pydantic import Field

from app.domain.pairings.schemas import PairingId
from app.text import Flag, Input, Output, Patch, Prose, absent

_TOLD = "Whether a story may be made of it, if your partner agrees too. You may take that back at any time."


class FarewellWrite(Input):
    """What the caller takes along from a pairing that is closing."""

    pairing_id: PairingId
    learned: Prose = Field(description="What you learned. Your partner reads it when both of you have written.")
    thanks: Prose | None = Field(default=None, description="What you thank your partner for; read as the rest is.")
    may_be_told: Flag = Field(default=False, description=_TOLD)


class FarewellUpdate(Patch):
    """A change of mind about a story. What was written stays as it was written."""

    may_be_told: Flag = absent()


class FarewellRead(Output):
    """One partner's last word. It is shown to the other once both have written, or the pairing is completed."""

    id: str
    pairing_id: str
    author_id: str
    learned: str | None = Field(description="Not shown to coordinators; `null` once its author was erased.")
    thanks: str | None = Field(description="Not shown to coordinators; `null` once its author was erased.")
    may_be_told: bool = Field(description="Whether a story may be made of it.")
    version: int
    created_at: datetime
    updated_at: datetime
