"""What breaks whoever relies on a JSON Schema, when it becomes another one.

Version 1 only grows, and everybody is told to expect members and values that are new. So what we send may gain those,
and what we take may gain members that need not be sent; nothing may go, or come to mean something else.
"""

from dataclasses import dataclass, field
from enum import Enum
from typing import Any

Json = dict[str, Any]

# What says nothing about which values there are.
_REMARKS = frozenset("title description examples example default deprecated $schema $id $defs".split())
_LOWER = frozenset("minimum exclusiveMinimum minLength minItems minProperties".split())
_UPPER = frozenset("maximum exclusiveMaximum maxLength maxItems maxProperties".split())
_STRUCTURE = frozenset("type const enum properties required additionalProperties items".split())


# Where a schema with a name of its own stands; kept in it, so that cycles end.
_NAME = "x-name"


class Direction(Enum):
    """Which way the values travel: to us, or from us."""

    TAKEN = "taken"
    SENT = "sent"


def resolved(node: Json, document: Json) -> Json:
    """What a reference leads to, with what stands beside it."""
    while (target := node.get("$ref")) is not None:
        found: Any = document
        for part in target.removeprefix("#/").split("/"):
            found = found[part.replace("~1", "/").replace("~0", "~")]
        node = {**found, _NAME: target, **{key: value for key, value in node.items() if key != "$ref"}}
    return node


@dataclass
class Comparison:
    """Compares schemas of two documents, the old one and the new one."""

    old: Json
    new: Json
    _known: dict[tuple[str, str, Direction], list[str]] = field(default_factory=dict)

    def breaks(self, old: Json, new: Json, way: Direction, where: str) -> list[str]:
        """What breaks when `old` becomes `new`, each in a line that begins with its place.

        Every kind of value that was taken still is, and every kind that is sent was known.
        """
        olds, news = _alternatives(old, self.old), _alternatives(new, self.new)
        found: list[str] = []
        for one in olds if way is Direction.TAKEN else news:
            if way is Direction.SENT and _is_one_more_kind(one, olds):
                continue
            rivals = [rival for rival in (news if way is Direction.TAKEN else olds) if _covers(rival, one)]
            pairs = [(one, rival) if way is Direction.TAKEN else (rival, one) for rival in rivals]
            if pairs:
                found += sorted((self._kind(*pair, way, where) for pair in pairs), key=len)[0]
            else:
                said = "no longer takes" if way is Direction.TAKEN else "may now be"
                found.append(f"{where} {said} {one.get('type', 'any value')}")
        return list(dict.fromkeys(found))

    def _kind(self, old: Json, new: Json, way: Direction, where: str) -> list[str]:
        """As `breaks`, for values of one type; once only, and by its name, where both schemas have one."""
        if _NAME not in old or _NAME not in new:
            return self._parts(old, new, way, where)
        names = old[_NAME], new[_NAME], way
        if names not in self._known:
            # Whoever comes by again while we are at it, through a cycle, learns nothing new.
            self._known[names] = []
            self._known[names] = self._parts(old, new, way, old[_NAME].rpartition("/")[2])
        return self._known[names]

    def _parts(self, old: Json, new: Json, way: Direction, where: str) -> list[str]:
        found = [*_values(old, new, way, where), *_keywords(old, new, way, where)]
        if not {"properties", "additionalProperties"}.isdisjoint(old.keys() | new.keys()):
            found += self._members(old, new, way, where)
        if "items" in old or "items" in new:
            found += self.breaks(old.get("items", {}), new.get("items", {}), way, f"{where}[]")
        return found

    def _members(self, old: Json, new: Json, way: Direction, where: str) -> list[str]:
        before, after = old.get("properties", {}), new.get("properties", {})
        found = [f"{where}.{name} is gone" for name in before if name not in after]
        demanded, promised = set(new.get("required", ())), set(old.get("required", ()))
        if way is Direction.TAKEN:
            found += [f"{where}.{name} is now required" for name in sorted(demanded - promised)]
        else:
            found += [f"{where}.{name} may now be absent" for name in sorted((promised - demanded) & after.keys())]
        for name in before.keys() & after.keys():
            found += self.breaks(before[name], after[name], way, f"{where}.{name}")
        rest, others = old.get("additionalProperties", True), new.get("additionalProperties", True)
        if way is Direction.TAKEN and rest is not False and others is False:
            found.append(f"{where} no longer takes members that it does not name")
        elif rest is not False and others is not False:
            found += self.breaks(_schema(rest), _schema(others), way, f"{where}.*")
        return found


def _alternatives(schema: Json, document: Json) -> list[Json]:
    """A schema as plain ones, each for values of one type at most, of which a value has to fit one."""
    schema = resolved(schema, document)
    parts = schema.get("anyOf", schema.get("oneOf"))
    if parts is not None or "allOf" in schema:
        rest = {key: value for key, value in schema.items() if key not in ("anyOf", "oneOf", "allOf", _NAME)}
        for part in schema.get("allOf", ()):
            rest = _both(rest, resolved(part, document))
        return [_both(rest, each) for part in parts or [{}] for each in _alternatives(part, document)]
    types = schema["type"] if isinstance(schema.get("type"), list) else None
    return [schema] if types is None else [{**schema, "type": each} for each in types]


def _both(one: Json, other: Json) -> Json:
    """What fits the one and the other; it has a name only if nothing was added to what has it."""
    if not one.keys() - _REMARKS or not other.keys() - _REMARKS:
        return other if other.keys() - _REMARKS else one
    merged = {
        **one,
        **other,
        "properties": {**one.get("properties", {}), **other.get("properties", {})},
        "required": [*one.get("required", ()), *other.get("required", ())],
    }
    return {key: value for key, value in merged.items() if key != _NAME}


def _is_one_more_kind(new: Json, olds: list[Json]) -> bool:
    """Whether a union of objects with names gained one: whoever reads it passes over what they do not know."""
    names = {old.get(_NAME) for old in olds}
    return len(olds) > 1 and None not in names and new.get(_NAME) not in {None, *names}


def _covers(wide: Json, narrow: Json) -> bool:
    kinds = wide.get("type"), narrow.get("type")
    return kinds[0] in (None, kinds[1]) or kinds == ("number", "integer")


def _schema(rest: Any) -> Json:
    return rest if isinstance(rest, dict) else {}


def _listed(schema: Json) -> list[Any] | None:
    return [schema["const"]] if "const" in schema else schema.get("enum")


def _values(old: Json, new: Json, way: Direction, where: str) -> list[str]:
    before, after = _listed(old), _listed(new)
    if after is None:
        return [f"{where} is no longer always {old['const']!r}"] if way is Direction.SENT and "const" in old else []
    if before is None:
        return [f"{where} takes only {after!r} now"] if way is Direction.TAKEN else []
    return [f"{where} has lost {value!r}" for value in before if value not in after]


def _keywords(old: Json, new: Json, way: Direction, where: str) -> list[str]:
    """Limits may be loosened for what is taken; what else is said may be dropped there, and added to what is sent."""
    found = []
    for key in sorted((old.keys() | new.keys()) - _REMARKS - _STRUCTURE):
        before, after = old.get(key), new.get(key)
        if before == after or key.startswith("x-"):
            continue
        if key in _LOWER | _UPPER:
            is_fine = (
                way is Direction.SENT or after is None or (before is not None and (after < before) is (key in _LOWER))
            )
        else:
            is_fine = (after if way is Direction.TAKEN else before) is None
        if not is_fine:
            found.append(f"{where}: {key} was {before!r} and is {after!r}")
    return found
