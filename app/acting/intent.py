"""What a chapter declares one can do: each intent once, for both doors.

REST derives its path and GraphQL its mutation from the same row, so neither can know a rule, a scope
or a field that the other does not (docs/decisions/0002).
"""

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, get_type_hints

from app.auth.scopes import Scope
from app.reading.resource import Resource
from app.text import Input


class Kind(StrEnum):
    """How an intent acts on its resource."""

    CREATE = "create"
    PUT = "put"
    BEGIN = "begin"
    UPDATE = "update"
    DELETE = "delete"
    MOVE = "move"


@dataclass(frozen=True, eq=False)
class Intent:
    """One thing that callers can do.

    `does(db, actor[, id][, data])` returns the changed row, or the row and a secret that is shown this once; of a put
    the row and whether it is new.
    """

    name: str
    resource: Resource
    kind: Kind
    scope: Scope
    does: Callable[..., Any]
    takes: type[Input] | None
    verb: str = ""
    reveals: bool = False
    path: str = ""
    # The member of what it takes that the address ends with, of one that makes or changes an object by a name.
    named_by: str = ""
    # REST takes the member `text` as the bare body, `format` by its type, and all others as parameters of the query.
    document: bool = False
    # In units of the caller's budgets (app/quotas): more than one for what costs us far more than a single change.
    cost: int = 1
    # The operation, of a step that takes too long for a request.
    begins: Resource | None = None

    @property
    def answer(self) -> Resource:
        """What callers get back: the object, or the operation that was begun."""
        return self.begins or self.resource

    @property
    def summary(self) -> str:
        """The first line of the service function's docstring."""
        return (inspect.getdoc(self.does) or "").partition("\n")[0]

    @property
    def description(self) -> str:
        """The whole docstring of the service function."""
        return inspect.getdoc(self.does) or ""

    @property
    def has_id(self) -> bool:
        """Whether it acts on an object that exists."""
        return self.kind not in (Kind.CREATE, Kind.PUT, Kind.BEGIN)

    @property
    def needs_key(self) -> bool:
        """Whether callers must send an idempotency key: work that was begun twice is done twice."""
        return self.kind is Kind.BEGIN or self.begins is not None

    @property
    def needs_version(self) -> bool:
        """Whether callers must name the version they have read (If-Match)."""
        return self.resource.guarded and self.kind in (Kind.UPDATE, Kind.DELETE)


def create(
    name: str,
    resource: Resource,
    does: Callable[..., Any],
    scope: Scope,
    *,
    reveals: bool = False,
    path: str = "",
    cost: int = 1,
) -> Intent:
    """Make a new object: `POST /v1/things`, or `POST /v1/path` for a second way to make one."""
    path = path or resource.path
    return Intent(name, resource, Kind.CREATE, scope, does, _takes(does), reveals=reveals, path=path, cost=cost)


def put(name: str, resource: Resource, does: Callable[..., Any], scope: Scope, named_by: str) -> Intent:
    """Make an object or bring it up to date, by a name that others gave it: `PUT /v1/things/by-name/{name}`."""
    path = f"{resource.path}/by-{named_by.replace('_', '-')}"
    return Intent(name, resource, Kind.PUT, scope, does, _takes(does), path=path, named_by=named_by)


def begin(
    name: str,
    resource: Resource,
    does: Callable[..., Any],
    scope: Scope,
    path: str,
    *,
    document: bool = False,
    cost: int = 1,
) -> Intent:
    """Begin work in the background: `POST /v1/path`. It answers the operation, a `resource`, at once."""
    return Intent(name, resource, Kind.BEGIN, scope, does, _takes(does), path=path, document=document, cost=cost)


def update(name: str, resource: Resource, does: Callable[..., Any], scope: Scope) -> Intent:
    """Change some fields: `PATCH /v1/things/{id}`."""
    return Intent(name, resource, Kind.UPDATE, scope, does, _takes(does))


def delete(name: str, resource: Resource, does: Callable[..., Any], scope: Scope) -> Intent:
    """Remove an object: `DELETE /v1/things/{id}`."""
    return Intent(name, resource, Kind.DELETE, scope, does, None)


def move(
    name: str,
    resource: Resource,
    does: Callable[..., Any],
    scope: Scope,
    verb: str,
    *,
    reveals: bool = False,
    cost: int = 1,
    begins: Resource | None = None,
) -> Intent:
    """Take a named step: `POST /v1/things/{id}/verb`. One that takes long `begins` an operation, and answers that."""
    return Intent(
        name, resource, Kind.MOVE, scope, does, _takes(does), verb=verb, reveals=reveals, cost=cost, begins=begins
    )


def _takes(does: Callable[..., Any]) -> type[Input] | None:
    return get_type_hints(does).get("data")
