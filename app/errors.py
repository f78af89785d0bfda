"""What can go wrong, in seven kinds. Concrete errors live beside the rule that raises them."""

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class Fault:
    """One faulty member of a request: where it is, what is wrong, never the value itself.

    `pointer` is an RFC 6901 JSON Pointer into the body, `parameter` the name of a query, path or header parameter.
    """

    detail: str
    code: str = "invalid"
    pointer: str | None = None
    parameter: str | None = None


class DomainError(Exception):
    """An expected failure with a stable code; its text is written for the caller."""

    kind: ClassVar[str]
    status: ClassVar[int]
    code: str
    title: ClassVar[str]

    def __init__(self, detail: str, *, faults: tuple[Fault, ...] = ()) -> None:
        super().__init__(detail)
        self.detail = detail
        self.faults = faults


class Unauthenticated(DomainError):
    """Nobody we know: no credential, or one that is wrong, expired or revoked. `challenge` says how to authenticate."""

    kind, status, code, title = "unauthenticated", 401, "unauthenticated", "Authentication required"
    challenge = 'Bearer realm="flipside"'


class Forbidden(DomainError):
    """Visible to the caller, but not theirs to change."""

    kind, status, code, title = "forbidden", 403, "forbidden", "Not allowed"


class NotFound(DomainError):
    """Absent, or not the caller's to see: the two look the same."""

    kind, status, code, title = "not_found", 404, "not_found", "Not found"


class Conflict(DomainError):
    """Well formed, but the present state does not allow it."""

    kind, status, code, title = "conflict", 409, "conflict", "Conflict with the present state"


class Invalid(DomainError):
    """The request itself is at fault; `faults` name its members."""

    kind, status, code, title = "invalid", 422, "invalid", "Invalid request"


class RateLimited(DomainError):
    """Too many requests from this caller, who may try again after so many seconds."""

    kind, status, code, title = "rate_limited", 429, "rate_limited", "Too many requests"

    def __init__(self, detail: str, *, retry_after_seconds: int) -> None:
        super().__init__(detail)
        self.retry_after_seconds = retry_after_seconds


class Unavailable(DomainError):
    """We cannot answer now; the same request may succeed shortly."""

    kind, status, code, title = "unavailable", 503, "unavailable", "Temporarily unavailable"
