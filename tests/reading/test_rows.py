"""Loading what is about to change: under the policy of reading, and of the version that the caller has read."""

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import NoResultFound

from app import db as database
from app.db import Stale
from app.domain.pairings.resource import PAIRINGS
from app.domain.people.models import Person
from app.domain.people.resource import PEOPLE
from app.domain.programmes.models import Programme
from app.errors import Unavailable
from app.reading import rows
from app.reading.rows import NotYours, UnknownReference
from app.reading.run import Absent
from tests.outcomes import invalid, refused
from tests.world import World, found_world


async def test_a_row_is_absent_for_those_who_do_not_see_it(world: World) -> None:
    pairing = await world.pairing()
    await world.key_for(await world.person(), "outsider")

    async with database.current().writing(world.organisation_id) as db:
        for object_id in (pairing["id"], "pai_" + "0" * 26, world.people["mentor"], "nonsense", ""):
            with pytest.raises(Absent):
                await rows.get(db, world.actors["outsider"], PAIRINGS, object_id, "update_pairing")


async def test_a_row_that_one_sees_is_not_always_ones_own_to_change(world: World) -> None:
    pairing = await world.pairing()

    async with database.current().writing(world.organisation_id) as db:
        with pytest.raises(NotYours) as not_allowed:
            await rows.get(db, world.actors["mentor"], PAIRINGS, pairing["id"], "update_pairing")
        assert not_allowed.value.code == "not_allowed"
        seen = await rows.get(db, world.actors["mentor"], PAIRINGS, pairing["id"], None, lock=False)
    assert seen.id == pairing["id"]


async def test_a_reference_to_what_one_does_not_see_is_a_fault_of_the_request(world: World) -> None:
    pairing = await world.pairing()
    await world.key_for(await world.person(), "outsider")

    async with database.current().writing(world.organisation_id) as db:
        with invalid("unknown_reference", "/pairing_id"):
            await rows.refer(db, world.actors["outsider"], PAIRINGS, pairing["id"], pointer="/pairing_id")
        with pytest.raises(UnknownReference):
            await rows.refer(db, world.actors["admin"], PEOPLE, pairing["id"], pointer="/person_id")


async def test_a_change_is_refused_when_the_row_has_another_version(world: World) -> None:
    pairing = await world.pairing()
    version = pairing["version"]

    with refused("stale_version"):
        await world.do("coordinator", "update_pairing", pairing["id"], version=version - 1, cadence_min_days=7)
    changed = await world.do("coordinator", "update_pairing", pairing["id"], version=version, cadence_min_days=7)
    assert changed["version"] == version + 1
    with pytest.raises(Stale):
        await world.do("coordinator", "update_pairing", pairing["id"], version=version, cadence_min_days=8)


async def test_a_row_of_another_organisation_does_not_exist(world: World) -> None:
    pairing = await world.pairing()

    async with database.current().writing("org_" + "0" * 26) as db:
        with pytest.raises(Absent):
            await rows.get(db, world.actors["admin"], PAIRINGS, pairing["id"], None)


async def test_a_row_that_is_locked_is_read_anew(world: World) -> None:
    programme_id = await world.programme(status="draft")

    async with database.current().writing(world.organisation_id) as db:
        seen = await rows.by_id(db, Programme, programme_id)
        await world.do("coordinator", "update_programme", programme_id, name="Flip")

        await rows.by_id(db, Programme, programme_id)
        assert seen.name == "Reverse mentoring"
        await rows.by_id(db, Programme, programme_id, lock=True)
        assert seen.name == "Flip"


async def test_a_row_that_is_held_can_be_held_by_others_but_changed_by_nobody(world: World) -> None:
    programme_id = await world.programme(status="draft")
    writing = database.current().writing

    async def change() -> None:
        async with writing(world.organisation_id) as db:
            await db.execute(sa.text("set local lock_timeout = 20"))
            await rows.by_id(db, Programme, programme_id, lock=True)

    async with writing(world.organisation_id) as first, writing(world.organisation_id) as second:
        for db in (first, second):
            assert (await rows.held(db, Programme, programme_id)).id == programme_id
        with pytest.raises(Unavailable):
            await change()

    await change()


async def test_consequences_stay_inside_the_organisation(world: World) -> None:
    other = await found_world("Other")

    with pytest.raises(NoResultFound):
        async with database.current().writing(world.organisation_id) as db:
            await rows.by_id(db, Person, other.people["mentor"])
