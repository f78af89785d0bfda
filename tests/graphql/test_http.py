"""The transport by itself: what reaches `execute`, what is refused before, and how the answer is labelled."""

from collections.abc import AsyncIterator
from typing import Any

import orjson
import pytest
from starlette.requests import Request

from app.graphql.http import Refusal, Result, respond
from app.graphql.negotiation import GRAPHQL, JSON
from tests.graphql.door import EXECUTED, Door, code_of

REQUEST_ERROR = Result(b'{"errors":[{"message":"no"}]}', "request_error")


@pytest.fixture
def door() -> Door:
    return Door()


# what reaches `execute`


async def test_an_operation_reaches_execute_whole(door: Door) -> None:
    response = await door.ask(query="query Q{b}", variables={"n": [1, {"x": None}]}, operationName="Q", extensions={})

    [operation] = door.reached
    assert (operation.query, operation.variables, operation.operation_name) == (
        "query Q{b}",
        {"n": [1, {"x": None}]},
        "Q",
    )
    assert operation.only_query is False
    assert operation.request.method == "POST"
    assert (response.status_code, response.content) == (200, EXECUTED.body)
    assert response.headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    "members",
    [{}, {"variables": None, "operationName": None, "extensions": None}, {"operationName": ""}, {"unknown": [1]}],
)
async def test_members_may_be_null_left_out_or_unknown(door: Door, members: dict[str, object]) -> None:
    response = await door.ask(**members)

    assert response.status_code == 200
    assert (door.reached[0].variables, door.reached[0].operation_name) == ({}, None)


async def test_text_beyond_ascii_arrives_unharmed(door: Door) -> None:
    await door.ask(query='{b(c: "Run🏃")}', variables={"ü": "\x00"})

    assert door.reached[0].query == '{b(c: "Run🏃")}'
    assert door.reached[0].variables == {"ü": "\x00"}


async def test_a_query_of_the_largest_size_arrives(door: Door) -> None:
    query = "{b}".ljust(64 * 1024)

    assert (await door.ask(query=query)).status_code == 200
    assert code_of(await door.ask(query=query + " ")) == "query_too_large"


async def test_a_query_is_measured_in_bytes_not_in_characters(door: Door) -> None:
    response = await door.ask(query='{b(c: "%s")}' % ("é" * 40_000))

    assert (response.status_code, code_of(response)) == (413, "query_too_large")


# what is refused before


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", "malformed_json"),
        (b"{", "malformed_json"),
        (b'{"query":"{b}"} s3cret', "malformed_json"),
        (b'"s3cret"', "malformed_body"),
        (b"null", "malformed_body"),
        (b"42", "malformed_body"),
        (b"true", "malformed_body"),
        (b"9" * 5000, "malformed_json"),
        (b"[" * 100_000, "malformed_json"),
        (b"[" * 100_000 + b"]" * 100_000, "malformed_json"),
        (b'{"query":"{b}","variables":' + b'{"s3cret":' * 50_000 + b"1" + b"}" * 50_001, "malformed_json"),
        (b'{"query":"{b}","variables":{"s3cret":' + b"[" * 64 + b"]" * 64 + b"}}", "malformed_request"),
        (b'{"query":"{b}","variables":{"s3cret":' + b"[" * 900 + b"]" * 900 + b"}}", "malformed_request"),
        (b'{"query":"{b}","variables":{"s3cret":' + b"9" * 5000 + b"}}", "malformed_json"),
        (b'{"query":"{b}","variables":{"s3cret":NaN}}', "malformed_json"),
        (b'{"query":"{b}","variables":{"s3cret":-Infinity}}', "malformed_json"),
        (b'{"query":"{b}","variables":{"s3cret":1e999}}', "malformed_json"),
        (b'{"query":"s3cret \xff"}', "malformed_json"),
        (b'{"query":"s3cret \xed\xa0\x80"}', "malformed_json"),
        (b'{"query":"s3cret \\ud800"}', "malformed_json"),
        (b'{"query":"{b}","variables":{"s3cret":"\\udc00"}}', "malformed_json"),
        ('{"query":"s3cret"}'.encode("utf-16"), "malformed_json"),
        (b'\xef\xbb\xbf{"query":"s3cret"}', "malformed_json"),
        (b'{"query":"{s3cret\\u0000}"}', "malformed_request"),
        (b'[{"query":"{s3cret}"}]', "batch_not_supported"),
        (b"[]", "batch_not_supported"),
        (b"{}", "malformed_request"),
        (b'{"qeury":"{s3cret}"}', "malformed_request"),
    ],
    ids=lambda value: repr(value[:40]) if isinstance(value, bytes) else None,
)
@pytest.mark.parametrize("accept", [JSON, GRAPHQL])
async def test_a_body_that_is_no_request_is_refused(door: Door, body: bytes, code: str, accept: str) -> None:
    response = await door.post(body, accept=accept)

    assert (response.status_code, code_of(response)) == (400, code)
    assert response.headers["content-type"].partition(";")[0] == accept
    assert door.reached == []


