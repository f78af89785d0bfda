"""What can be done to circles and their meetings."""

from app.acting.intent import create, delete, move, update
from app.auth.scopes import Scope
from app.domain.circles import meetings, service
from app.domain.circles.resource import CIRCLE_MEETINGS, CIRCLE_MEMBERS, CIRCLES

_ENROLMENTS, _SESSIONS = Scope.ENROLMENTS_WRITE, Scope.SESSIONS_WRITE
INTENTS = (
    create("create_circle", CIRCLES, service.create, _ENROLMENTS),
    update("update_circle", CIRCLES, service.update, _ENROLMENTS),
    move("close_circle", CIRCLES, service.close, _ENROLMENTS, "close"),
    create("add_circle_member", CIRCLE_MEMBERS, service.add_member, _ENROLMENTS),
    delete("remove_circle_member", CIRCLE_MEMBERS, service.remove_member, _ENROLMENTS),
    create("schedule_circle_meeting", CIRCLE_MEETINGS, meetings.schedule, _SESSIONS),
    update("update_circle_meeting", CIRCLE_MEETINGS, meetings.update, _SESSIONS),
    move("reschedule_circle_meeting", CIRCLE_MEETINGS, meetings.reschedule, _SESSIONS, "reschedule"),
    move("hold_circle_meeting", CIRCLE_MEETINGS, meetings.hold, _SESSIONS, "hold"),
    move("cancel_circle_meeting", CIRCLE_MEETINGS, meetings.cancel, _SESSIONS, "cancel"),
)
