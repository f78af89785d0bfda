"""What a request costs on the wire to the database: counted, so that nothing creeps in."""

import re
from collections.abc import AsyncIterator

import httpx
import pytest

from app import db as database
from app.config import Settings
from tests.conftest import TestClock
from tests.full import Full
from tests.routers.conftest import Api
from tests.wire import Tap, tapped


@pytest.fixture(name="wire")
async def _wire(opened: database.Database, address: str, settings: Settings, clock: TestClock) -> AsyncIterator[Tap]:
    """The wire of a database with one connection in each lane."""
    async with tapped(address) as tap:
        counted = database.Database(
            tap.address, settings.model_copy(update={"read_pool_size": 1, "write_pool_size": 1})
        )
        database.use(counted)
        yield tap
        database.use(opened)
        await counted.close()


async def _warm(wire: Tap, client: httpx.AsyncClient, path: str) -> httpx.Response:
    """Prepare everything, then ask once more and count."""
    await client.get(path)
    wire.clear()
    return await client.get(path)


@pytest.mark.parametrize(
    "path",
    [
        "/v1/sessions/{session}",
        "/v1/sessions",
        "/v1/sessions?status=scheduled,completed&sort=-starts_at&limit=5&fields=id,starts_at",
        "/v1/pairings/{pairing}?expand=mentor,mentee,sessions.attendances,goals.milestones",
        "/v1/sessions?expand=pairing.mentor,attendances.person,notes",
        "/v1/nodes/{goal}",
    ],
)
async def test_a_read_is_one_statement_and_one_round_trip(path: str, api: Api, acme: Full, wire: Tap) -> None:
    answer = await _warm(wire, api(acme.world.keys["mentor"]), path.format(**acme.objects))

    assert answer.status_code == 200
    assert wire.round_trips == 1
    assert len(wire.statements) == 1
    assert wire.statements[0].lstrip().startswith(("select * from (SELECT", "select * from (WITH"))


async def test_a_read_for_another_organisation_costs_no_more(api: Api, acme: Full, rival: Full, wire: Tap) -> None:
    ours, theirs = api(acme.world.keys["mentor"]), api(rival.world.keys["mentor"])
    await theirs.get("/v1/sessions")
    await _warm(wire, ours, "/v1/sessions")
    wire.clear()

    await theirs.get("/v1/sessions")

    assert wire.round_trips == len(wire.statements) == 1


async def test_the_number_of_objects_does_not_change_the_cost(api: Api, acme: Full, wire: Tap) -> None:
    client = api(acme.world.keys["mentor"])
    await _warm(wire, client, "/v1/people?limit=1&expand=manager")
    one = wire.round_trips

    await _warm(wire, client, "/v1/people?limit=100&expand=manager")

    assert wire.round_trips == one == 1


async def test_an_unchanged_object_still_costs_one_statement_and_no_bytes(api: Api, acme: Full, wire: Tap) -> None:
    client, path = api(acme.world.keys["mentor"]), f"/v1/sessions/{acme.objects['session']}"
    tag = (await _warm(wire, client, path)).headers["ETag"]
    wire.clear()

    answer = await client.get(path, headers={"If-None-Match": tag})

    assert (answer.status_code, answer.content, wire.round_trips) == (304, b"", 1)


async def test_scheduling_a_session_is_one_transaction(api: Api, rival: Full, wire: Tap, clock: TestClock) -> None:
    mentor = api(rival.world.keys["mentor"])
    body = {"pairing_id": rival.objects["pairing"], "starts_at": "2026-05-04T09:00:00Z"}
    assert (await mentor.post("/v1/sessions", json=body)).status_code == 201
    wire.clear()

    answer = await mentor.post("/v1/sessions", json=body | {"starts_at": "2026-06-01T09:00:00Z"})

    assert answer.status_code == 201
    assert wire.statements[0].startswith("BEGIN; SET LOCAL app.organisation")
    assert wire.statements[-1] == "COMMIT"
    assert sum("BEGIN" in statement for statement in wire.statements) == 1
    written = {table for statement in wire.statements for table in re.findall(r'insert into "(\w+)"', statement)}
    assert written == {"session", "attendance", "outbox_event", "audit_entry"}
    # The pairing under its lock, the setting, all that is new, the answer; BEGIN and COMMIT around them.
    assert wire.round_trips == len(wire.statements) == 6, wire.statements


async def test_a_refused_write_is_rolled_back(api: Api, acme: Full, wire: Tap) -> None:
    mentor = api(acme.world.keys["mentor"])
    body = {"pairing_id": acme.objects["pairing"], "starts_at": "2036-05-04T09:00:00Z"}
    await mentor.post("/v1/sessions", json=body)
    wire.clear()

    answer = await mentor.post("/v1/sessions", json=body)

    assert answer.status_code == 422
    *acted, recorded = wire.statements
    assert acted[-1] == "ROLLBACK"
    assert not any("insert" in statement.lower() for statement in acted)
    assert 'insert into "audit_entry"' in recorded


async def test_a_watched_read_costs_one_round_trip_more(api: Api, acme: Full, wire: Tap) -> None:
    path = f"/v1/people/{acme.world.people['mentee']}"

    await _warm(wire, api(acme.world.keys["coordinator"]), path)
    assert ["audit_entry" in statement for statement in wire.statements] == [False, True]
    assert wire.round_trips == 2

    await _warm(wire, api(acme.world.keys["service"]), path)
    assert wire.round_trips == 1


async def test_putting_an_act_on_record_costs_no_round_trip(api: Api, rival: Full, wire: Tap) -> None:
    admin, path = api(rival.world.keys["admin"]), f"/v1/people/{rival.world.people['mentor']}"
    await admin.patch(path, json={"location": "Lyon"})
    wire.clear()

    await admin.patch(path, json={"location": "Nantes"})

    # The person under a lock, the change with all that is new, the answer; BEGIN and COMMIT around them.
    assert wire.round_trips == len(wire.statements) == 5, wire.statements
