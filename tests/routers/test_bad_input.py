"""What nobody should send: it is refused with a problem document, never with a 500, and leaves nothing behind."""

import gzip
from collections.abc import AsyncIterator
from typing import Any

import httpx
import orjson
import pytest

from tests.conftest import TestClock
from tests.full import Full
from tests.routers.conftest import Api, Snapshot

SECRET = "a text that must not come back"
JSON = {"Content-Type": "application/json"}
PERSON: dict[str, Any] = {"given_name": "Aiko", "family_name": "Tanaka", "rank_level": 3}


@pytest.fixture(autouse=True)
async def _nothing_stays(acme: Full, snapshot: Snapshot, clock: TestClock) -> AsyncIterator[None]:
    """Every test of this module leaves the organisation as it was."""
    before = await snapshot(acme)
    yield
    assert await snapshot(acme) == before


@pytest.fixture
def admin(api: Api, acme: Full) -> httpx.AsyncClient:
    """Someone who may nearly everything."""
    return api(acme.world.keys["admin"])


def assert_problem(answer: httpx.Response, *statuses: int) -> dict[str, Any]:
    """The answer is a problem document with one of these statuses, and repeats nothing of what was sent."""
    assert answer.status_code in statuses, answer.text
    assert answer.headers["Content-Type"] == "application/problem+json"
    problem: dict[str, Any] = answer.json()
    assert problem["status"] == answer.status_code
    assert problem["request_id"] == answer.headers["X-Request-Id"]
    assert SECRET not in answer.text
    return problem


NOT_JSON: dict[str, bytes] = {
    "invalid UTF-8": b'{"given_name":"\xff"}',
    "UTF-16": '{"given_name":"a"}'.encode("utf-16"),
    "a byte order mark": b"\xef\xbb\xbf{}",
    "cut short": b'{"given_name":',
    "two documents": b"{}{}",
    "only spaces": b"   ",
    "single quotes": b"{'given_name':'a'}",
    "a comment": b"{} // nothing",
    "NaN": b'{"rank_level":NaN}',
    "Infinity": b'{"rank_level":-Infinity}',
    "half a character": b'{"given_name":"\\ud800","family_name":"a","rank_level":3}',
    "deep arrays": b"[" * 100_000 + b"]" * 100_000,
    "deep objects": b'{"a":' * 100_000 + b"1" + b"}" * 100_000,
    "deep inside a member": b'{"languages":' + b"[" * 100_000 + b"]" * 100_000 + b"}",
    "a raw control character": b'{"given_name":"a\nb"}',
}


@pytest.mark.parametrize("body", NOT_JSON.values(), ids=NOT_JSON)
async def test_what_is_no_json_in_utf8_is_malformed_or_invalid(body: bytes, admin: httpx.AsyncClient) -> None:
    problem = assert_problem(await admin.post("/v1/people", content=body, headers=JSON), 400, 422)

    assert problem["code"] in ("malformed_request", "invalid")


@pytest.mark.parametrize("body", [b"null", b"[]", b'"text"', b"1", b"true", b"[{}]"])
async def test_a_body_is_an_object(body: bytes, admin: httpx.AsyncClient) -> None:
    assert_problem(await admin.post("/v1/people", content=body, headers=JSON), 422)


MEMBERS: dict[str, tuple[str, Any]] = {
    "NUL": ("given_name", "a\0b"),
    "a bidirectional override": ("given_name", "a\u202eb"),
    "blank": ("given_name", "   "),
    "empty": ("given_name", ""),
    "too long": ("given_name", "a" * 201),
    "a number for text": ("given_name", 7),
    "null where there must be text": ("given_name", None),
    "an array for text": ("given_name", ["a"]),
    "text for a number": ("rank_level", "3"),
    "a boolean for a number": ("rank_level", True),
    "a fraction": ("rank_level", 3.5),
    "too large": ("rank_level", 2**63),
    "too small": ("rank_level", -1),
    "a time zone that is none": ("zone", "Europe/Atlantis"),
    "a language that is none": ("languages", ["not a tag"]),
    "the same item twice": ("languages", ["fr", "fr"]),
    "an id of another kind": ("manager_id", "prg_01kd3xq8v7fy2a9m4n6p0rstwz"),
    "a day with a time": ("hire_date", "2026-03-02T00:00:00Z"),
    "seconds since 1970": ("hire_date", 86400),
    "seconds since 1970 as text": ("hire_date", "86400"),
    "the 30th of February": ("hire_date", "2026-02-30"),
    "a year of old": ("hire_date", "1899-12-31"),
    "a far year": ("hire_date", "2200-01-01"),
    "a member that nobody knows": ("is_admin", True),
    "a member that is read only": ("id", "per_01kd3xq8v7fy2a9m4n6p0rstwz"),
}


