"""Members that a JSON object names twice: parsers keep the last silently, and fool whoever checked the first."""

import json
from typing import Any


class _Repeated(Exception):
    pass


def repeated_member(text: str) -> str | None:
    """The JSON Pointer to a member that was named before, in JSON that is well formed; none if there is none.

    Our parsers are fast because they do not tell. So the standard library's scanner reads once more; it compares names
    as they are after unescaping, which makes this exact. Raises `RecursionError` some 900 levels down.
    """
    try:
        _STRICT.decode(text)
    except _Repeated:
        return _found(_IN_PAIRS.decode(text))
    return None


def _require_once(members: list[tuple[str, Any]]) -> None:
    if len(dict(members)) != len(members):
        raise _Repeated


def _ignored(_number: str) -> None:
    """Numbers do not matter here, and the standard library refuses integers of many digits."""


_STRICT = json.JSONDecoder(object_pairs_hook=_require_once, parse_int=_ignored, parse_float=_ignored)
_IN_PAIRS = json.JSONDecoder(object_pairs_hook=tuple, parse_int=_ignored, parse_float=_ignored)


def _found(value: Any, pointer: str = "") -> str | None:
    """The first within a value, in which objects are tuples of pairs, and arrays lists."""
    names = set[str]()
    for name, item in value if isinstance(value, tuple) else enumerate(value) if isinstance(value, list) else ():
        place = f"{pointer}/{str(name).replace('~', '~0').replace('/', '~1')}"
        if name in names:
            return place
        if isinstance(name, str):
            names.add(name)
        if (inner := _found(item, place)) is not None:
            return inner
    return None
