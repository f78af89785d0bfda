"""The transport by itself: what reaches `execute`, what is refused before, and how the answer is labelled."""

from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import quote

import httpx
import orjson
import pytest
from starlette.requests import Request
from starlette.types import Receive, Scope, Send

from app.graphql.http import Operation, Refusal, Result, not_a_query, respond

GRAPHQL = "application/graphql-response+json"
JSON = "application/json"
MARK = "s3cret"
EXECUTED = Result(b'{"data":{"b":1}}', "executed")
REQUEST_ERROR = Result(b'{"errors":[{"message":"no"}]}', "request_error")


class Door:
    """A client of `respond`, with an `execute` that notes what reached it and answers as it was told."""

    def __init__(self) -> None:
        self.reached: list[Operation] = []
        self.answer: Result | Exception = EXECUTED
        self.allow_get = False
        self.client = httpx.AsyncClient(transport=httpx.ASGITransport(self.app), base_url="http://here")

    async def app(self, scope: Scope, receive: Receive, send: Send) -> None:
        response = await respond(Request(scope, receive), self.execute, allow_get=self.allow_get)
        await response(scope, receive, send)

    async def execute(self, operation: Operation) -> Result:
        self.reached.append(operation)
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer

    async def post(self, content: Any, *, accept: str | None = None, content_type: str | None = JSON) -> httpx.Response:
        headers = {"Accept": accept, "Content-Type": content_type}
        request = self.client.build_request("POST", "/", content=content)
        # httpx would name an Accept of its own.
        del request.headers["accept"]
        request.headers.update({name: value for name, value in headers.items() if value is not None})
        return await self.client.send(request)

    async def ask(self, **members: object) -> httpx.Response:
        return await self.post(orjson.dumps({"query": "{b}", **members}))


@pytest.fixture
def door() -> Door:
    return Door()


def code_of(response: httpx.Response) -> str:
    """The code of a refusal, whose shape is checked on the way."""
    body = response.json()
    assert list(body) == ["errors"]
    [error] = body["errors"]
    assert isinstance(error["message"], str)
    assert error["message"]
    assert MARK not in response.text
    code = error["extensions"]["code"]
    assert isinstance(code, str)
    return code


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


@pytest.mark.parametrize(
    "content_type",
    [
        "application/json",
        "application/json; charset=utf-8",
        'Application/JSON;charset="UTF-8"',
        "application/json; profile=x",
    ],
)
async def test_json_in_utf8_is_read(door: Door, content_type: str) -> None:
    assert (await door.post(b'{"query":"{b}"}', content_type=content_type)).status_code == 200


@pytest.mark.parametrize(
    "content_type",
    [
        None,
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
async def test_no_other_body_is_read(door: Door, content_type: str | None) -> None:
    response = await door.post(b'{"query":"{s3cret}"}', content_type=content_type)

    assert (response.status_code, code_of(response)) == (415, "unsupported_media_type")
    assert door.reached == []


async def test_a_compressed_body_is_not_read(door: Door) -> None:
    response = await door.client.post("/", json={"query": "{b}"}, headers={"Content-Encoding": "gzip"})

    assert (response.status_code, code_of(response)) == (415, "unsupported_media_type")


# how the answer is labelled


@pytest.mark.parametrize(
    ("accept", "expected"),
    [
        (None, JSON),
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
async def test_the_answer_is_of_the_type_that_is_asked_for(door: Door, accept: str | None, expected: str) -> None:
    response = await door.post(b'{"query":"{b}"}', accept=accept)

    assert response.status_code == 200
    assert response.headers["content-type"] == f"{expected}; charset=utf-8"


@pytest.mark.parametrize(
    "accept",
    ["text/html", "text/*", "application/xml", f"{JSON};q=0", "*/*;q=0", f"{JSON};charset=utf-16", f"{JSON};q=nan"],
)
async def test_an_answer_that_nobody_wants_is_not_given(door: Door, accept: str) -> None:
    response = await door.post(b'{"query":"{b}"}', accept=accept)

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


# methods


@pytest.mark.parametrize(
    ("allow_get", "method", "allow"),
    [
        *((False, method, "POST") for method in ("GET", "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS", "QUERY")),
        *((True, method, "GET, POST") for method in ("HEAD", "PUT", "DELETE", "OPTIONS")),
    ],
)
async def test_another_method_is_told_which_are_allowed(door: Door, allow_get: bool, method: str, allow: str) -> None:
    door.allow_get = allow_get

    response = await door.client.request(method, "/?query={b}")

    assert (response.status_code, response.headers["allow"]) == (405, allow)
    assert door.reached == []


async def test_a_query_may_come_in_the_address(door: Door) -> None:
    door.allow_get = True
    variables = quote('{"n":["é"]}')

    response = await door.client.get(f"/?query={quote('query Q{b}')}&operationName=Q&variables={variables}&x=1")

    [operation] = door.reached
    assert (operation.query, operation.variables, operation.operation_name) == ("query Q{b}", {"n": ["é"]}, "Q")
    assert operation.only_query is True
    assert response.status_code == 200


async def test_empty_parameters_are_as_good_as_none(door: Door) -> None:
    door.allow_get = True

    response = await door.client.get("/?query={b}&operationName=&variables=&extensions=")

    assert response.status_code == 200
    assert (door.reached[0].variables, door.reached[0].operation_name) == ({}, None)


@pytest.mark.parametrize(
    ("query_string", "code"),
    [
        ("", "malformed_request"),
        ("variables=%7B%7D", "malformed_request"),
        ("query={s3cret}&query={b}", "malformed_url"),
        ("query={s3cret%FF}", "malformed_url"),
        ("query={s3cret%ED%A0%80}", "malformed_url"),
        ("query={s3cret%00}", "malformed_request"),
        ("query={b}&variables=s3cret", "malformed_json"),
        ("query={b}&variables=[]", "malformed_request"),
        ("query={b}&variables=%22s3cret%22", "malformed_request"),
        ("query={b}&variables=" + "[" * 5000, "malformed_json"),
        ("query={b}&variables=%7B%22s3cret%22:" + "9" * 5000 + "%7D", "malformed_json"),
        ("query={b}&extensions=1", "malformed_request"),
        ("query={b}" + "".join(f"&s3cret{i}=1" for i in range(50)), "malformed_url"),
    ],
)
async def test_an_address_that_is_no_request_is_refused(door: Door, query_string: str, code: str) -> None:
    door.allow_get = True

    response = await door.client.get("/?" + query_string)

    assert (response.status_code, code_of(response)) == (400, code)
    assert door.reached == []


async def test_a_mutation_in_the_address_is_sent_to_post(door: Door) -> None:
    door.allow_get = True
    door.answer = not_a_query()

    response = await door.client.get("/?query=mutation{b}")

    assert (response.status_code, response.headers["allow"]) == (405, "POST")
    assert code_of(response) == "method_not_allowed"
