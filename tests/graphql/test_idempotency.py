"""Repeating a mutation with the same key: one effect, and the same answer in whatever words it is asked for."""

import asyncio
from typing import Any

import pytest

from app.acting.run import Call
from app.declared import INTENTS
from app.errors import Unavailable
from app.graphql import mutating
from tests.graphql.client import Gql
from tests.world import World

DO = {intent.name: intent for intent in INTENTS}
PERSON: dict[str, Any] = {"givenName": "Ada", "familyName": "Doe", "rankLevel": 3}
WANTED = "... on Person{id displayName version reports(first:3){nodes{id}}}"


async def people(gql: Gql) -> int:
    """How many people there are."""
    return len((await gql.data("{people(first:100){nodes{id}}}"))["people"]["nodes"])


async def test_a_repeated_mutation_has_one_effect(gql: Gql) -> None:
    before = await people(gql)

    first, again = [await gql.do(DO["create_person"], wanted=WANTED, **PERSON, idempotencyKey="k") for _ in range(2)]

    assert first == again
    assert first["__typename"] == "Person"
    assert await people(gql) == before + 1


async def test_a_replay_can_be_asked_for_in_other_words(gql: Gql) -> None:
    first = await gql.do(DO["create_person"], wanted="... on Person{id a:zone}", **PERSON, idempotencyKey="k")
    again = await gql.do(
        DO["create_person"], wanted="... on Node{b:id} ... on Person{zone}", **PERSON, idempotencyKey="k"
    )

    assert (again["b"], again["zone"]) == (first["id"], first["a"])


@pytest.mark.parametrize(
    "other",
    [
        {"wanted": WANTED, **PERSON, "rankLevel": 4},
        {"wanted": WANTED, **PERSON, "title": None},
        {"wanted": WANTED, **PERSON, "languages": []},
        {"wanted": "... on Person{id}", **PERSON},
        {"wanted": WANTED.replace("first:3", "first:4"), **PERSON},
    ],
    ids=["another value", "a null", "an empty list", "another selection", "another page"],
)
async def test_a_key_is_good_for_one_request_alone(other: dict[str, Any], gql: Gql) -> None:
    await gql.do(DO["create_person"], wanted=WANTED, **PERSON, idempotencyKey="k")

    problem = await gql.do(DO["create_person"], **other, idempotencyKey="k")

    assert (problem["kind"], problem["code"]) == ("invalid", "idempotency_key_reused")


async def test_moves_are_repeated_alike(gql: Gql, world: World) -> None:
    person, other = await world.person(), await world.person()
    given: dict[str, Any] = {"wanted": "... on Person{id version}", "idempotencyKey": "move"}

    first, again = [await gql.do(DO["deactivate_person"], id=person, **given) for _ in range(2)]
    problem = await gql.do(DO["deactivate_person"], id=other, **given)

    assert first == again == {"__typename": "Person", "id": person, "version": 2}
    assert problem["code"] == "idempotency_key_reused"


async def test_a_refused_mutation_may_be_mended_and_repeated(gql: Gql) -> None:
    problem = await gql.do(
        DO["create_person"], **PERSON, managerId="per_01jd0000000000000000000000", idempotencyKey="k"
    )
    mended = await gql.do(DO["create_person"], **PERSON, idempotencyKey="k")

    assert problem["code"] == "unknown_reference"
    assert mended["__typename"] == "Person"


async def test_a_secret_is_shown_again_to_whoever_repeats_its_making(gql: Gql) -> None:
    wanted = "... on WebhookEndpointWithSecret{secret x:webhookEndpoint{id y:id} webhookEndpoint{url}}"
    given: dict[str, Any] = {"url": "https://hooks.example.com/in", "idempotencyKey": "k"}

    first, again = [await gql.do(DO["create_webhook_endpoint"], wanted=wanted, **given) for _ in range(2)]

    assert first == again
    assert first["x"]["id"] == first["x"]["y"]


async def test_keys_are_told_apart_by_caller_and_operation(gql: Gql, world: World) -> None:
    rank: dict[str, Any] = {"level": 71, "name": "Chair", "idempotencyKey": "k"}

    made = [
        await gql.do(DO["create_person"], "admin", **PERSON, idempotencyKey="k"),
        await gql.do(DO["create_person"], "service", **PERSON, idempotencyKey="k"),
        await gql.do(DO["create_rank"], "admin", **rank),
    ]

    assert [each["__typename"] for each in made] == ["Person", "Person", "Rank"]


async def test_many_at_once_have_one_effect(gql: Gql) -> None:
    before = await people(gql)

    made = await asyncio.gather(
        *(gql.do(DO["create_person"], wanted=WANTED, **PERSON, idempotencyKey="k") for _ in range(8))
    )

    done = [each for each in made if each["__typename"] == "Person"]
    assert done
    assert all(each == done[0] for each in done)
    assert {each["code"] for each in made if each["__typename"] == "Problem"} <= {"idempotency_in_progress"}
    assert await people(gql) == before + 1


@pytest.mark.parametrize("key", ["", " ", "a b", "a\n", "é", "\0", "x" * 256, "\u202e"])
async def test_a_key_is_visible_ascii(key: str, gql: Gql) -> None:
    problem = await gql.do(DO["create_person"], **PERSON, idempotencyKey=key)

    assert (problem["code"], problem["path"]) == ("invalid", ["input", "idempotencyKey"])


async def test_a_key_may_be_null(gql: Gql) -> None:
    before = await people(gql)

    for _ in range(2):
        await gql.do(DO["create_person"], **PERSON, idempotencyKey=None)

    assert await people(gql) == before + 2


async def test_a_request_has_the_same_mark_in_every_process(gql: Gql, monkeypatch: pytest.MonkeyPatch) -> None:
    marks: list[bytes] = []

    async def note(call: Call) -> None:
        marks.append(call.fingerprint)
        raise Unavailable("Only looking.")

    monkeypatch.setattr(mutating, "perform", note)
    wanted = "... on Person{id manager{id pairingsAsMentor(first:2){nodes{id} pageInfo{endCursor}}}}"

    await gql.do(DO["create_person"], wanted=wanted, **PERSON)

    assert b"mentor_id" in marks[0]
    # Where something lies in memory.
    assert b" at 0x" not in marks[0]
