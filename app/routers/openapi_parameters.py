"""The parameters of the contract: what `wishes.py` takes in a query, and `bodies.py` in a header."""

from datetime import date, datetime
from typing import Any

from pydantic import TypeAdapter

from app import ids, pagination
from app.acting.inquiry import Inquiry
from app.acting.intent import Intent
from app.declared import RESOURCES
from app.reading import asking
from app.reading.resource import Equals, Resource
from app.routers import documents, wishes
from app.routers.openapi_schemas import Json, components, ref
from app.text import Day, Input, Instant
from app.webhooks import feed
from app.webhooks.feed import EVENTS

# A comma parts two values, so that none can hold one.
_VALUE: Json = {"type": "string", "minLength": 1, "maxLength": 300, "pattern": r"^[^,\x00]+$"}
_NUMBER: Json = {"type": "integer", "minimum": 0, "maximum": 999_999_999}


def _query(name: str, schema: Json, description: str, **more: Any) -> Json:
    return {"name": name, "in": "query", "description": description, "schema": schema, **more}


def _listed(name: str, items: Json, description: str, most: int | None = None) -> Json:
    """A parameter of several values, parted by commas."""
    schema = {"type": "array", "items": items, "minItems": 1}
    if most is not None:
        schema["maxItems"] = most
    return _query(name, schema, description, style="form", explode=False)


def _shared(name: str) -> Json:
    return {"$ref": f"#/components/parameters/{name}"}


def identifier(resource: Resource) -> Json:
    """The id in the path."""
    schema = {"type": "string", "pattern": ids.pattern(resource.prefix)}
    return {"name": "id", "in": "path", "required": True, "description": "Its id.", "schema": schema}


def name_of(intent: Intent) -> Json:
    """The name at the end of the path."""
    assert intent.takes is not None  # noqa: S101
    schema = components()[intent.takes.__name__]["properties"][intent.named_by]
    return {"name": intent.named_by, "in": "path", "required": True, "description": "Its name there.", "schema": schema}


def shape(resource: Resource) -> list[Json]:
    """`fields` and `expand`."""
    fields = _listed("fields", ref(f"{resource.type_name}Field"), "Only these fields. Absent: all of them.")
    names = ", ".join(f"`{name}`" for name in (*resource.references, *resource.collections))
    if not names:
        return [fields]
    expand = _listed(
        "expand",
        ref(f"{resource.type_name}Expansion"),
        f"What to include along with it: {names}; and a step further, two levels deep at most: `a.b` "
        "stands for `a` and its `b`. Lists come with their first 25 items and a cursor that goes on in the list of "
        "that type. Takes the scope of everything that is included.",
        wishes.MOST_EXPANSIONS,
    )
    return [fields, expand]


def of_one(resource: Resource) -> list[Json]:
    """The parameters of reading one object."""
    return [identifier(resource), *shape(resource), _shared("IfNoneMatch")]


def of_list(resource: Resource) -> list[Json]:
    """The parameters of reading a list."""
    sort = {"type": "string", "enum": list(resource.orders), "default": resource.default_sort}
    return [
        *(_filter(resource, name) for name in resource.parameters),
        *shape(resource),
        _query("sort", sort, "The order; a leading minus turns it round."),
        _shared("Limit"),
        _shared("Cursor"),
        _shared("IfNoneMatch"),
    ]


def of_feed() -> list[Json]:
    """The parameters of the events, which are a list and a feed."""
    # Places in the feed are short: a number and an id.
    cursor, size = {**SHARED["Cursor"]["schema"], "maxLength": 256}, SHARED["Limit"]
    ends = {"type": "string", "enum": [feed.OLDEST, feed.LATEST]}
    seconds = {"type": "integer", "minimum": 0, "maximum": feed.LONGEST_WAIT_SECONDS, "default": 0}
    return [
        *(each for each in of_list(EVENTS) if each != _shared("Limit")),
        _query(
            "after",
            {"anyOf": [ends, cursor]},
            "Makes it a feed: what comes after this `next_cursor`, from the oldest that is kept, or from now on. "
            "410 when events behind the cursor are kept no longer. Goes with `limit`, `wait` and the filters alone.",
        ),
        _query("wait", seconds, "How many seconds to wait for an event where there is none; alone, for a new one."),
        {**size, "schema": {**size["schema"], "maximum": EVENTS.largest_page}},
    ]


