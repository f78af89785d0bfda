"""The table of settings, made from their declaration, so that no page can fall behind it."""

from typing import Any, Literal, get_args, get_origin

from annotated_types import Ge, Gt, Le
from pydantic.fields import FieldInfo

from app.config import Settings

PREFIX = "FLIPSIDE_"
_BOUNDS = ((Ge, "ge", "at least"), (Gt, "gt", "above"), (Le, "le", "at most"))


def table() -> str:
    """Every setting as a row of a Markdown table."""
    rows = [
        f"| `{variable(name)}` | {_values(info)} | {_default(info)} | {info.description} |"
        for name, info in Settings.model_fields.items()
    ]
    return "\n".join(("| variable | values | default | meaning |", "| --- | --- | --- | --- |", *rows)) + "\n"


def variable(name: str) -> str:
    """The environment variable of a setting."""
    return f"{PREFIX}{name.upper()}"


def _values(info: FieldInfo) -> str:
    kinds = [kind for kind in get_args(info.annotation) or (info.annotation,) if kind is not type(None)]
    if get_origin(info.annotation) is Literal:
        return ", ".join(f"`{kind}`" for kind in kinds)
    if bool in kinds:
        return "`true`, `false`"
    if not {int, float} & set(kinds):
        return "text"
    bounds = [
        f"{words} {getattr(rule, attribute):g}"
        for rule in info.metadata
        for kind, attribute, words in _BOUNDS
        if isinstance(rule, kind)
    ]
    return ", ".join(("whole number" if int in kinds else "number", *bounds))


def _default(info: FieldInfo) -> str:
    default: Any = info.default
    if default is None:
        return "unset"
    if isinstance(default, bool):
        return f"`{str(default).lower()}`"
    return f"`{default:g}`" if isinstance(default, float) else f"`{default}`"
