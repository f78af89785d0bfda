"""What can be done to an enrolment. Approving and readying one takes more: app/domain/readiness."""

from app.acting.intent import create, move, update
from app.auth.scopes import Scope
from app.domain.enrolments import invitations, service
from app.domain.enrolments.resource import ENROLMENTS

_WRITE = Scope.ENROLMENTS_WRITE
INTENTS = (
    create("invite_enrolment", ENROLMENTS, service.invite, _WRITE),
    create("apply_for_enrolment", ENROLMENTS, service.apply, _WRITE, path="applications"),
    update("update_enrolment", ENROLMENTS, service.update, _WRITE),
    move("assign_enrolment_cohort", ENROLMENTS, service.assign_cohort, _WRITE, "assign-cohort"),
    move("invite_enrolment_again", ENROLMENTS, invitations.invite_again, _WRITE, "invite-again"),
    move("accept_enrolment", ENROLMENTS, service.accept, _WRITE, "accept"),
    move("review_enrolment", ENROLMENTS, service.review, _WRITE, "review"),
    move("decline_enrolment", ENROLMENTS, service.decline, _WRITE, "decline"),
    move("waitlist_enrolment", ENROLMENTS, service.waitlist, _WRITE, "waitlist"),
    move("pause_enrolment", ENROLMENTS, service.pause, _WRITE, "pause"),
    move("resume_enrolment", ENROLMENTS, service.resume, _WRITE, "resume"),
    move("withdraw_enrolment", ENROLMENTS, service.withdraw, _WRITE, "withdraw"),
    move("remove_enrolment", ENROLMENTS, service.remove, _WRITE, "remove"),
)
