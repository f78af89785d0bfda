"""What every request keeps to, and what every answer carries, at both doors."""

import asyncio
import base64
import hashlib
from collections.abc import AsyncIterator, Callable
from typing import Any

import httpx
import orjson
import pytest
from pydantic import ValidationError
from starlette.types import Message

from app import config, db
from app.auth import bearer
from app.config import Settings
from app.main import create_app
from app.routers import hardening
from tests.conftest import TestClock
from tests.full import Full
from tests.routers.conftest import Api

JSON = {"Content-Type": "application/json"}
PERSON = b'{"given_name":"A","family_name":"B","rank_level":3}'
QUERY = b'{"query":"{ organisation { id } }"}'
ORIGIN = "https://app.example.com"
Configure = Callable[..., None]


@pytest.fixture(autouse=True)
def _at_noon(clock: TestClock) -> None:
    """The keys of session-wide worlds were made at noon."""


@pytest.fixture
def transport(opened: db.Database) -> httpx.ASGITransport:
    """An application of the test's own: it takes the settings of the moment of its first request."""
    return httpx.ASGITransport(create_app())


@pytest.fixture
def configure(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Configure:
    """`configure(allowed_hosts="a")`: other settings for applications that are made from now on."""

    def changed(**values: Any) -> None:
        chosen = settings.model_copy(update=values)
        monkeypatch.setattr(config, "settings", lambda: chosen)

    return changed


@pytest.fixture
def admin(api: Api, acme: Full) -> httpx.AsyncClient:
    """Acme's administrator."""
    return api(acme.world.keys["admin"])


def assert_problem(answer: httpx.Response, status: int, code: str) -> None:
    """A problem document of that status and code, with everything that all answers carry."""
    assert (answer.status_code, answer.headers["Content-Type"]) == (status, "application/problem+json")
    assert answer.json()["code"] == code
    assert answer.headers["X-Request-Id"] == answer.json()["request_id"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "no-store"


# Sizes


@pytest.mark.parametrize("path", ["/v1/people", "/graphql", "/health/live", "/nowhere"])
async def test_headers_have_a_greatest_size(path: str, admin: httpx.AsyncClient) -> None:
    large = {"X-Large": "a" * hardening.MOST_HEADER_BYTES}
    many = [(f"X-{number}", "a") for number in range(hardening.MOST_HEADERS)]

    assert_problem(await admin.get(path, headers=large), 431, "headers_too_large")
    assert_problem(await admin.get(path, headers=many), 431, "headers_too_large")


async def test_headers_of_a_usual_size_pass(admin: httpx.AsyncClient) -> None:
    headers = {f"X-{number}": "a" * 150 for number in range(80)}

    assert (await admin.get("/v1/people?limit=1", headers=headers)).status_code == 200


@pytest.mark.parametrize("path", ["/v1/people/{}", "/v1/people?status={}", "/graphql?query={}", "/{}"])
async def test_an_address_has_a_greatest_length(path: str, admin: httpx.AsyncClient) -> None:
    answer = await admin.get(path.format("a" * hardening.MOST_URL_BYTES))

    assert_problem(answer, 414, "url_too_long")


async def test_what_is_too_large_is_refused_before_we_ask_who_it_is(api: Api) -> None:
    bearer.forget()

    assert_problem(await api("guess").get("/v1/people/" + "a" * 9_000), 414, "url_too_long")


# Bodies


async def _stalled(app: Any, path: str, key: str, *chunks: bytes) -> tuple[list[Message], bool]:
    """What is answered to a body that stops in the middle; whether anybody asked for more after its end."""
    given, sent = list(chunks), []

    async def receive() -> Message:
        if given:
            return {"type": "http.request", "body": given.pop(0), "more_body": True}
        await asyncio.Event().wait()
        raise AssertionError("nobody sets it")

    async def send(message: Message) -> None:
        sent.append(message)

    headers = [(b"authorization", f"Bearer {key}".encode()), (b"content-type", b"application/json")]
    scope = {
        "type": "http", "method": "POST", "path": path, "raw_path": path.encode(), "query_string": b"",
        "headers": headers, "http_version": "1.1", "scheme": "http", "root_path": "", "server": ("flipside", 80),
    }  # fmt: skip
    await app(scope, receive, send)
    return sent, not given


@pytest.mark.parametrize("path", ["/v1/people", "/graphql"])
async def test_a_body_that_does_not_come_is_not_waited_for(
    path: str, opened: object, acme: Full, configure: Configure
) -> None:
    configure(body_seconds=0.01)

    sent, is_read = await _stalled(create_app(), path, acme.world.keys["admin"], b"{", b'"a":')

    assert is_read
    assert sent[0]["status"] == 408
    assert (b"connection", b"close") in sent[0]["headers"]
    assert orjson.loads(sent[1]["body"])["code"] == "body_too_slow"


async def test_a_body_that_has_come_is_not_hurried() -> None:
    async def receive() -> Message:
        return arriving.pop(0)

    arriving: list[Message] = [{"type": "http.request", "body": b"", "more_body": False}, {"type": "http.disconnect"}]
    received = hardening.in_time({"method": "POST"}, receive, 60)

    assert [(await received())["type"] for _ in range(2)] == ["http.request", "http.disconnect"]
    assert hardening.in_time({"method": "GET"}, receive, 60) is receive


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-32", "utf-8-sig"])
async def test_a_body_is_utf8(encoding: str, admin: httpx.AsyncClient) -> None:
    rest = await admin.post("/v1/people", content=PERSON.decode().encode(encoding), headers=JSON)
    graphql = await admin.post("/graphql", content=QUERY.decode().encode(encoding), headers=JSON)

    assert_problem(rest, 400, "malformed_request")
    assert (graphql.status_code, graphql.json()["errors"][0]["extensions"]["code"]) == (400, "malformed_json")


@pytest.mark.parametrize(
    "coding", ["gzip", "br", "deflate", "zstd", "compress", "x-gzip", "identity, gzip", "aes128gcm"]
)
async def test_a_coded_body_is_not_read(coding: str, admin: httpx.AsyncClient) -> None:
    headers = JSON | {"Content-Encoding": coding}

    rest = await admin.post("/v1/people", content=PERSON, headers=headers)
    graphql = await admin.post("/graphql", content=QUERY, headers=headers)

    assert_problem(rest, 415, "unsupported_media_type")
    assert (graphql.status_code, graphql.json()["errors"][0]["extensions"]["code"]) == (415, "unsupported_media_type")


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        (b'{"rank_level":1,' + PERSON[1:], "/rank_level"),
        (PERSON[:-1] + b',"rank_level":3}', "/rank_level"),
        (PERSON[:-1] + b',"given\\u005fname":"C"}', "/given_name"),
    ],
)
async def test_a_member_is_named_once(body: bytes, pointer: str, admin: httpx.AsyncClient) -> None:
    answer = await admin.post("/v1/people", content=body, headers=JSON)

    assert_problem(answer, 400, "malformed_request")
    [fault] = answer.json()["errors"]
    assert fault == {"detail": "is named twice", "code": "repeated_member", "pointer": pointer}


