"""An endpoint's `filter`: a JSON predicate over an event's envelope, checked and compiled. Pure.

The syntax is that of Hookdeck's Outpost: members by name, nested or by a dotted path, with a value or operators;
several of them must all hold. A predicate answers for every event there is: what is missing, or of another kind than
the operand, is simply no match, for `$neq` and `$nin` too; `$not` turns the answer round. A list matches where one of
its items does.
"""

import math
import operator
from collections.abc import Callable, Collection, Iterable, Mapping
from functools import partial
from typing import Any, Final

import orjson

from app.errors import Fault, Invalid

Predicate = Callable[[Any], bool]
Json = Any

DEEPEST: Final = 5
MOST_CONDITIONS: Final = 50
MOST_BYTES: Final = 4096
_MISSING: Final = object()
_ESCAPES: Final = str.maketrans({"~": "~0", "/": "~1"})


class BadFilter(Invalid):
    """A filter is not as it should be; the fault says where."""

    code = "bad_filter"

    def __init__(self, pointer: str, code: str, detail: str) -> None:
        super().__init__("The filter is not as it should be.", faults=(Fault(detail, code=code, pointer=pointer),))


def compiled(text: Json, members: Collection[str], *, at: str = "/filter") -> Predicate:
    """The predicate that a filter means; `members` are the names an envelope has. Raises `BadFilter`."""
    try:
        body = orjson.dumps(text)
    except orjson.JSONEncodeError:
        raise BadFilter(
            at, "unreadable", "holds a text or number that cannot be stored, or is nested too deep"
        ) from None
    if len(body) > MOST_BYTES:
        raise BadFilter(at, "too_large", f"must have at most {MOST_BYTES} bytes")
    if b"\\u0000" in body:
        raise BadFilter(at, "unreadable", "must not hold the character NUL")
    return _Compiler(members).conditions(text, at, 1, is_root=True)


class _Compiler:
    """Walks a filter once; counts the conditions on the way."""

    def __init__(self, members: Collection[str]) -> None:
        self._members, self._count = members, 0

    def conditions(self, node: Json, at: str, depth: int, *, is_root: bool = False) -> Predicate:
        """All conditions of one object."""
        if not isinstance(node, dict):
            raise BadFilter(at, "wrong_operand", "must be an object of conditions")
        if depth > DEEPEST:
            raise BadFilter(at, "too_deep", f"must be nested at most {DEEPEST} deep")
        return _every(
            self._condition(name, operand, f"{at}/{name.translate(_ESCAPES)}", depth, is_root=is_root)
            for name, operand in node.items()
        )

    def _condition(self, name: str, operand: Json, at: str, depth: int, *, is_root: bool) -> Predicate:
        if not name.startswith("$"):
            return self._member(name, operand, at, depth, is_root=is_root)
        self._counted(at)
        if name == "$not":
            return _not(self.conditions(operand, at, depth + 1, is_root=is_root))
        if name in ("$and", "$or"):
            if not isinstance(operand, list) or not operand:
                raise BadFilter(at, "wrong_operand", "must be a list of at least one object of conditions")
            parts = [
                self.conditions(part, f"{at}/{place}", depth + 1, is_root=is_root) for place, part in enumerate(operand)
            ]
            return _every(parts) if name == "$and" else _some(parts)
        if name not in _OPERATORS:
            raise BadFilter(at, "unknown_operator", f"must be one of {', '.join(('$and', '$or', '$not', *_OPERATORS))}")
        takes, wanted, make = _OPERATORS[name]
        if not takes(operand):
            raise BadFilter(at, "wrong_operand", f"must be {wanted}")
        return make(operand)

    def _member(self, name: str, operand: Json, at: str, depth: int, *, is_root: bool) -> Predicate:
        path = name.split(".")
        if not all(path):
            raise BadFilter(at, "bad_path", "must be a name, or names parted by dots")
        if is_root and path[0] not in self._members:
            raise BadFilter(at, "unknown_member", f"must begin with one of {', '.join(self._members)}")
        if isinstance(operand, dict):
            test = self.conditions(operand, at, depth + 1)
        else:
            self._counted(at)
            if not _is_scalar(operand):
                raise BadFilter(at, "wrong_operand", "must be a text, number, boolean, null or object of conditions")
            test = _equals(operand)
        for part in reversed(path):
            test = _reaching(part, test)
        return test

    def _counted(self, at: str) -> None:
        self._count += 1
        if self._count > MOST_CONDITIONS:
            raise BadFilter(at, "too_many", f"must hold at most {MOST_CONDITIONS} conditions")


