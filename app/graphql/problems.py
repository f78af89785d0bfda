"""Failures as GraphQL tells them: expected ones as `Problem` data or coded errors, bugs masked."""

from typing import Any

import structlog
from graphql import GraphQLError
from strawberry.utils.str_converters import to_camel_case

from app import logs
from app.errors import DomainError, Fault

_log = logs.get(__name__)


def request_id() -> str:
    """The id of this request."""
    return str(structlog.contextvars.get_contextvars().get("request_id", ""))


def problem(error: DomainError) -> dict[str, Any]:
    """An expected failure of a mutation, by the names of the schema."""
    faults = [{"message": fault.detail, "code": fault.code, "path": _path(fault)} for fault in error.faults]
    return {
        "__typename": "Problem",
        "kind": error.kind,
        "code": error.code,
        "message": error.detail,
        "path": faults[0]["path"] if faults else ["input"],
        "requestId": request_id(),
        "faults": faults,
    }


def _path(fault: Fault) -> list[str]:
    if fault.parameter is not None:
        # An argument of what was to be read back.
        return [to_camel_case(fault.parameter)]
    return ["input", *(to_camel_case(part) for part in (fault.pointer or "").split("/") if part)]


def told(failure: DomainError) -> dict[str, Any]:
    """An expected failure of a query, as an entry of `errors`."""
    entry: dict[str, Any] = {
        "message": failure.detail,
        "extensions": {"code": failure.code, "kind": failure.kind, "requestId": request_id()},
    }
    if failure.faults:
        entry["extensions"]["faults"] = [
            {"message": fault.detail, "code": fault.code, "argument": to_camel_case(fault.parameter or "")}
            for fault in failure.faults
        ]
    return entry


def formatted(failure: GraphQLError) -> dict[str, Any]:
    """An error of GraphQL itself, or one that a resolver raised; what is not expected is logged and masked."""
    original = failure.original_error
    if original is None or isinstance(original, GraphQLError):
        entry: dict[str, Any] = dict(failure.formatted)
        entry["extensions"] = {"code": "bad_request", **(failure.extensions or {})}
        return entry
    entry = told(original) if isinstance(original, DomainError) else _masked(original)
    return entry | _place(failure)


def _masked(bug: Exception) -> dict[str, Any]:
    _log.error("graphql.failed", exc_info=bug)
    extensions = {"code": "internal", "kind": "internal", "requestId": request_id()}
    return {"message": "Something went wrong on our side.", "extensions": extensions}


def _place(failure: GraphQLError) -> dict[str, Any]:
    """Where in query and answer it went wrong, if that can be said."""
    place: dict[str, Any] = {}
    if failure.locations:
        place["locations"] = [{"line": each.line, "column": each.column} for each in failure.locations]
    if failure.path is not None:
        place["path"] = list(failure.path)
    return place
