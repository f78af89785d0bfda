"""Acting without a door: operators at the command line, and the demonstration data, by the intents of everybody."""

from typing import Any
from urllib.parse import urlencode

import orjson

from app import pagination
from app.acting.run import Call, perform
from app.auth.actor import Actor, Role
from app.auth.scopes import EVERY
from app.declared import INTENTS
from app.domain.access.resource import API_KEYS
from app.domain.organisations.resource import ORGANISATIONS
from app.errors import NotFound
from app.reading import run as reading
from app.reading.resource import Resource
from app.routers import wishes

_BY_NAME = {intent.name: intent for intent in INTENTS}


class NoSuchOrganisation(NotFound):
    """The database holds no organisation of this id."""


def operator(organisation_id: str) -> Actor:
    """Who owns the database may do in an organisation what its administrator may."""
    return Actor(organisation_id, "command_line", Role.ORGANISATION_ADMIN, EVERY)


async def act(
    actor: Actor, intent: str, object_id: str | None = None, /, *, once: str | None = None, **data: Any
) -> dict[str, Any]:
    """Let someone act; the object as they then see it, with its secret where one is shown.

    What is done `once` under a name is not done again: the answer is then that of the first time.
    """
    found = _BY_NAME[intent]
    body = found.takes.model_validate(data) if found.takes else None
    done = await perform(
        Call(
            actor,
            found,
            wishes.whole(found.resource).wanted,
            {},
            object_id,
            body,
            key=once,
            fingerprint=(once or "").encode(),
        )
    )
    seen: dict[str, Any] = orjson.loads(done.body) if done.body else {}
    return seen if done.secret is None else {**seen, "secret": done.secret}


async def organisation(organisation_id: str) -> dict[str, Any]:
    """An organisation. Raises `NoSuchOrganisation`."""
    try:
        answer = await reading.one(operator(organisation_id), wishes.whole(ORGANISATIONS).wanted, organisation_id)
    except NotFound:
        raise NoSuchOrganisation(f"There is no organisation {organisation_id} in this database.") from None
    found: dict[str, Any] = orjson.loads(answer.body)
    return found


async def keys(organisation_id: str) -> list[dict[str, Any]]:
    """Every key of an organisation, oldest first, without its text."""
    return await every(operator(organisation_id), API_KEYS)


async def every(actor: Actor, resource: Resource, **filters: str) -> list[dict[str, Any]]:
    """All rows of a resource that an actor sees, in the order of the list's default sort."""
    found: list[dict[str, Any]] = []
    query = {**filters, "limit": str(pagination.MAX_LIMIT)}
    while True:
        wish = wishes.of_page(resource, urlencode(query).encode(), actor.organisation_id)
        assert wish.page is not None  # noqa: S101
        rows = await reading.page(actor, wish.page, dict(wish.values))
        found += orjson.loads(rows.body)
        if rows.next_keys is None:
            return found
        query["cursor"] = pagination.seal(wish.scope, rows.next_keys)
