"""POST, PATCH and DELETE: status, headers, versions, and who may."""

import asyncio
from typing import Any

import httpx
import pytest

from app.acting.intent import Kind
from app.declared import INTENTS
from tests.conftest import TestClock
from tests.full import Full
from tests.routers.conftest import Api
from tests.world import World


@pytest.fixture(autouse=True)
def _at_noon(clock: TestClock) -> None:
    """The keys of session-wide worlds were made at noon."""


PERSON: dict[str, Any] = {"given_name": "Aiko", "family_name": "Tanaka", "rank_level": 3}


async def test_what_is_made_has_a_place_and_a_version(api: Api, world: World) -> None:
    admin = api(world.keys["admin"])

    made = await admin.post("/v1/people", json=PERSON)

    assert made.status_code == 201
    assert made.headers["ETag"] == '"1"'
    assert made.headers["Cache-Control"] == "no-store"
    read = await admin.get(made.headers["Location"])
    assert (read.content, read.headers["ETag"]) == (made.content, made.headers["ETag"])


async def test_a_merge_patch_leaves_what_is_absent_and_clears_what_is_null(api: Api, world: World) -> None:
    admin = api(world.keys["admin"])
    person = (await admin.post("/v1/people", json=PERSON | {"title": "Analyst", "location": "Lyon"})).json()
    path = f"/v1/people/{person['id']}"

    for content_type in ("application/merge-patch+json", "application/json; charset=UTF-8"):
        changed = await admin.patch(path, content=b'{"title": null}', headers={"Content-Type": content_type})
        assert changed.status_code == 200

    assert changed.json() | {"updated_at": ""} == person | {"title": None, "version": 2, "updated_at": ""}
    assert changed.headers["ETag"] == '"2"'


async def test_null_does_not_clear_what_must_be_there(api: Api, world: World) -> None:
    admin = api(world.keys["admin"])

    answer = await admin.patch(f"/v1/people/{world.people['mentor']}", json={"given_name": None})

    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/given_name")


async def test_what_is_removed_is_gone(api: Api, world: World) -> None:
    admin = api(world.keys["admin"])
    rank = (await admin.post("/v1/ranks", json={"level": 11, "name": "Partner"})).json()

    gone = await admin.delete(f"/v1/ranks/{rank['id']}")

    assert (gone.status_code, gone.content) == (204, b"")
    assert (await admin.get(f"/v1/ranks/{rank['id']}")).status_code == 404
    assert (await admin.delete(f"/v1/ranks/{rank['id']}")).status_code == 404


async def test_a_step_answers_the_object_as_it_is_now(api: Api, world: World) -> None:
    coordinator = api(world.keys["coordinator"])
    programme_id = await world.programme(status="draft")

    answer = await coordinator.post(f"/v1/programmes/{programme_id}/publish")

    assert (answer.status_code, answer.json()["status"]) == (200, "enrolling")
    assert "Location" not in answer.headers
    read = await coordinator.get(f"/v1/programmes/{programme_id}")
    assert (read.content, read.headers["ETag"]) == (answer.content, answer.headers["ETag"])


async def test_a_step_that_the_state_forbids_is_a_conflict(api: Api, world: World) -> None:
    programme_id = await world.programme(status="draft")

    answer = await api(world.keys["coordinator"]).post(f"/v1/programmes/{programme_id}/close")

    assert (answer.status_code, answer.json()["code"]) == (409, "programme_state_conflict")


async def test_who_sees_but_may_not_is_forbidden(api: Api, acme: Full) -> None:
    mentor = api(acme.world.keys["mentor"])

    step = await mentor.post(f"/v1/pairings/{acme.objects['pairing']}/dissolve")
    other = await mentor.patch(
        f"/v1/programmes/{acme.objects['programme']}", json={"name": "x"}, headers={"If-Match": "*"}
    )

    assert [(answer.status_code, answer.json()["code"]) for answer in (step, other)] == [(403, "forbidden")] * 2


async def test_a_reference_to_nothing_is_named(api: Api, acme: Full) -> None:
    body = {"pairing_id": "pai_01kd3xq8v7fy2a9m4n6p0rstwz", "starts_at": "2026-03-09T12:00:00Z"}

    answer = await api(acme.world.keys["mentor"]).post("/v1/sessions", json=body)

    assert (answer.status_code, answer.json()["code"]) == (422, "unknown_reference")
    assert answer.json()["errors"][0]["pointer"] == "/pairing_id"


async def test_a_secret_is_shown_once(api: Api, world: World) -> None:
    admin = api(world.keys["admin"])
    body = {"name": "HR", "role": "service_account", "service_account": "hr", "scopes": ["directory:read"]}

    made = await admin.post("/v1/api-keys", json=body)

    read = await admin.get(made.headers["Location"])
    assert made.json() == read.json() | {"secret": made.json()["secret"]}
    assert (await api(made.json()["secret"]).get("/v1/people")).status_code == 200


async def _rename(client: httpx.AsyncClient, programme_id: str, **headers: str) -> httpx.Response:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return await client.patch(f"/v1/programmes/{programme_id}", json={"name": "Renamed"}, headers=named)


async def test_a_guarded_object_is_changed_by_version(api: Api, world: World) -> None:
    coordinator, programme_id = api(world.keys["coordinator"]), await world.programme(status="draft")
    tag = (await coordinator.get(f"/v1/programmes/{programme_id}")).headers["ETag"]

    missing = await _rename(coordinator, programme_id)
    fresh = await _rename(coordinator, programme_id, If_Match=tag)
    stale = await _rename(coordinator, programme_id, If_Match=tag)
    whatever = await _rename(coordinator, programme_id, If_Match="*")

    assert [answer.status_code for answer in (missing, fresh, stale, whatever)] == [428, 200, 412, 200]
    assert (missing.json()["code"], stale.json()["code"]) == ("version_required", "stale_version")


async def test_the_tag_of_any_shape_names_the_version(api: Api, world: World) -> None:
    coordinator, programme_id = api(world.keys["coordinator"]), await world.programme(status="draft")
    sparse = await coordinator.get(f"/v1/programmes/{programme_id}?fields=name")

    assert (await _rename(coordinator, programme_id, If_Match=sparse.headers["ETag"])).status_code == 200


async def test_steps_and_unguarded_objects_heed_a_version_too(api: Api, world: World) -> None:
    coordinator, admin = api(world.keys["coordinator"]), api(world.keys["admin"])
    programme_id = await world.programme(status="draft")
    stale = {"If-Match": '"7"'}

    answers = [
        await coordinator.post(f"/v1/programmes/{programme_id}/publish", headers=stale),
        await admin.patch(f"/v1/people/{world.people['mentor']}", json={"title": "x"}, headers=stale),
    ]

    assert [answer.status_code for answer in answers] == [412, 412]


def test_what_needs_a_version() -> None:
    needing = {intent.name for intent in INTENTS if intent.needs_version}

    assert {"update_programme", "update_enrolment", "update_pairing", "update_session", "update_goal"} <= needing
    assert all(intent.kind in (Kind.UPDATE, Kind.DELETE) for intent in INTENTS if intent.name in needing)


async def test_side_by_side_one_of_two_changes_wins(api: Api, world: World) -> None:
    coordinator, programme_id = api(world.keys["coordinator"]), await world.programme(status="draft")
    tag = (await coordinator.get(f"/v1/programmes/{programme_id}")).headers["ETag"]

    answers = await asyncio.gather(*(_rename(coordinator, programme_id, If_Match=tag) for _ in range(5)))

    assert sorted(answer.status_code for answer in answers) == [200, 412, 412, 412, 412]
