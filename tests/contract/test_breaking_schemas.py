"""What breaks whoever relies on a schema is found, and what only grows is let through."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from app.contract.schemas import Comparison, Direction, Json

TAKEN, SENT = Direction.TAKEN, Direction.SENT
PLAIN: Json = {"type": "object", "properties": {"a": {"type": "string"}, "b": {"type": "integer"}}, "required": ["a"]}
CLOSED: Json = {**PLAIN, "additionalProperties": False}


def breaks(old: Json, new: Json, way: Direction) -> list[str]:
    """What breaks when a schema becomes another."""
    return Comparison({}, {}).breaks(old, new, way, "It")


def listed(*values: str) -> Json:
    """A text of a few values."""
    return {"type": "string", "enum": list(values)}


@pytest.mark.parametrize(
    ("old", "new", "ways", "said"),
    [
        (PLAIN, {**PLAIN, "properties": {"a": {"type": "string"}}}, {TAKEN, SENT}, "It.b is gone"),
        (PLAIN, {**PLAIN, "required": ["a", "b"]}, {TAKEN}, "It.b is now required"),
        (PLAIN, {**PLAIN, "required": []}, {SENT}, "It.a may now be absent"),
        (PLAIN, CLOSED, {TAKEN}, "It no longer takes members that it does not name"),
        ({"type": "string"}, {"type": "integer"}, {TAKEN}, "It no longer takes string"),
        ({"type": "string"}, {"type": "integer"}, {SENT}, "It may now be integer"),
        ({"type": "string"}, {"type": ["string", "null"]}, {SENT}, "It may now be null"),
        ({"type": ["string", "null"]}, {"type": "string"}, {TAKEN}, "It no longer takes null"),
        ({"type": "number"}, {"type": "integer"}, {TAKEN}, "It no longer takes number"),
        ({}, {"type": "string"}, {TAKEN}, "It no longer takes any value"),
        ({"type": "string"}, {}, {SENT}, "It may now be any value"),
        (listed("a", "b"), listed("a"), {TAKEN, SENT}, "It has lost 'b'"),
        ({"type": "string"}, listed("a"), {TAKEN}, "It takes only ['a'] now"),
        ({"const": "a"}, {"const": "b"}, {TAKEN, SENT}, "It has lost 'a'"),
        ({"type": "string", "const": "a"}, {"type": "string"}, {SENT}, "It is no longer always 'a'"),
        ({"type": "string"}, {"type": "string", "maxLength": 9}, {TAKEN}, "It: maxLength was None and is 9"),
        ({"type": "integer", "minimum": 1}, {"type": "integer", "minimum": 2}, {TAKEN}, "It: minimum was 1 and is 2"),
        ({"format": "uri"}, {"format": "email"}, {TAKEN, SENT}, "It: format was 'uri' and is 'email'"),
        ({"pattern": "^a"}, {}, {SENT}, "It: pattern was '^a' and is None"),
        (
            {"type": "array", "items": {"type": "null"}},
            {"type": "array", "items": {}},
            {SENT},
            "It[] may now be any value",
        ),
        (
            {"type": "object", "additionalProperties": {"type": "string"}},
            {"type": "object", "additionalProperties": {"type": "null"}},
            {TAKEN, SENT},
            "It.*",
        ),
        ({"allOf": [PLAIN, {"required": ["b"]}]}, PLAIN, {SENT}, "It.b may now be absent"),
        ({"anyOf": [PLAIN, {"type": "null"}]}, {"anyOf": [{"type": "null"}]}, {TAKEN}, "It no longer takes object"),
    ],
)
def test_a_planted_change_is_found_in_the_direction_in_which_it_breaks(
    old: Json, new: Json, ways: set[Direction], said: str
) -> None:
    found = {way: breaks(old, new, way) for way in Direction}

    for way in ways:
        assert found[way], way
    assert any(line.startswith(said) for way in ways for line in found[way]), found
    if len(ways) == 1 and not (old.get("type") == "string" and new.get("type") == "integer"):
        assert [lines for way, lines in found.items() if way not in ways] == [[]]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (PLAIN, {**PLAIN, "properties": {**PLAIN["properties"], "c": {"type": "string"}}}),
        (listed("a"), listed("a", "b")),
        ({"allOf": [PLAIN]}, PLAIN),
        ({"type": "string", "description": "Old words."}, {"type": "string", "description": "New words.", "x-note": 1}),
    ],
)
def test_what_only_grows_breaks_nobody(old: Json, new: Json) -> None:
    assert breaks(old, new, TAKEN) == breaks(old, new, SENT) == []


LEAVES = st.sampled_from(
    [
        {"type": "string"},
        {"type": "string", "minLength": 1},
        {"type": "string", "maxLength": 2},
        {"type": "string", "enum": ["", "a"]},
        {"type": "string", "pattern": "^a"},
        {"type": "integer"},
        {"type": "integer", "minimum": 1, "maximum": 2},
        {"type": "null"},
        {"type": ["string", "null"]},
        {"const": 1},
    ]
)


def _objects(schemas: st.SearchStrategy[Json]) -> st.SearchStrategy[Json]:
    members = st.dictionaries(st.sampled_from("ab"), schemas)
    return members.flatmap(
        lambda properties: st.builds(
            lambda required: {
                "type": "object",
                "properties": properties,
                "required": sorted(required),
                "additionalProperties": False,
            },
            st.sets(st.sampled_from(sorted(properties))) if properties else st.just(set()),
        )
    )


SCHEMAS = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        _objects(inner),
        st.builds(lambda items: {"type": "array", "items": items}, inner),
        st.builds(lambda parts: {"anyOf": parts}, st.lists(inner, min_size=1, max_size=2)),
    ),
    max_leaves=4,
)
VALUES = st.recursive(
    st.sampled_from([None, "", "a", "ab", "bcd", 0, 1, 2, 3]),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from("ab"), inner),
    max_leaves=4,
)


@given(SCHEMAS)
def test_a_schema_does_not_break_itself(schema: Json) -> None:
    assert breaks(schema, schema, TAKEN) == breaks(schema, schema, SENT) == []


@given(SCHEMAS, SCHEMAS, VALUES)
def test_what_was_taken_is_taken_still_if_nothing_is_said_to_break(old: Json, new: Json, value: Any) -> None:
    if not breaks(old, new, TAKEN) and Draft202012Validator(old).is_valid(value):
        assert Draft202012Validator(new).is_valid(value)


def _open(schema: Any) -> Any:
    """A schema as consumers read it: they expect members and values that are new, and look at no limits."""
    limits = {"additionalProperties", "enum", "minLength", "maxLength", "minimum", "maximum"}
    if isinstance(schema, dict):
        return {key: _open(value) for key, value in schema.items() if key not in limits}
    return [_open(each) for each in schema] if isinstance(schema, list) else schema


@given(SCHEMAS, SCHEMAS, VALUES)
def test_what_is_sent_was_known_if_nothing_is_said_to_break(old: Json, new: Json, value: Any) -> None:
    if not breaks(old, new, SENT) and Draft202012Validator(new).is_valid(value):
        assert Draft202012Validator(_open(old)).is_valid(value)
