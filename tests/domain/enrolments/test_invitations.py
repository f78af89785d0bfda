"""Invitations that stand for some days: reminded of once, over in time, and made again."""

from datetime import timedelta

import pytest

from app.domain.tasks.resource import TASKS
from app.workers import sweep
from tests.conftest import TestClock
from tests.outcomes import refused
from tests.reading.shapes import listed, page_of
from tests.world import World


async def invited(world: World, programme_id: str) -> str:
    return await world.enrolment(programme_id, world.people["mentor"], "mentor", status="invited")


async def told(world: World, enrolment_id: str) -> list[str]:
    return [event.type.partition(".")[2] for event in await world.told(enrolment_id)]


async def asked(world: World) -> int:
    return len(await listed(world.actors["mentor"], page_of(TASKS, "kind")))


async def test_it_is_reminded_of_half_way_and_over_in_time(world: World, clock: TestClock) -> None:
    programme = await world.programme(status="enrolling", invitation_days=10)
    enrolment_id = await invited(world, programme)
    assert (await world.see("mentor", enrolment_id) or {})["expires_at"] == (
        clock.time + timedelta(days=10)
    ).isoformat()
    clock.advance(days=5)
    for _ in range(2):
        await sweep.sweep_one(world.organisation_id)
    assert await told(world, enrolment_id) == ["invited", "invitation_reminded"]
    assert await asked(world) == 1

    clock.advance(days=5)
    for _ in range(2):
        await sweep.sweep_one(world.organisation_id)

    assert (await world.see("mentor", enrolment_id) or {})["status"] == "expired"
    assert await told(world, enrolment_id) == ["invited", "invitation_reminded", "invitation_expired"]
    assert await asked(world) == 0
    with refused("enrolment_state_conflict"):
        await world.do("mentor", "accept_enrolment", enrolment_id)


async def test_what_was_answered_is_not_reminded_of_and_does_not_expire(world: World, clock: TestClock) -> None:
    enrolment_id = await invited(world, await world.programme(status="enrolling", invitation_days=10))
    await world.do("mentor", "accept_enrolment", enrolment_id)
    clock.advance(days=11)

    await sweep.sweep_one(world.organisation_id)

    assert await told(world, enrolment_id) == ["invited", "review_started"]


async def test_without_a_time_it_stands(world: World, clock: TestClock) -> None:
    enrolment_id = await invited(world, await world.programme(status="enrolling"))
    clock.advance(days=400)

    await sweep.sweep_one(world.organisation_id)

    seen = await world.see("mentor", enrolment_id)
    assert seen is not None
    assert (seen["status"], seen["expires_at"]) == ("invited", None)


@pytest.mark.parametrize("how", ["expired", "declined", "withdrawn"])
async def test_it_can_be_made_again(world: World, clock: TestClock, how: str) -> None:
    enrolment_id = await invited(world, await world.programme(status="enrolling", invitation_days=10))
    if how == "expired":
        clock.advance(days=10)
        await sweep.sweep_one(world.organisation_id)
    elif how == "declined":
        await world.do("coordinator", "review_enrolment", enrolment_id)
        await world.do("coordinator", "decline_enrolment", enrolment_id)
    else:
        await world.do("mentor", "withdraw_enrolment", enrolment_id)

    again = await world.do("coordinator", "invite_enrolment_again", enrolment_id)

    assert again["status"] == "invited"
    assert again["expires_at"] == (clock.time + timedelta(days=10)).isoformat()
    assert (await told(world, enrolment_id))[-1] == "invited"
    with refused("enrolment_state_conflict"):
        await world.do("coordinator", "invite_enrolment_again", enrolment_id)


async def test_nobody_is_invited_again_to_what_takes_nobody_in(world: World) -> None:
    programme = await world.programme(status="enrolling")
    enrolment_id = await invited(world, programme)
    await world.do("mentor", "withdraw_enrolment", enrolment_id)
    await world.do("coordinator", "start_matching_programme", programme)

    with refused("programme_not_enrolling"):
        await world.do("coordinator", "invite_enrolment_again", enrolment_id)
