"""API keys: their form, whom they let in, and for how long."""

import re
from datetime import datetime, timedelta
from typing import Any

import asyncpg
import pytest

from app.auth import bearer, keys
from app.auth.actor import Actor, Role
from app.auth.bearer import authenticate
from app.auth.credentials import BadCredential
from app.auth.scopes import EVERY, Scope
from tests.conftest import TestClock
from tests.world import World, found_world

LETTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"


@pytest.fixture(name="mentors_key")
def _mentors_key(world: World) -> str:
    """The text of the mentor's key, trusted by nobody yet."""
    bearer.forget()
    return world.keys["mentor"]


async def is_let_in(key: str) -> bool:
    """Whether a key opens the door now."""
    try:
        await authenticate(f"Bearer {key}")
    except BadCredential:
        return False
    return True


def rechecked(body: str) -> str:
    """A key of this body with the checksum that belongs to it."""
    return f"{body}_{keys._checksum(body)}"


async def change(owner: asyncpg.Connection, key: str, **fields: Any) -> None:
    """Set columns of a key behind the service's back."""
    for column, value in fields.items():
        await owner.execute(f"update api_key set {column} = $1 where prefix_text = $2", value, key.split("_")[2])  # noqa: S608


async def last_used(owner: asyncpg.Connection, key: str) -> datetime | None:
    """When a key was last written down as used."""
    found: datetime | None = await owner.fetchval(
        "select last_used_at from api_key where prefix_text = $1", key.split("_")[2]
    )
    return found


def test_a_key_has_a_prefix_that_finds_it_a_secret_and_a_checksum() -> None:
    made = keys.make()

    assert re.fullmatch(r"fsk_live_[0-9A-Za-z]{8}_[0-9A-Za-z]{32}_[0-9A-Za-z]{6}", made.text)
    assert made.text.split("_")[2] == made.prefix
    assert made.text == rechecked(made.text.rpartition("_")[0])
    assert len(made.secret_hash) == 32


def test_no_two_keys_are_alike() -> None:
    assert len({keys.make().text for _ in range(1000)}) == 1000


async def test_a_key_says_who_asks_and_what_they_may_do(world: World) -> None:
    assert await authenticate(f"Bearer {world.keys['mentor']}") == Actor(
        world.organisation_id, world.actors["mentor"].principal, Role.PARTICIPANT, EVERY, world.people["mentor"]
    )


async def test_a_key_belongs_to_one_organisation(world: World) -> None:
    other = await found_world("Other")

    assert (await authenticate(f"Bearer {other.keys['admin']}")).organisation_id == other.organisation_id
    assert (await authenticate(f"Bearer {world.keys['admin']}")).organisation_id == world.organisation_id


@pytest.mark.parametrize("scheme", ["Bearer {}", "bearer {}", "BEARER {}", "Bearer  {} "])
async def test_the_word_bearer_may_be_written_in_any_case(mentors_key: str, scheme: str) -> None:
    assert (await authenticate(scheme.format(mentors_key))).role is Role.PARTICIPANT


@pytest.mark.parametrize(
    "header", [None, "", "Bearer", "Bearer ", "{}", "Basic {}", "Token {}", "Bearer, {}", "Bearer {} x"]
)
async def test_every_other_header_is_refused_in_the_same_words(mentors_key: str, header: str | None) -> None:
    with pytest.raises(BadCredential) as refused:
        await authenticate(header and header.format(mentors_key))

    presented = ', error="invalid_token"' if header else ""
    assert refused.value.challenge == f'Bearer realm="flipside"{presented}'
    assert (refused.value.status, refused.value.code) == (401, "unauthenticated")
    assert refused.value.detail == "Send a valid credential: Authorization: Bearer, then an API key or an access token."


async def test_a_changed_letter_anywhere_makes_a_key_useless(mentors_key: str) -> None:
    for place, letter in enumerate(mentors_key):
        for other in {"A", "_", "é", "٣", "\x00"} - {letter}:
            assert not await is_let_in(mentors_key[:place] + other + mentors_key[place + 1 :])


