"""Text that means more than itself somewhere: to SQL, a log, a header, a path, a parser. It stays text or fails."""

import logging
from collections.abc import Iterator
from urllib.parse import quote, unquote

import httpx
import orjson
import pytest
import structlog
from starlette.types import Message
from strawberry.utils.str_converters import to_camel_case

from app import logs
from app.config import Settings
from app.declared import RESOURCES
from app.graphql.schema import plural_name
from app.reading.resource import Equals, Resource
from tests.conftest import TestClock
from tests.full import Full
from tests.graphql.client import Gql

# A walk over everything there is proves answers; which lines there are, the tests of the parts show.
pytestmark = pytest.mark.untraced

SQL = [
    "%",
    "_%",
    "' or '1'='1",
    "'; drop table person; --",
    "x' union select secret_hash from api_key --",
    '"',
    "\\",
    "$1",
    ":me",
    "%s",
    "{organisation}",
    "per_%",
    "1); select pg_sleep(9); --",
    "\uff41\uff07 or 1=1",
]
LINES = ["\n", "\r\n", "\r", "\x0b", "\x0c", "\x1b[2J", "\x85", "\u2028", "\u2029"]


@pytest.fixture(autouse=True)
def _at_noon(clock: TestClock) -> None:
    """The keys of session-wide worlds were made at noon."""


def key_of(full: Full, part: str = "admin") -> dict[str, str]:
    """The header of someone's key."""
    return {"Authorization": f"Bearer {full.world.keys[part]}"}


def texts(resource: Resource) -> list[str]:
    """The filters that take any text."""
    equals = [item for item in resource.filters if isinstance(item, Equals) and resource.kind_of(item.field) is str]
    # Of types of events there are so many; every other text is refused.
    return [name for item in equals for name in item.parameters if name != "types"]


FILTERED = [resource for resource in RESOURCES if texts(resource)]


@pytest.mark.parametrize("resource", FILTERED, ids=lambda resource: resource.name)
async def test_a_filter_finds_what_is_equal_and_nothing_else(
    resource: Resource, client: httpx.AsyncClient, acme: Full
) -> None:
    part = acme.reader(resource.name)
    gql, listed = Gql(client, acme.world), to_camel_case(plural_name(resource))
    for field in texts(resource):
        answer = await client.get(f"/v1/{resource.path}", params={field: ",".join(SQL)}, headers=key_of(acme, part))
        assert (answer.status_code, answer.json().get("items")) == (200, []), answer.text

        query = f"query($f:{resource.type_name}Filter){{{listed}(filter:$f){{nodes{{id}}}}}}"
        found = await gql.data(query, part, f={to_camel_case(field): SQL[0]})
        assert found[listed]["nodes"] == [], field


@pytest.mark.parametrize("name", ["sort", "fields", "expand", "cursor", "limit", "id", "x"])
async def test_no_name_of_a_query_reaches_a_statement(name: str, client: httpx.AsyncClient, acme: Full) -> None:
    for text in SQL:
        answer = await client.get("/v1/people", params={name: text}, headers=key_of(acme))

        assert answer.status_code in (400, 422), text
        assert text not in answer.text or len(text) == 1


@pytest.fixture(params=["console", "json"])
def logged(request: pytest.FixtureRequest, settings: Settings) -> Iterator[None]:
    """All that is logged goes to the standard output, in the one form and in the other."""
    root, before = logging.getLogger(), structlog.get_config()
    handlers, level = root.handlers[:], root.level
    logs.configure(settings.model_copy(update={"log_format": request.param, "log_level": "debug"}))
    yield
    structlog.configure(**before)
    root.handlers[:] = handlers
    root.setLevel(level)


@pytest.mark.usefixtures("logged")
@pytest.mark.parametrize("line", LINES, ids=ascii)
async def test_nobody_writes_a_line_of_the_log(
    line: str, client: httpx.AsyncClient, acme: Full, capsys: pytest.CaptureFixture[str]
) -> None:
    forged = f"x{line}FORGED"
    for path in (f"/v1/people/{quote(forged)}", f"/{quote(forged)}", f"/v1/people?{quote(forged)}={quote(forged)}"):
        await client.get(path, headers=key_of(acme))
    await client.post("/v1/people", json={"given_name": forged, forged: 1}, headers=key_of(acme))
    await client.post("/graphql", json={"query": f"{{{forged}}}", "operationName": forged}, headers=key_of(acme))
    await client.get("/v1/people/x", headers={"X-Request-Id": "x FORGED"})

    said = capsys.readouterr().out
    assert "/v1/people" in said
    assert not [entry for entry in said.splitlines() if entry.startswith("FORGED")]
    assert "\x1b" not in said


