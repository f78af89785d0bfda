"""Invitations by rule and by group: who gets one, once, and from whom it is taken back."""

from typing import Any

import sqlalchemy as sa
from sqlmodel import col

from app import db as database
from app.domain.enrolments.models import Enrolment
from app.workers.reactions import is_watched
from app.workers.run import Worker
from tests.outcomes import invalid, refused
from tests.world import World

LAW: dict[str, Any] = {"role": "mentee", "departments": ["Law"], "auto_invite": True}


async def invited(world: World, programme_id: str) -> dict[str, str]:
    """The states of those in a programme, by person, after all that follows from what was done."""
    await Worker().drain()
    select = sa.select(Enrolment).where(
        col(Enrolment.organisation_id) == world.organisation_id, col(Enrolment.programme_id) == programme_id
    )
    async with database.current().writing(world.organisation_id) as db:
        found = (await db.execute(select)).scalars().all()
    return {one.person_id: f"{one.origin.value} {one.status.value}" for one in found}


async def group(world: World, *people: str) -> tuple[str, list[str]]:
    """A group with some people in it, and the ids of their memberships."""
    made = str((await world.do("admin", "create_group", display_name="Cohort"))["id"])
    return made, [await join(world, made, person_id) for person_id in people]


async def join(world: World, group_id: str, person_id: str) -> str:
    """Put a person into a group."""
    return str((await world.do("admin", "add_group_member", group_id=group_id, person_id=person_id))["id"])


async def test_who_falls_short_is_refused_with_every_rule(world: World) -> None:
    rules = {"role": "mentee", "min_rank": 9, "departments": ["Law"]}
    programme_id = await world.programme(status="enrolling", eligibility=[rules])

    with refused("not_eligible", "/programme_id", "/programme_id"):
        await world.enrolment(programme_id, world.people["mentee"], "mentee")
    with refused("not_eligible"):
        await world.do("mentee", "apply_for_enrolment", programme_id=programme_id, role="mentee")

    await world.enrolment(programme_id, world.people["mentor"], "mentor")


async def test_who_arrives_or_moves_is_invited_by_rule_and_nobody_who_was_there(world: World) -> None:
    await world.person(department="Law")
    await Worker().drain()
    programme_id = await world.programme(status="enrolling", eligibility=[LAW])
    hired, other = await world.person(department="Law"), await world.person(department="Sales")
    await world.do("admin", "update_person", world.people["mentee"], department="Law")

    assert await invited(world, programme_id) == dict.fromkeys((hired, world.people["mentee"]), "rule invited")
    await world.do("admin", "update_person", other, department="Law", title="Counsel")
    assert other in await invited(world, programme_id)


async def test_nobody_is_invited_twice_and_nobody_who_declined(world: World) -> None:
    programme_id = await world.programme(status="enrolling", eligibility=[LAW])
    enrolment_id = await world.enrolment(programme_id, world.people["mentor"], "mentor")
    person_id = await world.person(department="Law")
    assert await invited(world, programme_id) == {
        world.people["mentor"]: "request ready",
        person_id: "rule invited",
    }
    await world.do("mentor", "withdraw_enrolment", enrolment_id)
    for department in ("Sales", "Law"):
        await world.do("admin", "update_person", person_id, department=department)
        await world.do("admin", "update_person", world.people["mentor"], department=department)

    assert await invited(world, programme_id) == {
        world.people["mentor"]: "request withdrawn",
        person_id: "rule invited",
    }


async def test_nobody_is_invited_outside_the_intake(world: World) -> None:
    programme_id = await world.programme(status="matching", eligibility=[LAW])
    late = await world.programme(status="active", allows_late_intake=True, eligibility=[LAW])
    person_id = await world.person(department="Law")

    assert await invited(world, programme_id) == {}
    assert await invited(world, late) == {person_id: "rule invited"}


async def test_a_group_that_a_programme_names_is_invited_when_it_opens_and_when_it_grows(world: World) -> None:
    early, late, short = [await world.person(rank=rank) for rank in (5, 5, 2)]
    group_id, _ = await group(world, early, short)
    sides = [{"role": "mentee", "min_rank": 4, "group_id": group_id}, LAW | {"role": "mentor"}]
    programme_id = await world.programme(status="enrolling", eligibility=sides)

    assert await invited(world, programme_id) == {early: "group invited"}
    await join(world, group_id, late)
    assert await invited(world, programme_id) == dict.fromkeys((early, late), "group invited")


async def test_who_leaves_the_group_loses_an_invitation_that_was_not_answered(world: World) -> None:
    silent, busy = await world.person(rank=5), world.people["mentee"]
    group_id, members = await group(world, silent, busy)
    side = {"role": "mentee", "group_id": group_id}
    programme_id = await world.programme(status="enrolling", eligibility=[side, LAW | {"role": "mentor"}])
    await invited(world, programme_id)
    async with database.current().writing(world.organisation_id) as db:
        mine = await db.scalar(sa.select(col(Enrolment.id)).where(col(Enrolment.person_id) == busy))
    await world.do("mentee", "accept_enrolment", mine)

    for member in members:
        await world.do("admin", "remove_group_member", member)

    assert await invited(world, programme_id) == {silent: "group withdrawn", busy: "group under_review"}
    await join(world, group_id, silent)
    assert (await invited(world, programme_id))[silent] == "group withdrawn"


async def test_a_group_that_is_deleted_takes_its_invitations_along(world: World) -> None:
    group_id, _ = await group(world, world.people["mentee"])
    side = {"role": "mentee", "group_id": group_id}
    programme_id = await world.programme(status="enrolling", eligibility=[side])
    await invited(world, programme_id)

    await world.do("admin", "delete_group", group_id)

    assert await invited(world, programme_id) == {world.people["mentee"]: "group withdrawn"}


async def test_only_a_group_that_there_is_can_be_named(world: World) -> None:
    programme_id = await world.programme(status="draft")
    sides = [{"role": "mentor"}, {"role": "mentee", "group_id": f"grp_{'0' * 26}"}]

    with invalid("unknown_reference", "/eligibility/1/group_id"):
        await world.do("coordinator", "update_programme", programme_id, eligibility=sides)


def test_a_change_that_no_rule_looks_at_wakes_nobody() -> None:
    assert not is_watched("person.updated", {"title"})
    assert is_watched("person.updated", {"hire_date"})
    assert is_watched("person.created", set())
    assert not is_watched("person.deactivated", {"employment_status"})
