"""Who may be paired with whom: each rule alone, then all of them at once."""

import pytest

from tests.domain.pairings.candidates import barred_by, enrolled, pair, person_of
from tests.world import World

MENTOR, MENTEE = "/mentor_enrolment_id", "/mentee_enrolment_id"


@pytest.fixture
async def programme_id(world: World) -> str:
    """A running programme that takes people in."""
    return await world.programme(status="active", allows_late_intake=True)


async def test_two_ready_people_far_enough_apart_are_paired(world: World, programme_id: str) -> None:
    mentor = await enrolled(world, programme_id, "mentor", rank=5)
    mentee = await enrolled(world, programme_id, "mentee", rank=7)

    pairing = await pair(world, mentor, mentee)

    assert (pairing["status"], pairing["rank_gap"]) == ("pending_agreement", 2)


@pytest.mark.parametrize(("mentor_rank", "mentee_rank"), [(6, 7), (7, 7), (9, 7)])
async def test_the_mentor_stands_far_enough_below_the_mentee(
    world: World, programme_id: str, mentor_rank: int, mentee_rank: int
) -> None:
    mentor = await enrolled(world, programme_id, "mentor", rank=mentor_rank)
    mentee = await enrolled(world, programme_id, "mentee", rank=mentee_rank)

    assert await barred_by(world, mentor, mentee) == [("rank_gap", None)]


async def test_a_reciprocal_programme_keeps_the_junior_and_the_senior_side(world: World) -> None:
    programme_id = await world.programme(status="active", allows_late_intake=True, model="reciprocal", min_rank_gap=1)
    mentor = await enrolled(world, programme_id, "mentor", rank=7)
    mentee = await enrolled(world, programme_id, "mentee", rank=2)

    assert await barred_by(world, mentor, mentee) == [("rank_gap", None)]


async def test_nobody_is_paired_with_their_own_manager(world: World, programme_id: str) -> None:
    mentee = await enrolled(world, programme_id, "mentee")
    mentor = await enrolled(world, programme_id, "mentor", manager_id=await person_of(world, mentee))

    assert await barred_by(world, mentor, mentee) == [("reporting_line", None)]


async def test_the_reporting_line_counts_at_any_depth(world: World, programme_id: str) -> None:
    mentee = await enrolled(world, programme_id, "mentee")
    above = await person_of(world, mentee)
    for _ in range(4):
        above = await world.person(manager_id=above)
    mentor = await enrolled(world, programme_id, "mentor", manager_id=above)

    assert await barred_by(world, mentor, mentee) == [("reporting_line", None)]


async def test_a_mentor_above_the_mentee_in_the_line_is_barred_too(world: World, programme_id: str) -> None:
    mentor = await enrolled(world, programme_id, "mentor")
    mentee = await enrolled(world, programme_id, "mentee", manager_id=await person_of(world, mentor))

    assert await barred_by(world, mentor, mentee) == [("reporting_line", None)]


async def test_no_waiver_lifts_the_reporting_line(world: World, programme_id: str) -> None:
    mentee = await enrolled(world, programme_id, "mentee")
    mentor = await enrolled(world, programme_id, "mentor", manager_id=await person_of(world, mentee))

    barred = await barred_by(world, mentor, mentee, shared_manager_waiver="They asked for it.")

    assert barred == [("reporting_line", None)]


async def test_two_reports_of_one_manager_are_not_paired(world: World, programme_id: str) -> None:
    manager_id = await world.person(rank=9)
    mentor = await enrolled(world, programme_id, "mentor", manager_id=manager_id)
    mentee = await enrolled(world, programme_id, "mentee", manager_id=manager_id)

    assert await barred_by(world, mentor, mentee) == [("shared_manager", "/shared_manager_waiver")]


async def test_a_shared_manager_can_be_waived_with_a_reason(world: World, programme_id: str) -> None:
    manager_id = await world.person(rank=9)
    mentor = await enrolled(world, programme_id, "mentor", manager_id=manager_id)
    mentee = await enrolled(world, programme_id, "mentee", manager_id=manager_id)

    pairing = await pair(world, mentor, mentee, shared_manager_waiver="A small company.")

    assert pairing["status"] == "pending_agreement"


async def test_people_of_one_department_are_paired_where_no_rule_says_otherwise(
    world: World, programme_id: str
) -> None:
    mentor = await enrolled(world, programme_id, "mentor", department="Sales")
    mentee = await enrolled(world, programme_id, "mentee", department="Sales")

    assert (await pair(world, mentor, mentee))["status"] == "pending_agreement"


async def test_a_programme_can_demand_different_departments(world: World) -> None:
    programme_id = await world.programme(status="active", allows_late_intake=True, require_cross_department=True)
    mentor = await enrolled(world, programme_id, "mentor", department="Sales")
    mentee = await enrolled(world, programme_id, "mentee", department="Sales")

    assert await barred_by(world, mentor, mentee) == [("same_department", None)]


