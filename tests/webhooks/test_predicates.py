"""Filters: what they match, that they match what they say, and what is refused, with the place where it stands."""

import operator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.webhooks import predicates
from app.webhooks.formats import MEMBERS
from app.webhooks.predicates import BadFilter

ENVELOPE = {
    "type": "session.completed",
    "sequence": 7,
    "changed": ["status", "ends_at"],
    "actor": None,
    "data": {"mode": "in_person", "minutes": 45, "is_late": False, "hours": 1.5, "links": [{"kind": "doc"}, {"n": 2}]},
}


def matches(filter_: Any, envelope: Any = None) -> bool:
    """Whether a filter lets an envelope through."""
    return predicates.compiled(filter_, MEMBERS)(ENVELOPE if envelope is None else envelope)


@pytest.mark.parametrize(
    "filter_",
    [
        {},
        {"type": "session.completed"},
        {"data": {"mode": "in_person", "minutes": 45}},
        {"data.mode": "in_person"},
        {"data.hours": {"$gt": 1, "$lte": 1.5}},
        {"data.minutes": {"$eq": 45.0}},
        {"data.minutes": {"$neq": "45"}},
        {"data.mode": {"$gte": "in", "$lt": "io"}},
        {"data.mode": {"$in": ["in_person", "online"]}},
        {"data.mode": {"$in": "person"}},
        {"data.mode": {"$nin": ["online"]}},
        {"data.mode": {"$nin": "line"}},
        {"data.mode": {"$startsWith": "in_", "$endsWith": "person"}},
        {"data.is_late": False},
        {"actor": None},
        {"actor": {"$exist": True}},
        {"data.place": {"$exist": False}},
        {"data": {"place": {"city": {"$exist": False}}}},
        {"changed": "ends_at"},
        {"changed": {"$in": ["progress", "status"]}},
        {"changed": {"$nin": ["progress"]}},
        {"data.links.kind": "doc"},
        {"data": {"links": {"n": {"$gte": 2}}}},
        {"$or": [{"type": "goal.set"}, {"sequence": {"$gte": 7}}]},
        {"$and": [{"data": {"minutes": {"$gt": 30}}}, {"data": {"minutes": {"$lt": 60}}}]},
        {"$not": {"type": "goal.set"}},
        {"data.mode": {"$not": {"$in": ["online"]}}},
        {"data.place": {"$not": {"$eq": "Rome"}}},
    ],
)
def test_what_an_event_meets_lets_it_through(filter_: Any) -> None:
    assert matches(filter_)


@pytest.mark.parametrize(
    "filter_",
    [
        {"type": "session.cancelled"},
        {"type": "session.completed", "sequence": 8},
        {"data.mode": {"$gt": 1}},
        {"data.minutes": {"$gt": "1"}},
        {"data.minutes": {"$startsWith": "4"}},
        {"data.minutes": {"$in": "45"}},
        {"data.is_late": 0},
        {"data.is_late": {"$lt": 1}},
        {"data.place": "Rome"},
        {"data.place": None},
        {"data.place": {"$neq": "Rome"}},
        {"data.place": {"$nin": ["Rome"]}},
        {"data.place": {"$exist": True}},
        {"data.mode.name": "x"},
        {"data": {"$eq": 1}},
        {"changed": {"$neq": "status"}},
        {"changed": {"$nin": ["status"]}},
        {"data.links.kind": "pdf"},
        {"$or": [{"type": "goal.set"}, {"sequence": {"$gt": 7}}]},
        {"$not": {}},
    ],
)
def test_what_is_missing_or_of_another_kind_is_no_match(filter_: Any) -> None:
    assert not matches(filter_)


DEEP: dict[str, Any] = {"data": {"a": {"b": {"c": {"d": 1}}}}}


@pytest.mark.parametrize(
    ("filter_", "code", "pointer"),
    [
        ([], "wrong_operand", "/filter"),
        ({"data": {"mode": {"$regex": "x"}}}, "unknown_operator", "/filter/data/mode/$regex"),
        ({"$nor": []}, "unknown_operator", "/filter/$nor"),
        ({"data.a/b": {"$gt": None}}, "wrong_operand", "/filter/data.a~1b/$gt"),
        ({"data.a~b": {"$gt": True}}, "wrong_operand", "/filter/data.a~0b/$gt"),
        ({"data.x": {"$eq": {}}}, "wrong_operand", "/filter/data.x/$eq"),
        ({"data.x": {"$in": []}}, "wrong_operand", "/filter/data.x/$in"),
        ({"data.x": {"$nin": [[]]}}, "wrong_operand", "/filter/data.x/$nin"),
        ({"data.x": {"$startsWith": 1}}, "wrong_operand", "/filter/data.x/$startsWith"),
        ({"data.x": {"$exist": 1}}, "wrong_operand", "/filter/data.x/$exist"),
        ({"data.x": {"$lt": float("inf")}}, "wrong_operand", "/filter/data.x/$lt"),
        ({"data.x": [1]}, "wrong_operand", "/filter/data.x"),
        ({"$or": []}, "wrong_operand", "/filter/$or"),
        ({"$and": {}}, "wrong_operand", "/filter/$and"),
        ({"$and": [{}, 1]}, "wrong_operand", "/filter/$and/1"),
        ({"$not": 1}, "wrong_operand", "/filter/$not"),
        ({"data..x": 1}, "bad_path", "/filter/data..x"),
        ({"": 1}, "bad_path", "/filter/"),
        ({"mode": "in_person"}, "unknown_member", "/filter/mode"),
        ({"$or": [{"$not": {"mode.x": 1}}]}, "unknown_member", "/filter/$or/0/$not/mode.x"),
        ({"data": DEEP}, "too_deep", "/filter/data/data/a/b/c"),
        ({"$and": [{"sequence": number} for number in range(50)]}, "too_many", "/filter/$and/49/sequence"),
        ({"type": "x" * 4096}, "too_large", "/filter"),
        ({"type": "a\0b"}, "unreadable", "/filter"),
        ({"type": "\ud800"}, "unreadable", "/filter"),
        ({"sequence": 1 << 70}, "unreadable", "/filter"),
    ],
)
def test_what_is_no_filter_is_refused_where_it_stands(filter_: Any, code: str, pointer: str) -> None:
    with pytest.raises(BadFilter) as refused:
        predicates.compiled(filter_, MEMBERS)

    (fault,) = refused.value.faults
    assert (fault.code, fault.pointer) == (code, pointer)


