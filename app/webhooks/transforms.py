"""An endpoint's `transform`: a few declared steps over an event's `data`, and nothing that runs. Pure.

Steps are applied one after the other to a copy. What an event does not have is passed over. The envelope around
`data`, its ids among it, stays as it is.
"""

import math
from collections.abc import Collection, Mapping, Sequence
from copy import deepcopy
from enum import StrEnum
from typing import Annotated, Any, Final

import orjson
from pydantic import Field, StringConstraints

from app.errors import Fault, Invalid
from app.text import Input, distinct

MOST_STEPS: Final = 20
_LONGEST_TEXT: Final = 1000
_PART = "[A-Za-z0-9_-]{1,60}"
Path = Annotated[str, StringConstraints(max_length=300, pattern=rf"^{_PART}(\.{_PART}){{0,4}}$")]
Json = dict[str, Any]


class TransformOperation(StrEnum):
    """What a step does."""

    PICK = "pick"
    DROP = "drop"
    RENAME = "rename"
    CONSTANT = "constant"


_O = TransformOperation


class Transformation(Input):
    """One step: keep only some members, leave some out, give one another name, or add one that is always the same."""

    op: TransformOperation
    paths: Annotated[list[Path], distinct(50)] = Field(
        default=[], description="Members of `data`, dotted where nested: any number to pick or drop, one to rename."
    )
    to: Path | None = Field(default=None, description="The member to write: of rename and constant.")
    value: Any = Field(default=None, description="What a constant is: text of up to 1000 characters, number, boolean.")


class BadTransform(Invalid):
    """A transformation is not as it should be; the fault says where."""

    code = "bad_transform"

    def __init__(self, pointer: str, code: str, detail: str) -> None:
        fault = Fault(detail, code=code, pointer=pointer)
        super().__init__("The transformation is not as it should be.", faults=(fault,))


def check(steps: Sequence[Transformation], members: Collection[str]) -> None:
    """Hold steps to the members that `data` may have. Raises `BadTransform`."""
    known = set(members)
    for place, step in enumerate(steps):
        at = f"/transform/{place}"
        _check_form(step, at)
        for index, path in enumerate(step.paths):
            if path.partition(".")[0] not in known:
                detail = "names no member that an event of the endpoint's types has at this step"
                raise BadTransform(f"{at}/paths/{index}", "unknown_member", detail)
        if step.op is _O.PICK:
            known = {path.partition(".")[0] for path in step.paths}
        elif step.op is not _O.CONSTANT:
            known -= {path for path in step.paths if "." not in path}
        if step.to is not None:
            known.add(step.to.partition(".")[0])


def apply(steps: Sequence[Transformation], data: Mapping[str, Any]) -> Json:
    """What becomes of an event's data."""
    result: Json = deepcopy(dict(data)) if steps else dict(data)
    for step in steps:
        if step.op is _O.PICK:
            result = _picked(result, step.paths)
        elif step.op is _O.DROP:
            for path in step.paths:
                _take(result, path)
        elif step.op is _O.CONSTANT:
            _put(result, step.to or "", step.value)
        elif found := _take(result, step.paths[0]):
            _put(result, step.to or "", found[0])
    return result


def _check_form(step: Transformation, at: str) -> None:
    """Whether a step says what its operation takes, and nothing else."""
    writes = step.op in (_O.RENAME, _O.CONSTANT)
    if writes is (step.to is None):
        raise BadTransform(f"{at}/to", "wrong_form", "belongs to rename and constant, which need it")
    least, most = {_O.RENAME: (1, 1), _O.CONSTANT: (0, 0)}.get(step.op, (1, 50))
    if not least <= len(step.paths) <= most:
        raise BadTransform(f"{at}/paths", "wrong_form", "holds one member to rename, some to pick or drop, else none")
    if step.op is _O.CONSTANT and not _is_constant(step.value):
        raise BadTransform(
            f"{at}/value", "wrong_form", f"must be text of up to {_LONGEST_TEXT} characters, number, boolean"
        )
    if step.op is not _O.CONSTANT and step.value is not None:
        raise BadTransform(f"{at}/value", "wrong_form", "belongs to constant")


def _is_constant(value: Any) -> bool:
    if isinstance(value, str):
        return len(value) <= _LONGEST_TEXT and "\0" not in value and _is_storable(value)
    return isinstance(value, int | float) and math.isfinite(value) and _is_storable(value)


def _is_storable(value: Any) -> bool:
    try:
        orjson.dumps(value)
    except orjson.JSONEncodeError:
        return False
    return True


def _picked(data: Json, paths: Sequence[str]) -> Json:
    kept: Json = {}
    for path in paths:
        if found := _find(data, path):
            _put(kept, path, found[0])
    return kept


def _find(data: Json, path: str) -> tuple[Any] | None:
    """The member at a path, in a tuple: it may be null."""
    node: Any = data
    for name in path.split("."):
        if not isinstance(node, dict) or name not in node:
            return None
        node = node[name]
    return (node,)


def _take(data: Json, path: str) -> tuple[Any] | None:
    """As `_find`, and the member is gone."""
    above, _, name = path.rpartition(".")
    holder = _find(data, above) if above else (data,)
    if holder is None or not isinstance(holder[0], dict) or name not in holder[0]:
        return None
    return (holder[0].pop(name),)


def _put(data: Json, path: str, value: Any) -> None:
    """Write a member; what is no object on the way to it becomes one."""
    *above, name = path.split(".")
    for part in above:
        if not isinstance(data.get(part), dict):
            data[part] = {}
        data = data[part]
    data[name] = value
