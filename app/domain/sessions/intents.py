"""What can be done to sessions and their contents."""

from app.acting.intent import create, delete, move, update
from app.auth.scopes import Scope
from app.domain.sessions import attending, scheduling
from app.domain.sessions import content_service as contents
from app.domain.sessions.resource import ACTION_ITEMS, AGENDA_ITEMS, NOTES, SESSION_LINKS, SESSIONS

_WRITE = Scope.SESSIONS_WRITE
INTENTS = (
    create("schedule_session", SESSIONS, scheduling.schedule, _WRITE),
    update("update_session", SESSIONS, scheduling.update, _WRITE),
    move("reschedule_session", SESSIONS, scheduling.reschedule, _WRITE, "reschedule"),
    move("cancel_session", SESSIONS, scheduling.cancel, _WRITE, "cancel"),
    move("complete_session", SESSIONS, attending.complete, _WRITE, "complete"),
    move("record_no_show", SESSIONS, attending.record_no_show, _WRITE, "record-no-show"),
    move("rate_session", SESSIONS, attending.rate, _WRITE, "rate"),
    move("resolve_session", SESSIONS, attending.resolve, _WRITE, "resolve"),
    create("create_agenda_item", AGENDA_ITEMS, contents.create_agenda_item, _WRITE),
    update("update_agenda_item", AGENDA_ITEMS, contents.update_agenda_item, _WRITE),
    delete("delete_agenda_item", AGENDA_ITEMS, contents.delete_agenda_item, _WRITE),
    create("create_session_link", SESSION_LINKS, contents.create_link, _WRITE),
    delete("delete_session_link", SESSION_LINKS, contents.delete_link, _WRITE),
    create("create_action_item", ACTION_ITEMS, contents.create_action_item, _WRITE),
    update("update_action_item", ACTION_ITEMS, contents.update_action_item, _WRITE),
    move("apply_action_item", ACTION_ITEMS, contents.apply_action_item, _WRITE, "apply"),
    delete("delete_action_item", ACTION_ITEMS, contents.delete_action_item, _WRITE),
    create("create_note", NOTES, contents.create_note, _WRITE),
    update("update_note", NOTES, contents.update_note, _WRITE),
    delete("delete_note", NOTES, contents.delete_note, _WRITE),
)