@pytest.mark.parametrize(("name", "value"), MEMBERS.values(), ids=MEMBERS)
async def test_a_faulty_member_is_named(name: str, value: Any, admin: httpx.AsyncClient) -> None:
    body = PERSON | {"title": SECRET, name: value}

    problem = assert_problem(await admin.post("/v1/people", json=body), 422)

    assert problem["code"] == "invalid"
    assert problem["errors"][0]["pointer"].startswith(f"/{name}")


INSTANTS: dict[str, Any] = {
    "no offset": "2026-03-09T12:00:00",
    "a day": "2026-03-09",
    "a number": 1_772_000_000,
    "a number as text": "1772000000",
    "25 o'clock": "2026-03-09T25:00:00Z",
    "before 1900": "1899-12-31T23:59:59Z",
    "before 1900 by its offset": "1900-01-01T00:00:00+14:00",
    "before the first year": "0001-01-01T00:00:00+14:00",
    "after the last year": "9999-12-31T23:59:59-14:00",
    "a name": "tomorrow",
    "very long": "2026-03-09T12:00:00." + "0" * 10_000 + "Z",
}


@pytest.mark.parametrize("value", INSTANTS.values(), ids=INSTANTS)
async def test_an_instant_carries_its_offset(value: Any, api: Api, acme: Full) -> None:
    mentor = api(acme.world.keys["mentor"])
    body = {"pairing_id": acme.objects["pairing"], "starts_at": value}

    problem = assert_problem(await mentor.post("/v1/sessions", json=body), 422)

    assert problem["errors"][0]["pointer"] == "/starts_at"


@pytest.mark.parametrize("digits", [400, 4_301, 100_000])
async def test_a_number_of_many_digits_is_refused(digits: int, admin: httpx.AsyncClient) -> None:
    for number in (b"9" * digits, b"-" + b"9" * digits, b"1e" + b"9" * digits, b"0." + b"3" * digits):
        body = b'{"given_name":"a","family_name":"b","rank_level":' + number + b"}"
        assert_problem(await admin.post("/v1/people", content=body, headers=JSON), 400, 422)


async def test_a_very_long_member_is_not_named(admin: httpx.AsyncClient) -> None:
    answer = await admin.post("/v1/people", json=PERSON | {"a" * 10_000: 1})

    assert_problem(answer, 422)
    assert len(answer.content) < 1_000


async def test_faults_are_listed_up_to_fifty(admin: httpx.AsyncClient) -> None:
    answer = await admin.post("/v1/people", json={f"unknown_{number}": SECRET for number in range(5_000)})

    assert len(assert_problem(answer, 422)["errors"]) == 50


@pytest.mark.parametrize(
    "content_type",
    [
        *" text/plain application/xml application/jsonp application/merge-patch+json".split(" "),
        *("application/x-www-form-urlencoded", "multipart/form-data; boundary=x"),
        *("application/json; charset=latin-1", "application/json, text/html"),
    ],
)
async def test_another_media_type_is_not_read(content_type: str, admin: httpx.AsyncClient) -> None:
    answer = await admin.post("/v1/people", content=orjson.dumps(PERSON), headers={"Content-Type": content_type})

    assert assert_problem(answer, 415)["code"] == "unsupported_media_type"


async def test_a_body_is_not_unpacked(admin: httpx.AsyncClient) -> None:
    packed = gzip.compress(orjson.dumps(PERSON))
    once = [("Content-Type", "application/json"), ("Content-Encoding", "gzip")]
    hidden = [("Content-Type", "application/json"), ("Content-Encoding", "identity"), ("Content-Encoding", "gzip")]

    for headers in (once, hidden, [*once, ("Content-Encoding", "identity")]):
        assert_problem(await admin.post("/v1/people", content=packed, headers=headers), 415)


@pytest.mark.parametrize("name", ["Content-Type", "Idempotency-Key", "If-Match"])
async def test_a_header_that_comes_twice_is_malformed(name: str, admin: httpx.AsyncClient, acme: Full) -> None:
    value = {"Content-Type": "application/json", "If-Match": '"1"'}.get(name, "a")
    given = {"Content-Type": "application/json", "If-Match": '"1"'}
    headers = [(key, text) for key, text in given.items() if key != name] + [(name, value)] * 2
    path = f"/v1/programmes/{acme.objects['programme']}"

    assert_problem(await admin.patch(path, content=b'{"name":"x"}', headers=headers), 400)


