"""Peers who come together: of one side, two at least, seen by nobody else."""

from typing import Any

import pytest
from pydantic import ValidationError

from app.domain.circles.resource import CIRCLE_MEMBERS
from app.domain.circles.schemas import MOST_MEMBERS
from app.workers.reactions import react
from tests.circles import circle, meeting, peers
from tests.outcomes import at_once, invalid, refused
from tests.reading.shapes import listed, page_of
from tests.world import World


@pytest.fixture
async def programme(world: World) -> str:
    """A programme that lets people in."""
    return await world.programme(allows_late_intake=True)


@pytest.fixture
async def own(world: World, programme: str) -> str:
    """The mentor's enrolment."""
    return await world.enrolment(programme, world.people["mentor"], "mentor", status="approved")


async def members(world: World, circle_id: str, part: str = "coordinator") -> dict[str, dict[str, Any]]:
    """The places in a circle, by enrolment."""
    names = ("id", "circle_id", "enrolment_id", "person_id", "display_name")
    found = await listed(world.actors[part], page_of(CIRCLE_MEMBERS, *names))
    return {one["enrolment_id"]: one for one in found if one["circle_id"] == circle_id}


async def test_it_is_active_from_the_start_and_its_members_know_each_other_by_name(
    world: World, programme: str, own: str
) -> None:
    made = await circle(world, programme, own, *await peers(world, programme, 2))

    assert (made["status"], made["members"], made["role"]) == ("active", 3, "mentor")
    seen = await members(world, made["id"], "mentor")
    assert len(seen) == 3
    assert seen[own]["display_name"] == "Mentor Doe"
    assert await world.seen_by(made["id"]) == {"mentor", "coordinator", "admin", "service"}
    told = [event.type for event in await world.told(made["id"])]
    assert told == ["circle.formed", *["circle.joined"] * 3]


@pytest.mark.parametrize("count", [0, 1])
async def test_a_circle_of_one_is_none(world: World, programme: str, own: str, count: int) -> None:
    given: dict[str, Any] = {"programme_id": programme, "name": "Alone", "role": "mentor"}
    with invalid("circle_of_one", "/enrolment_ids"):
        await world.do("coordinator", "create_circle", **given, enrolment_ids=[own][:count])


async def test_only_peers_who_take_part_are_in_it(world: World, programme: str, own: str) -> None:
    (peer,) = await peers(world, programme, 1)
    (senior,) = await peers(world, programme, 1, "mentee")
    elsewhere = await peers(world, await world.programme(allows_late_intake=True), 1)
    waiting = await world.enrolment(programme, await world.person(rank=2), "mentor", status="invited")
    refusals = {senior: "other_side", elsewhere[0]: "enrolment_elsewhere", waiting: "enrolment_not_approved"}

    for enrolment_id, code in refusals.items():
        with invalid(code, "/enrolment_ids/1"):
            await circle(world, programme, own, enrolment_id)
    made = await circle(world, programme, own, peer)
    for enrolment_id, code in refusals.items():
        with invalid(code, "/enrolment_id"):
            await world.do("coordinator", "add_circle_member", circle_id=made["id"], enrolment_id=enrolment_id)
    with refused("circle_member_taken"):
        await world.do("coordinator", "add_circle_member", circle_id=made["id"], enrolment_id=peer)
    with pytest.raises(ValidationError, match="same item twice"):
        await circle(world, programme, own, own)


async def test_with_one_left_it_waits_for_a_second_and_has_no_meeting_ahead(
    world: World, programme: str, own: str
) -> None:
    (peer,) = await peers(world, programme, 1)
    made = await circle(world, programme, own, peer)
    ahead = await meeting(world, made["id"])
    places = await members(world, made["id"])
    with refused("not_allowed"):
        await world.do("mentor", "remove_circle_member", places[peer]["id"])

    await world.do("coordinator", "remove_circle_member", places[peer]["id"])

    assert (await world.see("mentor", made["id"]) or {})["status"] == "forming"
    assert (await world.see("mentor", ahead["id"]) or {})["status"] == "cancelled"
    with refused("circle_not_active"):
        await meeting(world, made["id"])
    await world.do("coordinator", "add_circle_member", circle_id=made["id"], enrolment_id=peer)
    assert (await world.see("mentor", made["id"]) or {})["status"] == "active"
    told = [event.type for event in await world.told(made["id"])][3:]
    assert told == ["circle.fell_apart", "circle.left", "circle.formed", "circle.joined"]


async def test_one_may_leave_and_sees_it_no_more(world: World, programme: str, own: str) -> None:
    made = await circle(world, programme, own, *await peers(world, programme, 2))

    await world.do("mentor", "remove_circle_member", (await members(world, made["id"]))[own]["id"])

    assert await world.see("mentor", made["id"]) is None
    assert (await world.see("coordinator", made["id"]) or {})["members"] == 2


async def test_who_leaves_the_programme_leaves_its_circles(world: World, programme: str, own: str) -> None:
    made = await circle(world, programme, own, *await peers(world, programme, 2))
    closed = await circle(world, programme, own)
    await world.do("coordinator", "close_circle", closed["id"])
    await world.do("mentor", "withdraw_enrolment", own)

    for _ in range(2):
        await react(world.organisation_id, "enrolment.withdrawn", own)

    assert (await world.see("coordinator", made["id"]) or {})["members"] == 2
    assert (await world.see("coordinator", closed["id"]) or {})["members"] == 2


async def test_closing_calls_off_what_is_ahead_and_nobody_comes_or_goes_any_more(
    world: World, programme: str, own: str
) -> None:
    made = await circle(world, programme, own)
    ahead = await meeting(world, made["id"])
    await world.do("coordinator", "update_circle", made["id"], name="Last Thursdays")

    closed = await world.do("coordinator", "close_circle", made["id"])

    assert (closed["status"], closed["name"]) == ("closed", "Last Thursdays")
    assert (await world.see("mentor", ahead["id"]) or {})["status"] == "cancelled"
    (late,) = await peers(world, programme, 1)
    with refused("circle_closed"):
        await world.do("coordinator", "add_circle_member", circle_id=made["id"], enrolment_id=late)


async def test_it_has_so_many_members_and_no_more(world: World, programme: str) -> None:
    made = await circle(world, programme, *await peers(world, programme, MOST_MEMBERS))
    (late,) = await peers(world, programme, 1)

    with refused("circle_full"):
        await world.do("coordinator", "add_circle_member", circle_id=made["id"], enrolment_id=late)


async def test_of_two_who_leave_at_once_each_is_counted(world: World, programme: str, own: str) -> None:
    made = await circle(world, programme, own, *await peers(world, programme, 2))
    places = [one["id"] for one in (await members(world, made["id"])).values()]

    _, refusals = await at_once(*(world.do("coordinator", "remove_circle_member", place) for place in places[:2]))

    assert refusals == []
    seen = await world.see("coordinator", made["id"])
    assert seen is not None
    assert (seen["status"], seen["members"]) == ("forming", 1)
