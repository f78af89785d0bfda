"""The token endpoint: who gets a token, for what, how long it lives, and in which words others are refused."""

import base64
from datetime import timedelta
from typing import Any

import httpx
import jwt
import orjson
import pytest

from app.auth import bearer, signing_keys, tokens
from app.auth.actor import Role
from app.auth.bearer import authenticate
from app.auth.scopes import EVERY, Scope
from tests.auth.conftest import enter
from tests.auth.issuers import encoded, private_key
from tests.conftest import TestClock
from tests.routers.conftest import Api
from tests.world import World

GRANT = {"grant_type": "client_credentials"}
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


@pytest.fixture
def client(api: Api) -> httpx.AsyncClient:
    """A caller without a key in the header."""
    return api()


def basic(identity: str, secret: str) -> dict[str, str]:
    """The header of HTTP Basic."""
    return {"Authorization": "Basic " + base64.b64encode(f"{identity}:{secret}".encode()).decode()}


def account(world: World) -> dict[str, str]:
    """Id and secret of the service account."""
    return {"client_id": world.actors["service"].principal, "client_secret": world.keys["service"]}


async def token_of(client: httpx.AsyncClient, world: World, **more: str) -> str:
    """A token of the service account."""
    answer = await client.post("/oauth/token", data=GRANT | account(world) | more)
    assert answer.status_code == 200, answer.text
    return str(answer.json()["access_token"])


async def test_a_secret_buys_a_token_that_opens_both_doors(client: httpx.AsyncClient, world: World) -> None:
    answer = await client.post("/oauth/token", data=GRANT | account(world))

    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    said = answer.json()
    assert said.keys() == {"access_token", "token_type", "expires_in", "scope"}
    assert (said["token_type"], said["expires_in"]) == ("Bearer", 840)
    assert set(said["scope"].split()) == EVERY
    headers = {"Authorization": f"Bearer {said['access_token']}"}
    assert (await client.get("/v1/people", headers=headers)).status_code == 200
    asked = await client.post("/graphql", headers=headers, json={"query": "{people(first:1){nodes{id}}}"})
    assert "errors" not in asked.json()


async def test_the_token_is_the_accounts_own_and_says_so_in_the_standard_way(
    client: httpx.AsyncClient, world: World
) -> None:
    token = await token_of(client, world)

    actor = await authenticate(f"Bearer {token}")
    assert actor == world.actors["service"]
    assert actor.role is Role.SERVICE_ACCOUNT
    keys = (await client.get("/.well-known/jwks.json")).json()["keys"]
    known = (await client.get("/.well-known/oauth-authorization-server")).json()
    header = jwt.get_unverified_header(token)
    (key,) = [key for key in keys if key["kid"] == header["kid"]]
    assert key.keys() == {"kty", "crv", "use", "alg", "kid", "x"}
    claims = jwt.decode(
        token,
        jwt.PyJWK(key),
        ["EdDSA"],
        audience=known["issuer"],
        issuer=known["issuer"],
        options={"verify_exp": False, "verify_iat": False},
    )
    assert header["typ"] == "at+jwt"
    assert claims["sub"] == claims["client_id"] == actor.principal
    assert known["token_endpoint"].endswith("/oauth/token")
    assert known["jwks_uri"].endswith("/.well-known/jwks.json")


async def test_a_client_may_show_itself_by_http_basic(client: httpx.AsyncClient, world: World) -> None:
    answer = await client.post("/oauth/token", data=GRANT, headers=basic(*account(world).values()))

    assert answer.status_code == 200


async def test_a_token_can_be_narrower_than_its_client_and_never_wider(client: httpx.AsyncClient, world: World) -> None:
    made = await world.do(
        "admin",
        "create_api_key",
        name="x",
        role="service_account",
        service_account="bi",
        scopes=["goals:read", "sessions:read"],
    )
    bi = {"client_id": made["id"], "client_secret": made["secret"]}

    narrow = await client.post("/oauth/token", data=GRANT | bi | {"scope": "goals:read"})
    assert narrow.json()["scope"] == "goals:read"
    assert (await authenticate(f"Bearer {narrow.json()['access_token']}")).scopes == {Scope.GOALS_READ}
    for scope in ("goals:write", "goals:read goals:write", "openid", " "):
        refused = await client.post("/oauth/token", data=GRANT | bi | {"scope": scope})
        assert (refused.status_code, refused.json()["error"]) == (400, "invalid_scope"), scope


async def test_a_revoked_client_takes_its_tokens_with_it_within_five_seconds(
    client: httpx.AsyncClient, world: World, clock: TestClock
) -> None:
    token = await token_of(client, world)
    assert await enter(token) is not None

    await world.do("admin", "revoke_api_key", world.actors["service"].principal)

    assert await enter(token) is not None
    clock.advance(seconds=5)
    assert await enter(token) is None


async def test_a_token_is_good_for_a_quarter_of_an_hour(
    client: httpx.AsyncClient, world: World, clock: TestClock
) -> None:
    token = await token_of(client, world)

    clock.advance(minutes=14, seconds=59)
    assert await enter(token) is not None
    clock.advance(seconds=1)
    assert await enter(token) is None


async def test_the_keys_of_the_installation_change_and_the_tokens_before_live_on(
    client: httpx.AsyncClient, world: World, clock: TestClock
) -> None:
    before, _ = await signing_keys.current(clock.time)
    clock.advance(days=30 - clock.time.date().toordinal() % 30 - 1, hours=11, minutes=55)
    old = await token_of(client, world)
    clock.advance(minutes=10)

    new = await token_of(client, world)

    names = [jwt.get_unverified_header(token)["kid"] for token in (old, new)]
    assert names == [before, str(int(before) + 1)]
    assert await enter(old) is not None
    assert await enter(new) is not None
    shown = (await client.get("/.well-known/jwks.json")).json()["keys"]
    assert {key["kid"] for key in shown} == set(names)
    clock.advance(days=60)
    await token_of(client, world)
    bearer.forget()
    assert (await client.get("/.well-known/jwks.json")).json()["keys"] != shown


