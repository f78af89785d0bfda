"""What people are called, as far as the caller may see them: one statement, however many there are."""

from collections.abc import Iterable

import orjson

from app.auth.actor import Actor
from app.auth.scopes import Scope
from app.domain.people.resource import PEOPLE
from app.reading import run
from app.reading.shape import Leaf, Nodes, Page, Wanted, Where

_PERSON = Wanted(PEOPLE, (Leaf("id", "id"), Leaf("name", "display_name")))
_LISTED = Page(PEOPLE, (Nodes("nodes", _PERSON),), sort="id", wheres=(Where("id", "ids", several=True),), limit="most")


async def names(actor: Actor, people: Iterable[str]) -> dict[str, str]:
    """The display names of those whom the policy lets the caller see, by id; that they were seen goes on record."""
    ids = sorted(set(people))
    if not ids or Scope.DIRECTORY_READ not in actor.scopes:
        return {}
    found = await run.page(actor, _LISTED, {"ids": ids, "most": len(ids)})
    return {person["id"]: person["name"] for person in orjson.loads(found.body)}
