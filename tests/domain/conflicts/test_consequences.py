"""What follows from a change of the directory: pairs rest, conflicts open and close, nothing ends by itself."""

from datetime import date
from typing import Any

import pytest

from app import db as database
from app.domain.conflicts import consequences, service
from app.domain.conflicts.resource import PAIRING_CONFLICTS
from app.domain.people import departing
from app.workers.run import Worker
from app.workers.sweep import sweep_one
from tests.conftest import TestClock
from tests.outcomes import refused
from tests.reading.shapes import listed, page_of
from tests.world import World

FACTS = "id rule cause cause_person_id status options due_on overdue_at resolved_at waive_reason version".split()


async def change(world: World, part: str, **fields: Any) -> None:
    """Change somebody's record, and let it have its consequences."""
    await world.do("admin", "update_person", world.people[part], **fields)
    await Worker().drain()


async def conflicts(world: World, part: str = "coordinator") -> list[dict[str, Any]]:
    """The conflicts that somebody sees, the oldest first."""
    found = await listed(world.actors[part], page_of(PAIRING_CONFLICTS, *FACTS))
    return sorted(found, key=lambda one: str(one["id"]))


async def reminded(world: World) -> int:
    """How many were told to be overdue."""
    async with database.current().writing(world.organisation_id) as db:
        return await service.remind(db, limit=10)


async def standing(world: World) -> list[tuple[str, str]]:
    """Rules and states of all conflicts."""
    return [(one["rule"], one["status"]) for one in await conflicts(world)]


async def now(world: World, pairing: dict[str, Any]) -> tuple[str, bool]:
    """How a pairing stands."""
    seen = await world.see("mentor", pairing["id"])
    assert seen is not None
    return seen["status"], seen["is_suspended"]


async def types(world: World, subject: str) -> list[str]:
    """The types of the events about an object."""
    return [event.type for event in await world.told(subject)]


async def test_a_mentor_who_is_promoted_too_far_is_a_conflict_of_the_rank_gap(world: World) -> None:
    pairing = await world.pairing()

    await change(world, "mentor", rank_level=6)

    (conflict,) = await conflicts(world)
    assert (conflict["rule"], conflict["cause"]) == ("rank_gap", "rank_level")
    assert (conflict["cause_person_id"], conflict["due_on"]) == (world.people["mentor"], "2026-03-16")
    assert conflict["options"] == ["dissolve", "correct_record"]
    (told,) = await world.told(conflict["id"])
    assert (told.type, told.visibility, told.actor) == ("pairing.conflict_detected", "coordinator", None)
    assert (told.data["pairing_id"], told.data["options"]) == (pairing["id"], conflict["options"])
    assert await now(world, pairing) == ("active", False)


async def test_a_conflict_is_told_once_and_cured_by_a_later_change(world: World) -> None:
    await world.pairing()
    await change(world, "mentor", rank_level=6)
    await change(world, "mentee", rank_level=6)
    assert await standing(world) == [("rank_gap", "open")]

    await change(world, "mentor", rank_level=2)

    (conflict,) = await conflicts(world)
    assert (conflict["status"], conflict["resolved_at"]) == ("cured", "2026-03-02T12:00:00+00:00")
    assert await types(world, conflict["id"]) == ["pairing.conflict_detected", "pairing.conflict_resolved"]
    await change(world, "mentor", rank_level=7)
    assert await standing(world) == [("rank_gap", "cured"), ("rank_gap", "open")]


async def test_a_change_far_above_brings_a_pair_into_one_line_and_suspends_it(world: World) -> None:
    pairing = await world.pairing()
    low, high = await world.newcomer("low", rank=5), await world.newcomer("high", rank=6)
    await change(world, "mentor", manager_id=low)
    await change(world, "low", manager_id=high)
    session = await world.session(pairing["id"])
    assert await conflicts(world) == []

    await change(world, "high", manager_id=world.people["mentee"])

    (conflict,) = await conflicts(world)
    assert (conflict["rule"], conflict["cause"], conflict["cause_person_id"]) == ("reporting_line", "manager_id", high)
    assert await now(world, pairing) == ("paused", True)
    cancelled = await world.see("coordinator", session["id"])
    assert cancelled is not None
    assert (cancelled["status"], cancelled["calendar_sequence"]) == ("cancelled", session["calendar_sequence"] + 1)
    for part in ("mentor", "coordinator"):
        with refused("pairing_suspended"):
            await world.do(part, "resume_pairing", pairing["id"])
    with refused("rule_not_waivable"):
        await world.do("coordinator", "waive_pairing_conflict", conflict["id"], reason="They get on.")

    await change(world, "low", manager_id=None)

    assert await standing(world) == [("reporting_line", "cured")]
    assert await now(world, pairing) == ("active", False)