def _every(parts: Iterable[Predicate]) -> Predicate:
    tests = tuple(parts)
    return lambda value: all(test(value) for test in tests)


def _some(parts: Collection[Predicate]) -> Predicate:
    return lambda value: any(test(value) for test in parts)


def _not(test: Predicate) -> Predicate:
    return lambda value: not test(value)


def _reaching(name: str, test: Predicate) -> Predicate:
    """Ask of a member instead of the object that holds it."""

    def reach(value: Any) -> bool:
        if isinstance(value, list):
            return any(reach(item) for item in value)
        return test(value.get(name, _MISSING) if isinstance(value, dict) else _MISSING)

    return reach


def _of_items(test: Predicate) -> Predicate:
    def ask(value: Any) -> bool:
        return any(ask(item) for item in value) if isinstance(value, list) else test(value)

    return ask


def _present_but_not(test: Predicate) -> Predicate:
    return lambda value: value is not _MISSING and not test(value)


def _kind(value: Any) -> str | None:
    """What a value can be compared with: JSON's `true` is no number, `1` and `1.0` are the same."""
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, int | float):
        return "number"
    return "text" if isinstance(value, str) else None


def _same(operand: Json, value: Any) -> bool:
    return value is None if operand is None else _kind(value) == _kind(operand) and bool(value == operand)


def _equals(operand: Json) -> Predicate:
    return _of_items(partial(_same, operand))


def _among(operand: Json) -> Predicate:
    if isinstance(operand, str):
        return _of_items(lambda value: isinstance(value, str) and operand in value)
    return _of_items(lambda value: any(_same(item, value) for item in operand))


def _ordered(compare: Callable[[Any, Any], bool]) -> Callable[[Json], Predicate]:
    return lambda operand: _of_items(lambda value: _kind(value) == _kind(operand) and compare(value, operand))


def _text(test: Callable[[str, str], bool]) -> Callable[[Json], Predicate]:
    return lambda operand: _of_items(lambda value: isinstance(value, str) and test(value, operand))


def _exists(operand: Json) -> Predicate:
    return lambda value: (value is not _MISSING) is operand


def _is_scalar(operand: Json) -> bool:
    return operand is None or (
        _kind(operand) is not None and not (isinstance(operand, float) and not math.isfinite(operand))
    )


def _is_list(operand: Json) -> bool:
    return isinstance(operand, str) or (isinstance(operand, list) and bool(operand) and all(map(_is_scalar, operand)))


def _is_ordered(operand: Json) -> bool:
    return _is_scalar(operand) and _kind(operand) in ("number", "text")


def _is_text(operand: Json) -> bool:
    return isinstance(operand, str)


_Operator = tuple[Callable[[Json], bool], str, Callable[[Json], Predicate]]
_SCALAR, _LIST = "a text, number, boolean or null", "a list of values, or a text to look for"
_ORDERED = "a number or a text"
_OPERATORS: Final[Mapping[str, _Operator]] = {
    "$eq": (_is_scalar, _SCALAR, _equals),
    "$neq": (_is_scalar, _SCALAR, lambda operand: _present_but_not(_equals(operand))),
    "$gt": (_is_ordered, _ORDERED, _ordered(operator.gt)),
    "$gte": (_is_ordered, _ORDERED, _ordered(operator.ge)),
    "$lt": (_is_ordered, _ORDERED, _ordered(operator.lt)),
    "$lte": (_is_ordered, _ORDERED, _ordered(operator.le)),
    "$in": (_is_list, _LIST, _among),
    "$nin": (_is_list, _LIST, lambda operand: _present_but_not(_among(operand))),
    "$startsWith": (_is_text, "a text", _text(str.startswith)),
    "$endsWith": (_is_text, "a text", _text(str.endswith)),
    "$exist": (lambda operand: isinstance(operand, bool), "true or false", _exists),
}
