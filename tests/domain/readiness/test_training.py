"""What people have to learn: who gets it, that they are not paired before, and who may say that it is done."""

import asyncio
from datetime import timedelta
from typing import Any

import asyncpg
import pytest

from app.domain.tasks.resource import TASKS
from app.errors import DomainError
from app.workers import sweep
from app.workers.reactions import react
from tests.conftest import TestClock
from tests.outcomes import invalid, refused
from tests.prepared import CHARTER, required
from tests.reading.shapes import listed, page_of
from tests.world import World


@pytest.fixture
async def programme(world: World) -> str:
    """A programme that is making its pairs, and lets people in."""
    return await world.programme(allows_late_intake=True)


async def joined(world: World, programme: str, role: str = "mentor", status: str = "approved") -> str:
    return await world.enrolment(programme, world.people[role], role, status=status)


async def assigned(world: World, part: str) -> list[dict[str, Any]]:
    """What somebody has to learn, as it waits for them."""
    found = await listed(world.actors[part], page_of(TASKS, "kind", "due_at", "training_assignment_id"))
    return [task for task in found if task["kind"] == "complete_training"]


async def of(world: World, part: str) -> str:
    """The one assignment of somebody."""
    (task,) = await assigned(world, part)
    return str(task["training_assignment_id"])


async def test_approval_assigns_what_is_required_of_ones_side(world: World, programme: str, clock: TestClock) -> None:
    await required(world, programme, due_days=7)
    await required(world, programme, **CHARTER, audience="mentor")
    await required(world, programme, audience="mentee", title="For the others")
    await required(world, programme, is_required=False, title="Who likes")

    enrolment_id = await joined(world, programme)

    found = [await world.see("mentor", task["training_assignment_id"]) for task in await assigned(world, "mentor")]
    assert {(one["kind"], one["edition"], one["due_at"]) for one in found if one} == {
        ("training_module", 1, (clock.time + timedelta(days=7)).isoformat()),
        ("charter", 1, (clock.time + timedelta(days=14)).isoformat()),
    }
    assert (await world.see("mentor", enrolment_id) or {})["open_trainings"] == 2


async def test_nobody_is_ready_before_they_have_learned_it(world: World, programme: str) -> None:
    await required(world, programme)
    await required(world, programme, **CHARTER)
    enrolment_id = await joined(world, programme)
    first, second = [task["training_assignment_id"] for task in await assigned(world, "mentor")]

    await world.do("mentor", "start_training", first)
    done = await world.do("mentor", "complete_training", first)
    with refused("not_prepared"):
        await world.do("coordinator", "ready_enrolment", enrolment_id)
    await world.do("mentor", "complete_training", second)

    assert (done["status"], done["source"]) == ("completed", "participant")
    assert (await world.do("coordinator", "ready_enrolment", enrolment_id))["status"] == "ready"
    assert [event.type for event in await world.told(first)] == [
        "training.assigned",
        "training.started",
        "training.completed",
    ]


async def test_a_pair_does_not_begin_while_one_of_the_two_has_something_to_learn(world: World) -> None:
    pairing = await world.pairing(status="pending_agreement")
    await world.sign(pairing["id"], "mentor", "mentee")
    made = await required(world, pairing["programme_id"], is_required=False)
    given: dict[str, Any] = {"enrolment_id": pairing["mentee_enrolment_id"], "programme_resource_id": made}
    assignment = await world.do("coordinator", "assign_training", **given)

    with refused("training_incomplete"):
        await world.do("coordinator", "activate_pairing", pairing["id"])
    await world.do("coordinator", "waive_training", assignment["id"], reason="Taught it herself last year.")

    assert (await world.do("coordinator", "activate_pairing", pairing["id"]))["status"] == "active"


async def test_a_waiver_has_a_reason_for_whom_it_concerns(world: World, programme: str) -> None:
    await required(world, programme)
    enrolment_id = await joined(world, programme)
    assignment_id = await of(world, "mentor")
    with pytest.raises(ValueError, match="reason"):
        await world.do("coordinator", "waive_training", assignment_id)
    with refused("forbidden"):
        await world.do("mentor", "waive_training", assignment_id, reason="I know it all.")

    await world.do("coordinator", "waive_training", assignment_id, reason="She wrote the slides.")

    seen = {part: (await world.see(part, assignment_id) or {}).get("waive_reason") for part in world.actors}
    assert seen == {
        **dict.fromkeys(("mentor", "coordinator"), "She wrote the slides."),
        **dict.fromkeys(("admin", "service", "mentee")),
    }
    assert (await world.see("mentor", enrolment_id) or {})["open_trainings"] == 0
    assert "slides" not in str([event.data for event in await world.told(assignment_id)])


