"""Imports over REST: a document as the body, all else in the query, and an operation at once."""

from typing import Any

import httpx
import pytest

from app.routers.documents import LIMIT_BYTES
from app.workers.operate import Operator
from tests.routers.conftest import Api
from tests.world import World

CSV = "external_id,given_name,family_name,rank_level\nE-1,Ada,Doe,3\n"
HEADERS = {"Content-Type": "text/csv", "Idempotency-Key": "monday"}


@pytest.fixture
def admin(api: Api, world: World) -> httpx.AsyncClient:
    """The administrator of an organisation of the test's own."""
    return api(world.keys["admin"])


def places(answer: httpx.Response) -> list[str]:
    """Where the faults are."""
    found: list[dict[str, Any]] = answer.json()["errors"]
    return [fault.get("pointer") or fault.get("parameter", "") for fault in found]


async def test_an_import_begins_at_once_and_is_followed_by_its_location(admin: httpx.AsyncClient, world: World) -> None:
    answer = await admin.post("/v1/imports?kind=people&dry_run=true", content=CSV, headers=HEADERS)

    operation = answer.json()
    assert (answer.status_code, answer.headers["location"]) == (202, f"/v1/operations/{operation['id']}")
    assert (operation["kind"], operation["status"], operation["dry_run"]) == ("people_import", "queued", True)
    while (found := await admin.get(answer.headers["location"])).json()["status"] == "queued":
        assert await Operator().step()
    assert (found.json()["status"], found.json()["created"]) == ("succeeded", 1)
    listed = await admin.get("/v1/operations?kind=people_import&status=succeeded")
    assert [item["id"] for item in listed.json()["items"]] == [operation["id"]]


async def test_lines_of_json_say_so_by_their_type(admin: httpx.AsyncClient) -> None:
    headers = {**HEADERS, "Content-Type": "application/x-ndjson; charset=utf-8"}

    answer = await admin.post("/v1/imports?kind=people", content=b'{"external_id": "E-1"}\n', headers=headers)

    assert (answer.status_code, answer.json()["total"]) == (202, 1)


async def test_an_import_takes_an_idempotency_key(admin: httpx.AsyncClient) -> None:
    answer = await admin.post("/v1/imports?kind=people", content=CSV, headers={"Content-Type": "text/csv"})

    assert (answer.status_code, places(answer)) == (422, ["Idempotency-Key"])


async def test_the_same_key_begins_one_import_and_is_good_for_no_other(admin: httpx.AsyncClient) -> None:
    first = await admin.post("/v1/imports?kind=people", content=CSV, headers=HEADERS)
    again = await admin.post("/v1/imports?kind=people", content=CSV, headers=HEADERS)
    other = await admin.post("/v1/imports?kind=people&dry_run=true", content=CSV, headers=HEADERS)

    assert (again.status_code, again.json()["id"]) == (202, first.json()["id"])
    assert again.headers["idempotency-replayed"] == "true"
    assert other.json()["code"] == "idempotency_key_reused"


@pytest.mark.parametrize(
    ("query", "body", "content_type", "status", "where"),
    [
        ("kind=people", CSV, "application/json", 415, []),
        ("kind=people", CSV, "text/csv; charset=latin-1", 415, []),
        ("kind=people", b"\xff\xfe", "text/csv", 400, []),
        ("kind=people&kind=people", CSV, "text/csv", 422, ["kind"]),
        ("kind=people&mode=fast", CSV, "text/csv", 422, ["mode"]),
        ("kind=people&format=csv", CSV, "text/csv", 422, ["format"]),
        ("kind=pets&dry_run=maybe", CSV, "text/csv", 422, ["kind", "dry_run"]),
        ("", CSV, "text/csv", 422, ["kind"]),
        ("kind=enrolments", CSV, "text/csv", 422, [""]),
        ("kind=people", "", "text/csv", 422, ["/text"]),
        ("kind=people", "wage\n1\n", "text/csv", 422, ["/wage", "/external_id"]),
    ],
)
async def test_what_is_wrong_is_said_with_its_place(
    query: str, body: str | bytes, content_type: str, status: int, where: list[str], admin: httpx.AsyncClient
) -> None:
    headers = {**HEADERS, "Content-Type": content_type}

    answer = await admin.post(f"/v1/imports?{query}", content=body, headers=headers)

    assert answer.status_code == status, answer.text
    assert where == (places(answer) if where else [])


async def test_a_document_may_be_larger_than_other_bodies_but_not_endless(admin: httpx.AsyncClient) -> None:
    large, larger = ("external_id\n" + "\n" * size for size in (2 * 1024 * 1024, LIMIT_BYTES))

    begun = await admin.post("/v1/imports?kind=people", content=large, headers=HEADERS)
    refused = await admin.post("/v1/imports?kind=people", content=larger, headers=HEADERS)

    assert (begun.status_code, refused.status_code) == (202, 413)
