"""What callers send and get of check-ins."""

from datetime import datetime
from typing import Annotated

from pydantic import Field

from app.domain.check_ins.questions import BY_FIELD
from app.domain.pairings.schemas import PairingId
from app.domain.sessions.schemas import Rating
from app.text import Flag, Input, Output, prose

CheckInComment = Annotated[str, prose(2000)]


class CheckInSubmit(Input):
    """How the caller finds their pair, in the round that is open."""

    pairing_id: PairingId
    usefulness: Rating = Field(description=BY_FIELD["usefulness"].description)
    openness: Rating = Field(description=BY_FIELD["openness"].description)
    time_found: Rating = Field(description=BY_FIELD["time_found"].description)
    comment: CheckInComment | None = Field(default=None, description="For yourself alone: nobody else reads it.")
    asks_for_help: Flag = Field(
        default=False, description="Shown to the coordinators of your programme: they know that you would like help."
    )


class CheckInRead(Output):
    """That somebody answered a round; their answers are shown to them alone."""

    id: str
    pairing_id: str
    programme_id: str
    author_id: str | None = Field(description="`null` once it is too old: the numbers stay, and are nobody's.")
    round: int = Field(description="1 is due 30 days after the pair began to meet, each other 60 days after the last.")
    usefulness: int | None = Field(description="Shown to its author alone.")
    openness: int | None = Field(description="Shown to its author alone.")
    time_found: int | None = Field(description="Shown to its author alone.")
    comment: str | None = Field(description="Shown to its author alone.")
    asks_for_help: bool = Field(description="Shown to the coordinators of the programme, too.")
    version: int
    created_at: datetime
    updated_at: datetime