@pytest.mark.parametrize("line", LINES, ids=ascii)
async def test_a_name_is_one_line(line: str, client: httpx.AsyncClient, acme: Full) -> None:
    body = {"given_name": f"Ai{line}ko", "family_name": "Tanaka", "rank_level": 3}

    answer = await client.post("/v1/people", json=body, headers=key_of(acme))

    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/given_name")


@pytest.mark.parametrize("tail", ["%0d%0aSet-Cookie:%20a=b", "%0aX:y", "%E2%80%A8X", "%c4%8d%c4%8aX:y"])
async def test_no_answer_carries_a_header_of_the_callers(tail: str, client: httpx.AsyncClient, acme: Full) -> None:
    for path in (
        f"/v1/people/x{tail}",
        f"/v1/people?limit=1&sort=id&department={tail}",
        f"/v1/people?limit=1&fields=id%2cid{tail}",
        f"/v1/{tail}",
        f"/{tail}",
    ):
        answer = await client.get(path, headers=key_of(acme))

        assert not {"set-cookie", "x"} & set(answer.headers)
        assert all("\n" not in value and "\r" not in value for value in answer.headers.values())


PATHS = [
    "/v1/people/",
    "/v1//people",
    "//v1/people",
    "/v1/./people",
    "/v1/x/../people",
    "/v1/people/../api-keys",
    "/V1/people",
    "/v1/People",
    "/v1/people;x=y",
    "/v1/people%20",
    "/v1/people%00",
    "/v1/people.json",
    "/v1/%70eople%2f",
    "/v1%2fpeople",
    "/v1%2Fpeople%2F",
    "/v1/%2570eople",
    "/v1/people%252f",
    "/v1/%2e%2e/v1/people",
    "/v1/people\\",
    "/v1/%ef%bd%90eople",
    "/graphql/",
    "/Graphql",
    "/graphql%2f",
    "/%67raphql%00",
    "/docs/",
    "/docs/../v1/people",
    "/health/ready/..",
    "/.git/config",
    "/.env",
    "/static/../../etc/passwd",
]


async def status_of(client: httpx.AsyncClient, method: str, path: str, full: Full) -> int:
    """The status of a request for exactly this path, as a server hands it on: a client would tidy it up."""
    app = client._transport.app  # type: ignore[attr-defined]
    said: list[Message] = []

    async def receive() -> Message:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Message) -> None:
        said.append(message)

    scope = {
        "type": "http",
        "method": method,
        "path": unquote(path),
        "raw_path": path.encode(),
        "query_string": b"",
        "headers": [(name.lower().encode(), value.encode()) for name, value in key_of(full).items()],
    }
    await app(scope, receive, send)
    return int(said[0]["status"])


@pytest.mark.parametrize("path", PATHS)
async def test_a_path_has_one_spelling(path: str, acme: Full, client: httpx.AsyncClient) -> None:
    assert await status_of(client, "GET", path, acme) == 404
    assert await status_of(client, "POST", path, acme) in (404, 405)


async def test_an_encoded_slash_names_no_operation(acme: Full, client: httpx.AsyncClient) -> None:
    person = acme.objects["person"]
    for path in (f"/v1/people/{person}%2fdeactivate", f"/v1/people%2F{person}/deactivate", f"/v1%2fpeople/{person}"):
        for method in ("POST", "GET", "PATCH", "DELETE"):
            assert await status_of(client, method, path, acme) == 404, (method, path)


WRONG = ["OPTIONS", "TRACE", "CONNECT", "PUT", "PROPFIND", "get", "Post", "DEBUG", "QUERY", "M" * 300]


@pytest.mark.parametrize("method", WRONG)
async def test_a_method_that_nothing_answers_to_has_no_effect(
    method: str, acme: Full, client: httpx.AsyncClient
) -> None:
    for tail in ("", f"/{acme.objects['person']}", f"/{acme.objects['person']}/deactivate"):
        assert await status_of(client, method, f"/v1/people{tail}", acme) == 405, tail


OVERRIDES = ["X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override", "_method"]


