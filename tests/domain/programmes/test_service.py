"""Setting a programme up: its rules and dates, what is fixed once it is published, and who sees it."""

from datetime import date, timedelta
from typing import Any

import pytest
from pydantic import ValidationError

from app.auth.actor import Role
from app.domain.programmes.schemas import DEFAULT_CLAUSES
from tests.outcomes import at_once, refused
from tests.world import World, found_world

START = date(2026, 4, 1)
OBJECTIVE = {"type": "inclusion", "description": "Hear each other."}
CLAUSE = {"key": "honesty", "text": "We say what we think."}


async def draft(world: World, part: str = "coordinator", **fields: Any) -> dict[str, Any]:
    """Draft a programme."""
    given = dict[str, Any](name="Flip", purpose="Learn.", starts_on=START)
    return await world.do(part, "create_programme", **(given | fields))


async def change(world: World, programme_id: str, **fields: Any) -> dict[str, Any]:
    """Change a programme."""
    return await world.do("coordinator", "update_programme", programme_id, **fields)


async def test_a_draft_begins_with_the_published_practice(world: World) -> None:
    programme = await draft(world)

    expected = {
        "model": "reverse",
        "status": "draft",
        "objectives": [],
        "starts_on": "2026-04-01",
        "ends_on": "2026-09-30",
        "cadence_min_days": 14,
        "cadence_target_days": 21,
        "cadence_max_days": 28,
        "session_minutes": 60,
        "min_rank_gap": 2,
        "require_cross_department": False,
        "allows_late_intake": False,
        "agreement_clauses": [clause.model_dump() for clause in DEFAULT_CLAUSES],
        "revision": 1,
        "version": 1,
    }
    assert {name: programme[name] for name in expected} == expected


async def test_what_is_given_is_kept(world: World) -> None:
    given: dict[str, Any] = {
        "model": "reciprocal",
        "ends_on": "2027-04-01",
        "objectives": [OBJECTIVE],
        "agreement_clauses": [CLAUSE],
        "cadence_min_days": 7,
        "cadence_target_days": 7,
        "cadence_max_days": 7,
        "require_cross_department": True,
    }

    programme = await draft(world, **given)

    assert {name: programme[name] for name in given} == given


@pytest.mark.parametrize(
    ("days", "lasts"), [(83, False), (84, True), (558, True), (559, False), (0, False), (-1, False)]
)
async def test_a_programme_lasts_three_to_eighteen_months(world: World, days: int, *, lasts: bool) -> None:
    ends_on = START + timedelta(days=days)
    programme = await draft(world)

    if lasts:
        assert (await draft(world, ends_on=ends_on))["ends_on"] == ends_on.isoformat()
        assert (await change(world, programme["id"], ends_on=ends_on))["ends_on"] == ends_on.isoformat()
    else:
        with refused("invalid", "/ends_on"):
            await draft(world, ends_on=ends_on)
        with refused("invalid", "/ends_on"):
            await change(world, programme["id"], ends_on=ends_on)


async def test_the_cadence_rises(world: World) -> None:
    programme = await draft(world)

    with pytest.raises(ValidationError, match="must rise"):
        await draft(world, cadence_min_days=22)
    with refused("invalid", "/cadence_target_days"):
        await change(world, programme["id"], cadence_min_days=22)
    with refused("invalid", "/cadence_target_days"):
        await change(world, programme["id"], cadence_max_days=20)
    assert (await change(world, programme["id"], cadence_min_days=22, cadence_target_days=25))["version"] == 2


async def test_a_coordinator_coordinates_what_they_draft(world: World) -> None:
    programme = await draft(world)

    assert await world.seen_by(programme["id"]) == {"admin", "service", "coordinator"}
    assert (await change(world, programme["id"], name="Flop"))["name"] == "Flop"


@pytest.mark.parametrize("part", ["admin", "service"])
async def test_a_draft_of_the_office_is_the_offices(world: World, part: str) -> None:
    programme = await draft(world, part)

    assert await world.seen_by(programme["id"]) == {"admin", "service"}
    with refused("not_found"):
        await change(world, programme["id"], name="Mine")


async def test_a_published_programme_is_seen_by_all_and_run_by_its_own(world: World) -> None:
    await world.newcomer("other_coordinator", Role.COORDINATOR)
    programme = await draft(world)
    await world.do("coordinator", "publish_programme", programme["id"])

    assert await world.seen_by(programme["id"]) == set(world.actors)
    for part, code in (("other_coordinator", "not_allowed"), ("mentor", "forbidden")):
        with refused(code):
            await world.do(part, "pause_programme", programme["id"])