def of_document(intent: Intent) -> list[Json]:
    """The parameters that stand beside a document in the body."""
    assert intent.takes is not None  # noqa: S101
    return _members(intent.takes, documents.parameters_of(intent.takes))


def of_inquiry(inquiry: Inquiry) -> list[Json]:
    """The parameters of a question."""
    takes = inquiry.takes
    asked = _members(takes, tuple(takes.model_fields)) if takes else []
    for parameter in asked:
        # What is not sent is absent: a query knows no null.
        parameter["schema"] = next(iter(parameter["schema"].get("anyOf", ())), parameter["schema"])
    return [identifier(inquiry.resource), *asked, _shared("IfNoneMatch")]


def _members(takes: type[Input], names: tuple[str, ...]) -> list[Json]:
    schema = components()[takes.__name__]
    return [
        _query(name, member, member.get("description", ""), required=name in schema.get("required", ()))
        for name in names
        if (member := schema["properties"][name])
    ]


def names() -> dict[str, Json]:
    """Named schemas: the fields of each resource, and what can be expanded along with it."""
    found: dict[str, Json] = {}
    for resource in RESOURCES:
        found[f"{resource.type_name}Field"] = {"type": "string", "enum": list(resource.fields)}
        if paths := _paths(resource, wishes.DEEPEST):
            found[f"{resource.type_name}Expansion"] = {"type": "string", "enum": paths}
    return found


def _paths(resource: Resource, levels: int) -> list[str]:
    """Everything that can be expanded: `pairing`, `pairing.mentor`."""
    if levels == 0:
        return []
    targets = {name: edge.to for name, edge in resource.references.items()}
    targets |= {name: collection.resource for name, collection in resource.collections.items()}
    return [
        path
        for name, target in targets.items()
        for path in (name, *(f"{name}.{deeper}" for deeper in _paths(target, levels - 1)))
    ]


def _filter(resource: Resource, name: str) -> Json:
    rule = resource.parameters[name]
    field = rule.field
    kind = _value(rule.kind(resource))
    if isinstance(rule, Equals):
        return _listed(name, kind, rule.meaning, asking.MOST_VALUES)
    when = "at or after" if name.endswith("_after") else "before"
    return _query(name, kind, f"Only those whose `{field}` lies {when} this.")


def _value(kind: type | tuple[str, ...]) -> Json:
    if isinstance(kind, tuple):
        return {"type": "string", "enum": list(kind)}
    if kind in (date, datetime):
        return TypeAdapter(Day if kind is date else Instant).json_schema()
    return _NUMBER if kind is int else _VALUE


def _header(name: str, schema: Json, description: str, *, required: bool = False) -> Json:
    return {"name": name, "in": "header", "required": required, "description": description, "schema": schema}


_ETAG: Json = {"type": "string", "examples": ['"3"']}
_MATCH = "The change is made only if the object is still as you have read it, by its `ETag`; else 412."
_KEY: Json = {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]+$"}
_REPEATED = (
    "A name of your choice for this request. Sent again with it within 72 hours, the same request has no second "
    "effect: it gets the first answer, with `Idempotency-Replayed: true`."
)
SHARED: dict[str, Json] = {
    "Limit": _query(
        "limit",
        {"type": "integer", "minimum": 1, "maximum": pagination.MAX_LIMIT, "default": pagination.DEFAULT_LIMIT},
        "The greatest number of items on this page.",
    ),
    "Cursor": _query(
        "cursor",
        {"type": "string", "minLength": 1, "maxLength": pagination.LONGEST, "pattern": "^[A-Za-z0-9_-]+$"},
        "The `next_cursor` of the page before. It is good for the same list only: same filters, same order.",
    ),
    "IfNoneMatch": _header("If-None-Match", _ETAG, "The `ETag` that you have; 304 if it is still the same."),
    "IfMatch": _header("If-Match", _ETAG, _MATCH),
    "IfMatchRequired": _header("If-Match", _ETAG, f"{_MATCH} Absent: 428.", required=True),
    "IdempotencyKey": _header("Idempotency-Key", _KEY, _REPEATED),
    "IdempotencyKeyRequired": _header("Idempotency-Key", _KEY, f"{_REPEATED} Absent: 422.", required=True),
}