@pytest.mark.parametrize("departments", [("Sales", "Legal"), (None, None), ("Sales", None)])
async def test_an_unknown_department_is_no_shared_one(world: World, departments: tuple[str | None, str | None]) -> None:
    programme_id = await world.programme(status="active", allows_late_intake=True, require_cross_department=True)
    mentor = await enrolled(world, programme_id, "mentor", department=departments[0])
    mentee = await enrolled(world, programme_id, "mentee", department=departments[1])

    assert (await pair(world, mentor, mentee))["status"] == "pending_agreement"


async def test_people_who_are_kept_apart_are_not_paired(world: World, programme_id: str) -> None:
    mentor = await enrolled(world, programme_id, "mentor")
    mentee = await enrolled(world, programme_id, "mentee")
    one, other = await person_of(world, mentor), await person_of(world, mentee)
    await world.do("admin", "create_do_not_pair", person_id=other, other_person_id=one)

    assert await barred_by(world, mentor, mentee, shared_manager_waiver="Never mind.") == [("do_not_pair", None)]


async def test_a_full_enrolment_takes_no_more_pairings(world: World, programme_id: str) -> None:
    mentor = await enrolled(world, programme_id, "mentor", capacity=1)
    await pair(world, mentor, await enrolled(world, programme_id, "mentee"))

    barred = await barred_by(world, mentor, await enrolled(world, programme_id, "mentee"))

    assert barred == [("capacity_reached", MENTOR)]


async def test_a_mentor_with_seats_left_takes_another_mentee(world: World, programme_id: str) -> None:
    mentor = await enrolled(world, programme_id, "mentor", capacity=2)
    await pair(world, mentor, await enrolled(world, programme_id, "mentee"))

    second = await pair(world, mentor, await enrolled(world, programme_id, "mentee"))

    assert second["status"] == "pending_agreement"


@pytest.mark.parametrize("status", ["invited", "under_review", "approved"])
async def test_both_enrolments_are_ready(world: World, programme_id: str, status: str) -> None:
    mentor = await enrolled(world, programme_id, "mentor", status=status)
    mentee = await enrolled(world, programme_id, "mentee")

    assert await barred_by(world, mentor, mentee) == [("enrolment_not_ready", MENTOR)]


async def test_an_enrolment_that_rests_is_not_paired(world: World, programme_id: str) -> None:
    mentor = await enrolled(world, programme_id, "mentor")
    mentee = await enrolled(world, programme_id, "mentee")
    await world.do("coordinator", "pause_enrolment", mentee)

    assert await barred_by(world, mentor, mentee) == [("enrolment_not_ready", MENTEE)]


async def test_each_takes_the_side_for_which_they_are_enrolled(world: World, programme_id: str) -> None:
    mentor = await enrolled(world, programme_id, "mentor")
    mentee = await enrolled(world, programme_id, "mentee")

    barred = await barred_by(world, mentee, mentor)

    assert barred == [("wrong_role", MENTOR), ("wrong_role", MENTEE), ("rank_gap", None)]


async def test_both_belong_to_one_programme(world: World, programme_id: str) -> None:
    elsewhere = await world.programme(status="active", allows_late_intake=True)
    mentor = await enrolled(world, programme_id, "mentor")
    mentee = await enrolled(world, elsewhere, "mentee")

    assert await barred_by(world, mentor, mentee) == [("other_programme", MENTEE)]


async def test_somebody_who_has_left_is_not_paired(world: World, programme_id: str) -> None:
    mentor = await enrolled(world, programme_id, "mentor")
    mentee = await enrolled(world, programme_id, "mentee")
    await world.do("admin", "deactivate_person", await person_of(world, mentee))

    assert await barred_by(world, mentor, mentee) == [("person_inactive", MENTEE)]


async def test_nobody_mentors_themselves(world: World, programme_id: str) -> None:
    mentor = await enrolled(world, programme_id, "mentor")
    mentee = await world.enrolment(programme_id, await person_of(world, mentor), "mentee")

    assert await barred_by(world, mentor, mentee) == [("rank_gap", None), ("same_person", MENTEE)]


async def test_every_broken_rule_is_named_at_once(world: World) -> None:
    programme_id = await world.programme(status="active", allows_late_intake=True, require_cross_department=True)
    manager_id = await world.person(rank=9)
    mentor = await enrolled(world, programme_id, "mentor", rank=6, department="Sales", manager_id=manager_id)
    await pair(world, mentor, await enrolled(world, programme_id, "mentee", rank=8))
    mentee = await enrolled(
        world, programme_id, "mentee", rank=7, status="approved", department="Sales", manager_id=manager_id
    )
    one, other = await person_of(world, mentor), await person_of(world, mentee)
    await world.do("admin", "create_do_not_pair", person_id=one, other_person_id=other)
    await world.do("admin", "deactivate_person", other)

    assert await barred_by(world, mentor, mentee) == [
        ("capacity_reached", MENTOR),
        ("enrolment_not_ready", MENTEE),
        ("person_inactive", MENTEE),
        ("rank_gap", None),
        ("same_department", None),
        ("shared_manager", "/shared_manager_waiver"),
        ("do_not_pair", None),
    ]
