"""What is too old goes, what is held stays, and an organisation decides inside bounds."""

from datetime import timedelta
from typing import Any

import asyncpg
import pytest

from app import db as database
from app import ids
from app.domain.organisations.retention import BOUNDS, DataClass
from app.domain.privacy import retaining
from tests.conftest import TestClock
from tests.domain.privacy.subject import work
from tests.full import NOMINATION
from tests.outcomes import refused
from tests.workers.steps import row
from tests.world import World


async def expire(world: World, limit: int = 100) -> bool:
    """One bite; whether there may be more."""
    async with database.current().writing(world.organisation_id) as db:
        return await retaining.expire(db, limit=limit)


async def policy(world: World, data_class: DataClass, owner: asyncpg.Connection) -> str:
    """The id of the policy for a class."""
    query = "select id from retention_policy where organisation_id = $1 and data_class = $2"
    return str(await owner.fetchval(query, world.organisation_id, data_class.value))


class Pair:
    """A pair with a session, a note and feedback, whose programme ended so many days ago."""

    def __init__(self, world: World, owner: asyncpg.Connection, clock: TestClock) -> None:
        self.world, self.owner, self.clock = world, owner, clock

    async def make(self) -> "Pair":
        """With everything in it."""
        do = self.world.do
        self.pairing = await self.world.pairing()
        self.session = (await self.world.session(self.pairing["id"]))["id"]
        self.note = (await do("mentor", "create_note", session_id=self.session, text="T"))["id"]
        about: dict[str, Any] = {"pairing_id": self.pairing["id"], "session_id": self.session, "audience": "partner"}
        self.rated = (await do("mentor", "give_feedback", **about, type="session", rating=4, text="Good"))["id"]
        self.said = (await do("mentee", "give_feedback", **about, type="session", text="Thanks"))["id"]
        return self

    async def ended(self, days: int) -> None:
        """Let the programme have ended so many days ago."""
        day = self.clock.time.date() - timedelta(days=days)
        await self.owner.execute(
            "update programme set starts_on = $2::date - 100, ends_on = $2 where id = $1",
            self.pairing["programme_id"],
            day,
        )

    async def left(self) -> set[str]:
        """What is still there of note, session, and the two pieces of feedback."""
        found = set()
        for name, table in (("note", "note"), ("session", "session"), ("rated", "feedback"), ("said", "feedback")):
            query = f"select true from {table} where id = $1"  # noqa: S608
            if await self.owner.fetchval(query, getattr(self, name)):
                found.add(name)
        return found


@pytest.fixture
async def pair(world: World, owner: asyncpg.Connection, clock: TestClock) -> Pair:
    """A pair with something of everything."""
    return await Pair(world, owner, clock).make()


async def test_notes_and_words_go_ninety_days_after_the_programme_and_numbers_stay_nobodys(
    world: World, pair: Pair, owner: asyncpg.Connection
) -> None:
    await pair.ended(90)
    await expire(world)
    assert await pair.left() == {"note", "session", "rated", "said"}

    await pair.ended(91)
    await expire(world)

    assert await pair.left() == {"session", "rated"}
    number = await row(owner, "feedback", pair.rated)
    assert (number["rating"], number["audience"], number["version"]) == (4, "aggregate", 2)
    assert [number[name] for name in ("text", "author_id", "addressee_id")] == [None, None, None]
    assert await world.seen_by(pair.rated) == set()


@pytest.mark.parametrize("held", ["person", "programme"])
async def test_what_a_hold_covers_stays_until_it_is_lifted(world: World, pair: Pair, held: str) -> None:
    await pair.ended(1000)
    object_id = world.people["mentee"] if held == "person" else pair.pairing["programme_id"]
    what: dict[str, Any] = {f"{held}_id": object_id}
    hold = await world.do("admin", "place_legal_hold", **what, reason="A claim.")
    pair.clock.advance(days=1000)

    await expire(world)
    assert await pair.left() == {"note", "session", "rated", "said"}
    await world.do("admin", "lift_legal_hold", hold["id"])
    await expire(world)

    assert await pair.left() == {"rated"}