def test_five_deep_and_fifty_conditions_are_not_too_many() -> None:
    predicates.compiled(DEEP, MEMBERS)
    predicates.compiled({"$and": [{"sequence": number} for number in range(49)]}, MEMBERS)


def test_nesting_without_end_is_refused() -> None:
    nested: dict[str, Any] = {}
    for _ in range(5000):
        nested = {"$not": nested}

    with pytest.raises(BadFilter):
        predicates.compiled(nested, MEMBERS)


_NAMES = st.sampled_from(["id", "data", "changed"])
_TEXTS = st.sampled_from(["", "a", "ab", "b", "1"])
_VALUES = st.one_of(st.none(), st.booleans(), st.integers(-1, 2), st.sampled_from([0.0, 1.0, 1.5]), _TEXTS)
_EVENTS = st.dictionaries(
    _NAMES,
    st.recursive(_VALUES, lambda inner: st.lists(inner, max_size=2) | st.dictionaries(_NAMES, inner), max_leaves=8),
)
_ORDERED = st.integers(-1, 2) | st.just(1.0) | _TEXTS
_OPERATORS = st.fixed_dictionaries(
    {},
    optional={
        "$eq": _VALUES,
        "$neq": _VALUES,
        "$gt": _ORDERED,
        "$gte": _ORDERED,
        "$lt": _ORDERED,
        "$lte": _ORDERED,
        "$in": st.lists(_VALUES, min_size=1, max_size=3) | _TEXTS,
        "$nin": st.lists(_VALUES, min_size=1, max_size=3) | _TEXTS,
        "$startsWith": _TEXTS,
        "$endsWith": _TEXTS,
        "$exist": st.booleans(),
    },
)
_PATHS = st.lists(_NAMES, min_size=1, max_size=2).map(".".join)
_FLAT = st.dictionaries(_PATHS, _VALUES | _OPERATORS, max_size=2)


def _joined(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    parts = st.lists(inner, min_size=1, max_size=2)
    return st.fixed_dictionaries({}, optional={"$and": parts, "$or": parts, "$not": inner, "data": inner | _OPERATORS})


MISSING = object()


def naive(filter_: Any, value: Any) -> bool:
    """What a filter means, read off it word by word."""
    if not isinstance(filter_, dict):
        return naive({"$eq": filter_}, value)
    return all(_holds(name, operand, value) for name, operand in filter_.items())


def _holds(name: str, operand: Any, value: Any) -> bool:
    if name == "$not":
        return not naive(operand, value)
    if name in ("$and", "$or"):
        answers = [naive(part, value) for part in operand]
        return all(answers) if name == "$and" else any(answers)
    if name == "$exist":
        return bool(operand == (value is not MISSING))
    if name in ("$neq", "$nin"):
        return value is not MISSING and not _holds({"$neq": "$eq", "$nin": "$in"}[name], operand, value)
    if isinstance(value, list):
        return any(_holds(name, operand, item) for item in value)
    return _compared(name, operand, value) if name.startswith("$") else _reached(name, operand, value)


def _reached(path: str, operand: Any, value: Any) -> bool:
    first, _, rest = path.partition(".")
    below = value[first] if isinstance(value, dict) and first in value else MISSING
    return naive({rest: operand} if rest else operand, below)


_COMPARISONS = {
    "$gt": operator.gt,
    "$gte": operator.ge,
    "$lt": operator.lt,
    "$lte": operator.le,
    "$startsWith": str.startswith,
    "$endsWith": str.endswith,
}


def _compared(name: str, operand: Any, value: Any) -> bool:
    kinds = [bool if isinstance(one, bool) else float if isinstance(one, int | float) else type(one)
             for one in (operand, value)]  # fmt: skip
    if name == "$in" and isinstance(operand, list):
        return any(_compared("$eq", item, value) for item in operand)
    if kinds[0] is not kinds[1]:
        return False
    if name == "$in":
        return operand in value
    return bool(operand == value if name == "$eq" else _COMPARISONS[name](value, operand))  # type: ignore[operator]


@given(filter_=st.recursive(_FLAT, _joined, max_leaves=4), event=_EVENTS)
def test_a_predicate_answers_for_every_event_as_the_filter_reads(filter_: Any, event: Any) -> None:
    try:
        predicate = predicates.compiled(filter_, MEMBERS)
    except BadFilter as refused:
        assert {fault.code for fault in refused.faults} <= {"too_deep", "too_many"}  # noqa: PT017
        return

    assert predicate(event) == naive(filter_, event)


@given(event=st.recursive(_VALUES, lambda inner: st.lists(inner) | st.dictionaries(_NAMES, inner)))
def test_no_event_is_too_odd(event: Any) -> None:
    assert matches({"data": {"a": {"$gt": 1}}, "id": {"$in": "a"}}, [event]) in (True, False)
