"""Saying whom one would like to be paired with: what is refused, who reads it, and that nobody else ever does."""

from dataclasses import dataclass
from typing import Any

import orjson
import pytest

from app import db as database
from app.auth.actor import Role
from app.domain.matching.preference_resource import MATCHING_PREFERENCES
from app.reading import run
from app.reading.shape import Constant, Leaf, Nodes, Page, ToMany, Wanted
from tests.outcomes import at_once, refused
from tests.reading.shapes import listed, page_of, where
from tests.world import World

SECRET = "He shouted at me in May."


@dataclass
class Sides:
    """A programme with a mentor, who is to write, and two mentees, about whom."""

    programme_id: str
    mentor: str
    mentee: str
    other: str


@pytest.fixture
async def sides(world: World) -> Sides:
    """A programme that takes people in."""
    programme_id = await world.programme(allows_late_intake=True, status="active")
    other = await world.newcomer("other mentee", rank=7)
    return Sides(
        programme_id,
        await world.enrolment(programme_id, world.people["mentor"], "mentor"),
        await world.enrolment(programme_id, world.people["mentee"], "mentee"),
        await world.enrolment(programme_id, other, "mentee"),
    )


async def wish(world: World, sides: Sides, part: str = "mentor", **fields: Any) -> dict[str, Any]:
    """Rank the mentee first, unless it is said."""
    given = dict[str, Any](enrolment_id=sides.mentor, other_enrolment_id=sides.mentee, rank=1)
    return await world.do(part, "create_matching_preference", **(given | fields))


async def test_somebody_is_ranked_or_refused(world: World, sides: Sides) -> None:
    ranked = await wish(world, sides, rank=10)
    turned_down = await wish(world, sides, other_enrolment_id=sides.other, rank=None, reason=SECRET)

    assert (ranked["rank"], ranked["reason"], ranked["reason_shared"]) == (10, None, False)
    assert (turned_down["rank"], turned_down["reason"]) == (None, SECRET)
    assert (ranked["programme_id"], ranked["author_id"]) == (sides.programme_id, world.people["mentor"])


async def test_a_preference_is_changed_and_taken_back_by_its_author(world: World, sides: Sides) -> None:
    made = await wish(world, sides, reason=SECRET)

    changed = await world.do("mentor", "update_matching_preference", made["id"], rank=None, reason_shared=True)
    assert (changed["rank"], changed["reason"], changed["reason_shared"]) == (None, SECRET, True)
    cleared = await world.do("mentor", "update_matching_preference", made["id"], reason=None)
    assert (cleared["rank"], cleared["reason"]) == (None, None)

    for part, code in (("coordinator", "not_allowed"), ("mentee", "not_found"), ("admin", "not_found")):
        for move in ("update", "delete"):
            with refused(code):
                await world.do(part, f"{move}_matching_preference", made["id"])
    await world.do("mentor", "delete_matching_preference", made["id"])
    assert await world.see("mentor", made["id"]) is None


async def test_nobody_wishes_for_another(world: World, sides: Sides) -> None:
    for part, code in (("coordinator", "not_allowed"), ("mentee", "unknown_reference"), ("service", "forbidden")):
        with refused(code):
            await wish(world, sides, part)


async def test_what_makes_no_sense_is_refused_with_every_reason(world: World, sides: Sides) -> None:
    second = await world.enrolment(sides.programme_id, await world.person(), "mentor")
    own = await world.enrolment(sides.programme_id, world.people["mentor"], "mentee")
    left = await world.enrolment(sides.programme_id, await world.person(), "mentor")
    await world.do("coordinator", "remove_enrolment", left)

    for other, *pointers in (
        (second, "/other_enrolment_id"),
        (own, "/other_enrolment_id"),
        (sides.mentor, "/other_enrolment_id", "/other_enrolment_id"),
        (left, "/other_enrolment_id", "/other_enrolment_id"),
    ):
        with refused("preference_refused", *pointers):
            await wish(world, sides, other_enrolment_id=other)
    await world.do("mentor", "withdraw_enrolment", sides.mentor)
    with refused("preference_refused", "/enrolment_id"):
        await wish(world, sides)


async def test_who_is_not_of_the_programme_is_unknown(world: World, sides: Sides) -> None:
    elsewhere = await world.programme(status="enrolling")
    there = await world.enrolment(elsewhere, await world.person(), "mentee")

    for other in (there, "enr_" + "0" * 26):
        with refused("unknown_reference", "/other_enrolment_id"):
            await wish(world, sides, other_enrolment_id=other)