@pytest.mark.parametrize(
    "body",
    [
        b'{"query":"{ people { nodes { id } } }",' + QUERY[1:],
        b'{"variables":{"a":1,"a":2},' + QUERY[1:],
        b'{"extensions":[{"a":1,"\\u0061":2}],' + QUERY[1:],
    ],
)
async def test_a_member_is_named_once_in_graphql(body: bytes, admin: httpx.AsyncClient) -> None:
    answer = await admin.post("/graphql", content=body, headers=JSON)

    assert (answer.status_code, answer.json()["errors"][0]["extensions"]["code"]) == (400, "repeated_member")


@pytest.mark.parametrize("levels", [500, 950, 1_020, 100_000])
async def test_no_depth_breaks_us(levels: int, admin: httpx.AsyncClient) -> None:
    deep = b'{"a":' * levels + b"1" + b"}" * levels

    rest = await admin.post("/v1/people", content=deep, headers=JSON)
    graphql = await admin.post("/graphql", content=b'{"variables":' + deep + b"," + QUERY[1:], headers=JSON)

    assert rest.status_code in (400, 422)
    assert graphql.status_code == 400


# Methods


@pytest.mark.parametrize("method", ["TRACE", "CONNECT", "PROPFIND", "FROB", "get"])
@pytest.mark.parametrize("path", ["/v1/people", "/graphql", "/health/live", "/docs"])
async def test_other_methods_are_refused(method: str, path: str, admin: httpx.AsyncClient) -> None:
    # The client would send a name of small letters in capitals.
    request = admin.build_request("GET", path)
    request.method = method

    answer = await admin.send(request)

    assert answer.status_code == 405
    assert answer.headers["Allow"]


