"""Fetching people from an HR system over HTTP: what it says is put, and what goes wrong there ends the run clearly."""

from collections.abc import AsyncIterator
from typing import Any

import asyncpg
import orjson
import pytest

from app.domain.connectors.fetching import run
from app.domain.connectors.schemas import HrSourceFetch
from app.workers.operate import MOST_ATTEMPTS, Operator
from tests.auth.issuers import Issuer, serving
from tests.conftest import TestClock
from tests.domain.imports.importing import counts, faults, finished
from tests.domain.imports.test_on_record import on_record
from tests.domain.imports.test_people import person
from tests.outcomes import refused
from tests.workers.steps import rows_of
from tests.world import World

MAPPING = [
    {"member": "given_name", "pointer": "/firstName"},
    {"member": "family_name", "pointer": "/lastName"},
    {"member": "rank_level", "pointer": "/job/a~1b"},
    {"member": "manager_external_id", "pointer": "/job/reportsTo/id"},
    {"member": "languages", "pointer": "/languages"},
]
ADA = {
    "firstName": "Ada",
    "lastName": "Lovelace",
    "job": {"a/b": "3", "reportsTo": {"id": "E-9"}},
    "languages": ["fr"],
}


@pytest.fixture
async def hr(settings: object) -> AsyncIterator[Issuer]:
    """An HR system that knows one person."""
    async with serving(Issuer()) as system:
        system.answers["/api/people/E-1"] = orjson.dumps(ADA)
        yield system


async def source(world: World, system: Issuer, **fields: Any) -> dict[str, Any]:
    """The registration of an HR system."""
    given = {"name": "HR", "style": "hibob", "base_url": f"{system.url}/api/", "secret": "s" * 16, "mapping": MAPPING}
    return await world.do("admin", "create_hr_source", **(given | fields))


async def fetched(world: World, source_id: str, *names: str, **data: Any) -> dict[str, Any]:
    """Fetch some people to the end; the operation."""
    begun = await world.do("admin", "fetch_hr_source", source_id, **({"external_ids": list(names)} | data))
    return await finished(world, "admin", begun)


async def test_whom_the_hr_system_names_is_put_as_its_mapping_says(
    world: World, owner: asyncpg.Connection, hr: Issuer
) -> None:
    registered = await source(world, hr, token="t" * 16)

    operation = await fetched(world, registered["id"], "E-1")

    ada = await person(owner, world, "E-1")
    assert (ada["given_name"], ada["rank_level"], orjson.loads(ada["languages"])) == ("Ada", 3, ["fr"])
    assert (operation["status"], counts(operation), hr.asked) == ("succeeded", (1, 0, 0, 0), ["/api/people/E-1"])
    made = await world.see("admin", operation["result"])
    assert made is not None
    assert (made["kind"], made["subject_ids"]) == ("fetch", [registered["id"]])
    assert counts(await fetched(world, registered["id"], "E-1")) == (0, 0, 1, 0)
    assert not {"secret", "token", "sealed_secret", "sealed_token"} & registered.keys()


async def test_whoever_is_fetched_stands_on_record(world: World, owner: asyncpg.Connection, hr: Issuer) -> None:
    registered = await source(world, hr)

    operation = await fetched(world, registered["id"], "E-1")

    assert [row[1:3] for row in await on_record(owner, world, operation["id"])] == [("put_person", "E-1")]


async def test_those_who_changed_since_a_time_are_fetched(world: World, hr: Issuer) -> None:
    registered = await source(world, hr)
    hr.answers["/api/people?changed_since=2027-03-01T00:00:00%2B00:00"] = b'{"ids":["E-2","E-1"]}'
    hr.answers["/api/people/E-2"] = orjson.dumps({"firstName": "Alan", "wage": 1})

    operation = await fetched(world, registered["id"], external_ids=[], changed_since="2027-03-01T00:00:00Z")

    assert (operation["total"], counts(operation)) == (2, (1, 0, 0, 1))
    assert faults(operation) == [(2, "/family_name", "needed"), (2, "/rank_level", "needed")]


