"""What waits for a person, as callers get it."""

from datetime import datetime
from enum import StrEnum

from pydantic import Field

from app.text import Output


class TaskKind(StrEnum):
    """What there is to do."""

    ANSWER_INVITATION = "answer_invitation"
    ANSWER_PROPOSAL = "answer_proposal"
    SIGN_AGREEMENT = "sign_agreement"
    ASSESS_READINESS = "assess_readiness"
    COMPLETE_TRAINING = "complete_training"
    ANSWER_SESSION = "answer_session"
    ATTEND_SESSION = "attend_session"
    REPORT_SESSION = "report_session"
    APPLY_ACTION_ITEM = "apply_action_item"
    ANSWER_CHECK_IN = "answer_check_in"
    WRITE_FAREWELL = "write_farewell"
    HANDLE_CONCERN = "handle_concern"


class TaskRead(Output):
    """Something that waits for the caller. It follows from the object that it names, and goes when that moves on."""

    id: str
    kind: TaskKind = Field(
        description="A session is there to attend until somebody reports on it, and to report on once nobody has "
        "for a day after its end."
    )
    person_id: str = Field(description="For whom it waits.")
    programme_id: str
    pairing_id: str | None
    enrolment_id: str | None = Field(description="The invitation to answer, or who has to get ready.")
    training_assignment_id: str | None = Field(description="What to learn or to acknowledge.")
    match_proposal_id: str | None = Field(description="The proposal to answer.")
    agreement_id: str | None = Field(description="The agreement to sign.")
    session_id: str | None = Field(description="The session to attend or to report on, or that an item came from.")
    action_item_id: str | None = Field(description="What to try at work.")
    concern_id: str | None = Field(description="The concern to look after.")
    due_at: datetime | None = Field(
        description="When it lapses, begins, or should be done: of an action item the end of its day, where its "
        "session is held; of a check-in the hour at which the next round opens. `null` where nothing presses."
    )
    version: int = Field(description="That of the object that it follows from.")
    created_at: datetime
    updated_at: datetime
