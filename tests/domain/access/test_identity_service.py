"""Registering identity providers, and giving people a standing: by whom, with what, and what nobody learns."""

from typing import Any

import pytest
from pydantic import ValidationError

from tests.outcomes import invalid, refused
from tests.world import World, found_world

ISSUER = "https://login.example.com/acme"
RANDOM = "0b7bd5f6-58a9-4a5e-8e6c-0e4bb6a8f6a1"


async def provider_for(world: World, part: str = "admin", **fields: Any) -> dict[str, Any]:
    """A provider of an organisation."""
    given = dict[str, Any](name="Sign-in", issuer=ISSUER, audience=world.organisation_id)
    return await world.do(part, "create_identity_provider", **(given | fields))


async def test_a_provider_is_read_as_it_was_registered(world: World) -> None:
    made = await provider_for(world)

    assert made == await world.see("admin", made["id"])
    assert (made["token_type"], made["algorithms"], made["is_enabled"]) == ("at_jwt", ["RS256"], True)
    assert (made["person_claim"], made["person_match"], made["jwks_uri"]) == ("sub", "external_id", None)
    assert await world.seen_by(made["id"]) == {"admin"}


@pytest.mark.parametrize("audience", [RANDOM, f"api://{RANDOM}", RANDOM.upper(), "https://api.example.com/{}", "{}"])
async def test_an_audience_is_one_that_nobody_else_could_have_chosen(world: World, audience: str) -> None:
    assert await provider_for(world, audience=audience.format(world.organisation_id))


@pytest.mark.parametrize("audience", ["api://default", "flipside", f"{RANDOM}x", "org_01kd3xq8v7fy2a9m4n6p0rstwz"])
async def test_an_audience_that_could_be_somebody_elses_is_refused(world: World, audience: str) -> None:
    with invalid("audience_not_own", "/audience"):
        await provider_for(world, audience=audience)


async def test_nobody_learns_who_else_has_registered_an_issuer(world: World) -> None:
    other = await found_world("Other")
    ours, theirs = await provider_for(world, audience=RANDOM), await provider_for(other, audience=RANDOM)

    changing = {"id", "created_at", "updated_at"}
    assert {name: ours[name] for name in ours.keys() - changing} == {
        name: theirs[name] for name in theirs.keys() - changing
    }
    with refused("issuer_taken"):
        await provider_for(world, audience=RANDOM)
    await world.do("admin", "delete_identity_provider", ours["id"])
    await provider_for(world, audience=RANDOM)


async def test_an_organisation_has_ten_providers_at_most(world: World) -> None:
    for number in range(10):
        await provider_for(world, issuer=f"{ISSUER}/{number}")
    with refused("too_many_identity_providers"):
        await provider_for(world)


async def test_what_a_provider_is_does_not_change_how_it_is_read_does(world: World) -> None:
    made = await provider_for(world)

    changes: dict[str, Any] = {
        "name": "Keycloak",
        "jwks_uri": f"{ISSUER}/keys",
        "algorithms": ["ES256"],
        "token_type": "jwt",
        "person_claim": "email",
        "person_match": "work_email",
        "is_enabled": False,
    }
    changed = await world.do("admin", "update_identity_provider", made["id"], **changes)

    assert {name: changed[name] for name in changes} == changes
    for name in ("issuer", "audience"):
        with pytest.raises(ValidationError):
            await world.do("admin", "update_identity_provider", made["id"], **dict[str, Any]({name: ISSUER}))
    assert (await world.do("admin", "update_identity_provider", made["id"], jwks_uri=None))["jwks_uri"] is None


@pytest.mark.parametrize(
    "fields",
    [
        {"issuer": "ftp://login.example.com"},
        {"issuer": f"{ISSUER}?a=b"},
        {"issuer": f"{ISSUER}#a"},
        {"algorithms": ["HS256"]},
        {"algorithms": ["none"]},
        {"algorithms": []},
        {"algorithms": ["RS256", "RS256"]},
        {"audience": ""},
        {"person_claim": "two words"},
        {"person_match": "id"},
    ],
)
async def test_what_no_provider_can_be_is_refused(world: World, fields: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        await provider_for(world, **fields)


async def test_addresses_that_we_may_not_call_are_refused(world: World) -> None:
    with refused("url_refused", "/issuer"):
        await provider_for(world, issuer="https://user:password@login.example.com")
    with refused("url_refused", "/jwks_uri"):
        await provider_for(world, jwks_uri="https://user@login.example.com")
    made = await provider_for(world)
    with refused("url_refused", "/jwks_uri"):
        await world.do("admin", "update_identity_provider", made["id"], jwks_uri="https://login.example.com/#keys")


@pytest.mark.parametrize("part", ["coordinator", "mentor", "service"])
async def test_only_administrators_say_who_may_come_in(world: World, part: str) -> None:
    with refused("forbidden"):
        await provider_for(world, part)
    with refused("forbidden"):
        await world.do(part, "create_standing", person_id=world.people["mentor"], role="organisation_admin")


async def test_a_standing_is_one_at_a_time_and_of_somebody_here(world: World) -> None:
    other = await found_world("Other")
    wish: dict[str, Any] = {"person_id": world.people["mentor"], "role": "coordinator"}
    made = await world.do("admin", "create_standing", **wish)

    with refused("standing_held"):
        await world.do("admin", "create_standing", **wish)
    with refused("unknown_reference", "/person_id"):
        await world.do("admin", "create_standing", **(wish | {"person_id": other.people["mentor"]}))
    with pytest.raises(ValidationError):
        await world.do("admin", "create_standing", **(wish | {"role": "service_account"}))
    await world.do("admin", "delete_standing", made["id"])
    await world.do("admin", "create_standing", **wish)
