"""What the state of an object forbids is refused by both doors with one code: made from the machines."""

from collections.abc import AsyncIterator, Mapping
from typing import Any

import asyncpg
import httpx
import pytest
import sqlalchemy as sa

from app.acting.intent import Intent
from app.commands.pages import MACHINES
from app.declared import INTENTS
from app.reading.resource import Resource
from app.states import Machine
from tests.full import Full, founded
from tests.graphql.client import Gql
from tests.graphql.inputs import example

# A walk over everything there is proves answers; which lines there are, the tests of the parts show.
pytestmark = pytest.mark.untraced

NOUNS: dict[str, Machine[Any]] = {machine.noun: machine for machine in MACHINES}
# What an intent moves, where it is not named after its one move.
MOVES: Mapping[str, tuple[str, ...]] = {
    "invite_enrolment_again": ("invite_again",),
    "resume_enrolment": ("resume_approved", "resume_ready", "resume_matched"),
    "start_training": ("start",),
    "complete_training": ("complete",),
    "waive_training": ("waive",),
    "accept_match_proposal": ("accept_first", "accept_last"),
    "continue_pairing_informally": ("continue_informally",),
    "end_pairing_early": ("end_early",),
    "rematch_pairing": ("end_early",),
    "sign_agreement": ("sign_first", "sign_last"),
    "dissolve_pairing_conflict": ("settle",),
    # A word that differs from the other's makes a dispute.
    "complete_session": ("complete", "dispute"),
    "record_no_show": ("record_no_show", "dispute"),
    "resolve_session": ("resolve_held", "resolve_no_show"),
    "consent_to_success_story": ("publish",),
}
# What a row must hold besides its state, by the rules of its table, or to be the caller's to move.
HOLDS = {
    "recognition": "kind = 'award', pairing_id = null",
    "announcement": "published_at = case $2 when 'published' then now() end",
    "nomination": "enrolment_id = case $2 when 'taken_up' then (select min(id) from enrolment as one "
    "where one.organisation_id = nomination.organisation_id) end",
}


def moves(intent: Intent) -> tuple[str, ...]:
    """The moves that an intent may make of its object."""
    noun = intent.resource.name
    own = intent.name.removesuffix(f"_{noun}")
    return MOVES.get(intent.name) or tuple(name for name in NOUNS[noun].moves if name == own)


def states(resource: Resource) -> list[str]:
    """The states that a row can be in."""
    kind = resource.table.c.status.type
    assert isinstance(kind, sa.Enum)
    return kind.enums


def illegal() -> list[Any]:
    """Every intent in every state that forbids it."""
    found = []
    for intent in INTENTS:
        machine = NOUNS.get(intent.resource.name)
        if machine is None or not intent.has_id or not (made := moves(intent)):
            continue
        allowed = set().union(*(machine.moves[name].sources for name in made))
        found += [
            pytest.param(intent, state, id=f"{intent.name} of {state}")
            for state in states(intent.resource)
            if state not in allowed
        ]
    return found


@pytest.fixture(scope="module")
async def stage(opened: Any) -> Full:
    """An organisation with one object of every kind."""
    return await founded("Illegal")


@pytest.fixture
async def put(stage: Full, owner: asyncpg.Connection) -> AsyncIterator[Any]:
    """Puts an object into a state, whatever the machine says; afterwards it is as it was."""
    before: list[tuple[str, asyncpg.Record]] = []

    async def into(resource: Resource, state: str) -> None:
        table, object_id = resource.table.name, stage.objects[resource.name]
        before.append((table, await owner.fetchrow(f"select * from {table} where id = $1", object_id)))  # noqa: S608
        more = HOLDS.get(resource.name, "version = version")
        await owner.execute(f"update {table} set status = $2::text, {more} where id = $1", object_id, state)  # noqa: S608

    yield into
    for table, row in before:
        values = ", ".join(f"{name} = ${place}" for place, name in enumerate(row.keys(), 1))
        await owner.execute(f"update {table} set {values} where id = $2", *row.values())  # noqa: S608


@pytest.mark.parametrize(("intent", "state"), illegal())
async def test_what_a_state_forbids_is_refused_by_both_doors(
    intent: Intent, state: str, stage: Full, put: Any, transport: httpx.ASGITransport
) -> None:
    await put(intent.resource, state)
    code = f"{intent.resource.name}_state_conflict"
    method, path, more = stage.request(intent)
    more["headers"] = {**more.get("headers", {}), "If-Match": "*"}
    found: dict[str, set[str]] = {}

    async with httpx.AsyncClient(transport=transport, base_url="http://flipside") as client:
        for part in ("admin", "coordinator", "mentor", "mentee", "service"):
            key = {"Authorization": f"Bearer {stage.world.keys[part]}"}
            rest = await client.request(method, path, **{**more, "headers": more["headers"] | key})
            problem = await Gql(client, stage.world).do(intent, part, **(example(intent, stage) | _free(intent)))
            assert rest.status_code >= 400, (part, rest.text)
            found[part] = {rest.json()["code"], problem.get("code", problem["__typename"])}

    assert {code} in found.values(), found


def _free(intent: Intent) -> dict[str, Any]:
    return {"version": None} if intent.needs_version else {}