@pytest.mark.parametrize(
    ("member", "value"),
    [
        *(("query", value) for value in (None, 0, False, ["s3cret"], {"s3cret": 1})),
        *(("operationName", value) for value in (0, False, ["s3cret"], {"s3cret": 1})),
        *(("variables", value) for value in ("s3cret", 0, False, "", ["s3cret"])),
        *(("extensions", value) for value in ("s3cret", 0, False, ["s3cret"])),
    ],
)
async def test_a_member_of_the_wrong_kind_is_named(door: Door, member: str, value: object) -> None:
    response = await door.ask(**{member: value})

    assert (response.status_code, code_of(response)) == (400, "malformed_request")
    assert f"`{member}`" in response.text
    assert door.reached == []


async def test_variables_may_nest_as_deep_as_any_input_does(door: Door) -> None:
    deep: object = []
    for _ in range(62):
        deep = [deep]

    assert (await door.ask(variables={"x": deep})).status_code == 200
    assert (await door.ask(variables={"x": [deep]})).status_code == 400


async def test_a_body_is_read_no_further_than_its_limit(door: Door) -> None:
    sent: list[int] = []

    async def endless() -> AsyncIterator[bytes]:
        while True:
            sent.append(1)
            yield b" " * 64 * 1024

    # ASGITransport would read an endless body to its end before it calls: so the app is called directly.
    chunks = endless()

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": await anext(chunks), "more_body": True}

    scope = {"type": "http", "method": "POST", "headers": [(b"content-type", b"application/json")]}
    response = await respond(Request(scope, receive), door.execute, allow_get=False)

    assert response.status_code == 413
    assert orjson.loads(response.body)["errors"][0]["extensions"] == {"code": "body_too_large"}
    assert len(sent) == 17


async def test_a_body_of_the_largest_size_is_read(door: Door) -> None:
    body = b'{"query":"{b}"}'

    assert (await door.post(body.ljust(1024 * 1024))).status_code == 200
    assert (await door.post(body.ljust(1024 * 1024 + 1))).status_code == 413


async def test_a_caller_who_hangs_up_is_no_fault(door: Door) -> None:
    async def receive() -> dict[str, Any]:
        return {"type": "http.disconnect"}

    scope = {"type": "http", "method": "POST", "headers": [(b"content-type", b"application/json")]}
    response = await respond(Request(scope, receive), door.execute, allow_get=False)

    assert response.status_code == 400
    assert door.reached == []


async def test_a_body_of_another_type_is_not_read(door: Door) -> None:
    response = await door.post(b'{"query":"{s3cret}"}', content_type="text/plain")

    assert (response.status_code, code_of(response)) == (415, "unsupported_media_type")
    assert door.reached == []


async def test_a_body_of_two_types_is_not_read(door: Door) -> None:
    types = [("Content-Type", JSON), ("Content-Type", "text/plain")]

    response = await door.client.post("/", content=b'{"query":"{b}"}', headers=types)

    assert (response.status_code, code_of(response)) == (415, "unsupported_media_type")


async def test_a_compressed_body_is_not_read(door: Door) -> None:
    response = await door.client.post("/", json={"query": "{b}"}, headers={"Content-Encoding": "gzip"})

    assert (response.status_code, code_of(response)) == (415, "unsupported_media_type")


# how the answer is labelled


@pytest.mark.parametrize("media_type", [JSON, GRAPHQL])
async def test_the_answer_is_of_the_type_that_is_asked_for(door: Door, media_type: str) -> None:
    response = await door.post(b'{"query":"{b}"}', accept=media_type)

    assert response.headers["content-type"] == f"{media_type}; charset=utf-8"


async def test_an_answer_that_nobody_wants_is_not_given(door: Door) -> None:
    response = await door.post(b'{"query":"{b}"}', accept="text/html")

    assert (response.status_code, code_of(response)) == (406, "not_acceptable")
    assert door.reached == []


@pytest.mark.parametrize(
    ("result", "accept", "status"),
    [(EXECUTED, JSON, 200), (EXECUTED, GRAPHQL, 200), (REQUEST_ERROR, JSON, 200), (REQUEST_ERROR, GRAPHQL, 400)],
)
async def test_only_the_newer_type_tells_a_request_error_by_its_status(
    door: Door, result: Result, accept: str, status: int
) -> None:
    door.answer = result

    response = await door.post(b'{"query":"{b}"}', accept=accept)

    assert (response.status_code, response.content) == (status, result.body)


async def test_execute_may_refuse(door: Door) -> None:
    door.answer = Refusal(429, "rate_limited", "Too many requests.", headers={"Retry-After": "7"})

    response = await door.ask()

    assert (response.status_code, code_of(response)) == (429, "rate_limited")
    assert response.headers["retry-after"] == "7"


async def test_a_bug_is_not_hidden(door: Door) -> None:
    door.answer = ZeroDivisionError()

    with pytest.raises(ZeroDivisionError):
        await door.ask()