async def test_the_checksum_alone_opens_nothing(mentors_key: str) -> None:
    body = mentors_key.rpartition("_")[0]
    _, _, prefix, secret = body.split("_")
    other = secret[:-1] + LETTERS[LETTERS.index(secret[-1]) - 1]

    assert await is_let_in(rechecked(body))
    assert not await is_let_in(rechecked(f"fsk_live_{prefix}_{other}"))
    assert not await is_let_in(rechecked(f"fsk_live_{prefix}_{'0' * 32}"))
    assert not await is_let_in(rechecked(f"fsk_live_00000000_{secret}"))


async def test_a_key_of_one_organisation_found_by_the_prefix_of_another_opens_nothing(world: World) -> None:
    other = await found_world("Other")
    prefix = other.keys["admin"].split("_")[2]
    secret = world.keys["admin"].split("_")[3]

    assert not await is_let_in(rechecked(f"fsk_live_{prefix}_{secret}"))


async def test_a_revoked_key_is_trusted_for_five_seconds_at_most(world: World, clock: TestClock) -> None:
    key = world.keys["mentor"]
    assert await is_let_in(key)

    await world.do("admin", "revoke_api_key", world.actors["mentor"].principal)

    clock.advance(seconds=4.9)
    assert await is_let_in(key)
    clock.advance(seconds=0.1)
    assert not await is_let_in(key)


async def test_a_key_is_good_until_it_expires_and_not_a_moment_longer(world: World, clock: TestClock) -> None:
    made = await world.do(
        "admin",
        "create_api_key",
        name="Short",
        role="participant",
        scopes=["goals:read"],
        person_id=world.people["mentor"],
        expires_at=clock.time + timedelta(seconds=7),
    )

    clock.advance(seconds=6.9)
    assert await is_let_in(made["secret"])
    clock.advance(seconds=0.1)
    assert not await is_let_in(made["secret"])


async def test_who_has_left_the_organisation_has_no_key_any_more(world: World, clock: TestClock) -> None:
    key = world.keys["mentor"]

    await world.do("admin", "deactivate_person", world.people["mentor"])
    clock.advance(seconds=6)
    assert not await is_let_in(key)

    await world.do("admin", "reactivate_person", world.people["mentor"])
    assert await is_let_in(key)


async def test_both_live_keys_of_a_client_work_while_one_replaces_the_other(world: World, clock: TestClock) -> None:
    old = world.keys["mentor"]
    new = await world.key_for(world.people["mentor"], "mentor")

    assert (await authenticate(f"Bearer {old}")).person_id == (await authenticate(f"Bearer {new}")).person_id

    await world.do("admin", "revoke_api_key", (await authenticate(f"Bearer {old}")).principal)
    clock.advance(seconds=5)
    assert (await is_let_in(old), await is_let_in(new)) == (False, True)


async def test_the_use_of_a_key_is_written_down_at_most_once_a_minute(
    mentors_key: str, clock: TestClock, owner: asyncpg.Connection
) -> None:
    await change(owner, mentors_key, last_used_at=None)
    first = clock.time
    seen = []
    for seconds in (0, 30, 30, 5):
        clock.advance(seconds=seconds)
        assert await is_let_in(mentors_key)
        seen.append(await last_used(owner, mentors_key))

    assert seen == [first, first, first, first + timedelta(seconds=65)]


async def test_a_scope_that_no_longer_exists_grants_nothing(mentors_key: str, owner: asyncpg.Connection) -> None:
    await owner.execute(
        'update api_key set scopes = \'["goals:read", "notes:read", "*"]\' where prefix_text = $1',
        mentors_key.split("_")[2],
    )

    assert (await authenticate(f"Bearer {mentors_key}")).scopes == {Scope.GOALS_READ}


async def test_trust_does_not_grow_without_bound(
    mentors_key: str, monkeypatch: pytest.MonkeyPatch, world: World
) -> None:
    monkeypatch.setattr(bearer, "_REMEMBERED", 2)

    for part in ("mentor", "mentee", "admin", "coordinator"):
        assert await is_let_in(world.keys[part])
        assert len(bearer._trusted) <= 2
