"""Looking at how ready one is: what must be answered, who sees what, and that nobody is kept out by it."""

from typing import Any

import pytest

from app.domain.readiness.statements import STATEMENTS, Statement
from app.domain.tasks.resource import TASKS
from tests.outcomes import invalid, refused
from tests.prepared import answers, assessed
from tests.reading.shapes import listed, page_of
from tests.world import World


async def joined(world: World, role: str = "mentor", **fields: Any) -> str:
    programme = await world.programme(allows_late_intake=True, **fields)
    return await world.enrolment(programme, world.people[role], role, status="approved")


@pytest.mark.parametrize("role", ["mentor", "mentee"])
async def test_one_learns_what_helps_and_the_office_only_that_it_would(world: World, role: str) -> None:
    enrolment_id = await joined(world, role)

    made = await assessed(world, role, enrolment_id, 1, 2, 3, role=role)

    helped = [Statement(one["statement"]) for one in answers(role)[:3]]
    assert made["band"] == "support"
    assert made["answers"] == answers(role, 1, 2, 3)
    assert made["actions"] == [{"statement": name.value, "text": STATEMENTS[name].action} for name in helped]
    seen = await world.see("coordinator", made["id"])
    assert seen is not None
    assert (seen["band"], seen["answers"], seen["actions"]) == ("support", None, None)
    assert await world.seen_by(made["id"]) == {role, "coordinator"}
    (event,) = await world.told(made["id"])
    assert (event.type, event.actor) == ("readiness.assessed", None)
    assert "support" not in str(event.data)


async def test_a_programme_that_asks_for_it_waits_for_it_and_for_nothing_that_it_says(world: World) -> None:
    enrolment_id = await joined(world, assesses_readiness=True)

    async def asked() -> list[str]:
        tasks = await listed(world.actors["mentor"], page_of(TASKS, "kind", "enrolment_id"))
        return [task["enrolment_id"] for task in tasks if task["kind"] == "assess_readiness"]

    assert await asked() == [enrolment_id]
    with refused("not_prepared"):
        await world.do("coordinator", "ready_enrolment", enrolment_id)
    assert (await assessed(world, "mentor", enrolment_id, 1, 1, 1))["band"] == "support"

    assert await asked() == []
    assert (await world.do("coordinator", "ready_enrolment", enrolment_id))["status"] == "ready"


async def test_it_may_be_taken_again_and_each_stays(world: World) -> None:
    enrolment_id = await joined(world)

    made = [await assessed(world, "mentor", enrolment_id, rating) for rating in (1, 4)]

    assert [(await world.see("mentor", one["id"]) or {})["band"] for one in made] == ["growing", "ready"]


async def test_all_statements_of_ones_role_are_answered_once(world: World) -> None:
    enrolment_id = await joined(world)

    async def answer(given: list[dict[str, Any]]) -> None:
        await world.do("mentor", "assess_readiness", enrolment_id=enrolment_id, answers=given)

    with invalid("answers_missing", "/answers"):
        await answer(answers()[:5])
    with invalid("statement_of_other_role", "/answers/5/statement"):
        await answer([*answers()[:5], answers("mentee")[0]])
    with pytest.raises(ValueError, match="answer each statement once"):
        await answer([*answers(), answers()[0]])


async def test_nobody_answers_for_somebody_else_or_after_the_end(world: World) -> None:
    enrolment_id = await joined(world)
    with refused("not_allowed"):
        await assessed(world, "coordinator", enrolment_id)

    await world.do("mentor", "withdraw_enrolment", enrolment_id)

    with refused("enrolment_not_approved"):
        await assessed(world, "mentor", enrolment_id)
