"""What is worked out about an object, as fields of the root."""

from typing import Any

from graphql import FieldNode, GraphQLList, GraphQLNonNull, GraphQLObjectType, is_enum_type
from pydantic import ValidationError
from strawberry.types.field import StrawberryField
from strawberry.utils.str_converters import to_camel_case, to_snake_case

from app.acting.inquiry import Inquiry, ask
from app.auth.actor import Actor
from app.declared import INQUIRIES
from app.errors import Fault, Invalid
from app.graphql import types
from app.graphql.selecting import Selector

ASKED: dict[str, Inquiry] = {to_camel_case(inquiry.name): inquiry for inquiry in INQUIRIES}


def fields() -> dict[str, StrawberryField]:
    """The fields of the root, one for each inquiry."""
    return {inquiry.name: _field(inquiry) for inquiry in INQUIRIES}


def _field(inquiry: Inquiry) -> StrawberryField:
    members = inquiry.takes.model_fields if inquiry.takes else {}
    arguments = {"id": "strawberry.ID"}
    arguments |= {
        name: types.annotation(info.annotation, name) if info.is_required() else f"{kind} | None"
        for name, info in members.items()
        if (kind := types.annotation(info.annotation, name).removesuffix(" | None"))
    }
    return types.argument_field(arguments, f"{types.embedded(inquiry.gives)} | None", inquiry.description)


async def found(actor: Actor, selector: Selector, name: str, nodes: list[FieldNode], arguments: dict[str, Any]) -> Any:
    """The answer by response names. Raises `DomainError`."""
    inquiry = ASKED[name]
    given = {to_snake_case(key): value for key, value in arguments.items() if value is not None}
    object_id = given.pop("id")
    try:
        data = inquiry.takes.model_validate(given) if inquiry.takes else None
    except ValidationError as error:
        details = error.errors(include_url=False, include_context=False, include_input=False)
        faults = (Fault(item["msg"], code=item["type"], parameter=str(item["loc"][0])) for item in details)
        raise Invalid("The question has arguments that are not as they should be.", faults=tuple(faults)) from None
    answer = await ask(actor, inquiry, object_id, data)
    kind = selector.field_type("Query", name)
    return told(selector, kind, answer.model_dump(mode="json"), nodes)


def told(selector: Selector, kind: Any, value: Any, nodes: list[FieldNode]) -> Any:
    """A value of an answer, by the schema's names, by response names, however deep it is."""
    if isinstance(kind, GraphQLNonNull):
        kind = kind.of_type
    if value is None:
        return None
    if isinstance(kind, GraphQLList):
        return [told(selector, kind.of_type, item, nodes) for item in value]
    if not isinstance(kind, GraphQLObjectType):
        return value.upper() if is_enum_type(kind) else value
    chosen = selector.collect((node.selection_set for node in nodes if node.selection_set), kind)
    return {
        key: kind.name
        if found[0].name.value == "__typename"
        else told(selector, kind.fields[found[0].name.value].type, value[to_snake_case(found[0].name.value)], found)
        for key, found in chosen.items()
    }
