"""What can be done to groups."""

from app.acting.intent import create, delete, update
from app.auth.scopes import Scope
from app.domain.groups import service
from app.domain.groups.resource import GROUP_MEMBERS, GROUPS

INTENTS = (
    create("create_group", GROUPS, service.create, Scope.DIRECTORY_WRITE),
    update("update_group", GROUPS, service.update, Scope.DIRECTORY_WRITE),
    delete("delete_group", GROUPS, service.delete, Scope.DIRECTORY_WRITE),
    create("add_group_member", GROUP_MEMBERS, service.add_member, Scope.DIRECTORY_WRITE),
    delete("remove_group_member", GROUP_MEMBERS, service.remove_member, Scope.DIRECTORY_WRITE),
)
