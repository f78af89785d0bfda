"""Intakes of a programme: their days, who joins in them, and what keeps them within the programme."""

from typing import Any

import pytest
from pydantic import ValidationError

from app.domain.programmes.cohort_schemas import CohortCreate
from app.ids import new
from tests.conftest import TestClock
from tests.outcomes import at_once, refused
from tests.world import World

# The programmes of the world begin sixty days before the second of March, and take half a year.
DAYS = {"enrols_from": "2026-02-01", "enrols_until": "2026-03-31", "starts_on": "2026-04-01", "ends_on": "2026-06-30"}


async def cohort(world: World, programme_id: str, **fields: Any) -> dict[str, Any]:
    """A cohort that takes people in now."""
    given: dict[str, Any] = {"programme_id": programme_id, "name": "Spring", **DAYS}
    return await world.do("coordinator", "create_cohort", **(given | fields))


async def invite(world: World, programme_id: str, cohort_id: str, part: str = "mentor") -> dict[str, Any]:
    """Somebody who joins in a cohort."""
    given: dict[str, Any] = {"person_id": world.people[part], "role": part, "cohort_id": cohort_id}
    return await world.do("coordinator", "invite_enrolment", programme_id=programme_id, **given)


async def test_a_cohort_is_told_of_with_its_days_and_without_its_name(world: World) -> None:
    programme_id = await world.programme(status="enrolling")

    made = await cohort(world, programme_id)
    changed = await world.do("coordinator", "update_cohort", made["id"], ends_on="2026-06-01", name="Early")
    await world.do("coordinator", "update_cohort", made["id"], name="Early")
    await world.do("coordinator", "delete_cohort", made["id"])

    assert {name: made[name] for name in DAYS} == DAYS
    assert (changed["ends_on"], changed["name"], changed["allows_late_intake"]) == ("2026-06-01", "Early", False)
    events = await world.told(made["id"])
    assert [event.type for event in events] == ["cohort.created", "cohort.changed", "cohort.deleted"]
    assert events[1].changed == ["ends_on", "name"]
    assert events[0].data == {
        "cohort_id": made["id"],
        "programme_id": programme_id,
        "allows_late_intake": False,
        **DAYS,
    }


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"enrols_until": "2026-01-31"}, "window_order"),
        ({"ends_on": "2026-04-01"}, "cohort_order"),
    ],
)
def test_days_in_the_wrong_order_are_refused(fields: dict[str, str], code: str) -> None:
    with pytest.raises(ValidationError) as caught:
        CohortCreate.model_validate({"programme_id": new("prg"), "name": "Spring", **DAYS, **fields})

    assert [error["type"] for error in caught.value.errors()] == [code]


@pytest.mark.parametrize(
    ("fields", "pointer"),
    [
        ({"starts_on": "2025-12-31"}, "/starts_on"),
        ({"ends_on": "2026-07-04"}, "/ends_on"),
        ({"enrols_until": "2026-07-01"}, "/enrols_until"),
        ({"enrols_until": "2026-01-31"}, "/enrols_until"),
        ({"ends_on": "2026-04-01"}, "/ends_on"),
    ],
)
async def test_a_cohort_lies_within_its_programme_whenever_it_is_changed(
    world: World, fields: dict[str, str], pointer: str
) -> None:
    programme_id = await world.programme(status="enrolling")
    made = await cohort(world, programme_id)

    with refused("cohort_dates", pointer):
        await world.do("coordinator", "update_cohort", made["id"], **fields)  # type: ignore[arg-type]
    if pointer == "/starts_on":
        with refused("cohort_dates", pointer):
            await cohort(world, programme_id, name="Other", **fields)


async def test_a_draft_keeps_its_cohorts_within_its_days(world: World) -> None:
    programme_id = await world.programme(status="draft")
    await cohort(world, programme_id)

    with refused("cohort_dates", "/ends_on"):
        await world.do("coordinator", "update_programme", programme_id, ends_on="2026-05-01")
    await world.do("coordinator", "update_programme", programme_id, ends_on="2026-06-30")


