"""The keys of a provider: fetched once, kept, replaced, and kept again while the provider is away."""

import asyncio
from typing import Any

import orjson
import pytest

from app.auth import bearer
from app.auth.keyrings import Keyring
from tests.auth.conftest import SignIn, enter
from tests.auth.issuers import CONFIGURATION, Issuer, private_key, public_jwk, serving
from tests.conftest import TestClock


async def settled(ring: Keyring) -> None:
    """Wait for what a ring fetches behind everybody's back."""
    if ring._fetching is not None:
        await ring._fetching


async def test_keys_are_found_by_discovery_and_kept_for_five_minutes(sign_in: SignIn, clock: TestClock) -> None:
    for seconds in (0, 100, 100, 99):
        clock.advance(seconds=seconds)
        assert await enter(sign_in.token()) is not None

    assert sign_in.issuer.asked == [CONFIGURATION, "/keys"]


async def test_a_key_set_with_an_address_of_its_own_needs_no_discovery(sign_in: SignIn) -> None:
    await sign_in.update(jwks_uri=f"{sign_in.issuer.url}/elsewhere")

    assert await enter(sign_in.token()) is not None
    assert sign_in.issuer.asked == ["/elsewhere"]


async def test_a_new_key_works_at_once(sign_in: SignIn, clock: TestClock) -> None:
    assert await enter(sign_in.token()) is not None
    sign_in.issuer.keys.append(public_jwk("RS256", "two", 2))
    clock.advance(seconds=30)

    assert await enter(sign_in.token(key=private_key("RS256", 2), header={"kid": "two"})) is not None


async def test_a_key_needs_a_name_only_beside_others(sign_in: SignIn) -> None:
    token = sign_in.token(header={"kid": None})
    assert await enter(token) is not None

    sign_in.issuer.keys.append(public_jwk("RS256", "two", 2))
    bearer.forget()
    assert await enter(token) is None


async def test_a_flood_of_unknown_keys_is_one_request(sign_in: SignIn, clock: TestClock) -> None:
    flood = [sign_in.token(header={"kid": f"unknown-{number}"}) for number in range(50)]

    assert await asyncio.gather(*map(enter, flood)) == [None] * 50
    assert sign_in.issuer.asked == [CONFIGURATION, "/keys"]

    clock.advance(seconds=30)
    assert await asyncio.gather(*map(enter, flood)) == [None] * 50
    assert sign_in.issuer.asked == [CONFIGURATION, "/keys"] * 2


async def test_whoever_comes_while_the_keys_are_on_their_way_waits_for_them(sign_in: SignIn) -> None:
    tokens = [sign_in.token(jti=str(number)) for number in range(5)]

    assert None not in await asyncio.gather(*map(enter, tokens))
    assert sign_in.issuer.asked == [CONFIGURATION, "/keys"]


async def test_old_keys_are_renewed_while_nobody_waits(clock: TestClock) -> None:
    async with serving(Issuer()) as issuer:
        ring = Keyring(issuer.url, f"{issuer.url}/keys")
        assert await ring.key("one", "RS256") is not None
        issuer.keys = [public_jwk("RS256", "two")]
        clock.advance(seconds=300)

        assert await ring.key("one", "RS256") is not None
        await settled(ring)
        assert await ring.key("one", "RS256") is None
        assert await ring.key("two", "RS256") is not None
        assert len(issuer.asked) == 2


async def test_the_last_good_keys_are_kept_for_a_day_while_the_provider_is_away(clock: TestClock) -> None:
    async with serving(Issuer()) as issuer:
        ring = Keyring(issuer.url, f"{issuer.url}/keys")
        assert await ring.key("one", "RS256") is not None
        issuer.status = 503
        for hours in (1, 22):
            clock.advance(hours=hours)
            assert await ring.key("one", "RS256") is not None
            await settled(ring)
        clock.advance(hours=1)
        assert await ring.key("one", "RS256") is None

        issuer.status = 200
        clock.advance(seconds=30)
        assert await ring.key("one", "RS256") is not None


@pytest.mark.parametrize(
    "shown",
    [
        {"issuer": "https://login.example.com", "jwks_uri": "{}/keys"},
        {"issuer": "{}"},
        {"issuer": "{}", "jwks_uri": ["{}/keys"]},
        {"issuer": "{}", "jwks_uri": "file:///etc/passwd"},
        {"jwks_uri": "{}/keys"},
    ],
)
async def test_discovery_that_is_not_the_issuers_own_is_not_believed(clock: TestClock, shown: dict[str, Any]) -> None:
    async with serving(Issuer()) as issuer:
        issuer.answers[CONFIGURATION] = orjson.dumps(shown).replace(b"{}", issuer.url.encode())

        assert await Keyring(issuer.url, None).key("one", "RS256") is None
        assert issuer.asked == [CONFIGURATION]


@pytest.mark.parametrize(
    "keys",
    [
        [],
        {},
        None,
        ["one"],
        [{"kid": 1}],
        [{"kid": "one"}],
        [{"kid": "one", "kty": "oct", "k": "AAAA"}],
        [public_jwk("RS256", "one", use="enc")],
        [public_jwk("RS256", "one", alg="PS256")],
        [public_jwk("RS256", "one", d="AQAB")],
        [public_jwk("ES256", "one", alg="RS256")],
        [public_jwk("RS256", "one", n="!")],
        [public_jwk("RS256", f"{number}") for number in range(50)] + [public_jwk("RS256", "one")],
    ],
)
async def test_what_is_no_key_for_signing_is_none(clock: TestClock, keys: Any) -> None:
    async with serving(Issuer()) as issuer:
        issuer.keys = keys

        assert await Keyring(issuer.url, f"{issuer.url}/keys").key("one", "RS256") is None