async def test_nobody_sees_a_programme_of_another_organisation(world: World) -> None:
    other = await found_world("Other")

    assert await world.seen_by(await other.programme(status="active")) == set()


async def test_everything_can_be_changed_in_a_draft(world: World) -> None:
    programme = await draft(world)
    wish: dict[str, Any] = {
        "model": "reciprocal",
        "starts_on": "2026-05-01",
        "ends_on": "2026-12-01",
        "min_rank_gap": 3,
        "objectives": [OBJECTIVE],
        "agreement_clauses": [CLAUSE],
        "allows_late_intake": True,
    }

    changed = await change(world, programme["id"], **wish)

    assert {name: changed[name] for name in wish} == wish
    assert (changed["revision"], changed["version"]) == (1, 2)


@pytest.mark.parametrize(
    "fixed", [{"model": "reciprocal"}, {"min_rank_gap": 1}, {"starts_on": START, "ends_on": START}]
)
async def test_what_people_joined_under_is_fixed_once_it_is_published(world: World, fixed: dict[str, Any]) -> None:
    programme_id = await world.programme(status="enrolling")

    with refused("programme_published", *(f"/{name}" for name in sorted(fixed))):
        await change(world, programme_id, name="Flip", **fixed)

    assert (await world.see("admin", programme_id) or {})["name"] == "Reverse mentoring"


async def test_each_change_of_a_published_programme_is_a_revision(world: World) -> None:
    programme_id = await world.programme(status="enrolling")

    revisions = [
        (await change(world, programme_id, **wish))["revision"]
        for wish in (
            {"name": "Flip"},
            {"objectives": [OBJECTIVE]},
            {"agreement_clauses": [CLAUSE], "session_minutes": 45},
        )
    ]

    assert revisions == [2, 3, 4]


@pytest.mark.parametrize("wish", [{}, {"name": "Flip"}, {"objectives": [OBJECTIVE], "agreement_clauses": [CLAUSE]}])
async def test_a_change_that_changes_nothing_is_no_revision(world: World, wish: dict[str, Any]) -> None:
    given: dict[str, Any] = {"name": "Flip", "objectives": [OBJECTIVE], "agreement_clauses": [CLAUSE]}
    programme_id = await world.programme(status="enrolling", **given)

    changed = await change(world, programme_id, **wish)

    assert (changed["revision"], changed["version"]) == (1, 2)


async def test_a_change_itself_is_told_to_nobody(world: World) -> None:
    programme = await draft(world)
    await change(world, programme["id"], name="Flop")

    assert await world.told(programme["id"]) == []


WAYS = [
    ("publish", "draft", "programme.published", "enrolling"),
    ("start_matching", "enrolling", "programme.matching_started", "matching"),
    ("activate", "matching", "programme.activated", "active"),
    ("pause", "active", "programme.paused", "paused"),
    ("evaluate", "active", "programme.evaluation_started", "evaluating"),
    ("cancel", "draft", "programme.cancelled", "cancelled"),
    ("cancel", "active", "programme.cancelled", "cancelled"),
]


@pytest.mark.parametrize(("move", "before", "told", "after"), WAYS)
async def test_each_step_is_told(world: World, move: str, before: str, told: str, after: str) -> None:
    programme_id = await world.programme(status=before)

    programme = await world.do("coordinator", f"{move}_programme", programme_id)

    event = (await world.told(programme_id))[-1]
    assert (programme["status"], event.type, event.changed) == (after, told, ["status"])
    assert (event.actor, event.visibility) == (world.people["coordinator"], "programme")
    assert event.data == {"programme_id": programme_id} | {
        name: programme[name] for name in ("status", "starts_on", "ends_on", "revision")
    }


async def test_a_programme_is_led_to_its_end(world: World) -> None:
    programme_id = await world.programme(status="active")

    for move in ("pause", "resume", "evaluate", "close", "archive"):
        await world.do("coordinator", f"{move}_programme", programme_id)

    assert [event.type.removeprefix("programme.") for event in await world.told(programme_id)][3:] == [
        "paused",
        "resumed",
        "evaluation_started",
        "closed",
        "archived",
    ]


async def test_an_illegal_step_is_refused_and_not_told(world: World) -> None:
    programme_id = await world.programme(status="draft")

    with refused("programme_state_conflict"):
        await world.do("coordinator", "close_programme", programme_id)

    assert await world.told(programme_id) == []


async def test_of_two_steps_at_once_one_is_taken(world: World) -> None:
    programme_id = await world.programme(status="active")

    done, refusals = await at_once(
        *(world.do("coordinator", f"{move}_programme", programme_id) for move in ("pause", "evaluate"))
    )

    assert (len(done), refusals) == (1, ["programme_state_conflict"])
