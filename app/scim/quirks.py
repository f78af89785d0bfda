"""What Entra and Okta send otherwise than RFC 7644 has it, rewritten before anybody reads it."""

from collections.abc import Iterator
from typing import Any

from app.scim.models import ENTERPRISE

_MANAGER = "manager"


def mend(body: Any) -> Any:
    """The body as the protocol's library understands it. It is changed where it stands."""
    for payload in _payloads(body):
        operations = _member(payload, "Operations")
        if isinstance(operations, list):
            for operation in operations:
                if isinstance(operation, dict):
                    _mend_operation(operation)
        else:
            _mend_members(payload)
    return body


def _payloads(body: Any) -> Iterator[dict[str, Any]]:
    """What is said of one resource each: the body, or the data of each operation of a bulk request."""
    if not isinstance(body, dict):
        return
    operations = _member(body, "Operations")
    inner = [item.get("data") for item in operations if isinstance(item, dict)] if isinstance(operations, list) else []
    found = [item for item in inner if isinstance(item, dict)]
    yield from found or [body]


def _mend_operation(operation: dict[str, Any]) -> None:
    path, value = operation.get("path"), operation.get("value")
    if not isinstance(path, str):
        if isinstance(value, dict):
            _mend_members(value)
        return
    if path.lower() in (f"{ENTERPRISE}:{_MANAGER}".lower(), _MANAGER):
        operation["value"] = _manager(value)
        if operation["value"] is None:
            operation["op"] = "remove"
            del operation["value"]


def _mend_members(payload: dict[str, Any]) -> None:
    for name in list(payload):
        if name.lower() == ENTERPRISE.lower() and isinstance(payload[name], dict):
            _mend_members(payload[name])
        elif name.lower() in (_MANAGER, f"{ENTERPRISE}:{_MANAGER}".lower()):
            payload[name] = _manager(payload[name])


def _manager(value: Any) -> Any:
    """A manager as an object: Entra sends the bare id, or a list of one."""
    if isinstance(value, list):
        value = value[0] if value else None
    if isinstance(value, str):
        value = {"value": value} if value else None
    if isinstance(value, dict) and not value.get("value"):
        return None
    return value


def _member(payload: dict[str, Any], wanted: str) -> Any:
    return next((value for name, value in payload.items() if name.lower() == wanted.lower()), None)
