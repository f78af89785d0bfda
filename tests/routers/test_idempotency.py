"""A repeated request has no second effect: it gets the first answer."""

import asyncio
from typing import Any

import httpx
import pytest

from app.acting.models import IdempotencyRecord
from tests.routers.conftest import Api
from tests.world import World

PERSON: dict[str, Any] = {"given_name": "Aiko", "family_name": "Tanaka", "rank_level": 3}


async def _create(client: httpx.AsyncClient, key: str, **changes: Any) -> httpx.Response:
    return await client.post("/v1/people", json=PERSON | changes, headers={"Idempotency-Key": key})


async def _people(client: httpx.AsyncClient) -> int:
    return len((await client.get("/v1/people?limit=100")).json()["items"])


async def test_the_same_request_again_gets_the_first_answer(api: Api, world: World) -> None:
    admin = api(world.keys["admin"])
    before = await _people(admin)

    first, again = await _create(admin, "one"), await _create(admin, "one")

    assert (first.status_code, "Idempotency-Replayed" in first.headers) == (201, False)
    assert (again.status_code, again.headers["Idempotency-Replayed"]) == (201, "true")
    assert again.content == first.content
    assert [again.headers[name] for name in ("ETag", "Location")] == [
        first.headers[name] for name in ("ETag", "Location")
    ]
    assert await _people(admin) == before + 1


async def test_the_first_answer_is_kept_though_the_object_changes(api: Api, world: World) -> None:
    admin = api(world.keys["admin"])
    first = await _create(admin, "two")
    await admin.patch(first.headers["Location"], json={"title": "Analyst"})

    again = await _create(admin, "two")

    assert (again.content, again.headers["ETag"]) == (first.content, '"1"')


async def test_another_request_under_the_same_key_is_refused(api: Api, world: World) -> None:
    admin = api(world.keys["admin"])
    await _create(admin, "three")

    answer = await _create(admin, "three", given_name="Kenji")

    assert (answer.status_code, answer.json()["code"]) == (422, "idempotency_key_reused")


async def test_a_key_is_known_to_its_caller_and_its_operation_only(api: Api, world: World) -> None:
    admin, service = api(world.keys["admin"]), api(world.keys["service"])
    rank = {"level": 12, "name": "Partner"}

    answers = [
        await _create(admin, "four"),
        await _create(service, "four"),
        await admin.post("/v1/ranks", json=rank, headers={"Idempotency-Key": "four"}),
    ]

    assert [answer.status_code for answer in answers] == [201, 201, 201]
    assert all("Idempotency-Replayed" not in answer.headers for answer in answers)


async def test_a_patch_and_a_step_are_repeated_too(api: Api, world: World) -> None:
    coordinator, admin = api(world.keys["coordinator"]), api(world.keys["admin"])
    programme_id = await world.programme(status="draft")
    named = {"Idempotency-Key": "five", "If-Match": '"1"'}

    for _ in range(2):
        changed = await coordinator.patch(f"/v1/programmes/{programme_id}", json={"name": "Renamed"}, headers=named)
        assert (changed.status_code, changed.json()["version"]) == (200, 2)
    for _ in range(2):
        step = await coordinator.post(f"/v1/programmes/{programme_id}/publish", headers={"Idempotency-Key": "six"})
        assert (step.status_code, step.json()["status"]) == (200, "enrolling")
    # The same step of another object is another request.
    other = await world.programme(status="draft")
    answer = await coordinator.post(f"/v1/programmes/{other}/publish", headers={"Idempotency-Key": "six"})
    assert answer.status_code == 422
    assert (await admin.get(f"/v1/programmes/{other}")).json()["status"] == "draft"


async def test_a_secret_is_kept_sealed_and_shown_again(api: Api, world: World, owner: Any) -> None:
    admin, named = api(world.keys["admin"]), {"Idempotency-Key": "seven"}
    body = {"name": "HR", "role": "service_account", "service_account": "hr", "scopes": ["directory:read"]}

    first = await admin.post("/v1/api-keys", json=body, headers=named)
    again = await admin.post("/v1/api-keys", json=body, headers=named)

    assert again.json()["secret"] == first.json()["secret"]
    table = IdempotencyRecord.__tablename__
    kept = await owner.fetchval(f"select body from {table} where organisation_id = $1", world.organisation_id)  # noqa: S608
    assert first.json()["secret"].encode() not in kept


async def test_a_failed_request_leaves_its_key_free(api: Api, world: World) -> None:
    admin = api(world.keys["admin"])

    failed = await _create(admin, "eight", rank_level=99)

    assert failed.status_code == 422
    assert (await _create(admin, "eight")).status_code == 201


@pytest.mark.parametrize("count", [2, 5])
async def test_side_by_side_one_has_the_effect(count: int, api: Api, world: World) -> None:
    admin = api(world.keys["admin"])
    before = await _people(admin)

    answers = await asyncio.gather(*(_create(admin, f"nine-{count}") for _ in range(count)))

    assert await _people(admin) == before + 1
    assert {answer.status_code for answer in answers} <= {201, 409}
    for answer in answers:
        if answer.status_code == 409:
            assert (answer.json()["code"], answer.headers["Retry-After"]) == ("idempotency_in_progress", "1")
    made = {answer.json()["id"] for answer in answers if answer.status_code == 201}
    assert len(made) == 1
