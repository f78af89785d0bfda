"""What a cell of a CSV says, in the shape that the schema of its column wants it.

Nothing is refused here: a cell that is written otherwise gets a shape that the schema refuses, with all that is wrong.
"""

import re
from collections.abc import Sequence
from types import NoneType, UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from app.csv_out import ITEMS
from app.domain.enrolments.profile import Window

# Between a word and its number.
GIVES = "="
_NUMBER = re.compile(r"-?[0-9]{1,9}")


def read(kind: Any, cell: str) -> Any:
    """A cell of a column of this type: `a|b`, `a=4|b=2`, `monday 09:00-11:30|friday 14:00-16:00`, or one value."""
    cell, kind = cell.strip(), _bare(kind)
    if not cell:
        return None
    items = [item.strip() for item in cell.split(ITEMS)]
    if get_origin(kind) is dict:
        return _rated(items)
    if get_origin(kind) is list:
        return [_window(item) for item in items] if get_args(kind) == (Window,) else items
    return _number(cell) if kind is int else cell


def _rated(items: Sequence[str]) -> dict[str, Any]:
    """Words and their numbers. A word that stands twice gets what is no number."""
    found: dict[str, Any] = {}
    for item in items:
        word, gives, number = item.rpartition(GIVES)
        word, value = (word.strip(), _number(number.strip())) if gives else (item, "")
        found[word] = f"{found[word]}{ITEMS}{value}" if word in found else value
    return found


def _window(item: str) -> dict[str, str]:
    weekday, _, hours = item.partition(" ")
    starts, _, ends = (part.strip() for part in hours.partition("-"))
    return {"weekday": weekday.lower(), "starts": starts, "ends": ends}


def _number(text: str) -> int | str:
    return int(text) if _NUMBER.fullmatch(text) else text


def _bare(kind: Any) -> Any:
    """A type without `None` and without its limits."""
    if get_origin(kind) is Annotated:
        return _bare(get_args(kind)[0])
    if get_origin(kind) in (Union, UnionType):
        return _bare(next(item for item in get_args(kind) if item is not NoneType))
    return kind
