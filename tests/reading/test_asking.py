"""The questions put to a list: what is known, what is well formed, and what its cursors are good for."""

from datetime import UTC, date, datetime

import pytest

from app import pagination
from app.domain.organisations.resource import RANKS
from app.domain.people.resource import PEOPLE
from app.domain.programmes.resource import PROGRAMMES
from app.domain.sessions.resource import SESSIONS
from app.reading import asking
from app.reading.asking import BadQuery
from app.reading.resource import Resource
from app.reading.shape import Where


@pytest.mark.parametrize(
    ("resource", "name", "text", "value"),
    [
        (SESSIONS, "status", "scheduled", "scheduled"),
        (SESSIONS, "pairing_id", "pai_x", "pai_x"),
        (SESSIONS, "starts_after", "2026-03-02T12:00:00+02:00", datetime(2026, 3, 2, 10, 0, tzinfo=UTC)),
        (PROGRAMMES, "starts_before", "2026-03-02", date(2026, 3, 2)),
        (PEOPLE, "rank_level", "7", 7),
        (PEOPLE, "department", "é" * 300, "é" * 300),
    ],
)
def test_a_filter_becomes_a_value_of_its_fields_kind(resource: Resource, name: str, text: str, value: object) -> None:
    asked = asking.filters(resource, {name: [text]})

    assert asked.wheres == (Where(name, "w0"),)
    assert asked.values == {"w0": value}
    assert asked.text == f"{name}={text}"


@pytest.mark.parametrize(
    ("resource", "name", "text"),
    [
        (SESSIONS, "status", "over"),
        (SESSIONS, "status", ""),
        (SESSIONS, "starts_after", "yesterday"),
        (SESSIONS, "starts_after", "2026-03-02T12:00:00"),
        (PROGRAMMES, "starts_before", "2026-02-30"),
        (PEOPLE, "rank_level", "-1"),
        (PEOPLE, "rank_level", "\u0667"),
        (PEOPLE, "rank_level", "1" * 10),
        (PEOPLE, "department", ""),
        (PEOPLE, "department", "x" * 301),
        (PEOPLE, "department", "a\0b"),
        (PEOPLE, "topic", "unknown"),
        (PEOPLE, "given_name", "not a filter"),
    ],
)
def test_a_filter_that_is_unknown_or_ill_formed_is_refused(resource: Resource, name: str, text: str) -> None:
    with pytest.raises(BadQuery) as refused:
        asking.filters(resource, {name: [text]})

    assert [(fault.code, fault.parameter) for fault in refused.value.faults] == [("bad_query", name)]
    assert len(text) < 5 or text not in refused.value.detail


def test_several_values_are_one_filter() -> None:
    asked = asking.filters(SESSIONS, {"status": ["scheduled", "completed"]}, slot="f")

    assert asked.wheres == (Where("status", "f0", several=True),)
    assert asked.values == {"f0": ["scheduled", "completed"]}
    assert asked.text == "status=scheduled,completed"


def test_filters_are_the_same_question_in_any_order() -> None:
    one = asking.filters(SESSIONS, {"status": ["scheduled"], "mode": ["remote"]})
    other = asking.filters(SESSIONS, {"mode": ["remote"], "status": ["scheduled"]})

    assert one == other
    assert one.text == "mode=remote&status=scheduled"


@pytest.mark.parametrize(
    ("name", "values"), [("status", []), ("status", ["scheduled"] * 51), ("starts_after", ["2026-03-02T12:00:00Z"] * 2)]
)
def test_a_filter_takes_so_many_values_and_no_more(name: str, values: list[str]) -> None:
    with pytest.raises(BadQuery):
        asking.filters(SESSIONS, {name: values})


def test_an_order_is_one_of_the_lists_own() -> None:
    assert asking.order(SESSIONS, None) == "id"
    assert asking.order(SESSIONS, "-starts_at") == "-starts_at"
    for text in ("ends_at", "--id", "", "+id"):
        with pytest.raises(BadQuery) as refused:
            asking.order(SESSIONS, text)
        assert refused.value.faults[0].parameter == "sort"


def test_every_order_turns_round() -> None:
    assert RANKS.orders == ("id", "-id", "level", "-level")


def test_a_limit_lies_between_one_and_the_most() -> None:
    assert asking.limit(None) == pagination.DEFAULT_LIMIT
    assert (asking.limit(1), asking.limit(100)) == (1, 100)
    for size in (0, -1, 101):
        with pytest.raises(BadQuery) as refused:
            asking.limit(size, "first")
        assert refused.value.faults[0].parameter == "first"


def test_a_cursor_is_good_for_the_question_that_it_answers() -> None:
    scope = asking.scope("org_a", SESSIONS, "starts_at", "status=scheduled")
    cursor = pagination.seal(scope, '["2026-03-02T12:00:00+00:00", "ses_a"]')

    assert asking.after(scope, cursor) == {"after_0": "2026-03-02T12:00:00+00:00", "after_1": "ses_a"}
    others = [
        asking.scope("org_b", SESSIONS, "starts_at", "status=scheduled"),
        asking.scope("org_a", PEOPLE, "starts_at", "status=scheduled"),
        asking.scope("org_a", SESSIONS, "-starts_at", "status=scheduled"),
        asking.scope("org_a", SESSIONS, "starts_at", "status=completed"),
    ]
    for other in others:
        with pytest.raises(pagination.BadCursor) as refused:
            asking.after(other, cursor, parameter="page")
        assert refused.value.faults[0].parameter == "page"