@pytest.mark.parametrize("name", ["X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override"])
async def test_no_header_changes_the_method(name: str, admin: httpx.AsyncClient, acme: Full) -> None:
    path = f"/v1/people/{acme.objects['person']}"

    read = await admin.get(path, headers={name: "DELETE"})
    posted = await admin.post(path, headers={name: "PATCH"}, json={"title": "x"})

    assert (read.status_code, posted.status_code) == (200, 405)


# Names


@pytest.mark.parametrize(
    ("host", "is_ours"),
    [
        ("api.example.com", True),
        ("API.example.com:443", True),
        ("eu.flipside.example", True),
        ("a.b.flipside.example", True),
        ("[::1]:8000", True),
        ("flipside.example", False),
        ("evilflipside.example", False),
        ("api.example.com.evil.test", False),
        ("evil.test", False),
        ("[::2]", False),
        ("", False),
    ],
)
async def test_only_the_names_that_are_allowed_are_ours(
    host: str, is_ours: bool, api: Api, acme: Full, configure: Configure
) -> None:
    configure(allowed_hosts="api.example.com, *.flipside.example,[::1]")
    admin = api(acme.world.keys["admin"])

    answer = await admin.get("/v1/people?limit=1", headers={"Host": host})

    if is_ours:
        assert answer.status_code == 200
    else:
        assert_problem(answer, 400, "malformed_request")
    assert (await admin.get("/health/live", headers={"Host": host})).status_code == 200


async def test_without_a_list_any_name_is_ours(admin: httpx.AsyncClient) -> None:
    assert (await admin.get("/v1/people?limit=1", headers={"Host": "anything.test"})).status_code == 200


async def test_a_name_comes_once(admin: httpx.AsyncClient) -> None:
    answer = await admin.get("/v1/people", headers=[("Host", "flipside"), ("Host", "evil.test")])

    assert_problem(answer, 400, "malformed_request")


def test_who_names_no_host_is_refused_where_names_matter() -> None:
    with pytest.raises(Exception, match="not called by"):
        hardening.require_host("/v1/people", [], ("flipside",))

    hardening.require_host("/v1/people", [], ())


# What answers carry


@pytest.mark.parametrize("path", ["/v1/people?limit=1", "/v1/people/x", "/nowhere", "/health/live", "/v1/openapi.json"])
async def test_every_answer_tells_browsers_to_be_careful(path: str, admin: httpx.AsyncClient) -> None:
    headers = (await admin.get(path)).headers

    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert headers["Content-Security-Policy"] == "default-src 'none'; frame-ancestors 'none'"
    assert not {"server", "x-powered-by", "strict-transport-security"} & set(headers)


