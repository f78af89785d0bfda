"""A mutation: the same intent that REST performs, read back by the same path, failures as data."""

from enum import Enum
from typing import Any

import orjson
from graphql import FieldNode, SelectionSetNode
from pydantic import ValidationError
from strawberry.utils.str_converters import to_snake_case

from app.acting.intent import Intent, Kind
from app.acting.run import Call, Done, perform
from app.auth.actor import Actor
from app.errors import DomainError, Fault, Invalid
from app.graphql import problems
from app.graphql.inputs import secret_name
from app.graphql.schema import DOES, SCHEMA, TYPE
from app.graphql.selecting import Selector

_OWN_MEMBERS = ("id", "version", "idempotency_key")


async def mutate(actor: Actor, selector: Selector, name: str, nodes: list[FieldNode], given: dict[str, Any]) -> Any:
    """Perform the intent behind a mutation; its object, or the `Problem` that stood in the way."""
    intent = DOES[name]
    try:
        return await _performed(actor, selector, intent, nodes, _snake(given))
    except DomainError as error:
        return _told(selector, problems.problem(error), nodes)


async def _performed(
    actor: Actor, selector: Selector, intent: Intent, nodes: list[FieldNode], given: dict[str, Any]
) -> Any:
    own = {member: given.pop(member, None) for member in _OWN_MEMBERS}
    sets = _selected(selector, intent, nodes)
    wanted = selector.of_type(intent.resource, sets)
    for scope in selector.scopes - {intent.resource.scope}:
        actor.require(scope)
    done = await perform(
        Call(
            actor=actor,
            intent=intent,
            wanted=wanted,
            values=selector.values,
            object_id=own["id"],
            data=_validated(intent, given),
            version=own["version"],
            key=own["idempotency_key"],
            fingerprint=orjson.dumps([given, repr(wanted)], default=_value, option=orjson.OPT_SORT_KEYS),
        )
    )
    return _answered(selector, intent, nodes, done)


def _validated(intent: Intent, given: dict[str, Any]) -> Any:
    if intent.takes is None:
        return None
    try:
        # As text, so that the very same checks run as for REST.
        return intent.takes.model_validate_json(orjson.dumps(given, default=_value))
    except ValidationError as error:
        details = error.errors(include_url=False, include_context=False, include_input=False)
        faults = tuple(
            Fault(
                item["msg"].removeprefix("Value error, "),
                code=item["type"],
                pointer="".join(f"/{part}" for part in item["loc"]),
            )
            for item in details[:50]
        )
        raise Invalid("The input has members that are not as they should be.", faults=faults) from None


def _selected(selector: Selector, intent: Intent, nodes: list[FieldNode]) -> list[SelectionSetNode]:
    """What is wanted of the object itself, out of the selections on the result's union."""
    sets = [node.selection_set for node in nodes if node.selection_set]
    if not intent.reveals:
        return sets
    kind: Any = SCHEMA.type_map[secret_name(intent.resource)]
    fields = selector.collect(sets, kind)
    return [node.selection_set for found in fields.values() for node in found if node.selection_set is not None]


def _answered(selector: Selector, intent: Intent, nodes: list[FieldNode], done: Done) -> Any:
    if intent.kind is Kind.DELETE:
        return _told(selector, {"__typename": "Deleted", "id": done.object_id}, nodes)
    found = orjson.loads(done.body)
    if not intent.reveals:
        found[TYPE] = intent.resource.type_name
        return found
    name = secret_name(intent.resource)
    return _told(selector, {"__typename": name, "secret": done.secret}, nodes, whole=found)


def _told(selector: Selector, facts: dict[str, Any], nodes: list[FieldNode], whole: Any = None) -> Any:
    """A small object by response names: `facts` by the schema's names, `whole` under every other."""
    kind: Any = SCHEMA.type_map[facts["__typename"]]
    fields = selector.collect((node.selection_set for node in nodes if node.selection_set), kind)
    told: dict[str, Any] = {TYPE: kind.name}
    for key, found in fields.items():
        name = found[0].name.value
        told[key] = facts.get(name, whole)
        if name == "faults":
            told[key] = [_told(selector, {"__typename": "Fault", **fault}, found) for fault in facts["faults"]]
    return told


def _snake(value: Any) -> Any:
    if isinstance(value, dict):
        return {to_snake_case(key): _snake(item) for key, item in value.items()}
    return [_snake(item) for item in value] if isinstance(value, list) else value


def _value(value: Any) -> Any:
    if isinstance(value, Enum):
        return value.value
    raise TypeError
