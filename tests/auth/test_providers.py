"""Tokens of an identity provider: whom they let in, and every way in which they must not."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import asyncpg
import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from app.auth import bearer
from app.auth.actor import Actor, Role
from app.auth.bearer import authenticate
from app.auth.credentials import BadCredential
from app.auth.scopes import EVERY, Scope
from tests.auth.conftest import SignIn, enter
from tests.auth.issuers import at, encoded, private_key, public_jwk
from tests.conftest import NOON, TestClock
from tests.world import found_world


async def test_a_token_lets_a_person_in_as_a_participant(sign_in: SignIn) -> None:
    assert await enter(sign_in.token()) == Actor(
        sign_in.world.organisation_id, sign_in.person_id, Role.PARTICIPANT, EVERY, sign_in.person_id
    )


@pytest.mark.parametrize("algorithm", ["RS256", "PS256", "ES256", "EdDSA"])
async def test_every_algorithm_that_is_allowed_works(sign_in: SignIn, algorithm: str) -> None:
    sign_in.issuer.keys = [public_jwk(algorithm, "one")]
    assert await enter(sign_in.token(algorithm=algorithm)) is None or algorithm == "RS256"

    await sign_in.update(algorithms=[algorithm])

    assert await enter(sign_in.token(algorithm=algorithm)) is not None


def unsigned(sign_in: SignIn) -> str:
    return (
        f"{encoded({'alg': 'none', 'typ': 'at+jwt', 'kid': 'one'})}.{encoded(sign_in.issuer.claims(sign_in.audience))}."
    )


def unsigned_with_a_signature(sign_in: SignIn) -> str:
    return f"{unsigned(sign_in)}AAAA"


def signed_with_the_public_key(sign_in: SignIn) -> str:
    public = private_key("RS256").public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    header = {"alg": "HS256", "typ": "at+jwt", "kid": "one"}
    body = f"{encoded(header)}.{encoded(sign_in.issuer.claims(sign_in.audience))}"
    signature = jwt.get_algorithm_by_name("HS256").sign(body.encode(), public)
    return f"{body}.{encoded(signature)}"


def with_another_body(sign_in: SignIn) -> str:
    header, _, signature = sign_in.token().split(".")
    return f"{header}.{encoded(sign_in.issuer.claims(sign_in.audience, sub='e-2'))}.{signature}"


def with_keys_of_its_own(sign_in: SignIn, **header: Any) -> str:
    return sign_in.token(key=private_key("RS256", 1), header=header)


def twice(sign_in: SignIn) -> str:
    return sign_in.token(sub=sign_in.token())


LATER = at(NOON + timedelta(hours=1))
ATTACKS: dict[str, Callable[[SignIn], str]] = {
    "unsigned": unsigned,
    "unsigned, with a signature": unsigned_with_a_signature,
    "HMAC with the public key": signed_with_the_public_key,
    "another body": with_another_body,
    "another key": lambda it: it.token(key=private_key("RS256", 1)),
    "a short key": lambda it: it.token(key=generate_private_key(65537, 1024)),  # noqa: S505 - that is the attack
    "its own key": lambda it: with_keys_of_its_own(it, jwk=public_jwk("RS256", "one", 1)),
    "a key elsewhere": lambda it: with_keys_of_its_own(it, jku=f"{it.issuer.url}/keys", x5u=f"{it.issuer.url}/x"),
    "a path for a key": lambda it: with_keys_of_its_own(it, kid="../../../../dev/null"),
    "SQL for a key": lambda it: with_keys_of_its_own(it, kid="' or 1=1 --"),
    "a number for a key": lambda it: with_keys_of_its_own(it, kid=1),
    "an algorithm not allowed": lambda it: it.token(algorithm="PS256"),
    "another audience": lambda it: it.token(audience="org_01kd3xq8v7fy2a9m4n6p0rstwz"),
    "no audience": lambda it: it.token(aud=...),
    "an audience in another case": lambda it: it.token(audience=it.audience.upper()),
    "another issuer": lambda it: it.token(iss="https://login.example.com"),
    "an issuer with a slash": lambda it: it.token(iss=f"{it.issuer.url}/"),
    "no issuer": lambda it: it.token(iss=...),
    "an issuer that is a list": lambda it: it.token(iss=[it.issuer.url]),
    "an identity token": lambda it: it.token(header={"typ": "JWT"}),
    "no type": lambda it: it.token(header={"typ": None}),
    "a type that is a list": lambda it: it.token(header={"typ": ["at+jwt"]}),
    "expired": lambda it: it.token(iat=at(NOON) - 660, exp=at(NOON) - 60),
    "not yet valid": lambda it: it.token(nbf=at(NOON) + 61),
    "issued in the future": lambda it: it.token(iat=at(NOON) + 61),
    "no end": lambda it: it.token(exp=...),
    "an end in infinity": lambda it: it.token(exp=float("inf")),
    "no number for an end": lambda it: it.token(exp=float("nan")),
    "an end beyond all calendars": lambda it: it.token(exp=10**18),
    "an end in two days": lambda it: it.token(exp=at(NOON + timedelta(days=2))),
    "a text for an end": lambda it: it.token(exp=str(LATER)),
    "a boolean for an end": lambda it: it.token(exp=True),
    "a text for a beginning": lambda it: it.token(nbf=str(at(NOON))),
    "no beginning": lambda it: it.token(iat=...),
    "an integer for a subject": lambda it: it.token(sub=1),
    "no subject": lambda it: it.token(sub=...),
    "an empty subject": lambda it: it.token(sub=""),
    "an endless subject": lambda it: it.token(sub="e" * 256),
    "something critical": lambda it: it.token(header={"crit": ["exp"], "exp": 1}),
    "something critical that is known": lambda it: it.token(header={"crit": ["b64"], "b64": True}),
    "a token in a token": twice,
    "a person who is not there": lambda it: it.token(sub="e-2"),
    "a person with a NUL": lambda it: it.token(sub="e-1\x00"),
    "an issuer with a NUL": lambda it: it.token(iss=f"{it.issuer.url}\x00"),
    "half a character": lambda it: it.token(sub="\ud800"),
    "one part more": lambda it: f"{it.token()}.AAAA",
    "one part less": lambda it: it.token().rpartition(".")[0],
    "no JSON": lambda it: f"{encoded(b'{')}.{encoded(b'{')}.AAAA",
    "a list for claims": lambda it: f"{encoded({'alg': 'RS256'})}.{encoded([1])}.AAAA",
    "a deep hole": lambda it: f"{encoded(b'[' * 2000)}.{encoded({})}.AAAA",
    "padding": lambda it: f"{it.token()}=",
    "too long": lambda it: it.token(padding="x" * 8192),
}


@pytest.mark.parametrize("attack", ATTACKS)
async def test_a_token_that_is_not_as_it_should_be_is_refused_in_the_same_words(sign_in: SignIn, attack: str) -> None:
    with pytest.raises(BadCredential) as refused:
        await authenticate(f"Bearer {ATTACKS[attack](sign_in)}")

    assert refused.value.detail == BadCredential().detail
    assert refused.value.challenge == 'Bearer realm="flipside", error="invalid_token"'


async def test_clocks_may_differ_by_a_minute(sign_in: SignIn) -> None:
    assert await enter(sign_in.token(iat=at(NOON) - 660, exp=at(NOON) - 59)) is not None
    assert await enter(sign_in.token(iat=at(NOON) + 60, nbf=at(NOON) + 60)) is not None


async def test_a_token_is_good_until_it_ends_however_often_it_is_shown(sign_in: SignIn, clock: TestClock) -> None:
    token = sign_in.token(exp=at(NOON) + 3)
    assert await enter(token) is not None

    clock.advance(seconds=62)
    assert await enter(token) is not None
    clock.advance(seconds=1)
    assert await enter(token) is None


@pytest.mark.parametrize("kind", ["JWT", None, "at+jwt", "application/at+jwt"])
async def test_a_provider_that_says_no_more_than_jwt_can_be_taken_at_its_word(
    sign_in: SignIn, kind: str | None
) -> None:
    await sign_in.update(token_type="jwt")

    assert await enter(sign_in.token(header={"typ": kind})) is not None


async def test_an_audience_among_others_is_enough(sign_in: SignIn) -> None:
    assert await enter(sign_in.token(aud=["account", sign_in.audience])) is not None


@pytest.mark.parametrize(
    ("claims", "scopes"),
    [
        ({"scope": "openid profile"}, EVERY),
        ({"scope": "openid goals:read sessions:read"}, {Scope.GOALS_READ, Scope.SESSIONS_READ}),
        ({"scp": "goals:read"}, {Scope.GOALS_READ}),
        ({"scp": ["goals:read", "email"]}, {Scope.GOALS_READ}),
        ({"scope": 7}, EVERY),
    ],
)
async def test_a_token_can_be_narrow(sign_in: SignIn, claims: dict[str, Any], scopes: set[Scope]) -> None:
    actor = await enter(sign_in.token(**claims))

    assert actor is not None
    assert actor.scopes == scopes


async def test_a_person_can_be_named_by_their_address(sign_in: SignIn) -> None:
    await sign_in.update(person_claim="email", person_match="work_email")

    verified: Any
    for verified in (True, "true", ...):
        actor = await enter(sign_in.token(sub="x", email="ada@EXAMPLE.com", email_verified=verified))
        assert actor is not None
        assert actor.person_id == sign_in.person_id
    for verified in (False, "false", 1.5, None):
        assert await enter(sign_in.token(sub="x", email="ada@example.com", email_verified=verified)) is None
    assert await enter(sign_in.token(sub="x", email=["ada@example.com"])) is None


@pytest.mark.parametrize("role", ["organisation_admin", "coordinator", "auditor"])
async def test_a_standing_makes_more_than_a_participant(sign_in: SignIn, clock: TestClock, role: str) -> None:
    token = sign_in.token()
    standing = await sign_in.world.do("admin", "create_standing", person_id=sign_in.person_id, role=role)

    actor = await enter(token)
    assert actor is not None
    assert actor.role == role

    await sign_in.world.do("admin", "delete_standing", standing["id"])
    clock.advance(seconds=5)
    actor = await enter(token)
    assert actor is not None
    assert actor.role is Role.PARTICIPANT


async def test_whoever_leaves_is_out_within_five_seconds(sign_in: SignIn, clock: TestClock) -> None:
    token = sign_in.token()
    assert await enter(token) is not None

    await sign_in.world.do("admin", "deactivate_person", sign_in.person_id)
    clock.advance(seconds=5)
    assert await enter(token) is None

    await sign_in.world.do("admin", "reactivate_person", sign_in.person_id)
    assert await enter(token) is not None


async def test_a_provider_that_is_off_lets_nobody_in_within_five_seconds(sign_in: SignIn, clock: TestClock) -> None:
    first, second = sign_in.token(), sign_in.token(jti="2")
    assert await enter(first) is not None

    await sign_in.world.do("admin", "update_identity_provider", sign_in.provider["id"], is_enabled=False)

    clock.advance(seconds=4)
    assert await enter(second) is not None
    clock.advance(seconds=1)
    assert await enter(first) is None
    assert await enter(second) is None


async def test_of_two_organisations_the_first_has_the_issuer(sign_in: SignIn, clock: TestClock) -> None:
    other = await found_world("Other")
    await other.newcomer("employee", external_id="e-1")
    client = "api://0b7bd5f6-58a9-4a5e-8e6c-0e4bb6a8f6a1"
    ours: dict[str, Any] = {"name": "x", "issuer": sign_in.issuer.url, "audience": client}

    first = await sign_in.world.do("admin", "create_identity_provider", **ours)
    clock.advance(seconds=1)
    second = await other.do("admin", "create_identity_provider", **ours)

    assert first.keys() == second.keys()
    actor = await enter(sign_in.token(audience=client))
    assert actor is not None
    assert actor.organisation_id == sign_in.world.organisation_id

    await sign_in.world.do("admin", "delete_identity_provider", first["id"])
    bearer.forget()
    actor = await enter(sign_in.token(audience=client))
    assert actor is not None
    assert actor.organisation_id == other.organisation_id


async def test_a_token_for_two_organisations_is_for_neither(sign_in: SignIn) -> None:
    other = await found_world("Other")
    await other.do(
        "admin", "create_identity_provider", name="x", issuer=sign_in.issuer.url, audience=other.organisation_id
    )

    assert await enter(sign_in.token(aud=[sign_in.audience, other.organisation_id])) is None


async def test_what_is_remembered_does_not_grow_without_bound(sign_in: SignIn, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.auth.providers._REMEMBERED", 1)

    for extra in ("a", "b", "c"):
        assert await enter(sign_in.token(aud=[sign_in.audience, extra])) is not None
    await sign_in.world.do("admin", "update_identity_provider", sign_in.provider["id"], jwks_uri=sign_in.issuer.url)
    bearer._trusted.clear()
    assert await enter(sign_in.token(aud=[sign_in.audience, "d"])) is not None


async def test_a_binding_without_its_provider_opens_nothing(sign_in: SignIn, owner: asyncpg.Connection) -> None:
    made = await sign_in.world.do(
        "admin", "create_identity_provider", name="x", issuer=sign_in.issuer.url, audience=f"{sign_in.audience}/gone"
    )
    await owner.execute("delete from identity_provider where id = $1", made["id"])

    assert await enter(sign_in.token(audience=made["audience"])) is None
