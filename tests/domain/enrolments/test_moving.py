"""From an invitation to a seat and away again: each step with its event, and seats under any concurrency."""

from typing import Any

import asyncpg
import pytest

from app import db as database
from app.domain.enrolments import service
from app.domain.enrolments.models import Enrolment
from app.reading import rows
from tests.outcomes import at_once, refused
from tests.world import World

STEPS = [
    ("accept", "invited", "review_started", "under_review"),
    ("review", "invited", "review_started", "under_review"),
    ("approve", "under_review", "approved", "approved"),
    ("decline", "under_review", "declined", "declined"),
    ("waitlist", "under_review", "waitlisted", "waitlisted"),
    ("ready", "approved", "readied", "ready"),
    ("pause", "approved", "paused", "paused"),
    ("pause", "ready", "paused", "paused"),
    ("withdraw", "invited", "withdrawn", "withdrawn"),
    ("withdraw", "ready", "withdrawn", "withdrawn"),
    ("remove", "under_review", "removed", "removed"),
]
OF_THE_PERSON = ("accept", "pause", "resume", "withdraw")
OF_THE_OFFICE = ("review", "approve", "decline", "waitlist", "ready", "remove")


async def enrolled(world: World, status: str = "ready", **fields: Any) -> str:
    """The mentor's enrolment in a running programme, led to a status; its id."""
    programme_id = await world.programme(status="active", allows_late_intake=True)
    return await world.enrolment(programme_id, world.people["mentor"], "mentor", status=status, **fields)


async def mentees(world: World, mentor_enrolment: str, number: int) -> list[str]:
    """As many mentees of the same programme, ready; their enrolments."""
    programme_id = (await world.see("admin", mentor_enrolment) or {})["programme_id"]
    return [await world.enrolment(programme_id, await world.person(rank=7), "mentee") for _ in range(number)]


async def pair(world: World, mentor: str, mentee: str) -> dict[str, Any]:
    """Pair two enrolments."""
    return await world.do("coordinator", "create_pairing", mentor_enrolment_id=mentor, mentee_enrolment_id=mentee)


async def status_of(world: World, enrolment_id: str) -> tuple[str, int]:
    """Where an enrolment stands, and its live pairings."""
    seen = await world.see("admin", enrolment_id) or {}
    return seen["status"], seen["live_pairings"]


@pytest.mark.parametrize(("move", "before", "told", "after"), STEPS)
async def test_each_step_is_told(world: World, move: str, before: str, told: str, after: str) -> None:
    enrolment_id = await enrolled(world, before)
    part = "mentor" if move in OF_THE_PERSON else "coordinator"

    enrolment = await world.do(part, f"{move}_enrolment", enrolment_id)

    event = (await world.told(enrolment_id))[-1]
    assert (enrolment["status"], event.type, event.changed) == (after, f"enrolment.{told}", ["status"])
    assert (event.actor, event.data["status"]) == (world.people[part], after)
    assert set(event.data) == {"enrolment_id", "programme_id", "person_id", "cohort_id", "role", "status"}


@pytest.mark.parametrize("move", OF_THE_OFFICE)
async def test_what_the_office_decides_nobody_decides_for_themselves(world: World, move: str) -> None:
    enrolment_id = await enrolled(world, "invited")

    with refused("forbidden"):
        await world.do("mentor", f"{move}_enrolment", enrolment_id)


async def test_who_waits_can_still_be_approved(world: World) -> None:
    enrolment_id = await enrolled(world, "under_review")

    await world.do("coordinator", "waitlist_enrolment", enrolment_id)

    assert (await world.do("coordinator", "approve_enrolment", enrolment_id))["status"] == "approved"


