"""What we tell of reminders: which kinds of things wait for whom, and nobody's words."""

from datetime import datetime
from typing import ClassVar

from app.domain.tasks.schemas import TaskKind
from app.events.envelope import Event, Visibility


class PersonReminded(Event):
    """Something has waited for a person for a while, or is due soon: one reminder, however many things there are.

    Flipside sends no mail: write to them in your own words. No wildcard brings it, since it says what somebody has
    not done yet: a consumer asks for it by name.
    """

    type = "person.reminded"
    visibility: ClassVar[Visibility] = Visibility.COORDINATOR
    is_confided: ClassVar[bool] = True
    subject: ClassVar[str] = "person_id"

    person_id: str
    # Each once; the tasks and pairs behind them follow.
    kinds: list[TaskKind]
    task_ids: list[str]
    pairing_ids: list[str]
    # The first hour at which one of them lapses, begins or should be done.
    due_at: datetime | None