async def test_a_list_that_names_nobody_properly_ends_the_run(world: World, hr: Issuer) -> None:
    registered = await source(world, hr)
    hr.answers["/api/people?changed_since=2027-03-01T00:00:00%2B00:00"] = b'{"ids":[1]}'

    operation = await fetched(world, registered["id"], external_ids=[], changed_since="2027-03-01T00:00:00Z")

    assert (operation["status"], operation["failure_code"]) == ("failed", "hr_source_refused")


@pytest.mark.parametrize(("status", "code"), [(401, "hr_source_refused"), (301, "hr_source_refused")])
async def test_who_is_not_let_in_does_not_ask_again(world: World, hr: Issuer, status: int, code: str) -> None:
    registered = await source(world, hr)
    hr.status = status

    operation = await fetched(world, registered["id"], "E-1")

    assert (operation["status"], operation["failure_code"], len(hr.asked)) == ("failed", code, 1)


async def test_nobody_of_that_id_is_a_fault_of_its_row(world: World, hr: Issuer) -> None:
    registered = await source(world, hr)
    hr.status = 404

    operation = await fetched(world, registered["id"], "E-1")

    assert (operation["status"], faults(operation)) == ("succeeded", [(1, "", "not_in_hr_source")])


async def test_a_system_that_is_down_is_asked_again_and_given_up_in_the_end(
    world: World, hr: Issuer, clock: TestClock, owner: asyncpg.Connection
) -> None:
    registered = await source(world, hr)
    begun = await world.do("admin", "fetch_hr_source", registered["id"], external_ids=["E-1"])
    hr.status, operator = 503, Operator({"people_fetch": run})

    for _ in range(MOST_ATTEMPTS):
        assert await operator.step()
        clock.advance(minutes=2)

    seen = await world.see("admin", begun["id"])
    assert seen is not None
    assert (seen["status"], seen["failure_code"]) == ("failed", "hr_source_unavailable")
    assert await person(owner, world, "E-1") is None


async def test_what_was_fetched_is_not_fetched_again(world: World, hr: Issuer) -> None:
    async def twice(work: Any) -> None:
        await run(work)
        await run(work)

    registered = await source(world, hr)
    await world.do("admin", "fetch_hr_source", registered["id"], external_ids=["E-1"])

    assert await Operator({"people_fetch": twice}).step()

    assert hr.asked == ["/api/people/E-1"]


async def test_a_source_is_changed_and_removed(world: World, hr: Issuer, owner: asyncpg.Connection) -> None:
    registered = await source(world, hr)

    mapping = [{"member": "title", "pointer": "/job"}]
    changed = await world.do("admin", "update_hr_source", registered["id"], name="New", token="n" * 16, mapping=mapping)
    await world.do("admin", "delete_hr_source", registered["id"])

    assert (changed["name"], changed["mapping"]) == ("New", mapping)
    assert await rows_of(owner, "hr_source", "organisation_id", world.organisation_id) == []


async def test_there_are_ten_sources_at_most_and_none_at_an_address_that_is_barred(world: World, hr: Issuer) -> None:
    with refused("url_refused"):
        await source(world, hr, base_url="http://user@hr.example.com")
    for _ in range(10):
        await source(world, hr)
    with refused("too_many_hr_sources"):
        await source(world, hr)


@pytest.mark.parametrize(
    "given", [{}, {"external_ids": ["E-1"], "changed_since": "2027-03-01T00:00:00Z"}], ids=["neither", "both"]
)
def test_a_fetch_names_people_or_a_time(given: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="not both"):
        HrSourceFetch.model_validate(given)


async def test_a_mapping_names_members_of_a_person(world: World, hr: Issuer) -> None:
    with pytest.raises(ValueError, match="must be one of"):
        await source(world, hr, mapping=[{"member": "wage", "pointer": "/wage"}])
