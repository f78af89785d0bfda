"""What people have to do: each task follows from a row of another chapter, in the state it is in."""

from typing import Any

import sqlalchemy as sa

from app.domain.tasks import joining, meeting
from app.domain.tasks.shape import Person
from app.reading.resource import ME


def of(person: Person) -> sa.CompoundSelect[Any]:
    """Somebody's tasks of all kinds but those for their caller's eyes alone.

    One select for several kinds where they look through the same rows: to begin a select costs more than to look.
    """
    parts = (
        *(joining.enrolments, joining.trainings, joining.proposals, joining.agreements),
        *(meeting.sessions, meeting.action_items, meeting.of_pairs),
    )
    return sa.union_all(*(part(person) for part in parts))


def mine() -> sa.CompoundSelect[Any]:
    """The caller's tasks of all kinds."""
    return sa.union_all(*of(ME).selects, meeting.concerns())
