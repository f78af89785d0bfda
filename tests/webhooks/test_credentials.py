"""Endpoints that are an LRS: what belongs together, what is refused and where, and that no secret comes back."""

from typing import Any

import asyncpg
import pytest

from app.webhooks.events import EndpointPinged
from tests.outcomes import invalid, refused
from tests.world import World

URL = "https://lrs.example/xAPI"
BASIC = {"kind": "basic", "user": "flipside", "password": "s3cr3t-one"}
CLIENT = {
    "kind": "client_credentials",
    "token_url": "https://login.example/token",
    "client_id": "flipside",
    "client_secret": "s3cr3t-two",
}


async def made(world: World, **given: Any) -> dict[str, Any]:
    """An endpoint, by default an LRS."""
    return await world.do("admin", "create_webhook_endpoint", **({"url": URL, "format": "xapi"} | given))


async def changed(world: World, endpoint: dict[str, Any], **given: Any) -> dict[str, Any]:
    """The endpoint with another configuration."""
    return await world.do("admin", "update_webhook_endpoint", endpoint["id"], **given)


@pytest.mark.parametrize("auth", [BASIC, CLIENT, CLIENT | {"scope": "xapi:write all"}])
async def test_of_credentials_only_their_kind_is_shown(
    world: World, owner: asyncpg.Connection, auth: dict[str, Any]
) -> None:
    endpoint = await made(world, auth=auth)

    assert (endpoint["auth_kind"], endpoint["xapi_version"]) == (auth["kind"], "1.0.3")
    rows = await owner.fetch("select w::text from webhook_endpoint w where organisation_id = $1", world.organisation_id)
    for text in (str(endpoint), *(row for (row,) in rows)):
        assert "s3cr3t" not in text
        assert b"s3cr3t".hex() not in text


async def test_an_lrs_that_exists_can_have_another_version_and_other_credentials(world: World) -> None:
    endpoint = await changed(world, await made(world, auth=BASIC), xapi_version="2.0.0", auth=CLIENT)

    assert (endpoint["auth_kind"], endpoint["xapi_version"]) == ("client_credentials", "2.0.0")
    kept = await changed(world, endpoint, description="Ours", url=URL)
    assert (kept["auth_kind"], kept["xapi_version"]) == ("client_credentials", "2.0.0")


async def test_an_lrs_may_become_an_address_like_others_and_back(world: World) -> None:
    endpoint = await changed(world, await made(world, auth=BASIC), format="native")
    assert (endpoint["auth_kind"], endpoint["xapi_version"]) == (None, None)

    with refused("bad_xapi", "/auth"):
        await changed(world, endpoint, format="xapi")
    assert (await changed(world, endpoint, format="xapi", auth=BASIC))["auth_kind"] == "basic"


async def test_credentials_do_not_follow_to_another_address(world: World) -> None:
    endpoint = await made(world, auth=BASIC)

    with refused("bad_xapi", "/auth"):
        await changed(world, endpoint, url="https://elsewhere.example/xAPI")
    moved = await changed(world, endpoint, url="https://elsewhere.example/xAPI", auth=BASIC)
    assert moved["url"] == "https://elsewhere.example/xAPI"


REFUSED: list[tuple[dict[str, Any], tuple[str, ...]]] = [
    ({}, ("/auth",)),
    ({"auth": {"kind": "basic"}}, ("/auth/user", "/auth/password")),
    ({"auth": BASIC | {"client_id": "x", "scope": "y"}}, ("/auth/client_id", "/auth/scope")),
    (
        {"auth": {"kind": "client_credentials", "user": "x"}},
        ("/auth/token_url", "/auth/client_id", "/auth/client_secret", "/auth/user"),
    ),
    ({"auth": CLIENT | {"token_url": "https://user@login.example/token"}}, ("/auth/token_url",)),
    ({"auth": BASIC, "url": f"{URL}?tenant=1"}, ("/url",)),
    ({"auth": BASIC, "types": ["goal.*", "session.scheduled"]}, ("/types",)),
    ({"auth": BASIC, "payload": "full"}, ("/payload",)),
    ({"auth": BASIC, "transform": [{"op": "constant", "to": "a", "value": 1}]}, ("/transform",)),
    ({"auth": BASIC, "headers": [{"name": "authorization", "value": "x"}]}, ("/headers",)),
    ({"payload": "full", "types": ["goal.*"]}, ("/auth", "/types", "/payload")),
    ({"format": "native", "auth": BASIC}, ("/auth",)),
    ({"format": "cloudevents_binary", "auth": BASIC, "xapi_version": "1.0.3"}, ("/auth", "/xapi_version")),
]


async def test_what_another_member_asks_for_has_a_code_that_no_rule_of_form_has(world: World) -> None:
    with invalid("needed", "/auth"):
        await made(world)


@pytest.mark.parametrize(("given", "pointers"), REFUSED)
async def test_every_fault_is_told(world: World, given: dict[str, Any], pointers: tuple[str, ...]) -> None:
    with refused("bad_xapi", *pointers):
        await made(world, **given)


async def test_no_ping_and_no_test_goes_to_an_lrs_but_what_makes_a_statement(world: World) -> None:
    endpoint = await made(world, auth=BASIC)
    with refused("no_statement"):
        await world.do("admin", "ping_webhook_endpoint", endpoint["id"])
    with refused("no_statement"):
        await world.do("admin", "test_webhook_endpoint", endpoint["id"], type="goal.set")

    await world.do("admin", "test_webhook_endpoint", endpoint["id"], type="session.completed")
    assert [event.type for event in await world.told(endpoint["id"])] == []
    assert EndpointPinged.type in [event.type for event in await world.told((await made(world, format="native"))["id"])]
