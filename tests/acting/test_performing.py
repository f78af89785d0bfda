"""Doing one intent: who may begin, which version they meant, and that nothing is left behind when it fails."""

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from app.acting.run import perform
from app.auth.actor import ScopeMissing
from app.auth.scopes import EVERY, Scope
from app.db import Stale
from app.errors import Forbidden, NotFound
from tests.outcomes import at_once, refused
from tests.world import World, found_world


def without(world: World, part: str, scope: Scope) -> None:
    """Take a scope from someone."""
    world.actors[part] = replace(world.actors[part], scopes=EVERY - {scope})


async def test_a_credential_without_the_scope_is_refused(world: World) -> None:
    without(world, "admin", Scope.DIRECTORY_WRITE)

    with pytest.raises(ScopeMissing, match="directory:write"):
        await world.do("admin", "create_rank", level=11, name="Chair")


async def test_another_scope_does_no_harm(world: World) -> None:
    without(world, "admin", Scope.GOALS_WRITE)

    assert (await world.do("admin", "create_rank", level=11, name="Chair"))["level"] == 11


async def test_the_scope_is_asked_before_anything_about_the_object_shows(world: World) -> None:
    without(world, "admin", Scope.DIRECTORY_WRITE)

    with refused("scope_missing"):
        await world.do("admin", "delete_rank", "rnk_01jd0a0a0a0a0a0a0a0a0a0a0a")


@pytest.mark.parametrize("part", ["coordinator", "mentor", "mentee", "service"])
async def test_a_role_without_a_row_in_the_policy_is_refused(world: World, part: str) -> None:
    with pytest.raises(Forbidden, match="Your role does not allow this operation"):
        await world.do(part, "create_rank", level=11, name="Chair")


async def test_the_answer_is_what_the_actor_sees_of_the_changed_row(world: World) -> None:
    done = await world.perform("admin", "create_rank", level=11, name="Chair")

    assert await world.see("admin", done.object_id) == await world.do("admin", "update_rank", done.object_id)
    assert (done.version, done.secret, done.replayed) == (1, None, False)


async def test_the_answer_hides_what_the_role_never_sees(world: World) -> None:
    mentor, mentee = world.people["mentor"], world.people["mentee"]

    told = await world.do(
        "service", "create_do_not_pair", person_id=mentor, other_person_id=mentee, reason="They are married."
    )

    assert told["reason"] is None
    assert (await world.see("admin", told["id"]) or {})["reason"] == "They are married."


async def test_a_removed_object_leaves_an_empty_answer(world: World) -> None:
    rank = await world.perform("admin", "create_rank", level=11, name="Chair")

    done = await world.perform("admin", "delete_rank", rank.object_id)

    assert (done.body, done.object_id, done.version) == (b"", rank.object_id, 0)
    assert await world.see("admin", rank.object_id) is None


async def test_an_effect_that_fails_leaves_nothing_behind(world: World) -> None:
    programme_id = await world.programme(status="active", allows_late_intake=True)
    enrolment_id = await world.enrolment(programme_id, world.people["mentor"], "mentor")
    before = await world.see("admin", enrolment_id)

    with refused("already_enrolled"):
        await world.enrolment(programme_id, world.people["mentor"], "mentor")

    assert await world.see("admin", enrolment_id) == before
    assert len(await world.told(enrolment_id)) == 4


async def test_the_version_that_the_caller_read_is_changed(world: World) -> None:
    programme_id = await world.programme(status="draft")

    changed = await world.do("coordinator", "update_programme", programme_id, version=1, name="Flip")

    assert changed["version"] == 2


@pytest.mark.parametrize("version", [0, 1, 3, -1, 10**12])
async def test_every_other_version_is_stale(world: World, version: int) -> None:
    programme_id = await world.programme(status="draft")
    await world.do("coordinator", "update_programme", programme_id, name="Flip")

    with pytest.raises(Stale) as caught:
        await world.do("coordinator", "update_programme", programme_id, version=version, name="Flop")

    assert (caught.value.status, caught.value.code) == (412, "stale_version")
    assert (await world.see("admin", programme_id) or {})["name"] == "Flip"


async def test_a_version_may_be_named_for_a_step_and_for_a_removal(world: World) -> None:
    programme_id = await world.programme(status="draft")
    topic = await world.do("coordinator", "create_topic", programme_id=programme_id, name="AI")

    for intent, object_id in (("publish_programme", programme_id), ("delete_topic", topic["id"])):
        with refused("stale_version"):
            await world.do("coordinator", intent, object_id, version=2)
        await world.do("coordinator", intent, object_id, version=1)


async def test_a_change_that_changes_nothing_keeps_the_version(world: World) -> None:
    programme_id = await world.programme(status="draft", name="Flip")

    assert (await world.do("coordinator", "update_programme", programme_id, name="Flip"))["version"] == 1


async def test_of_fifty_changes_of_one_version_exactly_one_wins(world: World) -> None:
    programme_id = await world.programme(status="draft")

    won, lost = await at_once(
        *(
            world.do("coordinator", "update_programme", programme_id, version=1, name=f"Name {number}")
            for number in range(50)
        )
    )

    assert (len(won), lost) == (1, ["stale_version"] * 49)
    assert await world.see("admin", programme_id) == won[0]


async def test_fifty_changes_without_a_version_all_happen_one_after_the_other(world: World) -> None:
    programme_id = await world.programme(status="draft")

    won, lost = await at_once(
        *(world.do("coordinator", "update_programme", programme_id, name=f"Name {number}") for number in range(50))
    )

    assert (sorted(seen["version"] for seen in won), lost) == (list(range(2, 52)), [])


@pytest.mark.parametrize("object_id", ["", "nonsense", "rnk_", "per_01jd0a0a0a0a0a0a0a0a0a0a0a", "{}\x00", "{} "])
async def test_what_is_no_id_of_the_kind_is_absent(world: World, object_id: str) -> None:
    rank = await world.perform("admin", "create_rank", level=11, name="Chair")

    with pytest.raises(NotFound):
        await world.do("admin", "update_rank", object_id.format(rank.object_id), name="x")


async def test_an_object_of_another_organisation_is_absent(world: World) -> None:
    other = await found_world("Other")
    rank = await other.perform("admin", "create_rank", level=11, name="Chair")

    with refused("not_found"):
        await world.do("admin", "update_rank", rank.object_id, name="x")
    assert await other.see("admin", rank.object_id) is not None
    assert await world.see("admin", rank.object_id) is None


async def test_whoever_goes_away_and_whenever_the_change_and_its_event_are_kept_together(world: World) -> None:
    person_id = world.people["mentee"]

    for turns in range(0, 60, 3):
        call = world.call("admin", "update_person", person_id, title=f"Title {turns}")
        task: asyncio.Task[Any] = asyncio.create_task(perform(call))
        for _ in range(turns):
            await asyncio.sleep(0)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

        person = await world.see("admin", person_id) or {}
        assert person["version"] == len(await world.told(person_id))
