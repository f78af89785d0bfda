"""How many leaders and sponsors take part themselves: counts, exact for who runs the programme, none of too few."""

from typing import Any

from app.acting.inquiry import ask
from app.auth.actor import Role
from app.domain.enrolments.participation import INQUIRIES
from tests.outcomes import refused
from tests.world import World


async def asked(world: World, programme_id: str, part: str = "coordinator") -> dict[str, Any]:
    """What somebody is told, without the programme's id."""
    found = (await ask(world.actors[part], INQUIRIES[0], programme_id, None)).model_dump()
    assert found.pop("programme_id") == programme_id
    return found


async def pledge(world: World, programme_id: str, person_id: str) -> None:
    """Make somebody a sponsor."""
    await world.do(
        "coordinator", "pledge_sponsorship", programme_id=programme_id, person_id=person_id, pledge="I learn too."
    )


async def test_leaders_and_sponsors_who_take_part_are_counted(world: World) -> None:
    programme_id = await world.programme(status="enrolling", leader_rank=8)
    joined, invited, gone, away = [await world.person(rank=rank) for rank in (8, 9, 8, 9)]
    await world.do("admin", "begin_leave_person", away)
    await world.enrolment(programme_id, joined, "mentee")
    await world.enrolment(programme_id, invited, "mentee", status="invited")
    left = await world.enrolment(programme_id, gone, "mentee")
    await world.do("coordinator", "withdraw_enrolment", left)
    await world.enrolment(programme_id, world.people["mentor"], "mentor")
    for sponsor in (joined, invited, world.people["mentor"]):
        await pledge(world, programme_id, sponsor)

    admin_rank = (await world.see("admin", world.people["admin"]) or {})["rank_level"]
    assert await asked(world, programme_id) == {
        "leader_rank": 8,
        "leaders": 3 + (admin_rank >= 8),
        "leaders_as_mentees": 1,
        "sponsors": 3,
        "sponsors_taking_part": 2,
    }


async def test_a_programme_that_does_not_say_counts_the_highest_rank(world: World) -> None:
    programme_id = await world.programme(status="enrolling")
    # The ladder of the world ends at ten.
    top = await world.person(rank=10)
    await world.enrolment(programme_id, top, "mentee")

    found = await asked(world, programme_id)

    assert found["leader_rank"] == 10
    assert found["leaders_as_mentees"] == 1


async def test_a_leader_of_another_programme_does_not_count(world: World) -> None:
    programme_id, other = (
        await world.programme(status="enrolling", leader_rank=7),
        await world.programme(status="enrolling"),
    )
    await world.enrolment(other, world.people["mentee"], "mentee")
    await pledge(world, other, world.people["mentee"])

    found = await asked(world, programme_id)

    assert (found["leaders_as_mentees"], found["sponsors"], found["sponsors_taking_part"]) == (0, 0, 0)


async def test_a_sponsor_is_told_no_count_of_too_few(world: World) -> None:
    programme_id = await world.programme(status="enrolling", leader_rank=9)
    leaders = [await world.person(rank=9) for _ in range(12)]
    await pledge(world, programme_id, world.people["mentee"])
    for leader in leaders[:4]:
        await world.enrolment(programme_id, leader, "mentee")

    few = await asked(world, programme_id, "mentee")
    assert few["leaders"] >= 12
    assert (few["leaders_as_mentees"], few["sponsors"], few["sponsors_taking_part"]) == (None, 1, None)

    await world.enrolment(programme_id, leaders[4], "mentee")
    assert (await asked(world, programme_id, "mentee"))["leaders_as_mentees"] == 5
    await world.enrolment(programme_id, world.people["mentee"], "mentee")
    assert (await asked(world, programme_id, "mentee"))["sponsors_taking_part"] is None
    assert (await asked(world, programme_id))["sponsors_taking_part"] == 1


async def test_only_coordinators_and_sponsors_ask(world: World) -> None:
    programme_id = await world.programme(status="enrolling")
    await world.newcomer("other", Role.COORDINATOR)

    for part in ("mentor", "other"):
        with refused("not_allowed"):
            await asked(world, programme_id, part)