async def test_a_body_has_a_greatest_size(admin: httpx.AsyncClient) -> None:
    text = "a" * (1024 * 1024)

    async def in_pieces() -> AsyncIterator[bytes]:
        for _ in range(40):
            yield b" " * 32_768

    answers = [
        await admin.post("/v1/people", json=PERSON | {"title": text}),
        await admin.post("/v1/people", content=in_pieces(), headers=JSON),
    ]
    for answer in answers:
        assert assert_problem(answer, 413)["code"] == "body_too_large"


IDS = [
    *"x per_ PER_01kd3xq8v7fy2a9m4n6p0rstwz ses_01kd3xq8v7fy2a9m4n6p0rstwz per_81kd3xq8v7fy2a9m4n6p0rstwz".split(),
    *"%00 %ff %ED%A0%80 per_01kd3xq8v7fy2a9m4n6p0rstwz%0a per_01kd3xq8v7fy2a9m4n6p0rstwz'-- %2e%2e".split(),
    *"日本 * null %5b a%3fb%23c".split(),
    "a" * 5_000,
]


@pytest.mark.parametrize("identifier", IDS)
async def test_a_malformed_id_is_a_missing_object(identifier: str, admin: httpx.AsyncClient) -> None:
    for path in (f"/v1/people/{identifier}", f"/v1/nodes/{identifier}"):
        assert_problem(await admin.get(path), 404)
    assert_problem(await admin.post(f"/v1/people/{identifier}/deactivate"), 404)
    assert_problem(await admin.patch(f"/v1/people/{identifier}", json={"title": "x"}), 404)


async def test_an_id_with_a_slash_is_no_path_of_ours(admin: httpx.AsyncClient) -> None:
    assert_problem(await admin.get("/v1/people/a%2fb"), 404)


@pytest.mark.parametrize("host", ["[", "a b", "", "[::1", "\u00ff".encode("latin-1"), "x" * 5_000])
async def test_no_host_header_breaks_us(host: str | bytes, api: Api, admin: httpx.AsyncClient) -> None:
    headers = [(b"Host", host if isinstance(host, bytes) else host.encode())]

    assert_problem(await admin.get("/v1/people/x", headers=headers), 404)
    assert_problem(await admin.get("/nowhere", headers=headers), 404)
    assert_problem(await admin.put("/v1/people", headers=headers), 405)
    assert (await admin.get("/v1/people?limit=1", headers=headers)).status_code == 200


@pytest.mark.parametrize("tag", ["abc", "1", '""', 'W/"1"', '"x"', '"99999999999999999999"', '"1", "2"', '"-1"', "'1'"])
async def test_a_version_that_never_was_is_stale(tag: str, admin: httpx.AsyncClient, acme: Full) -> None:
    path = f"/v1/programmes/{acme.objects['programme']}"

    answer = await admin.patch(path, json={"name": "x"}, headers={"If-Match": tag})

    assert assert_problem(answer, 412, 422)["code"] in ("stale_version", "bad_version")


@pytest.mark.parametrize("key", ["", "a b", "a" * 256, "é".encode("latin-1"), "\x7f"])
async def test_an_idempotency_key_is_visible_ascii(key: str | bytes, admin: httpx.AsyncClient) -> None:
    headers = [(b"Idempotency-Key", key if isinstance(key, bytes) else key.encode())]

    problem = assert_problem(await admin.post("/v1/people", json=PERSON, headers=headers), 422)

    assert problem["errors"][0]["parameter"] == "Idempotency-Key"


async def test_a_patch_without_a_body_is_malformed(admin: httpx.AsyncClient, acme: Full) -> None:
    assert_problem(await admin.patch(f"/v1/people/{acme.objects['person']}"), 400)


async def test_a_step_that_takes_nothing_refuses_members(api: Api, acme: Full) -> None:
    coordinator = api(acme.world.keys["coordinator"])

    answer = await coordinator.post(f"/v1/programmes/{acme.objects['programme']}/pause", json={"force": True})

    assert assert_problem(answer, 422)["errors"][0]["pointer"] == "/force"


async def test_a_change_takes_no_query(admin: httpx.AsyncClient) -> None:
    problem = assert_problem(await admin.post("/v1/people?dry_run=true", json=PERSON), 422)

    assert problem["errors"] == [{"detail": "is not known here", "code": "bad_query", "parameter": "dry_run"}]