async def test_a_bug_of_ours_is_answered_as_carefully(
    admin: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.db._database", None)
    bearer.forget()

    answer = await admin.get("/v1/people")

    assert answer.status_code == 500
    assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


async def test_outside_development_only_https_will_do(api: Api, configure: Configure) -> None:
    configure(environment="production")

    assert (await api().get("/health/live")).headers["Strict-Transport-Security"].startswith("max-age=31536000")


async def test_the_page_of_the_contract_may_load_what_it_loads_and_no_more(api: Api) -> None:
    answer = await api().get("/docs")

    script = answer.content.partition(b"<script>")[2].partition(b"</script>")[0]
    digest = base64.b64encode(hashlib.sha256(script).digest()).decode()
    [policy] = answer.headers.get_list("Content-Security-Policy")
    rules = dict(rule.strip().split(" ", 1) for rule in policy.split(";"))
    assert answer.content.count(b"<script>") == 1
    assert f"'sha256-{digest}'" in rules["script-src"]
    assert "unsafe" not in rules["script-src"]
    assert (rules["default-src"], rules["connect-src"], rules["frame-ancestors"]) == ("'none'", "'self'", "'none'")


# Other origins


async def _preflight(client: httpx.AsyncClient, origin: str) -> httpx.Response:
    asked = {
        "Origin": origin,
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "authorization",
    }
    return await client.options("/v1/people", headers=asked)


async def test_no_other_origin_may_call_us_by_default(admin: httpx.AsyncClient) -> None:
    answers = [await _preflight(admin, ORIGIN), await admin.get("/v1/people?limit=1", headers={"Origin": ORIGIN})]

    assert [answer.status_code for answer in answers] == [405, 200]
    assert not any(name.startswith("access-control") for answer in answers for name in answer.headers)


async def test_an_origin_that_is_named_may_call_us(api: Api, acme: Full, configure: Configure) -> None:
    configure(cors_origins=f"{ORIGIN}, https://other.example.com:8443")
    transport = httpx.ASGITransport(create_app())
    headers = {"Authorization": f"Bearer {acme.world.keys['admin']}"}
    async with httpx.AsyncClient(transport=transport, base_url="http://flipside", headers=headers) as client:
        asked, got = await _preflight(client, ORIGIN), await client.get("/v1/people", headers={"Origin": ORIGIN})
        refused = await _preflight(client, "https://evil.test")
        foreign = await client.get("/v1/people", headers={"Origin": "https://evil.test"})
        # They learn why something is refused, too: by one of our routes, and by the framework.
        failed = [await client.get(path, headers={"Origin": ORIGIN}) for path in ("/v1/people/per_none", "/v1/nothing")]

    assert (asked.status_code, got.status_code, refused.status_code, foreign.status_code) == (200, 200, 400, 200)
    for answer in failed:
        assert (answer.status_code, answer.headers["Access-Control-Allow-Origin"]) == (404, ORIGIN)
        assert answer.headers["Content-Type"] == "application/problem+json"
    assert asked.headers["Access-Control-Allow-Origin"] == got.headers["Access-Control-Allow-Origin"] == ORIGIN
    assert "RateLimit" in got.headers["Access-Control-Expose-Headers"]
    for answer in (asked, got, refused, foreign):
        assert "Access-Control-Allow-Credentials" not in answer.headers
    for answer in (refused, foreign):
        assert "Access-Control-Allow-Origin" not in answer.headers


@pytest.mark.parametrize("origins", ["*", "https://*.example.com", "example.com", "null", f"{ORIGIN}/", f"{ORIGIN},*"])
def test_origins_are_written_out(origins: str) -> None:
    with pytest.raises(ValidationError, match="origins are written out"):
        Settings(cors_origins=origins)


async def test_a_body_is_counted_as_it_comes(admin: httpx.AsyncClient) -> None:
    async def endless() -> AsyncIterator[bytes]:
        while True:
            yield b" " * 65_536

    assert_problem(await admin.post("/v1/people", content=endless(), headers=JSON), 413, "body_too_large")
    assert (await admin.post("/graphql", content=endless(), headers=JSON)).status_code == 413
