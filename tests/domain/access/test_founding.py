"""Beginning: what a new organisation has from the first moment."""

import asyncpg
import pytest

from app import db as database
from app import ids
from app.auth.actor import Role
from app.auth.bearer import authenticate
from app.auth.scopes import EVERY
from app.domain.access import founding
from app.errors import Conflict

pytestmark = pytest.mark.usefixtures("opened", "clock")


async def test_a_new_organisation_has_a_ladder_an_administrator_and_their_key(owner: asyncpg.Connection) -> None:
    founded = await founding.found("Acme", region="us", zone="America/New_York")

    organisation = await owner.fetchrow("select * from organisation where id = $1", founded.organisation_id)
    assert (organisation["name"], organisation["region"], organisation["anonymity_k"]) == ("Acme", "us", 5)
    ladder = await owner.fetch(
        "select level, name from rank where organisation_id = $1 order by level", founded.organisation_id
    )
    assert [tuple(rank) for rank in ladder] == list(enumerate(founding.DEFAULT_LADDER, start=1))
    actor = await authenticate(f"Bearer {founded.key}")
    assert (actor.organisation_id, actor.person_id) == (founded.organisation_id, founded.person_id)
    assert (actor.role, actor.scopes) == (Role.ORGANISATION_ADMIN, EVERY)


async def test_its_events_are_counted_from_the_first(owner: asyncpg.Connection) -> None:
    founded = await founding.found("Acme")

    assert (
        await owner.fetchval(
            "select last_sequence from event_counter where organisation_id = $1", founded.organisation_id
        )
        == 0
    )


async def test_the_same_organisation_is_not_founded_twice() -> None:
    organisation_id = ids.new("org")
    await founding.found("Acme", organisation_id=organisation_id)

    with pytest.raises(Conflict):
        await founding.found("Acme", organisation_id=organisation_id)


async def test_a_service_account_can_be_given_a_key_from_the_command_line() -> None:
    founded = await founding.found("Acme")

    async with database.current().writing(founded.organisation_id) as db:
        key = await founding.grant(db, Role.SERVICE_ACCOUNT, service_account="hris")

    assert (await authenticate(f"Bearer {key}")).role is Role.SERVICE_ACCOUNT
