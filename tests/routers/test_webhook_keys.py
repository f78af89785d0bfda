"""The published keys of an organisation: for anybody, cacheable, and the same nothing for whoever has none."""

from app import ids
from tests.routers.conftest import Api
from tests.world import World


async def test_anybody_reads_the_keys_and_may_keep_them_for_a_while(world: World, api: Api) -> None:
    key = await world.do("admin", "rotate_webhook_signing_key")
    path, stranger = f"/.well-known/webhook-keys/{world.organisation_id}", api()

    answer = await stranger.get(path)
    again = await stranger.get(path, headers={"If-None-Match": answer.headers["ETag"]})
    await world.do("admin", "rotate_webhook_signing_key")
    changed = await stranger.get(path, headers={"If-None-Match": answer.headers["ETag"]})

    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "public, max-age=300"
    assert [found["kid"] for found in answer.json()["keys"]] == [key["id"]]
    assert (again.status_code, again.content) == (304, b"")
    assert len(changed.json()["keys"]) == 2


async def test_an_organisation_that_does_not_exist_looks_like_one_without_keys(world: World, api: Api) -> None:
    answers = [
        await api().get(f"/.well-known/webhook-keys/{organisation_id}")
        for organisation_id in (world.organisation_id, ids.new("org"))
    ]

    assert [(answer.status_code, answer.json()) for answer in answers] == [(200, {"keys": []})] * 2


async def test_what_is_no_id_of_an_organisation_is_not_found(api: Api) -> None:
    for text in ("acme", ids.new("per")):
        answer = await api().get(f"/.well-known/webhook-keys/{text}")
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