async def test_a_system_may_say_that_it_is_learned(world: World, programme: str) -> None:
    await required(world, programme)
    await joined(world, programme)

    done = await world.do("service", "complete_training", await of(world, "mentor"))

    assert (done["status"], done["source"]) == ("completed", "office")


async def test_what_is_not_learned_in_time_is_overdue_and_can_still_be_learned(
    world: World, programme: str, clock: TestClock
) -> None:
    await required(world, programme, due_days=3)
    await joined(world, programme)
    assignment_id = await of(world, "mentor")
    clock.advance(days=3, seconds=-1)
    await sweep.sweep_one(world.organisation_id)
    assert (await world.see("mentor", assignment_id) or {})["status"] == "assigned"
    clock.advance(seconds=1)

    for _ in range(2):
        await sweep.sweep_one(world.organisation_id)

    assert (await world.see("mentor", assignment_id) or {})["status"] == "overdue"
    assert [event.type for event in await world.told(assignment_id)] == ["training.assigned", "training.overdue"]
    assert (await world.do("mentor", "complete_training", assignment_id))["status"] == "completed"


async def test_who_leaves_has_nothing_to_learn(world: World, programme: str) -> None:
    await required(world, programme)
    await required(world, programme, **CHARTER)
    enrolment_id = await joined(world, programme)
    await world.do("mentor", "withdraw_enrolment", enrolment_id)

    for _ in range(2):
        await react(world.organisation_id, "enrolment.withdrawn", enrolment_id)

    assert await assigned(world, "mentor") == []
    assert (await world.see("coordinator", enrolment_id) or {})["open_trainings"] == 0


async def test_a_new_edition_can_be_assigned_again_and_an_old_one_not(world: World, programme: str) -> None:
    resource_id = await required(world, programme, **CHARTER)
    enrolment_id = await joined(world, programme)
    await world.do("mentor", "complete_training", await of(world, "mentor"))
    given: dict[str, Any] = {"enrolment_id": enrolment_id, "programme_resource_id": resource_id}
    with refused("training_assigned"):
        await world.do("coordinator", "assign_training", **given)

    await world.do("coordinator", "update_programme_resource", resource_id, body="With respect, and in time.")
    again = await world.do("coordinator", "assign_training", **given)

    assert (again["edition"], again["status"]) == (2, "assigned")


async def test_what_does_not_fit_is_not_assigned(world: World, programme: str, clock: TestClock) -> None:
    enrolment_id = await joined(world, programme)
    guide = await required(world, programme, kind="guide", is_required=False)
    theirs = await required(world, programme, audience="mentee")
    fitting = await required(world, programme)
    elsewhere = await required(world, await world.programme())

    async def assign(resource_id: str, **more: Any) -> None:
        given: dict[str, Any] = {"enrolment_id": enrolment_id, "programme_resource_id": resource_id}
        await world.do("coordinator", "assign_training", **given, **more)

    for resource_id, code in ((guide, "not_assignable"), (theirs, "wrong_audience"), (elsewhere, "resource_elsewhere")):
        with invalid(code, "/programme_resource_id"):
            await assign(resource_id)
    with invalid("due_in_past", "/due_at"):
        await assign(fitting, due_at=clock.time)
    await world.do("mentor", "withdraw_enrolment", enrolment_id)
    with refused("enrolment_not_approved"):
        await assign(fitting)


async def test_only_what_can_be_learned_is_required(world: World, programme: str) -> None:
    with invalid("not_assignable", "/is_required"):
        await required(world, programme, kind="playbook")
    made = await required(world, programme, kind="guide", is_required=False)

    with invalid("not_assignable", "/is_required"):
        await world.do("coordinator", "update_programme_resource", made, is_required=True)


async def test_what_somebody_has_to_learn_is_not_deleted(world: World, programme: str) -> None:
    resource_id = await required(world, programme)
    await joined(world, programme)

    with refused("programme_resource_assigned"):
        await world.do("coordinator", "delete_programme_resource", resource_id)


async def test_of_two_who_say_it_is_learned_at_once_one_is_heard(
    world: World, programme: str, owner: asyncpg.Connection
) -> None:
    await required(world, programme)
    enrolment_id = await joined(world, programme)
    assignment_id = await of(world, "mentor")

    said = await asyncio.gather(
        *(world.do(part, "complete_training", assignment_id) for part in ("mentor", "coordinator", "service")),
        return_exceptions=True,
    )

    refusals = [one for one in said if isinstance(one, DomainError)]
    assert [one.code for one in refusals] == ["training_assignment_state_conflict"] * 2
    assert await owner.fetchval("select open_trainings from enrolment where id = $1", enrolment_id) == 0
