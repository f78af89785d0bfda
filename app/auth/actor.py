"""Who asks: every query and every change carries one of these."""

from dataclasses import dataclass
from enum import StrEnum

from app.auth.scopes import Scope
from app.errors import Forbidden


class Role(StrEnum):
    """What someone is to the organisation. What they are to one programme or pairing is a relation (policy.py)."""

    ORGANISATION_ADMIN = "organisation_admin"
    COORDINATOR = "coordinator"
    PARTICIPANT = "participant"
    AUDITOR = "auditor"
    SERVICE_ACCOUNT = "service_account"
    PLATFORM_ADMIN = "platform_admin"
    WEBHOOK_PORTAL = "webhook_portal"


class ScopeMissing(Forbidden):
    """The credential lacks the scope of this operation."""

    code = "scope_missing"


@dataclass(frozen=True, slots=True)
class Actor:
    """An authenticated caller. `principal` is the credential's id; `person_id` is empty for service accounts.

    `endpoint_id` is the one webhook endpoint that a portal's token is for.
    """

    organisation_id: str
    principal: str
    role: Role
    scopes: frozenset[Scope]
    person_id: str | None = None
    endpoint_id: str | None = None

    @property
    def id(self) -> str:
        """Who is named as the cause of an event: the person, or the credential of a service account."""
        return self.person_id or self.principal

    def as_person(self) -> str:
        """The person who acts. Raises `Forbidden` for service accounts, which are nobody."""
        if self.person_id is None:
            raise Forbidden("Only a person can do this.")
        return self.person_id

    def require(self, scope: Scope) -> None:
        """Raise `ScopeMissing` unless the credential carries `scope`."""
        if scope not in self.scopes:
            raise ScopeMissing(f"This operation needs the scope {scope.value}.")
