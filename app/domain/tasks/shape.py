"""The shape of a task: what each of them tells, whatever row it follows from."""

from typing import Any

import sqlalchemy as sa

from app.domain.tasks.schemas import TaskKind
from app.table import Instant, text_enum

PREFIX = "tsk"
_NONE = sa.null().cast(sa.Text)
_NAMES = (
    "pairing_id",
    "enrolment_id",
    "training_assignment_id",
    "match_proposal_id",
    "agreement_id",
    "session_id",
    "action_item_id",
    "concern_id",
)
# Whose tasks: a value, or a column of those in line.
Person = sa.ColumnElement[str]


def named(kind: TaskKind) -> sa.ColumnElement[str]:
    """A kind, in a statement."""
    return sa.literal_column(f"'{kind}'", text_enum(TaskKind))


def task(
    kind: sa.ColumnElement[str],
    source: sa.Table,
    subject: sa.Table,
    *,
    person: Person,
    programme: sa.ColumnElement[str],
    due_at: sa.ColumnElement[Any] | None = None,
    **refers: sa.ColumnElement[str],
) -> sa.Select[Any]:
    """Somebody's tasks of one kind: one for each row of `source`, as old as it, and of the version of `subject`."""
    # Those of two partners over one object share an id: each sees their own.
    task_id = sa.literal_column(f"'{PREFIX}_'", sa.Text) + sa.func.substr(source.c.id, sa.literal_column("5"))
    return sa.select(
        source.c.organisation_id,
        task_id.label("id"),
        kind.label("kind"),
        person.label("person_id"),
        programme.label("programme_id"),
        *(refers.get(name, _NONE).label(name) for name in _NAMES),
        (sa.null().cast(Instant) if due_at is None else due_at).label("due_at"),
        subject.c.version,
        source.c.created_at,
        subject.c.updated_at,
    )
