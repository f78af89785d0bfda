"""The feed: every event of an organisation in the order of its numbers, for those who would rather ask than be told."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import Any

import orjson
import sqlalchemy as sa

from app import pagination
from app.auth.actor import Actor
from app.auth.policy import Relation
from app.auth.scopes import Scope
from app.errors import Fault, Invalid
from app.events import bell
from app.events.models import OutboxEvent
from app.reading import asking, run
from app.reading.asking import Filters
from app.reading.resource import BASE_URL, Equals, Resource
from app.reading.shape import Leaf, Nodes, Page, Part, Says, Wanted, Where
from app.webhooks import catalogue
from app.webhooks.schemas import EventRead

LONGEST_WAIT_SECONDS = 20
OLDEST, LATEST = "oldest", "latest"
# How soon one hears of what was relayed in another process. A statement on an index, for each who waits.
LOOK_SECONDS = 1.0


class CursorExpired(Invalid):
    """Events behind the cursor are kept no longer: whoever went on from here would never learn of them."""

    code, status, title = "cursor_expired", 410, "Cursor expired"

    def __init__(self) -> None:
        super().__init__(
            "Events that follow this cursor are kept no longer. Read the state anew, then go on from `after=oldest`.",
            faults=(Fault("lies before the oldest event that is kept", code="cursor_expired", parameter="after"),),
        )


class Types(Equals):
    """`types=session.*,pairing.completed`: the patterns of endpoints. What is confided must be named."""

    parameters = ("types",)
    default = ("*",)
    meaning = "Only these types; `session.*` for a family, `*` for all that need not be named."

    def kind(self, _resource: Resource) -> tuple[str, ...]:
        """The patterns that there are."""
        return catalogue.PATTERNS

    def meant(self, values: list[Any]) -> list[Any]:
        """The types that these patterns name."""
        return [kind for kind in catalogue.BY_TYPE if catalogue.wants(values, kind)]


EVENTS = Resource(
    "event",
    "events",
    OutboxEvent,
    EventRead,
    Scope.EVENTS_READ,
    relations={Relation.TOLD: lambda event: event.c.sequence > sa.literal_column("0")},
    filters=(Types("type"), Equals("subject")),
    default_sort="sequence",
    largest_page=500,
    computed={
        "timestamp": lambda event: event.c.occurred_at,
        "api_version": lambda _: sa.literal_column(f"'{catalogue.API_VERSION}'"),
        "organisation": lambda event: event.c.organisation_id,
        "url": lambda event: BASE_URL.op("||")(sa.literal_column("'/v1/nodes/'")).op("||")(event.c.subject),
    },
)
_WHOLE = Wanted(EVENTS, tuple(Leaf(name, name) for name in EVENTS.fields))
_PLACE = Wanted(EVENTS, (Leaf("sequence", "sequence"), Leaf("id", "id")))
_OLDEST = Page(EVENTS, (Nodes("items", _PLACE),), sort="sequence", limit="one")
_LATEST = replace(_OLDEST, descending=True)
_NOTHING: dict[str, Any] = {"sequence": 0, "id": ""}


@dataclass(frozen=True, slots=True)
class Wish:
    """What of the feed is wanted: after which cursor, or from which end, and at most how much at once."""

    after: str
    filters: Filters
    limit: int

    def scope(self, actor: Actor) -> str:
        """What its cursors are signed over: those of the list of events, which GraphQL gives out, too."""
        return asking.scope(actor.organisation_id, EVENTS, EVENTS.default_sort, self.filters.text)


@dataclass(frozen=True, slots=True)
class Found:
    """Events as a JSON list, and the cursor from which to go on."""

    items: bytes
    cursor: str

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing yet."""
        return self.items == b"[]"


def parts(wheres: tuple[Where, ...], *, is_first: bool) -> tuple[tuple[str, Page], ...]:
    """The lists that make a page: itself, and both ends of the feed."""
    said = Says("cursor", Part.NEXT_CURSOR), Nodes("items", _WHOLE)
    page = Page(EVENTS, said, sort="sequence", wheres=wheres, after=None if is_first else "after")
    return ("feed", page), ("oldest", _OLDEST), ("latest", _LATEST)


async def look(actor: Actor, wish: Wish) -> Found:
    """What there is now, by one statement. Raises `BadCursor` or `CursorExpired`."""
    scope = wish.scope(actor)
    after = asking.after(scope, wish.after, parameter="after") if wish.after not in (OLDEST, LATEST) else {}
    values = {**wish.filters.values, **after, "limit": wish.limit, "scope": scope, "one": 1}
    feed, *ends = await run.fields(actor, parts(wish.filters.wheres, is_first=not after), values)
    oldest, latest = (next(iter(orjson.loads(end)["items"]), _NOTHING) for end in ends)
    if after and oldest["sequence"] > int(after["after_0"]) + 1:
        raise CursorExpired
    # Where the page is not full it goes on behind everything: what was passed over is not looked at again.
    end = pagination.seal(scope, f'[{latest["sequence"]}, "{latest["id"]}"]')
    if wish.after == LATEST:
        return Found(b"[]", end)
    said, _, items = feed.partition(b', "items" : ')
    return Found(items[:-1], orjson.loads(said + b"}")["cursor"] or end)


async def follow(actor: Actor, wish: Wish, seconds: float, is_gone: Callable[[], Awaitable[bool]]) -> Found:
    """What there is now, or as soon as there is something; nothing after so many seconds.

    Nothing of the database is held meanwhile. It ends early when `is_gone` says so, or the process stops.
    """
    ends_at = asyncio.get_running_loop().time() + seconds
    # Before the first look, so that nothing comes between.
    with bell.listening(actor.organisation_id) as listener:
        found = await look(actor, wish)
        while found.is_empty and not listener.is_dismissed:
            left = ends_at - asyncio.get_running_loop().time()
            if left <= 0:
                break
            await listener.heard(min(left, LOOK_SECONDS))
            if await is_gone():
                break
            found = await look(actor, replace(wish, after=found.cursor))
    return found
