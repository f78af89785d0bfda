"""A mutation: the same intent that REST performs, read back by the same path, failures as data."""

import re
from dataclasses import replace
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
from app.graphql.scalars import Verbatim
from app.graphql.schema import DOES, SCHEMA, TYPE
from app.graphql.selecting import Selector
from app.reading.shape import Wanted

_OWN_MEMBERS = ("id", "version", "idempotency_key")
_KEY = re.compile(r"[\x21-\x7e]{1,255}")


async def mutate(actor: Actor, selector: Selector, name: str, nodes: list[FieldNode], given: dict[str, Any]) -> Any:
    """Perform the intent behind a mutation; its object, or the `Problem` that stood in the way."""
    intent = DOES[name]
    try:
        return await _performed(actor, selector, intent, nodes, _snake(given))
    except DomainError as error:
        return told(selector, problems.problem(error), nodes)


async def _performed(
    actor: Actor, selector: Selector, intent: Intent, nodes: list[FieldNode], given: dict[str, Any]
) -> Any:
    own = {member: given.pop(member, None) for member in _OWN_MEMBERS}
    answer = _Answer(selector, intent, nodes)
    for scope in sorted(selector.scopes):
        actor.require(scope)
    said = [given, repr(answer.wanted), selector.values]
    done = await perform(
        Call(
            actor=actor,
            intent=intent,
            wanted=answer.wanted,
            values=selector.values,
            object_id=own["id"],
            data=_validated(intent, given),
            version=own["version"],
            key=_key(own["idempotency_key"]),
            fingerprint=orjson.dumps(said, option=orjson.OPT_SORT_KEYS),
        )
    )
    return answer.of(done)


def _key(text: str | None) -> str | None:
    if text is not None and not _KEY.fullmatch(text):
        fault = Fault("has 1 to 255 visible ASCII characters", code="idempotency_key", pointer="/idempotency_key")
        raise Invalid("The idempotency key is not valid.", faults=(fault,))
    return text


def _validated(intent: Intent, given: dict[str, Any]) -> Any:
    if intent.takes is None:
        return None
    try:
        # As text, so that the very same checks run as for REST.
        return intent.takes.model_validate_json(orjson.dumps(given))
    except ValidationError as error:
        details = error.errors(include_url=False, include_context=False, include_input=False)
        faults = tuple(
            Fault(
                item["msg"].removeprefix("Value error, "),
                code=item["type"],
                pointer="".join(f"/{part}" for part in item["loc"] if part != "[key]"),
            )
            for item in details[:50]
        )
        raise Invalid("The input has members that are not as they should be.", faults=faults) from None


class _Answer:
    """What a caller wants of the object that they change, and how it is told to them."""

    def __init__(self, selector: Selector, intent: Intent, nodes: list[FieldNode]) -> None:
        self._selector, self._intent, self._nodes = selector, intent, nodes
        # By response name: an object beside its secret may be asked for under several.
        self._parts = {key: selector.of_type(intent.answer, sets) for key, sets in self._sets().items()}
        items = [item for part in self._parts.values() for item in part.items]
        self.wanted = Wanted(intent.answer, tuple(replace(item, key=str(i)) for i, item in enumerate(items)))

    def _sets(self) -> dict[str, list[SelectionSetNode]]:
        sets = [node.selection_set for node in self._nodes if node.selection_set]
        if not self._intent.reveals:
            return {"": sets}
        kind: Any = SCHEMA.type_map[secret_name(self._intent.resource)]
        found = self._selector.collect(sets, kind)
        return {
            key: [node.selection_set for node in nodes if node.selection_set]
            for key, nodes in found.items()
            if nodes[0].selection_set
        }

    def of(self, done: Done) -> Any:
        """The answer by response names."""
        if self._intent.kind is Kind.DELETE:
            return told(self._selector, {"__typename": "Deleted", "id": done.object_id}, self._nodes)
        values = iter(orjson.loads(done.body).values())
        objects = {key: {item.key: next(values) for item in part.items} for key, part in self._parts.items()}
        if not self._intent.reveals:
            return {**objects[""], TYPE: self._intent.answer.type_name}
        facts = {"__typename": secret_name(self._intent.resource), "secret": done.secret}
        return {**told(self._selector, facts, self._nodes), **objects}


def told(selector: Selector, facts: dict[str, Any], nodes: list[FieldNode]) -> dict[str, Any]:
    """A small object by response names: `facts` by the schema's names."""
    kind: Any = SCHEMA.type_map[facts["__typename"]]
    fields = selector.collect((node.selection_set for node in nodes if node.selection_set), kind)
    shown: dict[str, Any] = {TYPE: kind.name}
    for key, found in fields.items():
        name = found[0].name.value
        shown[key] = facts.get(name)
        if name == "faults":
            shown[key] = [told(selector, {"__typename": "Fault", **fault}, found) for fault in facts["faults"]]
    return shown


def _snake(value: Any) -> Any:
    if isinstance(value, dict) and not isinstance(value, Verbatim):
        return {to_snake_case(key): _snake(item) for key, item in value.items()}
    return [_snake(item) for item in value] if isinstance(value, list) else value
