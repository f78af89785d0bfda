"""`GET /v1/me`: what there is for the caller, in one call and one statement."""

from tests.conftest import TestClock
from tests.routers.conftest import Api
from tests.world import World


async def test_one_call_tells_what_waits_and_whom_one_meets(
    world: World, clock: TestClock, api: Api, statements: list[str]
) -> None:
    pairing = await world.pairing()
    session = await world.session(pairing["id"])
    client = api(world.keys["mentor"])
    # From now on the credential is known.
    await client.get("/v1/me", params={"fields": "id"})
    statements.clear()

    answer = await client.get("/v1/me")

    found = answer.json()
    assert (answer.status_code, found["id"]) == (200, world.people["mentor"])
    assert [(task["kind"], task["session_id"]) for task in found["tasks"]["items"]] == [
        ("attend_session", session["id"])
    ]
    assert [pair["mentee"]["display_name"] for pair in found["pairings_as_mentor"]["items"]] == ["Mentee Doe"]
    assert found["pairings_as_mentee"]["items"] == []
    assert len(statements) == 1


async def test_callers_may_ask_for_less(world: World, api: Api) -> None:
    client = api(world.keys["mentor"])

    answer = await client.get("/v1/me", params={"fields": "id"})
    again = await client.get("/v1/me", params={"fields": "id"}, headers={"If-None-Match": answer.headers["ETag"]})

    assert answer.json() == {"id": world.people["mentor"]}
    assert again.status_code == 304


async def test_a_service_is_nobody(world: World, api: Api) -> None:
    answer = await api(world.keys["service"]).get("/v1/me")

    assert (answer.status_code, answer.json()["code"]) == (404, "no_person")


async def test_what_is_not_known_is_named(world: World, api: Api) -> None:
    answer = await api(world.keys["mentor"]).get("/v1/me", params={"id": "x"})

    assert (answer.status_code, answer.json()["errors"][0]["parameter"]) == (422, "id")
