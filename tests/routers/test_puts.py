"""PUT by a name that others gave: both doors, what the address says, and what is answered."""

from typing import Any

import pytest

from tests.conftest import TestClock
from tests.routers.conftest import Api
from tests.world import World

ADA: dict[str, Any] = {"given_name": "Ada", "family_name": "King", "rank_level": 3}
PATH = "/v1/people/by-external-id/E-1"


@pytest.fixture(autouse=True)
def _at_noon(clock: TestClock) -> None:
    """The keys of session-wide worlds were made at noon."""


async def test_the_first_put_makes_the_second_changes(api: Api, world: World) -> None:
    admin = api(world.keys["admin"])

    made = await admin.put(PATH, json=ADA)
    same = await admin.put(PATH, json=ADA | {"external_id": "E-1"})
    changed = await admin.put(PATH, json={"title": "Analyst"})

    assert [answer.status_code for answer in (made, same, changed)] == [201, 200, 200]
    assert made.json()["external_id"] == "E-1"
    assert (same.content, changed.json()["version"]) == (made.content, 2)
    assert (await admin.get(changed.headers["Location"])).content == changed.content
    assert (await admin.put(PATH, content=b"[]", headers={"Content-Type": "application/json"})).status_code == 422
    assert (await admin.put(PATH, content=b"{", headers={"Content-Type": "application/json"})).status_code in (400, 422)
    assert (await admin.get(PATH)).status_code == 405


async def test_a_body_that_names_somebody_else_is_refused(api: Api, world: World) -> None:
    answer = await api(world.keys["admin"]).put(PATH, json=ADA | {"external_id": "E-2"})

    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (422, "address_differs")


async def test_another_request_with_the_same_key_is_refused_whatever_the_address(api: Api, world: World) -> None:
    admin, key = api(world.keys["admin"]), {"Idempotency-Key": "monday"}

    made = await admin.put(PATH, json=ADA, headers=key)
    again = await admin.put(PATH, json=ADA, headers=key)
    other = await admin.put("/v1/people/by-external-id/E-2", json=ADA, headers=key)

    assert (again.content, again.headers["Idempotency-Replayed"]) == (made.content, "true")
    assert other.json()["code"] == "idempotency_key_reused"


async def test_what_changed_since_it_was_read_is_not_put(api: Api, world: World) -> None:
    admin = api(world.keys["admin"])
    nobody = await admin.put(PATH, json=ADA, headers={"If-Match": '"1"'})
    made = await admin.put(PATH, json=ADA)
    tag = {"If-Match": made.headers["ETag"]}

    first = await admin.put(PATH, json={"title": "Analyst"}, headers=tag)
    # Of a stale version not even what changes nothing is taken.
    stale = [await admin.put(PATH, json={"title": title}, headers=tag) for title in ("Chair", "Analyst")]

    assert (nobody.status_code, first.status_code) == (412, 200)
    assert [(answer.status_code, answer.json()["code"]) for answer in stale] == [(412, "stale_version")] * 2
    assert (await admin.put(PATH, json={"title": "Chair"}, headers={"If-Match": first.headers["ETag"]})).is_success
