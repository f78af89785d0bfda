"""The rules between an endpoint's members, whichever door they come through."""

from dataclasses import replace
from typing import Any

import asyncpg

from app.auth.scopes import EVERY, Scope
from tests.outcomes import invalid, refused
from tests.outgoing.authorities import Authority
from tests.workers.steps import row
from tests.world import World

PARTS = ("certificate", "private_key")
URL = "https://lms.example/hooks"


async def made(world: World, part: str = "admin", **given: Any) -> dict[str, Any]:
    """An endpoint with some configuration."""
    return await world.do(part, "create_webhook_endpoint", url=URL, **given)


async def changed(world: World, made_: dict[str, Any], part: str = "admin", **given: Any) -> dict[str, Any]:
    """An endpoint with another configuration."""
    return await world.do(part, "update_webhook_endpoint", made_["id"], **given)


async def test_a_configuration_is_shown_as_it_was_given(world: World) -> None:
    given: dict[str, Any] = {
        "programme_ids": [await world.programme()],
        "changed_fields": ["status"],
        "filter": {"data": {"mode": {"$in": ["online"]}}},
        "format": "cloudevents_binary",
        "payload": "full",
        "transform": [{"op": "constant", "paths": [], "to": "tenant", "value": 7}],
    }

    endpoint = await made(world, **given, headers=[{"name": "x-tenant", "value": "a"}])

    assert {name: endpoint[name] for name in given} == given
    assert endpoint["header_names"] == ["x-tenant"]
    assert "headers" not in endpoint
    plain = await changed(world, endpoint, filter=None, transform=[], programme_ids=[], format="native", headers=[])
    assert (plain["filter"], plain["transform"], plain["programme_ids"], plain["header_names"]) == (None, [], [], [])
    assert plain["changed_fields"] == ["status"]


async def test_a_programme_that_is_not_there_cannot_be_named(world: World) -> None:
    there = await world.programme()
    with refused("unknown_reference", "/programme_ids/1"):
        await made(world, programme_ids=[there, "prg_01jd0000000000000000000000"])


async def test_a_bad_filter_is_refused_when_it_is_made_and_when_it_is_changed(world: World) -> None:
    with invalid("unknown_operator", "/filter/data/$like"):
        await made(world, filter={"data": {"$like": "x"}})
    with invalid("unknown_member", "/filter/mode"):
        await changed(world, await made(world), filter={"mode": "online"})


async def test_a_step_names_what_events_of_the_types_have(world: World) -> None:
    steps = [{"op": "drop", "paths": ["mode"]}]
    with invalid("unknown_member", "/transform/0/paths/0"):
        await made(world, types=["person.*"], transform=steps)
    endpoint = await made(world, types=["person.*", "session.*"], transform=steps)
    with invalid("unknown_member", "/transform/0/paths/0"):
        await changed(world, endpoint, types=["person.*"])


async def test_a_step_names_the_subject_where_it_comes_along(world: World) -> None:
    steps = [{"op": "pick", "paths": ["object.title"]}]
    with invalid("unknown_member", "/transform/0/paths/0"):
        await made(world, transform=steps)
    endpoint = await made(world, transform=steps, payload="full")
    with invalid("unknown_member", "/transform/0/paths/0"):
        await changed(world, endpoint, payload="thin")


async def test_full_payloads_take_a_scope_whatever_is_changed(world: World) -> None:
    endpoint = await made(world, payload="full")
    admin = world.actors["admin"]
    world.actors["narrow"] = replace(admin, scopes=EVERY - {Scope.EVENTS_FULL})
    with refused("scope_missing"):
        await made(world, "narrow", payload="full")
    with refused("scope_missing"):
        await changed(world, endpoint, "narrow", url="https://elsewhere.example/in")

    await changed(world, endpoint, "narrow", payload="thin")


async def test_full_payloads_are_for_holders_of_keys(world: World) -> None:
    world.actors["visitor"] = replace(world.actors["admin"], principal=world.people["admin"])
    with refused("api_key_needed"):
        await made(world, "visitor", payload="full")

    await made(world, "visitor")


async def test_a_client_certificate_is_told_of_and_never_shown(world: World, owner: asyncpg.Connection) -> None:
    certificate, key = Authority().signed("client.example.com", days=1)

    endpoint = await made(world, client_certificate={"certificate": certificate, "private_key": key})

    assert endpoint["client_certificate_subject"] == "CN=client.example.com"
    assert len(endpoint["client_certificate_fingerprint"]) == 64
    assert endpoint["client_certificate_expires_at"] == "2026-03-03T12:00:00+00:00"
    assert "client_certificate" not in endpoint
    held = await row(owner, "webhook_endpoint", endpoint["id"])
    assert b"PRIVATE KEY" not in held["sealed_identity"]


async def test_a_client_certificate_is_replaced_removed_and_otherwise_left_alone(
    world: World, owner: asyncpg.Connection
) -> None:
    first, second = (dict(zip(PARTS, Authority().signed(name), strict=True)) for name in ("first", "second"))
    endpoint = await made(world, client_certificate=first)

    seen = [
        (await changed(world, endpoint, **given))["client_certificate_subject"]
        for given in ({"rate_limit": 7}, {"client_certificate": second}, {"client_certificate": None})
    ]

    assert seen == ["CN=first", "CN=second", None]
    held = await row(owner, "webhook_endpoint", endpoint["id"])
    assert {value for name, value in held.items() if "certificate" in name or name == "sealed_identity"} == {None}


async def test_a_client_certificate_that_does_not_fit_its_key_is_refused(world: World) -> None:
    given = dict(zip(PARTS, (Authority().signed()[0], Authority().signed()[1]), strict=True))

    with invalid("key_does_not_fit", "/client_certificate/private_key"):
        await made(world, client_certificate=given)
