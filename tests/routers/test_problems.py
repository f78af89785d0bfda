"""Every failure is a problem document, the framework's own included; a bug is explained to nobody."""

import uuid

import pytest
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Message, Receive, Scope, Send

from app import db as database
from app.auth import bearer
from app.config import Settings
from app.domain.people import service as people
from app.main import create_app
from app.routers.api import table
from app.routers.gate import Gate
from app.routers.table import Table
from tests.conftest import TestClock
from tests.full import Full
from tests.routers.conftest import Api

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "FROB")
MEMBERS = {"type", "title", "status", "detail", "instance", "code", "request_id"}


@pytest.fixture(autouse=True)
def _at_noon(clock: TestClock) -> None:
    """The keys of session-wide worlds were made at noon."""


@pytest.mark.parametrize(
    "path", ["/", "/v1", "/v1/", "/v1/people/", "/v1/nothing", "/v1/people/a/b/c", "/v2/people", "/V1/people"]
)
async def test_an_unknown_path_is_not_found(path: str, api: Api, acme: Full) -> None:
    answer = await api(acme.world.keys["admin"]).get(path)

    assert (answer.status_code, answer.headers["Content-Type"]) == (404, "application/problem+json")
    problem = answer.json()
    assert problem.keys() == MEMBERS
    assert (problem["code"], problem["instance"], problem["status"]) == ("not_found", path, 404)
    assert problem["type"] == "urn:flipside:problem:not_found"


@pytest.mark.parametrize("path", [*table().paths, "/v1/openapi.json", "/health/live", "/health/ready", "/docs"])
async def test_a_wrong_method_is_told_all_the_right_ones(path: str, api: Api) -> None:
    right = {"GET", "HEAD"} if path not in table().paths else set(table().paths[path])
    right |= {"HEAD"} if "GET" in right else set()

    for method in set(METHODS) - right:
        answer = await api().request(method, path.replace("{id}", "x"))
        assert answer.status_code == 405, method
        assert set(answer.headers["Allow"].split(", ")) == right
        assert method == "HEAD" or answer.json()["code"] == "method_not_allowed"


async def test_an_instance_is_a_uri(api: Api) -> None:
    answer = await api().get("/v1/na%20me/%C3%A9%3F%5B")

    assert answer.json()["instance"] == "/v1/na%20me/%C3%A9%3F%5B"


async def test_a_request_id_comes_back(api: Api) -> None:
    for given in ("a", "A-b_c.9", "x" * 128):
        answer = await api().get("/v1/people", headers={"X-Request-Id": given})
        assert answer.headers["X-Request-Id"] == answer.json()["request_id"] == given


@pytest.mark.parametrize("given", ["", "x" * 129, "a b", "a,b", "é".encode("latin-1"), "<script>"])
async def test_a_request_id_of_another_form_is_replaced(given: str | bytes, api: Api) -> None:
    answer = await api().get(
        "/v1/people", headers={b"X-Request-Id": given if isinstance(given, bytes) else given.encode()}
    )

    assert answer.headers["X-Request-Id"] == answer.json()["request_id"]
    assert uuid.UUID(answer.headers["X-Request-Id"]).version == 4


async def test_good_answers_carry_a_request_id_too(api: Api) -> None:
    assert (await api().get("/health/live")).headers["X-Request-Id"]


async def test_a_bug_is_explained_to_nobody(api: Api, acme: Full, monkeypatch: pytest.MonkeyPatch) -> None:
    async def broken(*_: object) -> None:
        raise RuntimeError("the secret of the house")

    monkeypatch.setattr(database.current().reads, "fetch", broken)
    bearer.forget()

    answer = await api().get("/v1/peo%20ple", headers={"Authorization": f"Bearer {acme.world.keys['admin']}"})
    assert answer.status_code == 404
    answer = await api(acme.world.keys["admin"]).get("/v1/people", headers={"X-Request-Id": "me"})

    assert (answer.status_code, answer.headers["Content-Type"]) == (500, "application/problem+json")
    assert answer.json().keys() == MEMBERS
    assert (answer.json()["code"], answer.json()["request_id"]) == ("internal", "me")
    assert "secret" not in answer.text


async def test_a_bug_in_a_change_leaves_nothing_behind(api: Api, acme: Full, monkeypatch: pytest.MonkeyPatch) -> None:
    admin = api(acme.world.keys["admin"])
    before = (await admin.get("/v1/people?limit=100")).json()
    monkeypatch.setattr(people, "_default_zone", None)

    answer = await admin.post("/v1/people", json={"given_name": "A", "family_name": "B", "rank_level": 3})

    assert (answer.status_code, answer.json()["code"]) == (500, "internal")
    assert (await admin.get("/v1/people?limit=100")).json() == before


async def test_a_database_that_is_away_is_unavailable(
    api: Api, acme: Full, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    away = database.Database("postgresql://nobody@/flipside?host=/nowhere", settings)
    clients = api(acme.world.keys["admin"]), api(acme.world.keys["mentor"])
    for client in clients:
        await client.get("/v1/people")
    monkeypatch.setattr(database, "_database", away)

    answers = [await clients[0].get("/v1/people"), await clients[1].post(f"/v1/goals/{acme.objects['goal']}/abandon")]

    for answer in answers:
        assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")
        assert answer.headers["Retry-After"] == "1"
    await away.close()


async def test_a_caller_who_hangs_up_is_no_bug(acme: Full, opened: database.Database) -> None:
    sent: list[Message] = []

    async def receive() -> Message:
        return {"type": "http.disconnect"}

    async def send(message: Message) -> None:
        sent.append(message)

    headers = [
        (b"authorization", f"Bearer {acme.world.keys['admin']}".encode()),
        (b"content-type", b"application/json"),
    ]
    scope = {
        "type": "http", "method": "POST", "path": "/v1/people", "raw_path": b"/v1/people", "query_string": b"",
        "headers": headers, "http_version": "1.1", "scheme": "http", "root_path": "", "server": ("flipside", 80),
    }  # fmt: skip
    await create_app()(scope, receive, send)

    assert sent == []


def test_a_place_is_given_once() -> None:
    async def endpoint(_request: Request) -> Response:
        raise AssertionError("nobody calls it")

    found = Table()
    found.add("GET", "/v1/things", endpoint)

    with pytest.raises(ValueError, match="GET /v1/things is declared twice"):
        found.add("GET", "/v1/things", endpoint)


async def test_an_answer_that_breaks_off_is_not_mended() -> None:
    sent: list[Message] = []

    async def broken(_scope: Scope, _receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        raise RuntimeError("half-way")

    async def receive() -> Message:
        raise AssertionError("nobody asks")

    async def send(message: Message) -> None:
        sent.append(message)

    with pytest.raises(RuntimeError, match="half-way"):
        await Gate(broken)({"type": "http", "method": "GET", "path": "/", "headers": []}, receive, send)

    assert [message["type"] for message in sent] == ["http.response.start"]


async def test_what_is_no_request_passes_through() -> None:
    seen: list[str] = []

    async def inner(scope: Scope, _receive: Receive, _send: Send) -> None:
        seen.append(scope["type"])

    async def nothing(*_: object) -> Message:
        raise AssertionError("nobody asks")

    await Gate(inner)({"type": "lifespan"}, nothing, nothing)  # type: ignore[arg-type]

    assert seen == ["lifespan"]