@pytest.mark.parametrize("is_held", [False, True])
async def test_who_was_named_and_why_goes_with_the_feedback(world: World, pair: Pair, *, is_held: bool) -> None:
    programme_id = pair.pairing["programme_id"]
    made = await world.do("mentee", "nominate_person", programme_id=programme_id, **NOMINATION)
    if is_held:
        await world.do("admin", "place_legal_hold", person_id=world.people["mentee"], reason="A case.")
    for days, is_kept in ((90, True), (91, is_held)):
        await pair.ended(days)
        await expire(world)

        seen = await world.see("coordinator", made["id"])

        assert seen is not None
        assert (seen["work_email"] is not None, seen["reason"] is not None) == (is_kept, is_kept)


async def test_sessions_go_after_two_years_with_all_they_hold(
    world: World, pair: Pair, owner: asyncpg.Connection
) -> None:
    pair.clock.advance(days=7 + 730)
    await expire(world)
    assert "session" in await pair.left()

    pair.clock.advance(seconds=1)
    await expire(world)

    assert "session" not in await pair.left()
    assert (await row(owner, "feedback", pair.rated))["session_id"] is None
    assert await owner.fetchval("select count(*) from attendance where session_id = $1", pair.session) == 0


async def test_what_was_delivered_or_held_is_kept_for_three_months_and_what_is_due_until_it_was(
    world: World, owner: asyncpg.Connection, clock: TestClock
) -> None:
    endpoint = await world.do("admin", "create_webhook_endpoint", url="https://hooks.example.com/in")
    for place, (days, status) in enumerate(
        ((89, "delivered"), (91, "delivered"), (91, "dead"), (91, "held"), (91, "pending"))
    ):
        made_at = clock.time - timedelta(days=days, seconds=place)
        await owner.execute(
            "insert into delivery values ($1, $2, 1, $3, $3, $4, $5, 'session.scheduled', 1, $6, 1, $3)",
            *(world.organisation_id, ids.first_at("dlv", made_at), made_at, endpoint["id"], ids.new("evt"), status),
        )

    await expire(world)

    query = "select created_at, status from delivery where organisation_id = $1 order by id"
    left = [
        (round((clock.time - at) / timedelta(days=1)), status)
        for at, status in await owner.fetch(query, world.organisation_id)
    ]
    assert left == [(91, "pending"), (89, "delivered")]


async def test_the_content_of_an_export_goes_after_a_day(
    world: World, owner: asyncpg.Connection, clock: TestClock
) -> None:
    export_id = (await world.do("mentor", "request_export"))["subject_ids"][0]
    await work()
    clock.advance(hours=24)

    await expire(world)

    assert (await row(owner, "export", export_id))["content"] is None


async def test_old_things_go_bite_by_bite(world: World, pair: Pair) -> None:
    await pair.ended(91)

    assert [await expire(world, limit=1) for _ in range(3)] == [True, True, False]

    assert await pair.left() == {"session", "rated"}


async def test_every_organisation_begins_with_a_policy_for_each_class(world: World, owner: asyncpg.Connection) -> None:
    query = "select data_class, keep_days from retention_policy where organisation_id = $1"
    found = {DataClass(name): days for name, days in await owner.fetch(query, world.organisation_id)}

    assert found == {data_class: bounds.default for data_class, bounds in BOUNDS.items()}
    assert await world.seen_by(await policy(world, DataClass.NOTES, owner)) == set(world.actors)


@pytest.mark.parametrize("days", [29, 366])
async def test_an_organisation_decides_inside_bounds(world: World, owner: asyncpg.Connection, days: int) -> None:
    notes = await policy(world, DataClass.NOTES, owner)

    with refused("retention_out_of_bounds", "/keep_days"):
        await world.do("admin", "update_retention_policy", notes, keep_days=days)
    with refused("forbidden"):
        await world.do("coordinator", "update_retention_policy", notes, keep_days=60)

    assert (await world.do("admin", "update_retention_policy", notes, keep_days=60))["keep_days"] == 60
    assert (await world.do("admin", "update_retention_policy", notes))["keep_days"] == 60