async def test_a_name_is_given_once_in_a_programme(world: World) -> None:
    programme_id = await world.programme(status="draft")

    made, refusals = await at_once(*(cohort(world, programme_id) for _ in range(3)))

    assert (len(made), refusals) == (1, ["cohort_taken"] * 2)


async def test_an_enrolment_names_its_cohort_to_whoever_reads_or_is_told(world: World) -> None:
    programme_id = await world.programme(status="enrolling")
    made = await cohort(world, programme_id)

    enrolment = await invite(world, programme_id, made["id"])
    mentee: dict[str, Any] = {"role": "mentee", "cohort_id": made["id"]}
    applied = await world.do("mentee", "apply_for_enrolment", programme_id=programme_id, **mentee)

    assert {enrolment["cohort_id"], applied["cohort_id"]} == {made["id"]}
    (event,) = await world.told(enrolment["id"])
    assert event.data["cohort_id"] == made["id"]
    with refused("cohort_in_use"):
        await world.do("coordinator", "delete_cohort", made["id"])


@pytest.mark.parametrize(
    ("fields", "day", "is_open"),
    [
        ({}, "2026-03-31", True),
        ({}, "2026-04-01", False),
        ({"enrols_from": "2026-03-03"}, "2026-03-02", False),
        ({"allows_late_intake": True}, "2026-06-30", True),
        ({"allows_late_intake": True}, "2026-07-01", False),
    ],
)
async def test_one_joins_while_the_cohort_takes_people_in(
    world: World, clock: TestClock, fields: dict[str, Any], day: str, is_open: bool
) -> None:
    programme_id = await world.programme(status="enrolling")
    made = await cohort(world, programme_id, **fields)
    clock.time = clock.time.fromisoformat(f"{day}T12:00:00+00:00")

    if is_open:
        assert (await invite(world, programme_id, made["id"]))["cohort_id"] == made["id"]
        return
    with refused("cohort_not_enrolling", "/cohort_id"):
        await invite(world, programme_id, made["id"])


async def test_a_cohort_of_another_programme_is_none_to_join(world: World) -> None:
    programme_id, other = await world.programme(status="enrolling"), await world.programme(status="enrolling")
    elsewhere = await cohort(world, other)
    enrolment = await world.enrolment(programme_id, world.people["mentee"], "mentee", status="invited")

    with refused("cohort_elsewhere", "/cohort_id"):
        await invite(world, programme_id, elsewhere["id"])
    with refused("cohort_elsewhere", "/cohort_id"):
        await world.do("coordinator", "assign_enrolment_cohort", enrolment, cohort_id=elsewhere["id"])
    with refused("unknown_reference", "/cohort_id"):
        await invite(world, programme_id, new("coh"))


async def test_a_coordinator_puts_enrolments_into_cohorts_at_any_time(world: World, clock: TestClock) -> None:
    programme_id = await world.programme(status="enrolling")
    made = await cohort(world, programme_id, enrols_until="2026-02-02")
    enrolment = await world.enrolment(programme_id, world.people["mentee"], "mentee", status="invited")
    assign = "assign_enrolment_cohort"

    with refused("forbidden"):
        await world.do("mentee", assign, enrolment, cohort_id=made["id"])
    assert (await world.do("coordinator", assign, enrolment, cohort_id=made["id"]))["cohort_id"] == made["id"]
    await world.do("coordinator", assign, enrolment, cohort_id=made["id"])
    assert (await world.do("coordinator", assign, enrolment, cohort_id=None))["cohort_id"] is None

    told = [(event.type, event.data["cohort_id"]) for event in await world.told(enrolment)]
    assert told[1:] == [("enrolment.cohort_assigned", made["id"]), ("enrolment.cohort_assigned", None)]