async def test_neither_partner_sees_a_conflict_whatever_office_they_hold(world: World) -> None:
    await world.newcomer("coordinating mentee", rank=8)
    await world.pairing(mentee="coordinating mentee")
    await change(world, "mentor", rank_level=8)

    assert len(await conflicts(world, "admin")) == 1
    assert await conflicts(world, "mentor") == await conflicts(world, "coordinating mentee") == []


async def test_a_shared_manager_is_a_conflict_that_may_be_waived_for_a_reason(world: World) -> None:
    pairing = await world.pairing()
    chief = await world.person(rank=9)
    await change(world, "mentor", manager_id=chief)
    await change(world, "mentee", manager_id=chief)
    (conflict,) = await conflicts(world)
    assert (conflict["rule"], conflict["options"][-1]) == ("shared_manager", "waive")

    done = await world.do("coordinator", "waive_pairing_conflict", conflict["id"], reason="Other work.")

    assert (done["status"], done["waive_reason"]) == ("waived", "Other work.")
    assert await now(world, pairing) == ("active", False)
    # The waiver holds as long as the pair does.
    await change(world, "mentor", manager_id=None)
    await change(world, "mentor", manager_id=chief)
    assert await standing(world) == [("shared_manager", "waived")]


async def test_a_pair_that_was_made_in_spite_of_a_shared_manager_is_none(world: World) -> None:
    chief = await world.person(rank=9)
    await change(world, "mentor", manager_id=chief)
    await change(world, "mentee", manager_id=chief)
    await world.pairing(shared_manager_waiver="They asked for it.")

    await change(world, "mentor", title="Analyst", manager_id=None)
    await change(world, "mentor", manager_id=chief)

    assert await conflicts(world) == []


async def test_a_department_that_is_now_the_same_is_for_review(world: World) -> None:
    pairing = await world.pairing()
    programme = {"require_cross_department": True, "conflict_deadline_days": 30}
    version = (await world.see("coordinator", pairing["programme_id"]) or {})["version"]
    await world.do("coordinator", "update_programme", pairing["programme_id"], version=version, **programme)

    await change(world, "mentor", department="mentee desk")

    (conflict,) = await conflicts(world)
    assert (conflict["rule"], conflict["cause"], conflict["due_on"]) == ("same_department", "department", "2026-04-01")
    assert await types(world, conflict["id"]) == ["pairing.review_required"]
    assert await now(world, pairing) == ("active", False)


async def test_a_location_that_the_policy_does_not_pair_is_for_review(world: World) -> None:
    await change(world, "mentor", location="Lyon")
    await change(world, "mentee", location="Lyon")
    pairing = await world.pairing()
    rules = {"site_groups": [["Lyon", "Bonn"]]}
    await world.do("coordinator", "create_matching_policy", programme_id=pairing["programme_id"], rules=rules)
    await change(world, "mentee", location="Bonn")
    assert await conflicts(world) == []

    await change(world, "mentee", location="Oslo")

    assert await standing(world) == [("site", "open")]


@pytest.mark.parametrize(
    ("moves", "status"), [((), "dissolved"), (("begin_closing_pairing",), "completed")], ids=["active", "closing"]
)
async def test_to_dissolve_a_conflict_ends_its_pair_and_settles_all_that_was_open(
    world: World, moves: tuple[str, ...], status: str
) -> None:
    pairing = await world.pairing()
    for move in moves:
        await world.do("coordinator", move, pairing["id"])
    await change(world, "mentor", rank_level=8, manager_id=world.people["mentee"])
    line, gap = sorted(await conflicts(world), key=lambda one: one["rule"], reverse=True)

    done = await world.do("coordinator", "dissolve_pairing_conflict", line["id"])
    await Worker().drain()

    assert (done["rule"], done["status"]) == ("reporting_line", "settled")
    assert (await now(world, pairing))[0] == status
    assert set(await standing(world)) == {("reporting_line", "settled"), ("rank_gap", "settled")}
    assert (await types(world, gap["id"]))[-1] == "pairing.conflict_resolved"


async def test_a_conflict_that_nobody_decided_on_in_time_is_told_once(world: World, clock: TestClock) -> None:
    await world.pairing()
    await change(world, "mentor", rank_level=6)
    clock.advance(days=14)
    assert await reminded(world) == 0

    clock.advance(days=1)
    assert [await reminded(world), await reminded(world)] == [1, 0]

    (conflict,) = await conflicts(world)
    assert (conflict["status"], conflict["overdue_at"]) == ("open", "2026-03-17T12:00:00+00:00")
    assert await types(world, conflict["id"]) == ["pairing.conflict_detected", "pairing.conflict_overdue"]


