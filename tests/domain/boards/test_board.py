"""The board of a programme: one line for each pair, from one statement, for those who steer it."""

from typing import Any

from app.auth.actor import Role
from app.domain.boards.resource import PAIRING_OVERVIEWS
from app.domain.pairings.resource import PAIRINGS
from app.reading.resource import Resource
from tests.conftest import TestClock
from tests.full import overview_of
from tests.pulse import checked_in
from tests.reading.shapes import listed, page_of, where
from tests.world import World


async def board(world: World, part: str = "coordinator") -> list[dict[str, Any]]:
    """The lines that somebody sees."""
    return await listed(world.actors[part], page_of(PAIRING_OVERVIEWS, *PAIRING_OVERVIEWS.fields))


async def lived(world: World) -> dict[str, Any]:
    """A pair with two sessions held, one ahead and one called off, one goal of two achieved."""
    pairing = await world.pairing()
    for days in (-30, -16):
        session = await world.session(pairing["id"], days=days)
        await world.do("mentor", "complete_session", session["id"])
    off = await world.session(pairing["id"], days=1)
    await world.do("mentee", "cancel_session", off["id"])
    await world.session(pairing["id"], days=3)
    goals = [await world.do("mentee", "set_goal", pairing_id=pairing["id"], title=title) for title in ("A", "B")]
    await world.do("mentee", "achieve_goal", goals[0]["id"])
    return pairing


async def test_a_line_has_the_figures_of_its_pair(world: World, clock: TestClock) -> None:
    pairing = await lived(world)

    (line,) = await board(world)

    assert {name: line[name] for name in ("id", "pairing_id", "mentor_id", "mentee_id", "status", "health")} == {
        "id": overview_of(pairing["id"]),
        "pairing_id": pairing["id"],
        "mentor_id": world.people["mentor"],
        "mentee_id": world.people["mentee"],
        "status": "active",
        "health": "on_track",
    }
    assert (line["sessions_held"], line["goals_set"], line["goals_achieved"]) == (2, 2, 1)
    assert (line["last_session_at"], line["next_session_at"]) == (
        "2026-02-14T12:00:00+00:00",
        "2026-03-05T12:00:00+00:00",
    )
    assert line == await world.see("coordinator", line["id"]) == await world.see("service", line["id"])


async def test_a_pair_that_has_not_met_yet_has_a_line(world: World) -> None:
    await world.pairing()

    (line,) = await board(world)

    figures = ("sessions_held", "last_session_at", "next_session_at", "goals_set", "goals_achieved")
    assert [line[name] for name in figures] == [0, None, None, 0, 0]
    assert line["last_check_in_at"] is None


async def test_a_line_says_when_either_last_answered_a_check_in_and_not_what(world: World, clock: TestClock) -> None:
    pairing = await world.pairing()
    for part in ("mentor", "mentee"):
        clock.advance(hours=1)
        made = await checked_in(world, pairing["id"], part)

    (line,) = await board(world)

    assert line["last_check_in_at"] == made["created_at"]


async def test_boards_and_pairings_are_asked_for_by_cohort(world: World) -> None:
    first, second = await world.pairing(), await world.pairing()
    days = dict[str, Any](enrols_from="2026-01-01", enrols_until="2026-04-01", starts_on="2026-03-01")
    cohorts = []
    for pairing, side in ((first, "mentor"), (second, "mentee")):
        days["programme_id"] = pairing["programme_id"]
        made = await world.do("coordinator", "create_cohort", name="Spring", ends_on="2026-06-01", **days)
        cohorts.append(made["id"])
        enrolment = pairing[f"{side}_enrolment_id"]
        await world.do("coordinator", "assign_enrolment_cohort", enrolment, cohort_id=made["id"])

    async def found(resource: Resource, field: str, *cohort_ids: str) -> set[str]:
        shape = page_of(resource, field, wheres=(where("cohort_id", several=True),))
        lines = await listed(world.actors["coordinator"], shape, cohort_id=list(cohort_ids))
        return {line[field] for line in lines}

    for resource, field in ((PAIRINGS, "id"), (PAIRING_OVERVIEWS, "pairing_id")):
        assert await found(resource, field, cohorts[0]) == {first["id"]}
        assert await found(resource, field, cohorts[1]) == {second["id"]}
        assert await found(resource, field, *cohorts) == {first["id"], second["id"]}
        assert await found(resource, field, "coh_" + "0" * 26) == set()


async def test_the_two_and_other_offices_see_no_board(world: World) -> None:
    await world.pairing()

    assert [await board(world, part) for part in ("mentor", "mentee", "admin")] == [[], [], []]


async def test_a_coordinator_who_takes_part_does_not_see_the_own_line(world: World) -> None:
    pairing = await world.pairing()
    duty = {"programme_id": pairing["programme_id"], "person_id": world.people["mentee"], "duty": "coordinator"}
    await world.do("admin", "assign_programme_role", **duty)
    await world.key_for(world.people["mentee"], "partner in office", Role.COORDINATOR)

    assert await board(world, "partner in office") == []
