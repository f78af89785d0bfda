"""Rounds of reminders: every few hours each person is told once of what came to be told of since the last round."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import cache
from itertools import groupby
from operator import itemgetter
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col

from app import clock
from app.db import Db
from app.domain.enrolments.models import LIVE
from app.domain.enrolments.resource import ENROLMENTS
from app.domain.people.models import EmploymentStatus
from app.domain.people.resource import PEOPLE
from app.domain.reminders.events import PersonReminded
from app.domain.reminders.models import ReminderRound
from app.domain.reminders.rules import RULES, Rule
from app.domain.tasks import kinds
from app.events import outbox
from app.reading.resource import NOW, ORGANISATION, is_one_of
from app.reading.statement import Statement
from app.table import Instant

EVERY = timedelta(hours=6)
# So many people at once: a transaction of a few tenths of a second.
BITE = 500


async def remind(db: Db, *, limit: int = BITE) -> bool:
    """So many people of an organisation's round, if one is due; whether there may be more of it."""
    turn = await _turn(db, clock.now())
    if turn is None:
        return False
    found = await _found(db, turn, limit)
    people = [(person_id, list(tasks)) for person_id, tasks in groupby(found, itemgetter("person_id"))]
    for person_id, tasks in people:
        if waiting := [task for task in tasks if task["id"] is not None]:
            outbox.record(db, _reminder(person_id, waiting))
    turn.after_person_id = people[-1][0] if len(people) == limit else None
    return turn.after_person_id is not None


async def _turn(db: Db, now: datetime) -> ReminderRound | None:
    """The round under way, or a new one when it is time. The first stretch begins when we first look."""
    mine = sa.select(ReminderRound).where(col(ReminderRound.organisation_id) == db.organisation_id)
    turn: ReminderRound | None = (await db.execute(mine.with_for_update(skip_locked=True))).scalar_one_or_none()
    if turn is None:
        first = {"organisation_id": db.organisation_id, "told_since": now, "told_until": now}
        await db.execute(insert(ReminderRound).values(first).on_conflict_do_nothing())
        return None
    if turn.after_person_id is None:
        if now - turn.told_until < EVERY:
            return None
        turn.told_since, turn.told_until, turn.after_person_id = turn.told_until, now, ""
    return turn


async def _found(db: Db, turn: ReminderRound, limit: int) -> Sequence[Any]:
    statement = _statement()
    values = {
        ORGANISATION.key: db.organisation_id,
        NOW.key: turn.told_until,
        "since": turn.told_since,
        "after": turn.after_person_id,
        "limit": limit,
    }
    return await db.fetch(statement.sql, *statement.bound(values))


@cache
def _statement() -> Statement:
    """The next people in line, with those of their tasks of which they are to be reminded now: a row each, or one."""
    enrolment, person = ENROLMENTS.table, PEOPLE.table
    in_line = (
        sa.select(enrolment.c.person_id)
        .join(
            person,
            sa.and_(person.c.organisation_id == enrolment.c.organisation_id, person.c.id == enrolment.c.person_id),
        )
        .where(
            enrolment.c.organisation_id == ORGANISATION,
            enrolment.c.person_id > sa.bindparam("after", type_=sa.Text),
            is_one_of(enrolment.c.status, *LIVE),
            is_one_of(person.c.employment_status, EmploymentStatus.ACTIVE),
        )
        .group_by(enrolment.c.person_id)
        .order_by(enrolment.c.person_id)
        .limit(sa.bindparam("limit", type_=sa.BigInteger))
        .subquery("p")
    )
    task = kinds.of(sa.literal_column("p.person_id", sa.Text)).subquery("t")
    due = sa.select(task).where(task.c.organisation_id == ORGANISATION, sa.or_(*map(_is_due(task), RULES))).lateral("d")
    return Statement.of(
        sa.select(in_line.c.person_id, due.c.id, due.c.kind, due.c.pairing_id, due.c.due_at)
        .select_from(in_line.outerjoin(due, sa.true()))
        .order_by(in_line.c.person_id, due.c.id)
    )


def _is_due(task: sa.Subquery) -> Callable[[Rule], sa.ColumnElement[bool]]:
    since, until = sa.bindparam("since", type_=Instant), NOW

    def within(rule: Rule) -> sa.ColumnElement[bool]:
        seconds = sa.literal_column(f"interval '{int(rule.after.total_seconds())} seconds'", sa.Interval)
        told_at = task.c[rule.date] + seconds
        return sa.and_(is_one_of(task.c.kind, rule.kind), told_at > since, told_at <= until)

    return within


def _reminder(person_id: str, tasks: list[Any]) -> PersonReminded:
    return PersonReminded(
        person_id=person_id,
        kinds=sorted({task["kind"] for task in tasks}),
        task_ids=[task["id"] for task in tasks],
        pairing_ids=sorted({task["pairing_id"] for task in tasks if task["pairing_id"] is not None}),
        due_at=min((task["due_at"] for task in tasks if task["due_at"] is not None), default=None),
    )