async def test_a_pair_rests_during_a_leave_and_goes_on_after_it(world: World) -> None:
    pairing = await world.pairing()
    session = await world.session(pairing["id"])
    await world.do("admin", "begin_leave_person", world.people["mentee"])
    await Worker().drain()
    assert await now(world, pairing) == ("paused", True)
    assert (await world.see("mentor", session["id"]) or {})["status"] == "cancelled"
    # Another change of theirs is no return.
    await change(world, "mentee", department="Board")
    assert await now(world, pairing) == ("paused", True)

    await world.do("admin", "end_leave_person", world.people["mentee"])
    await Worker().drain()

    assert await now(world, pairing) == ("active", False)
    assert (await types(world, pairing["id"]))[-2:] == ["pairing.paused", "pairing.resumed"]


async def test_a_pair_that_rests_by_its_own_will_goes_on_by_it(world: World) -> None:
    pairing = await world.pairing()
    await world.do("mentor", "pause_pairing", pairing["id"])
    for move in ("begin_leave", "end_leave"):
        await world.do("admin", f"{move}_person", world.people["mentee"])
        await Worker().drain()
    assert await now(world, pairing) == ("paused", False)

    assert (await world.do("mentor", "resume_pairing", pairing["id"]))["status"] == "active"


async def test_a_pair_goes_on_once_neither_leave_nor_line_keeps_it(world: World) -> None:
    pairing = await world.pairing()
    await world.do("admin", "begin_leave_person", world.people["mentee"])
    await change(world, "mentor", manager_id=world.people["mentee"])
    await world.do("admin", "end_leave_person", world.people["mentee"])
    await Worker().drain()
    assert await now(world, pairing) == ("paused", True)

    await change(world, "mentor", manager_id=None)

    assert await now(world, pairing) == ("active", False)


async def test_who_is_back_for_good_finds_nothing_reopened(world: World) -> None:
    pairing = await world.pairing()
    for move in ("deactivate", "reactivate"):
        await world.do("admin", f"{move}_person", world.people["mentor"])
        await Worker().drain()

    assert await now(world, pairing) == ("ended_early", False)


async def test_who_reaches_their_last_day_leaves_by_it(world: World, clock: TestClock) -> None:
    pairing = await world.pairing()
    await change(world, "mentor", termination_date=date(2026, 3, 4))
    clock.advance(days=1)
    async with database.current().writing(world.organisation_id) as db:
        assert await departing.depart(db, limit=10) == 0

    clock.advance(days=1)
    await sweep_one(world.organisation_id)
    await Worker().drain()

    ended = await world.see("coordinator", pairing["id"]) or {}
    assert (ended["status"], ended["end_reason"], ended["ended_at"][:10]) == (
        "ended_early",
        "left_organisation",
        "2026-03-04",
    )
    person = await world.see("admin", world.people["mentor"]) or {}
    assert (person["employment_status"], person["termination_date"]) == ("inactive", "2026-03-04")
    partner = await world.see("coordinator", pairing["mentee_enrolment_id"]) or {}
    assert (partner["status"], partner["live_pairings"]) == ("ready", 0)


async def test_a_change_of_anything_else_is_not_looked_at(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    await world.pairing()
    await Worker().drain()
    monkeypatch.setattr(consequences, "of_changes", None)

    await change(world, "mentor", title="Analyst")

    assert {event.relayed_at is None for event in await world.told(world.people["mentor"])} == {False}


async def test_one_change_that_fails_is_tried_again_by_itself(
    world: World, monkeypatch: pytest.MonkeyPatch, clock: TestClock
) -> None:
    await world.pairing()
    await Worker().drain()
    draw, groups = consequences.of_changes, list[set[str]]()

    async def fails_at_first(db: Any, changes: Any) -> None:
        groups.append(set(changes))
        if len(groups) == 1:
            raise ValueError
        await draw(db, changes)

    monkeypatch.setattr(consequences, "of_changes", fails_at_first)
    both = {world.people[part] for part in ("mentor", "mentee")}
    for part in ("mentor", "mentee"):
        await world.do("admin", "update_person", world.people[part], rank_level=6)
    await Worker().drain()
    assert groups == [both]

    clock.advance(minutes=1)
    await Worker().drain()

    assert groups[0] == both
    assert sorted(map(len, groups[1:])) == [1, 1]
    assert await standing(world) == [("rank_gap", "open")]