async def test_nobody_is_judged_twice_and_no_rank_is_given_twice(world: World, sides: Sides) -> None:
    done, refusals = await at_once(*(wish(world, sides, rank=rank) for rank in (1, 2, None)))
    assert (len(done), refusals) == (1, ["preference_given"] * 2)

    taken = done[0]["rank"]
    if taken is not None:
        with refused("preference_rank_taken"):
            await wish(world, sides, other_enrolment_id=sides.other, rank=taken)
    await wish(world, sides, other_enrolment_id=sides.other, rank=None)


async def test_whom_it_is_about_learns_nothing_by_any_way(world: World, sides: Sides) -> None:
    made = await wish(world, sides, rank=None, reason=SECRET, reason_shared=True)
    mentee = world.actors["mentee"]

    assert await world.see("mentee", made["id"]) is None
    for parameter, value in (
        ("other_enrolment_id", sides.mentee),
        ("enrolment_id", sides.mentor),
        ("programme_id", sides.programme_id),
        ("author_id", world.people["mentor"]),
    ):
        found = await listed(mentee, page_of(MATCHING_PREFERENCES, wheres=(where(parameter),)), **{parameter: value})
        assert found == []
    assert await listed(mentee, page_of(MATCHING_PREFERENCES)) == []
    assert (await world.told(made["id"])) == []


async def test_a_coordinator_whom_it_is_about_reads_it_no_more_than_others(world: World, sides: Sides) -> None:
    await world.key_for(world.people["other mentee"], "both", Role.COORDINATOR)
    duty: dict[str, Any] = {"person_id": world.people["both"], "duty": "coordinator"}
    await world.do("admin", "assign_programme_role", programme_id=sides.programme_id, **duty)
    of_them = await wish(world, sides, other_enrolment_id=sides.other, rank=None, reason=SECRET, reason_shared=True)
    of_another = await wish(world, sides, rank=1, reason=SECRET, reason_shared=True)

    assert await world.see("both", of_them["id"]) is None
    seen = await world.see("both", of_another["id"])
    assert seen is not None
    assert seen["reason"] == SECRET


async def test_the_reason_is_for_its_author_and_if_they_say_so_for_coordinators(world: World, sides: Sides) -> None:
    kept = await wish(world, sides, reason=SECRET)
    shared = await wish(world, sides, other_enrolment_id=sides.other, rank=2, reason=SECRET, reason_shared=True)
    await world.newcomer("auditor", Role.AUDITOR)

    for preference, reason in ((kept, None), (shared, SECRET)):
        assert await world.seen_by(preference["id"]) == {"mentor", "coordinator"}
        seen = await world.see("coordinator", preference["id"])
        assert seen is not None
        assert (seen["rank"], seen["reason"]) == (preference["rank"], reason)


async def test_the_reason_lies_sealed(world: World, sides: Sides) -> None:
    made = await wish(world, sides, reason=SECRET)

    sql = "select reason from matching_preference where id = $1"
    ((kept,),) = await database.current().reads.fetch(world.organisation_id, sql, (made["id"],))
    assert SECRET.encode() not in kept


async def test_a_look_by_office_goes_on_record(world: World, sides: Sides) -> None:
    made = await wish(world, sides, reason=SECRET)
    await world.see("mentor", made["id"])
    await world.see("coordinator", made["id"])

    sql = "select actor_id from audit_entry where action = 'read_matching_preference'"
    found = await database.current().reads.fetch(world.organisation_id, sql, ())
    assert [row[0] for row in found] == [world.people["coordinator"]]


async def test_no_list_behind_an_enrolment_shows_or_counts_what_others_wrote(world: World, sides: Sides) -> None:
    await wish(world, sides, rank=None)
    resource = MATCHING_PREFERENCES.references["enrolment"].to
    below = Page(MATCHING_PREFERENCES, (Nodes("items", Wanted(MATCHING_PREFERENCES, (Leaf("id", "id"),))),), sort="id")
    shape = Wanted(resource, (Constant("kind", "enrolment"), ToMany("wishes", "enrolment_id", below)))
    values = {"limit": 25, "scope": "s"}

    counted = {
        part: len(
            orjson.loads((await run.one(world.actors[part], shape, sides.mentor, values)).body)["wishes"]["items"]
        )
        for part in ("mentor", "coordinator", "admin", "service")
    }
    assert counted == {"mentor": 1, "coordinator": 1, "admin": 0, "service": 0}
