"""Repeated members are found wherever they are, however their names are written, and nothing else is."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.repeated import repeated_member

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=3), inner, max_size=4),
    max_leaves=20,
)


@pytest.mark.parametrize(
    ("text", "pointer"),
    [
        ('{"a":1,"a":1}', "/a"),
        ('{"a":1,"b":2,"a":{}}', "/a"),
        ('{"a":1,"\\u0061":2}', "/a"),
        ('{"a":{"b":{"c":1,"c":2}}}', "/a/b/c"),
        ('{"a":[0,{"b":1},{"b":1,"b":2}]}', "/a/2/b"),
        ('[{"":1,"":2}]', "/0/"),
        ('{"a/b~":{"c":1,"c":2}}', "/a~1b~0/c"),
        ('{"a":"\\"a\\":1,\\"a\\":2"}', None),
        ('{"a":{"a":{"a":1}},"b":{"a":1}}', None),
        ('{"a":1,"A":2,"a ":3}', None),
        ('[{"a":1},{"a":1}]', None),
        ('{"a":' + "9" * 5_000 + ',"b":1e999}', None),
        ("1", None),
        ("{}", None),
    ],
)
def test_a_repeated_member_is_found(text: str, pointer: str | None) -> None:
    assert repeated_member(text) == pointer


@given(VALUES)
def test_what_is_written_from_a_value_repeats_nothing(value: Any) -> None:
    assert repeated_member(json.dumps(value)) is None


@given(st.dictionaries(st.text(max_size=3), VALUES, min_size=1), st.data())
def test_any_member_written_twice_is_found(value: dict[str, Any], data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(sorted(value)))

    text = f"{json.dumps(value)[:-1]},{json.dumps(name)}:null}}"

    assert repeated_member(text) == "/" + name.replace("~", "~0").replace("/", "~1")
