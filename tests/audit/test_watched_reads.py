"""Whose data was seen by whom: on record before the answer leaves, over both doors, and shown to those concerned."""

from collections.abc import AsyncIterator
from typing import Any

import asyncpg
import httpx
import pytest

from app import db as database
from app.auth.actor import Role
from app.declared import RESOURCES
from app.domain.pairings.resource import PAIRINGS
from app.domain.people.resource import PEOPLE
from app.domain.sessions.resource import NOTES
from app.main import create_app
from app.reading import compile as compiler
from app.reading import run
from tests.audit.trails import entries
from tests.reading.shapes import page_of, to_many, to_one, wanted
from tests.world import World

SEEN = ("action", "resource", "object_id", "objects", "actor_id")


@pytest.fixture
async def http(opened: database.Database) -> AsyncIterator[httpx.AsyncClient]:
    """HTTP, straight into the application."""
    async with httpx.AsyncClient(transport=httpx.ASGITransport(create_app()), base_url="http://flipside") as client:
        yield client


def as_part(world: World, part: str) -> dict[str, str]:
    """The headers of someone's request."""
    return {"Authorization": f"Bearer {world.keys[part]}", "X-Request-ID": "r-1"}


async def reads(owner: asyncpg.Connection, world: World) -> list[asyncpg.Record]:
    """The watched reads of an organisation."""
    return [entry for entry in await entries(owner, world) if entry["action"].startswith("read_")]


async def asked(http: httpx.AsyncClient, world: World, part: str, query: str) -> Any:
    """What GraphQL answers."""
    answer = await http.post("/graphql", json={"query": query}, headers=as_part(world, part))
    assert "errors" not in answer.json(), answer.text
    return answer.json()["data"]


async def test_a_person_who_is_looked_up_by_an_office_is_on_record(
    http: httpx.AsyncClient, world: World, owner: asyncpg.Connection
) -> None:
    mentor = world.people["mentor"]

    await http.get(f"/v1/people/{mentor}", headers=as_part(world, "coordinator"))
    await asked(http, world, "coordinator", f'{{ person(id: "{mentor}") {{ displayName }} }}')
    await asked(http, world, "coordinator", f'{{ node(id: "{mentor}") {{ id __typename }} }}')

    found = await reads(owner, world)
    assert [tuple(entry[name] for name in SEEN) for entry in found] == [
        ("read_person", "person", mentor, 1, world.people["coordinator"])
    ] * 3
    assert [entry["subjects"] for entry in found] == [[mentor]] * 3
    assert found[0]["request_id"] == "r-1"


async def test_a_page_is_one_entry_that_names_everybody_on_it_but_oneself(
    http: httpx.AsyncClient, world: World, owner: asyncpg.Connection
) -> None:
    answer = await http.get("/v1/people?limit=3", headers=as_part(world, "admin"))
    await asked(http, world, "admin", "{ people(first: 3) { edges { node { displayName } } } }")

    shown = {item["id"] for item in answer.json()["items"]}
    assert world.people["admin"] in shown
    for entry in await reads(owner, world):
        assert (entry["object_id"], entry["objects"]) == (None, 2)
        assert set(entry["subjects"]) == shown - {world.people["admin"]}


async def test_people_behind_an_edge_are_seen_too(
    http: httpx.AsyncClient, world: World, owner: asyncpg.Connection
) -> None:
    pairing = await world.pairing()
    await http.get(f"/v1/pairings/{pairing['id']}?expand=mentor,mentee", headers=as_part(world, "coordinator"))
    await asked(http, world, "coordinator", "{ pairings { nodes { mentor { displayName } mentee { displayName } } } }")

    found = await reads(owner, world)
    assert len(found) == 2
    for entry in found:
        assert set(entry["subjects"]) == {world.people["mentor"], world.people["mentee"]}


async def test_a_shared_note_that_its_coordinator_reads_names_its_author(
    world: World, owner: asyncpg.Connection
) -> None:
    session = await world.session((await world.pairing())["id"])
    note = await world.do("mentor", "create_note", session_id=session["id"], text="T", tier="pair_and_coordinator")

    for part in ("mentor", "mentee", "coordinator"):
        assert await world.see(part, note["id"])

    (entry,) = await reads(owner, world)
    assert (entry["actor_id"], entry["subjects"]) == (world.people["coordinator"], [world.people["mentor"]])
    assert entry["object_id"] == note["id"]


async def test_feedback_that_its_addressee_reads_names_its_author(world: World, owner: asyncpg.Connection) -> None:
    pairing = await world.pairing()
    given = await world.do(
        "mentor", "give_feedback", pairing_id=pairing["id"], type="partner", audience="partner", rating=3
    )

    for part in ("mentor", "mentee"):
        assert await world.see(part, given["id"])

    (entry,) = await reads(owner, world)
    assert (entry["action"], entry["actor_id"]) == ("read_feedback", world.people["mentee"])
    assert entry["subjects"] == [world.people["mentor"]]


