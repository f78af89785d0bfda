"""Transformations: what each step does to the data, in order, and which steps are refused."""

from copy import deepcopy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.webhooks import transforms
from app.webhooks.transforms import BadTransform, Transformation

DATA = {"session_id": "ses_1", "mode": "online", "object": {"zone": "UTC", "minutes": None}}


def steps(*raw: dict[str, Any]) -> list[Transformation]:
    """Steps as a caller writes them."""
    return [Transformation.model_validate(step) for step in raw]


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ([], DATA),
        ([{"op": "pick", "paths": ["mode", "object.zone", "nothing"]}], {"mode": "online", "object": {"zone": "UTC"}}),
        ([{"op": "drop", "paths": ["object.zone", "mode", "mode.x", "a.b"]}],
         {"session_id": "ses_1", "object": {"minutes": None}}),
        ([{"op": "rename", "paths": ["object.minutes"], "to": "length.minutes"}, {"op": "drop", "paths": ["object"]}],
         {"session_id": "ses_1", "mode": "online", "length": {"minutes": None}}),
        ([{"op": "rename", "paths": ["nothing"], "to": "mode"}], DATA),
        ([{"op": "constant", "to": "mode.of", "value": 3}, {"op": "pick", "paths": ["mode.of"]}], {"mode": {"of": 3}}),
        ([{"op": "drop", "paths": ["mode"]}, {"op": "constant", "to": "tenant", "value": "acme"}],
         {"session_id": "ses_1", "object": DATA["object"], "tenant": "acme"}),
    ],
)  # fmt: skip
def test_steps_are_applied_one_after_the_other(raw: list[dict[str, Any]], expected: dict[str, Any]) -> None:
    given_ = deepcopy(DATA)

    assert transforms.apply(steps(*raw), given_) == expected
    assert given_ == DATA


@pytest.mark.parametrize(
    ("raw", "pointer"),
    [
        ([{"op": "pick", "paths": ["mode", "colour"]}], "/transform/0/paths/1"),
        ([{"op": "pick", "paths": ["mode"]}, {"op": "drop", "paths": ["session_id"]}], "/transform/1/paths/0"),
        ([{"op": "rename", "paths": ["mode"], "to": "m"}, {"op": "drop", "paths": ["mode"]}], "/transform/1/paths/0"),
        ([{"op": "drop", "paths": ["mode"]}, {"op": "pick", "paths": ["mode"]}], "/transform/1/paths/0"),
        ([{"op": "pick"}], "/transform/0/paths"),
        ([{"op": "rename", "paths": ["mode", "session_id"], "to": "m"}], "/transform/0/paths"),
        ([{"op": "constant", "paths": ["mode"], "to": "m", "value": 1}], "/transform/0/paths"),
        ([{"op": "rename", "paths": ["mode"]}], "/transform/0/to"),
        ([{"op": "drop", "paths": ["mode"], "to": "m"}], "/transform/0/to"),
        ([{"op": "drop", "paths": ["mode"], "value": 1}], "/transform/0/value"),
        ([{"op": "constant", "to": "m"}], "/transform/0/value"),
        ([{"op": "constant", "to": "m", "value": []}], "/transform/0/value"),
        ([{"op": "constant", "to": "m", "value": "a\0"}], "/transform/0/value"),
        ([{"op": "constant", "to": "m", "value": "\ud800"}], "/transform/0/value"),
        ([{"op": "constant", "to": "m", "value": "x" * 1001}], "/transform/0/value"),
        ([{"op": "constant", "to": "m", "value": float("nan")}], "/transform/0/value"),
        ([{"op": "constant", "to": "m", "value": 1 << 70}], "/transform/0/value"),
    ],
)
def test_a_step_that_cannot_be_is_refused_where_it_stands(raw: list[dict[str, Any]], pointer: str) -> None:
    with pytest.raises(BadTransform) as refused:
        transforms.check(steps(*raw), {"session_id", "mode"})

    assert [fault.pointer for fault in refused.value.faults] == [pointer]


def test_a_step_may_name_what_an_earlier_one_wrote() -> None:
    raw: list[dict[str, Any]] = [
        {"op": "rename", "paths": ["mode"], "to": "how.exactly"},
        {"op": "constant", "to": "tenant", "value": True},
        {"op": "pick", "paths": ["how", "tenant", "session_id"]},
    ]

    transforms.check(steps(*raw), {"session_id", "mode"})


_NAMES = st.sampled_from(["a", "b", "c"])
_PATHS = st.lists(_NAMES, min_size=1, max_size=3).map(".".join)
_SOME = st.lists(_PATHS, min_size=1, max_size=3, unique=True)
_STEPS: st.SearchStrategy[dict[str, Any]] = st.one_of(
    st.builds(dict, op=st.sampled_from(["pick", "drop"]), paths=_SOME),
    st.builds(dict, op=st.just("rename"), paths=_PATHS.map(lambda path: [path]), to=_PATHS),
    st.builds(dict, op=st.just("constant"), to=_PATHS, value=st.integers(0, 3)),
)
_DATA = st.dictionaries(_NAMES, st.recursive(st.integers(), lambda inner: st.dictionaries(_NAMES, inner)))


@given(raw=st.lists(_STEPS, max_size=5), data=_DATA)
def test_no_data_is_too_odd_and_none_is_changed_in_place(raw: list[dict[str, Any]], data: dict[str, Any]) -> None:
    before = deepcopy(data)

    result = transforms.apply(steps(*raw), data)

    assert data == before
    if raw and raw[-1]["op"] == "drop":
        assert all(_at(result, path) is None for path in raw[-1]["paths"])
    if raw and raw[-1]["op"] == "constant":
        assert _at(result, raw[-1]["to"]) == raw[-1]["value"]


def _at(data: Any, path: str) -> Any:
    for name in path.split("."):
        data = data.get(name) if isinstance(data, dict) else None
    return data
