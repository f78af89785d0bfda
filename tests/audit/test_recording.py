"""What is on record of acts: each that was done, each that was refused, and no value of any."""

from typing import Any

import asyncpg
import pytest

from app.acting.run import perform
from app.audit.models import AuditOutcome
from app.auth.actor import Actor, Role
from app.auth.scopes import EVERY
from app.ids import new
from tests.audit.trails import entries
from tests.outcomes import refused
from tests.world import World

CANARY = "canary-7f3a"


async def test_an_act_is_on_record_with_who_and_what(world: World, owner: asyncpg.Connection) -> None:
    await world.do("admin", "update_person", world.people["mentor"], title="Analyst", location=None)

    (entry,) = await entries(owner, world, action="update_person")
    actor = world.actors["admin"]
    assert (entry["principal"], entry["actor_id"], entry["role"]) == (actor.principal, actor.person_id, actor.role)
    assert (entry["resource"], entry["object_id"], entry["objects"]) == ("person", world.people["mentor"], 1)
    assert entry["members"] == '["location", "title"]'
    assert (entry["outcome"], entry["code"]) == (AuditOutcome.DONE, None)
    assert entry["subjects"] == [world.people["mentor"]]


async def test_what_was_made_or_removed_is_named(world: World, owner: asyncpg.Connection) -> None:
    one, other = await world.person(), await world.person()
    made = await world.do("admin", "create_do_not_pair", person_id=one, other_person_id=other)
    await world.do("admin", "delete_do_not_pair", made["id"])

    found = await entries(owner, world, resource="do_not_pair")

    assert [(entry["action"], entry["object_id"]) for entry in found] == [
        ("create_do_not_pair", made["id"]),
        ("delete_do_not_pair", made["id"]),
    ]
    # That somebody must not be paired is not for them to know.
    assert [entry["subjects"] for entry in found] == [[], []]


async def test_a_service_account_is_nobody_but_its_key(world: World, owner: asyncpg.Connection) -> None:
    await world.do("service", "create_person", given_name="A", family_name="B", rank_level=3)

    (entry,) = await entries(owner, world, role="service_account")
    assert (entry["principal"], entry["actor_id"]) == (world.actors["service"].principal, None)


@pytest.mark.parametrize(
    ("part", "intent", "code"),
    [
        ("mentor", "update_person", "forbidden"),
        ("admin", "update_person", "not_found"),
        ("admin", "deactivate_person", "not_found"),
        ("coordinator", "retry_delivery", "forbidden"),
    ],
)
async def test_a_refusal_is_on_record_though_nothing_was_done(
    world: World, owner: asyncpg.Connection, part: str, intent: str, code: str
) -> None:
    nowhere = new("per" if "person" in intent else "dlv")

    with refused(code):
        await world.do(part, intent, nowhere)

    (entry,) = await entries(owner, world, outcome="refused")
    assert (entry["action"], entry["object_id"], entry["code"]) == (intent, nowhere, code)
    assert (entry["actor_id"], entry["subjects"]) == (world.people[part], [])


async def test_a_conflict_and_a_stale_version_are_refusals(world: World, owner: asyncpg.Connection) -> None:
    person_id = await world.person()
    with refused("stale_version"):
        await world.do("admin", "update_person", person_id, version=9, title="Analyst")
    pairing = await world.pairing()
    with refused("pairing_state_conflict"):
        await world.do("coordinator", "activate_pairing", pairing["id"])

    assert [entry["code"] for entry in await entries(owner, world, outcome="refused")] == [
        "stale_version",
        "pairing_state_conflict",
    ]


async def test_a_key_without_the_scope_is_a_refusal(world: World, owner: asyncpg.Connection) -> None:
    admin = world.actors["admin"]
    world.actors["half"] = Actor(
        admin.organisation_id, admin.principal, Role.ORGANISATION_ADMIN, EVERY - {"directory:write"}, admin.person_id
    )

    with refused("scope_missing"):
        await world.do("half", "create_person", given_name="A", family_name="B", rank_level=3)

    (entry,) = await entries(owner, world, code="scope_missing")
    assert (entry["object_id"], entry["members"]) == (None, '["family_name", "given_name", "rank_level"]')


async def test_an_answer_that_is_repeated_is_no_second_act(world: World, owner: asyncpg.Connection) -> None:
    wish: dict[str, Any] = {"given_name": "Ada", "family_name": "B", "rank_level": 3}
    before = len(await entries(owner, world, action="create_person"))

    for _ in range(2):
        await perform(world.call("admin", "create_person", key="once", **wish))

    assert len(await entries(owner, world, action="create_person")) == before + 1


async def test_what_is_no_id_is_not_written_down(world: World, owner: asyncpg.Connection) -> None:
    with refused("not_found"):
        await world.do("admin", "update_person", CANARY)

    (entry,) = await entries(owner, world, code="not_found")
    assert entry["object_id"] is None


async def test_no_entry_holds_a_value(world: World, owner: asyncpg.Connection) -> None:
    person_id = await world.person(given_name=CANARY, department=CANARY, work_email=f"{CANARY}@example.com")
    pairing = await world.pairing()
    session = await world.session(pairing["id"], topic=CANARY)
    await world.do("mentor", "create_note", session_id=session["id"], text=CANARY, tier="pair_and_coordinator")
    await world.do("mentor", "give_feedback", pairing_id=pairing["id"], type="partner", audience="partner", text=CANARY)
    await world.do("mentor", "end_pairing_early", pairing["id"], reason="fit")
    with refused("not_allowed"):
        await world.do("coordinator", "update_note", (await _note(owner, world)), text=CANARY)
    await world.see("admin", person_id)

    written = await owner.fetch("select e::text from audit_entry e where organisation_id = $1", world.organisation_id)

    assert len(written) > 10
    assert not any(CANARY in row[0] for row in written)


async def _note(owner: asyncpg.Connection, world: World) -> str:
    return str(await owner.fetchval("select id from note where organisation_id = $1", world.organisation_id))
