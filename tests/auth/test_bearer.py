"""The way in, whatever the credential: one wording, one cache, and the address that a caller comes from."""

import httpx
import pytest
from pydantic import ValidationError

from app.auth import bearer, keys
from app.auth.bearer import authenticate
from app.auth.credentials import BadCredential
from app.commands import serving
from app.config import Settings
from app.main import create_app
from tests.auth.conftest import enter
from tests.conftest import TestClock
from tests.world import World

MADE_UP = [
    "Bearer",
    "Basic dTpw",
    "Bearer x",
    f"Bearer {keys.make().text}",
    "Bearer a.b.c",
    "Bearer " + "x" * bearer.LONGEST,
    "Bearer fsk_test_" + "a" * 41,
]


@pytest.mark.parametrize("header", MADE_UP, ids=range(len(MADE_UP)))
async def test_both_doors_refuse_whatever_is_wrong_in_the_same_words(world: World, header: str) -> None:
    transport = httpx.ASGITransport(create_app())
    async with httpx.AsyncClient(transport=transport, base_url="http://flipside") as client:
        rest = await client.get("/v1/people", headers={"Authorization": header})
        graphql = await client.post("/graphql", headers={"Authorization": header}, json={"query": "{__typename}"})

    said = BadCredential().detail
    assert (rest.status_code, rest.json()["detail"]) == (401, said)
    assert (graphql.status_code, graphql.json()["errors"][0]["message"]) == (401, said)
    for answer in (rest, graphql):
        assert answer.headers["WWW-Authenticate"] == 'Bearer realm="flipside", error="invalid_token"'


async def test_who_shows_nothing_is_not_told_of_a_wrong_token(world: World) -> None:
    transport = httpx.ASGITransport(create_app())
    async with httpx.AsyncClient(transport=transport, base_url="http://flipside") as client:
        answers = [await client.get("/v1/people"), await client.post("/graphql", json={"query": "{__typename}"})]

    for answer in answers:
        assert answer.status_code == 401
        assert answer.headers["WWW-Authenticate"] == 'Bearer realm="flipside"'


async def test_two_credentials_are_none_at_either_door(world: World) -> None:
    headers = [("Authorization", f"Bearer {world.keys['admin']}")] * 2
    transport = httpx.ASGITransport(create_app())
    async with httpx.AsyncClient(transport=transport, base_url="http://flipside") as client:
        assert (await client.get("/v1/people", headers=headers)).status_code == 401
        assert (await client.post("/graphql", headers=headers, json={"query": "{__typename}"})).status_code == 401


async def test_what_is_remembered_opens_nothing(world: World) -> None:
    assert await enter(world.keys["mentor"]) is not None

    assert world.keys["mentor"] not in repr(bearer._trusted)


async def bound(world: World, *networks: str) -> str:
    """A key that opens the door from some networks only."""
    made = await world.do(
        "admin",
        "create_api_key",
        name="x",
        role="service_account",
        service_account="bi",
        scopes=["goals:read"],
        networks=networks,
    )
    return f"Bearer {made['secret']}"


@pytest.mark.parametrize(
    ("caller", "is_let_in"),
    [
        ("203.0.113.0", True),
        ("203.0.113.255", True),
        ("::ffff:203.0.113.7", True),
        ("2001:db8::7", True),
        ("203.0.114.0", False),
        ("2001:db9::7", False),
        ("127.0.0.1", False),
        ("", False),
        (None, False),
        ("testclient", False),
    ],
)
async def test_a_key_keeps_to_its_networks(world: World, caller: str | None, is_let_in: bool) -> None:
    header = await bound(world, "203.0.113.0/24", "2001:db8::/32")

    # The second time it is trusted already, and asked for its address all the same.
    for _ in range(2):
        try:
            await authenticate(header, caller)
        except BadCredential:
            assert not is_let_in
        else:
            assert is_let_in


async def test_the_address_is_that_of_the_connection_whatever_a_header_says(world: World, clock: TestClock) -> None:
    header = await bound(world, "203.0.113.0/24")
    headers = {"Authorization": header, "X-Forwarded-For": "203.0.113.7", "Forwarded": "for=203.0.113.7"}
    for peer, status in (("198.51.100.1", 401), ("203.0.113.7", 200)):
        transport = httpx.ASGITransport(create_app(), client=(peer, 1234))
        async with httpx.AsyncClient(transport=transport, base_url="http://flipside") as client:
            assert (await client.get("/v1/goals", headers=headers)).status_code == status
            asked = await client.post("/graphql", headers=headers, json={"query": "{goals{nodes{id}}}"})
            assert asked.status_code == status


@pytest.mark.parametrize(
    ("proxies", "forwarded", "status"),
    [
        ("", "203.0.113.7", 401),
        ("127.0.0.1", "203.0.113.7", 200),
        ("10.0.0.0/8, 127.0.0.0/8", "203.0.113.7, 10.0.0.5", 200),
        ("10.0.0.0/8", "203.0.113.7", 401),
        ("127.0.0.1", "203.0.113.7, 198.51.100.1", 401),
        ("127.0.0.1", "nonsense", 401),
    ],
)
async def test_a_proxy_is_believed_when_it_is_named(
    world: World, settings: Settings, proxies: str, forwarded: str, status: int
) -> None:
    config = serving._server(settings.model_copy(update={"trusted_proxies": proxies}), lambda: None).config
    config.load()
    headers = {"Authorization": await bound(world, "203.0.113.0/24"), "X-Forwarded-For": forwarded}

    transport = httpx.ASGITransport(config.loaded_app)
    async with httpx.AsyncClient(transport=transport, base_url="http://flipside") as client:
        assert (await client.get("/v1/goals", headers=headers)).status_code == status


@pytest.mark.parametrize("proxies", ["*", "proxy.example.com", "10.0.0.1/8"])
def test_a_proxy_is_named_by_its_address(proxies: str) -> None:
    with pytest.raises(ValidationError):
        Settings(trusted_proxies=proxies)
