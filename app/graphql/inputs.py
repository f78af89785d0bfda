"""GraphQL's inputs and results of mutations, made from the declarations of the intents."""

from types import NoneType, UnionType
from typing import Annotated, Any, Union, get_args, get_origin

import strawberry
from pydantic import BaseModel
from strawberry.types.field import StrawberryField

from app.acting.intent import Intent, Kind
from app.declared import INTENTS
from app.graphql import names, types
from app.reading.resource import Resource


@strawberry.type(description="One faulty member of an input.")
class Fault:
    """Where it is and what is wrong; never the value."""

    message: str
    code: str
    path: list[str]


names.Fault = Fault  # type: ignore[attr-defined]


@strawberry.type(description="An expected failure: what went wrong, in words and in a stable code.")
class Problem:
    """The twin of REST's problem document."""

    kind: str
    code: str
    message: str
    path: list[str]
    request_id: str
    faults: "list[Fault]"


@strawberry.type(description="An object that was removed.")
class Deleted:
    """Only its id is left."""

    id: strawberry.ID


def pascal(name: str) -> str:
    """`complete_session` as a type is named: `CompleteSession`."""
    return "".join(part.capitalize() for part in name.split("_"))


def secret_name(resource: Resource) -> str:
    """The type of an answer that shows a secret once."""
    return f"{resource.type_name}WithSecret"


def _input_of(model: type[BaseModel], name: str, more: dict[str, str] | None = None) -> str:
    """An input type with the members of a pydantic model; optional ones may be left out."""
    if not hasattr(names, name):
        members, defaults = dict(more or {}), {}
        for key, kind in members.items():
            if kind.endswith("| None"):
                defaults[key] = strawberry.field(default=strawberry.UNSET)
        for key, info in model.model_fields.items():
            kind = _input_annotation(info.annotation, key)
            if info.is_required():
                members[key] = kind
                defaults[key] = strawberry.field(description=info.description)
            else:
                members[key] = kind if kind.endswith("| None") else f"{kind} | None"
                defaults[key] = strawberry.field(default=strawberry.UNSET, description=info.description)
        cls = type(name, (), {"__annotations__": members, "__module__": names.__name__, **defaults})
        setattr(names, name, strawberry.input(cls, description=model.__doc__))
    return name


def _input_annotation(kind: Any, name: str) -> str:
    if get_origin(kind) in (Union, UnionType):
        inner = [item for item in get_args(kind) if item is not NoneType]
        return f"{_input_annotation(inner[0], name)} | None"
    if get_origin(kind) in (list, tuple):
        return f"list[{_input_annotation(get_args(kind)[0], name)}]"
    if get_origin(kind) is Annotated:
        return _input_annotation(get_args(kind)[0], name)
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        return _input_of(kind, f"{kind.__name__}Input")
    return types.annotation(kind, name)


def mutation_field(intent: Intent) -> StrawberryField:
    """The mutation of an intent: one input, and a union of what it changes and `Problem`."""
    name = pascal(intent.name)
    more = {}
    if intent.has_id:
        more["id"] = "strawberry.ID"
        more["version"] = "int" if intent.needs_version else "int | None"
    if intent.kind is not Kind.DELETE:
        more["idempotency_key"] = "str" if intent.needs_key else "str | None"
    _input_of(intent.takes or _Nothing, f"{name}Input", more)
    answers: Any = Union[_answer(intent), Problem]  # noqa: UP007
    setattr(names, f"{name}Result", Annotated[answers, strawberry.union(f"{name}Result")])
    return types.argument_field({"input": f"{name}Input"}, f"{name}Result", intent.description)


class _Nothing(BaseModel):
    """Which object to act on."""


def _answer(intent: Intent) -> Any:
    if intent.kind is Kind.DELETE:
        return Deleted
    answer = getattr(names, intent.answer.type_name)
    if not intent.reveals:
        return answer
    name = secret_name(intent.resource)
    if not hasattr(names, name):
        members = {intent.resource.name: intent.resource.type_name, "secret": "str"}
        cls = type(name, (), {"__annotations__": members, "__module__": names.__name__})
        setattr(names, name, strawberry.type(cls, description="An object and its secret, which is shown this once."))
    return getattr(names, name)


MUTATIONS = {intent.name: mutation_field(intent) for intent in INTENTS}
