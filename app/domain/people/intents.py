"""What can be done to the directory."""

from app.acting.intent import create, delete, move, put, update
from app.auth.scopes import Scope
from app.domain.people import putting, service
from app.domain.people.resource import DO_NOT_PAIRS, PEOPLE

INTENTS = (
    create("create_person", PEOPLE, service.create, Scope.DIRECTORY_WRITE),
    put("put_person", PEOPLE, putting.put, Scope.DIRECTORY_WRITE, "external_id"),
    update("update_person", PEOPLE, service.update, Scope.DIRECTORY_WRITE),
    move("deactivate_person", PEOPLE, service.deactivate, Scope.DIRECTORY_WRITE, "deactivate"),
    move("reactivate_person", PEOPLE, service.reactivate, Scope.DIRECTORY_WRITE, "reactivate"),
    move("begin_leave_person", PEOPLE, service.begin_leave, Scope.DIRECTORY_WRITE, "begin-leave"),
    move("end_leave_person", PEOPLE, service.end_leave, Scope.DIRECTORY_WRITE, "end-leave"),
    move("remove_person", PEOPLE, service.remove, Scope.DIRECTORY_WRITE, "remove"),
    create("create_do_not_pair", DO_NOT_PAIRS, service.keep_apart, Scope.DIRECTORY_WRITE),
    delete("delete_do_not_pair", DO_NOT_PAIRS, service.lift_bar, Scope.DIRECTORY_WRITE),
)
