"""What can be asked of an object beyond what is kept of it: an answer that is worked out, for both doors alike.

An intent changes something and answers the object; an inquiry changes nothing and answers what was found out.
"""

import inspect
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, get_type_hints

from app.audit import recording
from app.audit.models import AuditOutcome
from app.audit.recording import Entry
from app.auth import policy
from app.auth.actor import Actor
from app.auth.scopes import Scope
from app.errors import Conflict, Forbidden, Invalid, NotFound
from app.reading.resource import Resource
from app.text import Input, Output

_REFUSALS = (Forbidden, NotFound, Conflict, Invalid)


@dataclass(frozen=True, eq=False)
class Inquiry:
    """One question about an object: `GET /v1/things/{id}/path`, and the field `thingPath` of GraphQL's root.

    `answers(actor, id[, data])` asks the policy by the inquiry's name, and holds no transaction while it thinks.
    """

    name: str
    resource: Resource
    path: str
    scope: Scope
    answers: Callable[..., Awaitable[Output]]
    # In units of the caller's budgets (app/quotas).
    cost: int = 1

    @property
    def takes(self) -> type[Input] | None:
        """What else is said with the question: parameters of the query, arguments of the field."""
        return get_type_hints(self.answers).get("data")

    @property
    def gives(self) -> type[Output]:
        """What is answered."""
        found: type[Output] = get_type_hints(self.answers)["return"]
        return found

    @property
    def summary(self) -> str:
        """The first line of the function's docstring."""
        return self.description.partition("\n")[0]

    @property
    def description(self) -> str:
        """The whole docstring of the function."""
        return inspect.getdoc(self.answers) or ""


async def ask(actor: Actor, inquiry: Inquiry, object_id: str, data: Input | None) -> Output:
    """The answer. Raises a `DomainError` where there is none; a refusal goes on record, as of an intent."""
    try:
        actor.require(inquiry.scope)
        if not policy.actors(inquiry.name, actor.role):
            raise Forbidden("Your role does not allow this operation.")
        arguments: tuple[Any, ...] = (object_id,) if data is None else (object_id, data)
        return await inquiry.answers(actor, *arguments)
    except _REFUSALS as error:
        entry = Entry(
            actor, inquiry.name, inquiry.resource.name, object_id, outcome=AuditOutcome.REFUSED, code=error.code
        )
        await recording.record_apart(entry)
        raise