async def test_partners_services_and_ones_own_data_are_not_watched(world: World, owner: asyncpg.Connection) -> None:
    await world.pairing()

    for part in ("mentor", "mentee", "service"):
        assert await world.see(part, world.people["mentor"])
    assert await world.see("coordinator", world.people["coordinator"])
    assert await world.see("coordinator", "per_01m80000000000000000000000") is None

    assert await reads(owner, world) == []


async def test_a_mutation_that_shows_more_than_it_changed_puts_the_rest_on_record(
    http: httpx.AsyncClient, world: World, owner: asyncpg.Connection
) -> None:
    mentor, mentee = world.people["mentor"], world.people["mentee"]
    change = f'updatePerson(input: {{id: "{mentor}", managerId: "{mentee}"}})'

    await asked(http, world, "admin", f"mutation {{ {change} {{ ... on Person {{ id manager {{ displayName }} }} }} }}")

    (entry,) = await reads(owner, world)
    assert (entry["object_id"], entry["subjects"]) == (mentee, [mentee])
    (act,) = await entries(owner, world, action="update_person")
    assert act["subjects"] == [mentor]


async def test_nothing_is_answered_that_could_not_be_recorded(
    world: World, owner: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    nobody = "org_01m80000000000000000000000"
    lane = database.current().reads
    change = lane.change

    async def failing(_: str, sql: str, values: tuple[Any, ...]) -> Any:
        # The insert names an organisation that is not there, so the database refuses it.
        return await change(nobody, sql, (nobody, *values[1:]))

    monkeypatch.setattr(lane, "change", failing)

    with pytest.raises(Exception, match="refers to"):
        await run.one(world.actors["admin"], wanted(PEOPLE), world.people["mentor"])


@pytest.mark.parametrize("role", [Role.PARTICIPANT, Role.SERVICE_ACCOUNT])
def test_what_is_not_watched_compiles_as_if_nothing_were(role: Role) -> None:
    for resource in (PEOPLE, NOTES, PAIRINGS):
        shape = wanted(resource, "id", *(to_one(resource, name) for name in resource.references))
        assert compiler.one(shape, role).witnesses == 0


def test_staff_of_the_platform_are_watched_wherever_they_look() -> None:
    for resource in RESOURCES:
        assert compiler.page(page_of(resource), Role.PLATFORM_ADMIN).witnesses == 1


async def test_lists_within_lists_are_watched_to_the_end(world: World, owner: asyncpg.Connection) -> None:
    boss, mentor = await world.person(), world.people["mentor"]
    await world.do("admin", "update_person", mentor, manager_id=boss)
    shape = wanted(PEOPLE, to_many(PEOPLE, "reports", page_of(PEOPLE, "id", to_one(PEOPLE, "manager"))))

    await run.fields(world.actors["coordinator"], (("it", shape),), {"id_0": boss, "limit": 10, "scope": "s"})

    (entry,) = await reads(owner, world)
    assert (set(entry["subjects"]), entry["objects"]) == ({boss, mentor}, 2)


async def test_a_person_sees_who_saw_their_data(http: httpx.AsyncClient, world: World) -> None:
    mentor = world.people["mentor"]
    await http.get("/v1/people?limit=100", headers=as_part(world, "coordinator"))

    path = "/v1/audit-entries?action=read_person&limit=100"
    (seen,) = (await http.get(path, headers=as_part(world, "mentor"))).json()["items"]

    assert (seen["actor_id"], seen["role"]) == (world.people["coordinator"], "coordinator")
    # Not who else was.
    assert seen["subjects"] is None
    for part, filters in (("admin", f"&subject_id={mentor}"), ("admin", f"&subject_id={mentor},per_x")):
        (entry,) = (await http.get(path + filters, headers=as_part(world, part))).json()["items"]
        assert mentor in entry["subjects"]
    nobody = await http.get(f"{path}&subject_id=per_x", headers=as_part(world, "admin"))
    assert nobody.json()["items"] == []
    query = f'{{ auditEntries(filter: {{subjectId: ["{mentor}"], action: ["read_person"]}}) {{ nodes {{ id }} }} }}'
    assert (await asked(http, world, "admin", query))["auditEntries"]["nodes"] == [{"id": seen["id"]}]


async def test_an_auditor_sees_the_whole_trail_and_a_coordinator_their_own_part(
    http: httpx.AsyncClient, world: World, owner: asyncpg.Connection
) -> None:
    await world.newcomer("auditor", Role.AUDITOR)
    path = "/v1/audit-entries?limit=100"

    seen = {
        part: (await http.get(path, headers=as_part(world, part))).json()["items"]
        for part in ("admin", "auditor", "coordinator", "service")
    }

    everything = [entry["id"] for entry in await entries(owner, world)]
    assert [entry["id"] for entry in seen["admin"]] == [entry["id"] for entry in seen["auditor"]] == everything
    mine = world.people["coordinator"]
    about = {entry["id"] for entry in await entries(owner, world) if mine in entry["subjects"]}
    assert {entry["id"] for entry in seen["coordinator"] if entry["actor_id"] != mine} <= about
    assert seen["service"] == []