@pytest.mark.parametrize("name", OVERRIDES)
async def test_a_method_is_what_it_says(name: str, acme: Full, client: httpx.AsyncClient) -> None:
    headers = {**key_of(acme), name: "DELETE"}
    bar = f"/v1/do-not-pairs/{acme.objects['do_not_pair']}"

    assert (await client.get(bar, headers=headers)).status_code == 200
    assert (await client.post(bar, headers=headers)).status_code == 405
    assert (await client.get(bar, headers=key_of(acme), params={"_method": "DELETE"})).status_code == 422
    assert (await client.get(bar, headers=key_of(acme))).status_code == 200


SPOOFS = {
    "X-Forwarded-For": "127.0.0.1",
    "X-Forwarded-Host": "evil.example",
    "X-Original-URL": "/v1/api-keys",
    "X-Rewrite-URL": "/v1/api-keys",
    "X-Organisation": "org_00000000000000000000000000",
    "X-Organisation-Id": "org_00000000000000000000000000",
    "X-User-Id": "per_00000000000000000000000000",
    "X-Role": "organisation_admin",
    "X-Scopes": "keys:manage",
}


@pytest.mark.parametrize("name", SPOOFS)
async def test_who_asks_is_not_said_by_a_header(name: str, acme: Full, rival: Full, client: httpx.AsyncClient) -> None:
    value = rival.world.organisation_id if "Organisation" in name else SPOOFS[name]

    for part in ("mentor", "admin"):
        for path in ("/v1/people?limit=1", "/v1/api-keys?fields=id"):
            plain = await client.get(path, headers=key_of(acme, part))
            spoofed = await client.get(path, headers={**key_of(acme, part), name: value})
            assert spoofed.content == plain.content
            assert "evil.example" not in str(spoofed.headers)
    assert (await client.get("/v1/people", headers={name: value})).status_code == 401


DEEP = [b"[" * 50_000, b'{"a":' * 50_000, b"[" * 50_000 + b"]" * 50_000, b'{"a":' + b"[" * 900 + b"]" * 900 + b"}"]
HUGE = [b"1e400", b"-1e400", b"1e-400", b"9" * 5_000, b"1" + b"0" * 400, b"-0", b"0x10", b"1_000", b"03", b"1e9"]


@pytest.mark.parametrize("body", DEEP, ids=lambda body: f"{body[:8]!r}…{len(body)}")
async def test_what_nests_without_end_is_refused_at_both_doors(
    body: bytes, acme: Full, client: httpx.AsyncClient
) -> None:
    headers = {**key_of(acme), "Content-Type": "application/json"}

    for path in ("/v1/people", "/graphql"):
        assert (await client.post(path, content=body, headers=headers)).status_code in (400, 422)


@pytest.mark.parametrize("number", HUGE, ids=lambda number: f"{number[:8]!r}…{len(number)}")
async def test_a_number_that_is_none_of_ours_is_refused_at_both_doors(
    number: bytes, acme: Full, client: httpx.AsyncClient
) -> None:
    headers = {**key_of(acme, "service"), "Content-Type": "application/json"}
    query = 'mutation($l:Int!){createPerson(input:{givenName:"a",familyName:"b",rankLevel:$l}){__typename}}'
    sent = {"query": query, "variables": {"l": 0}}

    rest = await client.post(
        "/v1/people", content=b'{"given_name":"a","family_name":"b","rank_level":%s}' % number, headers=headers
    )
    graphql = await client.post("/graphql", content=orjson.dumps(sent).replace(b"0", number), headers=headers)

    assert rest.status_code in (400, 422)
    assert graphql.status_code == 400 or "Problem" in graphql.text or "errors" in graphql.text


ENCODINGS = ["utf-16", "utf-16-le", "utf-32", "cp037"]


@pytest.mark.parametrize("encoding", ENCODINGS)
async def test_a_body_in_another_encoding_is_not_understood(
    encoding: str, acme: Full, client: httpx.AsyncClient
) -> None:
    body = '{"given_name":"é","family_name":"b","rank_level":3}'.encode(encoding)
    query = '{"query":"{people{nodes{id}}}"}'.encode(encoding)

    for charset in ("", f"; charset={encoding}"):
        headers = {**key_of(acme), "Content-Type": f"application/json{charset}"}
        assert (await client.post("/v1/people", content=body, headers=headers)).status_code in (400, 415, 422)
        assert (await client.post("/graphql", content=query, headers=headers)).status_code in (400, 415)
