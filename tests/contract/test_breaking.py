"""What was released stays: every kind of breaking change is found, and what only grows is let through."""

from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from typing import Any

import orjson
import pytest

from app.contract import operations, released
from app.contract.schemas import Json
from app.routers import openapi
from tests.commanding import Command, command

RELEASED = Path(__file__).parents[2] / "openapi" / "released"


@pytest.fixture
def flipside(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    """The command `flipside`, run in this process."""
    return command(monkeypatch, capsys)


def test_nothing_breaks_what_was_released(flipside: Command) -> None:
    said = flipside("contract", "check", "--against", str(RELEASED))

    assert said.code == 0, f"mend it; or, for a new version, make release-contract:\n{said.out}"


@pytest.fixture(scope="module", name="document")
def _document() -> Json:
    """A few operations and a webhook of the document, as they are."""
    whole: Json = orjson.loads(orjson.dumps(openapi.document()))
    paths = {path: whole["paths"][path] for path in ("/v1/sessions", "/v1/goals")}
    webhooks = {"goal.set": whole["webhooks"]["goal.set"]}
    return {"paths": paths, "webhooks": webhooks, "components": whole["components"]}


def _drop(*path: str) -> Callable[[Json], None]:
    def change(document: Json) -> None:
        node = document
        for part in path[:-1]:
            node = node[part]
        del node[path[-1]]

    return change


def _put(value: Any, *path: str) -> Callable[[Json], None]:
    def change(document: Json) -> None:
        node = document
        for part in path[:-1]:
            node = node[part]
        node[path[-1]] = value

    return change


def _ask(document: Json) -> None:
    asked = {"name": "mood", "in": "query", "required": True, "schema": {"type": "string"}}
    document["paths"]["/v1/goals"]["get"]["parameters"].append(asked)


SCHEDULE = ("paths", "/v1/sessions", "post")
CREATED = (*SCHEDULE, "responses", "201")
READ_GOALS = ("paths", "/v1/goals", "get")
WEBHOOK_ID = ("components", "parameters", "WebhookId")
SCHEMAS = ("components", "schemas")
GOAL_SET = (*SCHEMAS, "GoalWasSet", "properties")
A_BODY: Json = {"content": {}, "required": True}
TOPICAL = ["pairing_id", "starts_at", "topic"]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (_drop(*SCHEDULE), "POST /v1/sessions is gone"),
        (_drop("webhooks", "goal.set"), "goal.set is gone"),
        (_put("plan", *SCHEDULE, "operationId"), "POST /v1/sessions was called scheduleSession and is called plan"),
        (_put(["goals:read"], *SCHEDULE, "x-scopes"), "POST /v1/sessions asks for the scope goals:read now"),
        (_put([], *SCHEDULE, "parameters"), "POST /v1/sessions: header parameter Idempotency-Key is gone"),
        (_ask, "GET /v1/goals: query parameter mood is now required"),
        (_drop(*SCHEDULE, "requestBody"), "POST /v1/sessions has no body any more"),
        (_put(A_BODY, *READ_GOALS, "requestBody"), "GET /v1/goals asks for a body now"),
        (_put(False, *WEBHOOK_ID, "required"), "goal.set: header parameter webhook-id may now be absent"),
        (_drop(*CREATED), "POST /v1/sessions no longer answers 201"),
        (_drop(*CREATED, "headers", "ETag"), "POST /v1/sessions 201: header ETag is gone"),
        (_drop(*CREATED, "content", "application/json"), "POST /v1/sessions 201 is no application/json any more"),
        (_drop(*GOAL_SET, "status"), "GoalWasSet.status is gone"),
        (_put("integer", *GOAL_SET, "pairing_id", "type"), "GoalWasSet.pairing_id may now be integer"),
        (_put(["active"], *SCHEMAS, "GoalStatus", "enum"), "GoalStatus has lost 'achieved'"),
        (_put(TOPICAL, *SCHEMAS, "SessionSchedule", "required"), "SessionSchedule.topic is now required"),
    ],
)
def test_a_change_planted_in_the_contract_is_named(document: Json, change: Callable[[Json], None], said: str) -> None:
    changed = deepcopy(document)
    change(changed)

    assert said in operations.openapi(document, changed)


def test_a_body_that_need_not_be_sent_may_come_to_be_demanded_by_no_operation() -> None:
    operation: Json = {"operationId": "do", "responses": {"204": {}, "404": {}}, "requestBody": {"content": {}}}
    old = {"paths": {"/": {"post": operation}}}
    new = {
        "paths": {
            "/": {"post": {**operation, "responses": {"204": {}}, "requestBody": {"content": {}, "required": True}}}
        }
    }

    assert operations.openapi(old, new) == ["POST / asks for a body now"]


def test_channels_operations_and_messages_are_missed() -> None:
    components = {"schemas": {"Headers": {"type": "object"}}}
    channels = {"goal": {"messages": {"goal.set": {}, "goal.gone": {}}}, "win": {"messages": {}}}
    old = {"channels": channels, "operations": {"send_goal": {}}, "components": components}
    new = {"channels": {"goal": {"messages": {"goal.set": {}}}}, "operations": {}, "components": components}

    assert operations.asyncapi(old, new) == [
        "channel win is gone",
        "operation send_goal is gone",
        "message goal.gone is gone",
    ]


def test_what_breaks_queries_is_found_and_what_adds_to_them_is_not() -> None:
    old = "type Query { a: Int b: Int }"

    assert released.graphql(old, "type Query { a: Int b: Int c: Int }") == []
    assert released.graphql(old, "type Query { a: Int! }") == ["Field Query.b was removed."]


def test_the_command_keeps_a_contract_and_holds_the_code_to_it(flipside: Command, tmp_path: Path) -> None:
    assert "no released contract" in flipside("contract", "check", "--against", str(tmp_path)).err
    assert flipside("contract", "release", "--into", str(tmp_path)).code == 0
    kept = orjson.loads((tmp_path / "openapi.json").read_bytes())
    kept["webhooks"]["goal.forgotten"] = kept["webhooks"]["goal.set"]
    (tmp_path / "openapi.json").write_bytes(orjson.dumps(kept))

    said = flipside("contract", "check", "--against", str(tmp_path))

    assert said.code == 1
    assert said.out == "goal.forgotten is gone\n"
    assert said.err.startswith("1 breaking changes")
