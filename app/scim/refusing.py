"""Failures as SCIM errors: status and scimType as RFC 7644 has them, the attribute by its name, never a value."""

import re
from collections.abc import Mapping

from pydantic import ValidationError
from scim2_models import Error, MutabilityException, SCIMException, UniquenessException

from app.errors import DomainError, Invalid
from app.scim import attributes

# Codes of the domain that RFC 7644 has a keyword for; all others keep their status alone.
_UNIQUE = {"external_id_taken", "login_taken", "work_email_taken", "group_external_id_taken", "already_in_group"}
_AT_FAULT = {"manager_cycle"}
_WORDS: Mapping[str, str] = {
    "invalidFilter": "The filter cannot be read, or asks for what cannot be looked up.",
    "invalidSyntax": "The request is not in the form of its schema.",
    "invalidPath": "The path names no attribute.",
    "noTarget": "The path finds nothing that could be changed.",
    "mutability": "The attribute cannot be changed so.",
    "uniqueness": "Somebody else has this value already.",
    "invalidValue": "A value does not fit its attribute.",
}
_BY_STATUS: Mapping[int, str] = {
    404: "There is no such resource.",
    405: "The endpoint does not support this method.",
    409: "The present state does not allow it.",
    412: "The resource has changed since you read it. Read it again, then repeat the change.",
    413: "The body, or the number of its operations, is larger than ServiceProviderConfig says.",
    415: "Send the body as application/scim+json in UTF-8.",
    501: "This is not supported; see ServiceProviderConfig.",
}
_LAST_CHARACTERS = 300
_NAMED = re.compile(r": ((?:urn:[A-Za-z0-9:._-]+:User:?)?[A-Za-z$][A-Za-z0-9.$]*)$")
_NAMES = {
    name.lower()
    for terms in (attributes.USER_TERMS, attributes.GROUP_TERMS)
    for path in terms
    for name in (path.rpartition(":")[2], path.rpartition(":")[2].partition(".")[0])
} | {"operations", "schemas", "name", "meta", "startindex", "count", "sortby", "sortorder", "filter", "cursor"}


class Refusal(SCIMException):
    """A refusal in our own words, which hold no value of the caller's."""

    def __init__(self, status: int, detail: str, scim_type: str = "") -> None:
        super().__init__(detail=detail)
        self.status, self.scim_type = status, scim_type


class Needed(MutabilityException):
    """An attribute that everybody has was removed."""

    def __init__(self, path: str) -> None:
        super().__init__(detail=f"Everybody has the attribute {path}: give it another value instead.")


class Taken(UniquenessException):
    """Somebody else has a value that one alone can have."""


def exception_of(error: DomainError) -> SCIMException:
    """An expected failure as an exception of the protocol."""
    found = _of_domain(error)
    if found.scim_type == "uniqueness":
        return Taken(detail=found.detail)
    return Refusal(found.status or error.status, found.detail or "", found.scim_type or "")


def error_of(error: SCIMException | DomainError) -> Error:
    """The SCIM error of an expected failure."""
    if isinstance(error, DomainError):
        return _of_domain(error)
    found = error.to_error()
    if isinstance(error, Refusal | Needed | Taken):
        return found
    return worded(found)


def worded(error: Error) -> Error:
    """An error of the protocol's library in our words: its own may repeat what the caller sent."""
    words = _WORDS.get(error.scim_type or "") or _BY_STATUS.get(error.status or 0) or "The request is refused."
    named = _NAMED.search((error.detail or "")[-_LAST_CHARACTERS:])
    if named and named[1].rpartition(":")[2].partition(".")[0].lower() in _NAMES:
        words = f"{words.rstrip('.')}: {named[1]}."
    return Error(status=error.status, scim_type=error.scim_type, detail=words)


def _of_domain(error: DomainError) -> Error:
    places = [attributes.path_of(fault.pointer.strip("/")) for fault in error.faults if fault.pointer]
    detail = f"{error.detail} ({', '.join(places)})" if places else error.detail
    if error.code in _UNIQUE:
        return Error(status=409, scim_type="uniqueness", detail=detail)
    if error.status == Invalid.status or error.code in _AT_FAULT:
        return Error(status=400, scim_type="invalidValue", detail=detail)
    return Error(status=error.status, detail=detail)


def invalid(error: ValidationError) -> Refusal:
    """What our schemas refuse, by the attribute that the caller knows."""
    first = error.errors(include_url=False, include_context=False, include_input=False)[0]
    name = attributes.path_of(str(first["loc"][0]))
    return Refusal(
        400, f"The value of {name} is refused: {first['msg'].removeprefix('Value error, ')}.", "invalidValue"
    )
