"""Media types: which bodies are read, and which answer a caller gets for what it accepts."""

import pytest

from app.graphql.negotiation import GRAPHQL, JSON, is_utf8_json, preferred


@pytest.mark.parametrize(
    "content_type",
    [
        "application/json",
        "application/json; charset=utf-8",
        'Application/JSON;charset="UTF-8"',
        "application/json; profile=x",
    ],
)
def test_json_in_utf8_is_read(content_type: str) -> None:
    assert is_utf8_json([content_type])


@pytest.mark.parametrize(
    "content_type",
    [
        "",
        "text/plain",
        "application/json; charset=utf-16",
        "application/json; charset=latin-1",
        "application/graphql",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "application/json, text/plain",
    ],
)
def test_no_other_body_is_read(content_type: str) -> None:
    assert not is_utf8_json([content_type])


def test_a_body_has_one_type() -> None:
    assert not is_utf8_json([])
    assert not is_utf8_json([JSON, JSON])


@pytest.mark.parametrize(
    ("accept", "expected"),
    [
        ("", JSON),
        ("*/*", JSON),
        ("application/*", JSON),
        (JSON, JSON),
        ("application/json; charset=utf-8", JSON),
        (f"{JSON}, */*", JSON),
        (GRAPHQL, GRAPHQL),
        ("Application/GraphQL-Response+JSON", GRAPHQL),
        (f"{GRAPHQL}; charset=utf-8, {JSON}; charset=utf-8", GRAPHQL),
        (f"{JSON}, {GRAPHQL}", GRAPHQL),
        (f"{GRAPHQL}, */*", GRAPHQL),
        (f"{GRAPHQL}, {JSON};q=0.9", GRAPHQL),
        (f"{GRAPHQL};q=0.5, {JSON};q=0.9", JSON),
        (f"{GRAPHQL};q=0.5, */*;q=0.9", JSON),
        (f"{GRAPHQL};q=0, */*", JSON),
        (f"{JSON};q=0, */*", GRAPHQL),
        (f"text/html, {JSON};q=0.1", JSON),
        (f"{GRAPHQL};charset=utf-16, {JSON}", JSON),
    ],
)
def test_the_best_type_that_is_asked_for_is_given(accept: str, expected: str) -> None:
    assert preferred([accept]) == expected


def test_who_asks_for_nothing_gets_the_older_type() -> None:
    assert preferred([]) == JSON


def test_several_headers_are_one_list() -> None:
    assert preferred(["text/html", GRAPHQL]) == GRAPHQL


@pytest.mark.parametrize(
    "accept",
    ["text/html", "text/*", "application/xml", f"{JSON};q=0", "*/*;q=0", f"{JSON};charset=utf-16", f"{JSON};q=nan"],
)
def test_nothing_fits_who_accepts_neither(accept: str) -> None:
    assert preferred([accept]) is None