async def test_who_rests_goes_on_from_there_and_it_is_told(world: World) -> None:
    enrolment_id = await enrolled(world)

    await world.do("mentor", "pause_enrolment", enrolment_id)
    assert (await world.do("mentor", "resume_enrolment", enrolment_id))["status"] == "ready"

    assert [event.type for event in await world.told(enrolment_id)][-2:] == ["enrolment.paused", "enrolment.resumed"]
    with refused("enrolment_state_conflict"):
        await world.do("mentor", "resume_enrolment", enrolment_id)


async def test_an_illegal_step_is_refused_and_not_told(world: World) -> None:
    enrolment_id = await enrolled(world, "invited")

    with refused("enrolment_state_conflict"):
        await world.do("coordinator", "ready_enrolment", enrolment_id)

    assert len(await world.told(enrolment_id)) == 1


@pytest.mark.parametrize("move", ["withdraw", "remove"])
async def test_nobody_leaves_while_a_pairing_lives(world: World, move: str) -> None:
    pairing = await world.pairing(status="pending_agreement")
    enrolment_id = pairing["mentor_enrolment_id"]

    with refused("enrolment_has_pairings"):
        await world.do("coordinator", f"{move}_enrolment", enrolment_id)
    await world.do("coordinator", "dissolve_pairing", pairing["id"])

    await world.do("coordinator", f"{move}_enrolment", enrolment_id)


async def test_who_rests_while_the_pairing_ends_goes_on_as_ready(world: World) -> None:
    pairing = await world.pairing(status="pending_agreement")
    enrolment_id = pairing["mentor_enrolment_id"]

    await world.do("mentor", "pause_enrolment", enrolment_id)
    await world.do("mentee", "end_pairing_early", pairing["id"])

    assert (await world.do("mentor", "resume_enrolment", enrolment_id))["status"] == "ready"


async def test_whose_person_left_is_withdrawn_and_it_is_told(world: World) -> None:
    enrolment_id = await enrolled(world)

    async with database.current().writing(world.organisation_id) as db:
        service.take_leave(db, await rows.by_id(db, Enrolment, enrolment_id, lock=True))

    event = (await world.told(enrolment_id))[-1]
    assert await status_of(world, enrolment_id) == ("withdrawn", 0)
    assert (event.type, event.changed, event.actor) == ("enrolment.withdrawn", ["status"], None)


@pytest.mark.parametrize("capacity", [1, 3])
async def test_seats_are_never_oversold_however_many_ask_at_once(world: World, capacity: int) -> None:
    mentor = await enrolled(world, capacity=capacity)
    waiting = await mentees(world, mentor, 8)

    made, refusals = await at_once(*(pair(world, mentor, mentee) for mentee in waiting))

    assert (len(made), set(refusals)) == (capacity, {"pairing_refused"})
    assert await status_of(world, mentor) == ("matched", capacity)


async def test_a_capacity_that_falls_while_pairs_are_made_never_ends_below_them(world: World) -> None:
    for _ in range(3):
        mentor = await enrolled(world, capacity=2)
        one, other = await mentees(world, mentor, 2)

        await at_once(
            pair(world, mentor, one),
            world.do("mentor", "update_enrolment", mentor, capacity=1),
            pair(world, mentor, other),
        )

        seen = await world.see("mentor", mentor) or {}
        assert 1 <= seen["live_pairings"] <= seen["capacity"]


async def test_of_leaving_and_being_paired_at_once_one_happens(world: World) -> None:
    for _ in range(3):
        mentor = await enrolled(world)
        (mentee,) = await mentees(world, mentor, 1)

        done, refusals = await at_once(world.do("mentor", "withdraw_enrolment", mentor), pair(world, mentor, mentee))

        assert (len(done), len(refusals)) == (1, 1)
        assert await status_of(world, mentor) in {("withdrawn", 0), ("matched", 1)}


async def test_the_database_itself_keeps_the_seats(world: World, owner: asyncpg.Connection) -> None:
    enrolment_id = await enrolled(world)

    for live in (2, -1):
        with pytest.raises(asyncpg.CheckViolationError):
            await owner.execute("update enrolment set live_pairings = $1 where id = $2", live, enrolment_id)