async def test_processes_that_need_a_key_at_once_agree_on_one(world: World, clock: TestClock) -> None:
    clock.advance(days=3000)
    one = await signing_keys.current(clock.time)
    signing_keys.forget()
    other = await signing_keys.current(clock.time)

    assert one[0] == other[0]
    assert one[1].private_bytes_raw() == other[1].private_bytes_raw()


async def test_a_token_of_our_own_cannot_be_made_by_others(
    client: httpx.AsyncClient, world: World, clock: TestClock
) -> None:
    header, body, signature = (await token_of(client, world)).split(".")
    kid = jwt.get_unverified_header(f"{header}.{body}.{signature}")["kid"]
    claims = orjson.loads(base64.urlsafe_b64decode(body + "=="))

    def signed(head: dict[str, Any], key: Any = None, **changes: Any) -> str:
        text = f"{encoded({'alg': 'EdDSA', 'typ': 'at+jwt', 'kid': kid} | head)}.{encoded(claims | changes)}"
        return f"{text}.{encoded(jwt.get_algorithm_by_name('EdDSA').sign(text.encode(), key or private_key('EdDSA')))}"

    _, ours = await signing_keys.current(clock.time)
    assert await enter(signed({}, ours)) is not None
    assert await enter(signed({})) is None
    assert await enter(signed({"kid": "1"}, ours)) is None
    assert await enter(signed({"kid": None}, ours)) is None
    assert await enter(signed({"typ": "JWT"}, ours)) is None
    assert await enter(signed({}, ours, aud="somebody")) is None
    assert await enter(signed({}, ours, exp=claims["exp"] + 1)) is None
    assert await enter(signed({}, ours, sub="key_01kd3xq8v7fy2a9m4n6p0rstwz")) is None


@pytest.mark.parametrize(
    ("given", "error"),
    [
        ({"client_secret": "fsk_live_x"}, "invalid_client"),
        ({"client_secret": ""}, "invalid_client"),
        ({"client_id": "key_01kd3xq8v7fy2a9m4n6p0rstwz"}, "invalid_client"),
        ({"grant_type": "password"}, "unsupported_grant_type"),
        ({"grant_type": ""}, "invalid_request"),
        ({"resource": "x"}, "invalid_request"),
    ],
)
async def test_others_are_refused_in_the_words_of_the_standard(
    client: httpx.AsyncClient, world: World, given: dict[str, str], error: str
) -> None:
    answer = await client.post("/oauth/token", data=GRANT | account(world) | given)

    assert answer.json()["error"] == error
    assert answer.json().keys() == {"error", "error_description"}
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.status_code == (401 if error == "invalid_client" else 400)
    assert ("WWW-Authenticate" in answer.headers) is (answer.status_code == 401)


@pytest.mark.parametrize(
    "header",
    ["Basic", "Basic !", "Basic " + base64.b64encode(b"\xff:x").decode(), "Basic eDp5", "Bearer x", "Digest x"],
)
async def test_a_header_that_is_no_clients_opens_nothing(client: httpx.AsyncClient, world: World, header: str) -> None:
    answer = await client.post("/oauth/token", data=GRANT, headers={"Authorization": header})

    assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client")


async def test_a_client_shows_itself_in_one_way_only(client: httpx.AsyncClient, world: World) -> None:
    answer = await client.post("/oauth/token", data=GRANT | account(world), headers=basic(*account(world).values()))

    assert answer.json()["error"] == "invalid_request"


async def test_a_person_gets_no_token_for_their_key(client: httpx.AsyncClient, world: World) -> None:
    given = {"client_id": world.actors["admin"].principal, "client_secret": world.keys["admin"]}

    answer = await client.post("/oauth/token", data=GRANT | given)

    assert (answer.status_code, answer.json()["error"]) == (400, "unauthorized_client")


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"grant_type=client_credentials&grant_type=client_credentials", FORM["Content-Type"]),
        (b"grant_type", FORM["Content-Type"]),
        (b"", FORM["Content-Type"]),
        (b"\xff=1", FORM["Content-Type"]),
        (b"&".join(b"a%d=1" % number for number in range(30)), FORM["Content-Type"]),
        (b'{"grant_type":"client_credentials"}', "application/json"),
    ],
)
async def test_what_is_no_form_is_refused(client: httpx.AsyncClient, content: bytes, kind: str) -> None:
    answer = await client.post("/oauth/token", content=content, headers={"Content-Type": kind})

    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")


async def test_a_client_bound_to_networks_gets_no_token_elsewhere(client: httpx.AsyncClient, world: World) -> None:
    for network, status in (("127.0.0.0/8", 200), ("203.0.113.0/24", 401)):
        made = await world.do(
            "admin",
            "create_api_key",
            name="x",
            role="service_account",
            service_account=f"bi-{status}",
            scopes=["goals:read"],
            networks=[network],
        )
        given = {"client_id": made["id"], "client_secret": made["secret"]}
        answer = await client.post("/oauth/token", data=GRANT | given)
        assert answer.status_code == status
        if status == 200:
            token = answer.json()["access_token"]
            assert (await authenticate(f"Bearer {token}", "127.0.0.1")).principal == made["id"]
            assert await enter(token) is None


def test_a_token_lives_no_longer_than_a_quarter_of_an_hour() -> None:
    assert tokens.LIFETIME + timedelta(minutes=1) <= timedelta(minutes=15)
