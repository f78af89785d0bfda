"""Preparing a session and keeping what came of it: agenda, links, action items, notes."""

from typing import TypeVar

from app import clock, ids
from app.auth.actor import Actor
from app.db import Db
from app.domain.programmes.contents import Topic
from app.domain.programmes.resource import TOPICS
from app.domain.sessions import content_schemas as schemas
from app.domain.sessions import queries
from app.domain.sessions.contents import ActionItem, AgendaItem, Note, SessionLink
from app.domain.sessions.models import Session, SessionStatus
from app.domain.sessions.resource import ACTION_ITEMS, AGENDA_ITEMS, NOTES, SESSION_LINKS, SESSIONS
from app.errors import Conflict, Fault, Invalid
from app.reading import rows
from app.sealing import columns
from app.table import Row
from app.text import Input

Content = TypeVar("Content", bound=Row)


class SessionHeld(Conflict):
    """A session that took place stays as it was."""

    code = "session_completed"


async def create_agenda_item(db: Db, actor: Actor, data: schemas.AgendaItemCreate) -> AgendaItem:
    """Add a point to a session's plan."""
    session = await _session(db, actor, data.session_id, "create_agenda_item")
    _require_open(session)
    await _require_fitting(db, actor, session, data)
    return _add(db, AgendaItem, data)


async def update_agenda_item(db: Db, actor: Actor, item_id: str, data: schemas.AgendaItemUpdate) -> AgendaItem:
    """Change a point of the plan, or mark it as covered."""
    item: AgendaItem = await rows.get(db, actor, AGENDA_ITEMS, item_id, "update_agenda_item")
    session = await rows.by_id(db, Session, item.session_id)
    _require_open(session)
    await _require_fitting(db, actor, session, data)
    item.sqlmodel_update(data.changes())
    return item


async def delete_agenda_item(db: Db, actor: Actor, item_id: str) -> None:
    """Take a point off the plan."""
    item: AgendaItem = await rows.get(db, actor, AGENDA_ITEMS, item_id, "delete_agenda_item")
    _require_open(await rows.by_id(db, Session, item.session_id))
    await db.delete(item)


async def create_link(db: Db, actor: Actor, data: schemas.SessionLinkCreate) -> SessionLink:
    """Say where to meet, draw or write."""
    _require_open(await _session(db, actor, data.session_id, "create_session_link"))
    return _add(db, SessionLink, data)


async def delete_link(db: Db, actor: Actor, link_id: str) -> None:
    """Remove a link."""
    link: SessionLink = await rows.get(db, actor, SESSION_LINKS, link_id, "delete_session_link")
    _require_open(await rows.by_id(db, Session, link.session_id))
    await db.delete(link)


async def create_action_item(db: Db, actor: Actor, data: schemas.ActionItemCreate) -> ActionItem:
    """Agree on something to do before the next session."""
    session = await _session(db, actor, data.session_id, "create_action_item")
    await _require_member(db, session, data.owner_id)
    return _add(db, ActionItem, data)


async def update_action_item(db: Db, actor: Actor, item_id: str, data: schemas.ActionItemUpdate) -> ActionItem:
    """Change an action item."""
    item: ActionItem = await rows.get(db, actor, ACTION_ITEMS, item_id, "update_action_item")
    item.sqlmodel_update(data.changes())
    return item


async def apply_action_item(db: Db, actor: Actor, item_id: str) -> ActionItem:
    """Record that what was learned was used at work."""
    item: ActionItem = await rows.get(db, actor, ACTION_ITEMS, item_id, "apply_action_item")
    item.apply(clock.now())
    return item


async def delete_action_item(db: Db, actor: Actor, item_id: str) -> None:
    """Remove an action item."""
    await db.delete(await rows.get(db, actor, ACTION_ITEMS, item_id, "delete_action_item"))


async def create_note(db: Db, actor: Actor, data: schemas.NoteCreate) -> Note:
    """Write a note on a session. Its tier says who may read it and cannot be widened later."""
    await _session(db, actor, data.session_id, "create_note")
    note = Note(
        organisation_id=db.organisation_id,
        id=ids.new_untimed(Note.prefix),
        author_id=actor.as_person(),
        **data.model_dump(exclude={"text"}),
    )
    await columns.seal(db, note, text=data.text)
    db.add(note)
    return note


async def update_note(db: Db, actor: Actor, note_id: str, data: schemas.NoteUpdate) -> Note:
    """Change the text of one's own note."""
    note: Note = await rows.get(db, actor, NOTES, note_id, "update_note")
    await columns.seal(db, note, **data.changes())
    return note


async def delete_note(db: Db, actor: Actor, note_id: str) -> None:
    """Remove one's own note."""
    await db.delete(await rows.get(db, actor, NOTES, note_id, "delete_note"))


async def _session(db: Db, actor: Actor, session_id: str, action: str) -> Session:
    session: Session = await rows.refer(db, actor, SESSIONS, session_id, action, pointer="/session_id")
    return session


async def _require_fitting(
    db: Db, actor: Actor, session: Session, data: schemas.AgendaItemCreate | schemas.AgendaItemUpdate
) -> None:
    """That one of the two prepares a point, and that its topic is of their programme. Raises `Invalid`."""
    if data.owner_id is not None:
        await _require_member(db, session, data.owner_id)
    if data.topic_id is None:
        return
    topic: Topic = await rows.refer(db, actor, TOPICS, data.topic_id, pointer="/topic_id")
    if topic.programme_id != session.programme_id:
        fault = Fault("belongs to another programme", code="other_programme", pointer="/topic_id")
        raise Invalid("The topic is none of this programme's.", faults=(fault,))


async def _require_member(db: Db, session: Session, owner_id: str) -> None:
    if owner_id not in {seat.person_id for seat in await queries.attendances(db, session.id)}:
        fault = Fault("is no member of this session", code="not_a_member", pointer="/owner_id")
        raise Invalid("What a session holds belongs to one of the two.", faults=(fault,))


def _require_open(session: Session) -> None:
    if session.status is SessionStatus.COMPLETED:
        raise SessionHeld("A session that took place stays as it was. Notes and action items stay open.")


def _add(db: Db, model: type[Content], data: Input) -> Content:
    row = model(organisation_id=db.organisation_id, id=ids.new(model.prefix), **data.model_dump())
    db.add(row)
    return row
