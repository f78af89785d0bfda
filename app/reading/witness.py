"""Watched reads: whose data a statement shows to someone who reads it by their office, and putting that on record.

A shape that touches watched data gets a second shape over the same rows, which holds ids alone: it is selected
beside the answer, in the same statement. All other statements stay as they are.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

import orjson

from app.audit import recording
from app.audit.recording import Entry
from app.auth.actor import Actor, Role
from app.db import Db
from app.reading.resource import Resource
from app.reading.shape import Constant, Edges, Leaf, Nodes, Page, ToMany, ToOne, Wanted

# Of each watched object; the keys of what hangs on it are numbers.
_RESOURCE, _OBJECT, _SUBJECT, _DISCREET = "resource", "object", "subject", "discreet"


def of(item: Wanted | Page, role: Role) -> Wanted | Page | None:
    """The shape of what is watched when a role reads `item`; `None` where nothing is."""
    if isinstance(item, Page):
        return _of_page(item, role)
    found = _of_object(item, role)
    return None if found is None else replace(found, slot=item.slot)


def _of_object(wanted: Wanted, role: Role) -> Wanted | None:
    items = [*_own(wanted.resource, role), *_hanging(wanted, role)]
    return Wanted(wanted.resource, tuple(items)) if items else None


def _of_page(listed: Page, role: Role) -> Page | None:
    shown = [node for item in listed.items for node in _nodes(item)]
    merged = Wanted(listed.resource, tuple(item for node in shown for item in node.wanted.items))
    inner = _of_object(merged, role) if shown else None
    return None if inner is None else replace(listed, items=(Nodes("nodes", inner),))


def _nodes(item: Any) -> Iterator[Nodes]:
    if isinstance(item, Nodes):
        yield item
    elif isinstance(item, Edges):
        yield from (inner for inner in item.items if isinstance(inner, Nodes))


def _own(resource: Resource, role: Role) -> Iterator[Leaf | Constant]:
    watched = resource.sensitive
    # Staff of the platform are watched wherever they look.
    if role is not Role.PLATFORM_ADMIN and (watched is None or role not in watched.watched):
        return
    yield Constant(_RESOURCE, resource.name)
    yield Leaf(_OBJECT, "id")
    if watched is not None:
        yield Leaf(_SUBJECT, watched.subject)
    if resource.discreet:
        yield Constant(_DISCREET, "yes")


def _hanging(wanted: Wanted, role: Role) -> Iterator[ToOne | ToMany]:
    for number, item in enumerate(wanted.items):
        if isinstance(item, ToOne) and (inner := _of_object(item.wanted, role)):
            yield ToOne(str(number), item.edge, inner)
        elif isinstance(item, ToMany) and (page := _of_page(item.page, role)):
            yield ToMany(str(number), item.column, page)


async def record(
    actor: Actor, columns: Iterable[bytes | None], *, db: Db | None = None, apart_from: str | None = None
) -> None:
    """Put on record what the witness columns saw: one entry for each kind of object, none for one's own data.

    In a transaction the object `apart_from` is left out: what was done to it is on record already.
    """
    seen: dict[str, dict[str, str | None]] = defaultdict(dict)
    discreet: set[str] = set()
    for column in columns:
        for found in _found(orjson.loads(column or b"null")):
            subject = found.get(_SUBJECT)
            if found[_OBJECT] != apart_from and (subject is None or subject != actor.person_id):
                seen[found[_RESOURCE]][found[_OBJECT]] = subject
                discreet |= {found[_RESOURCE]} if _DISCREET in found else set()
    for resource, objects in seen.items():
        entry = Entry(
            actor,
            f"read_{resource}",
            resource,
            object_id=next(iter(objects)) if len(objects) == 1 else None,
            objects=len(objects),
            subjects=[subject for subject in objects.values() if subject is not None],
        )
        if resource in discreet:
            # Who looks after such things may be known; whose they are may not.
            entry = replace(entry, object_id=None, subjects=())
        if db is None:
            await recording.record_apart(entry)
        else:
            recording.record(db, entry)


def _found(value: Any) -> Iterator[dict[str, Any]]:
    """Every watched object in the JSON of a witness column."""
    if isinstance(value, dict):
        if _OBJECT in value:
            yield value
        value = list(value.values())
    if isinstance(value, list):
        for item in value:
            yield from _found(item)
