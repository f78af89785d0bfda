"""What a credential may be used for, whoever holds it. A scope opens a door; the policy decides what lies behind."""

from enum import StrEnum


class Scope(StrEnum):
    """Permissions that an API key carries. There is deliberately none for notes or raw feedback of others."""

    DIRECTORY_READ = "directory:read"
    DIRECTORY_WRITE = "directory:write"
    PROGRAMMES_READ = "programmes:read"
    PROGRAMMES_WRITE = "programmes:write"
    ENROLMENTS_READ = "enrolments:read"
    ENROLMENTS_WRITE = "enrolments:write"
    PAIRINGS_READ = "pairings:read"
    PAIRINGS_WRITE = "pairings:write"
    SESSIONS_READ = "sessions:read"
    SESSIONS_WRITE = "sessions:write"
    GOALS_READ = "goals:read"
    GOALS_WRITE = "goals:write"
    FEEDBACK_READ = "feedback:read"
    FEEDBACK_WRITE = "feedback:write"
    WEBHOOKS_MANAGE = "webhooks:manage"
    EVENTS_FULL = "events:full"
    EVENTS_READ = "events:read"
    IMPORTS_WRITE = "imports:write"
    OPERATIONS_READ = "operations:read"
    OPERATIONS_WRITE = "operations:write"
    KEYS_MANAGE = "keys:manage"
    PRIVACY_READ = "privacy:read"
    PRIVACY_WRITE = "privacy:write"
    AUDIT_READ = "audit:read"
    SCHEMA_READ = "schema:read"
    SCIM = "scim"


READ_ONLY = frozenset(scope for scope in Scope if scope.value.endswith(":read"))
EVERY = frozenset(Scope)


def within(allowed: frozenset[Scope], asked: str) -> frozenset[Scope]:
    """Those of the allowed scopes that a text names, parted by spaces as in OAuth (RFC 6749 section 3.3)."""
    named = frozenset(asked.split())
    return frozenset(scope for scope in allowed if scope.value in named)
