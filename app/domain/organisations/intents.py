"""What can be done to an organisation and its ladder."""

from app.acting.intent import create, delete, update
from app.auth.scopes import Scope
from app.domain.organisations import service
from app.domain.organisations.resource import ORGANISATIONS, RANKS, RETENTION_POLICIES

INTENTS = (
    update("update_organisation", ORGANISATIONS, service.update, Scope.DIRECTORY_WRITE),
    create("create_rank", RANKS, service.create_rank, Scope.DIRECTORY_WRITE),
    update("update_rank", RANKS, service.update_rank, Scope.DIRECTORY_WRITE),
    delete("delete_rank", RANKS, service.delete_rank, Scope.DIRECTORY_WRITE),
    update("update_retention_policy", RETENTION_POLICIES, service.update_retention, Scope.PRIVACY_WRITE),
)
