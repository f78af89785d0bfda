"""Announcing: who writes, who is told, what does not change any more, and what the world hears of it."""

from typing import Any

import pytest

from app.auth.actor import Role
from tests.outcomes import refused
from tests.world import World

OFFICE = {"admin", "coordinator", "service"}


async def written(world: World, programme_id: str, **fields: Any) -> dict[str, Any]:
    """A draft of a programme."""
    given = {"programme_id": programme_id, "title": "We begin", "text": "On Monday, at noon."} | fields
    return await world.do("coordinator", "write_announcement", **given)


async def published(world: World, programme_id: str, **fields: Any) -> dict[str, Any]:
    """What a programme tells."""
    made = await written(world, programme_id, **fields)
    return await world.do("coordinator", "publish_announcement", made["id"])


async def joined(world: World, programme_id: str, **status: str) -> dict[str, str]:
    """The two of a world, enrolled on their sides; the ids of their enrolments."""
    return {
        side: await world.enrolment(programme_id, world.people[side], side, **status) for side in ("mentor", "mentee")
    }


async def test_a_draft_is_read_by_those_who_run_the_programme_alone(world: World) -> None:
    programme_id = await world.programme(status="enrolling")
    await joined(world, programme_id)

    made = await written(world, programme_id)

    assert (made["status"], made["audience"], made["published_at"]) == ("draft", "everyone", None)
    assert await world.seen_by(made["id"]) == OFFICE
    assert await world.told(made["id"]) == []


@pytest.mark.parametrize(
    ("audience", "readers"),
    [("everyone", {"mentor", "mentee"}), ("mentors", {"mentor"}), ("mentees", {"mentee"})],
)
async def test_what_is_published_is_read_by_those_it_is_for(world: World, audience: str, readers: set[str]) -> None:
    programme_id = await world.programme(status="enrolling")
    await joined(world, programme_id, status="invited")
    await world.newcomer("outsider")

    made = await published(world, programme_id, audience=audience)

    assert (made["status"], made["published_at"]) == ("published", "2026-03-02T12:00:00+00:00")
    assert await world.seen_by(made["id"]) == OFFICE | readers


async def test_whoever_joins_later_reads_what_was_told_before(world: World) -> None:
    programme_id = await world.programme(status="enrolling")
    made = await published(world, programme_id)
    assert await world.seen_by(made["id"]) == OFFICE

    await joined(world, programme_id, status="invited")

    assert await world.seen_by(made["id"]) == OFFICE | {"mentor", "mentee"}


async def test_whoever_has_left_is_told_nothing_more(world: World) -> None:
    programme_id = await world.programme(status="enrolling")
    enrolments = await joined(world, programme_id)
    made = await published(world, programme_id)

    await world.do("mentor", "withdraw_enrolment", enrolments["mentor"])
    await world.do("coordinator", "remove_enrolment", enrolments["mentee"])

    assert await world.seen_by(made["id"]) == OFFICE


async def test_another_programme_is_told_nothing(world: World) -> None:
    await joined(world, await world.programme(status="enrolling"))

    made = await published(world, await world.programme(status="enrolling"))

    assert await world.seen_by(made["id"]) == OFFICE


async def test_what_was_told_is_taken_back_and_not_rewritten(world: World) -> None:
    programme_id = await world.programme(status="enrolling")
    await joined(world, programme_id)
    made = await published(world, programme_id)
    with refused("announcement_state_conflict"):
        await world.do("coordinator", "update_announcement", made["id"], text="On Tuesday.")

    gone = await world.do("coordinator", "withdraw_announcement", made["id"])

    assert gone["status"] == "withdrawn"
    assert await world.seen_by(made["id"]) == OFFICE
    with refused("announcement_state_conflict"):
        await world.do("coordinator", "publish_announcement", made["id"])


async def test_the_world_hears_that_there_is_one_and_none_of_its_words(world: World) -> None:
    programme_id = await world.programme(status="enrolling")
    made = await published(world, programme_id, audience="mentors")
    await world.do("coordinator", "withdraw_announcement", made["id"])

    first, second = await world.told(made["id"])

    assert [(event.type, event.visibility) for event in (first, second)] == [
        ("announcement.published", "programme"),
        ("announcement.withdrawn", "programme"),
    ]
    assert first.changed == ["published_at", "status"]
    assert first.data == {
        "announcement_id": made["id"],
        "programme_id": programme_id,
        "audience": "mentors",
        "status": "published",
    }


async def test_a_draft_is_rewritten_or_dropped_untold(world: World) -> None:
    made = await written(world, await world.programme(status="enrolling"))

    again = await world.do("coordinator", "update_announcement", made["id"], audience="mentees", text="On Tuesday.")
    await world.do("coordinator", "withdraw_announcement", made["id"])

    assert (again["audience"], again["text"], again["title"]) == ("mentees", "On Tuesday.", "We begin")
    assert await world.told(made["id"]) == []


async def test_a_programme_that_is_a_draft_has_nobody_to_tell(world: World) -> None:
    made = await written(world, await world.programme(status="draft"))

    with refused("programme_not_published"):
        await world.do("coordinator", "publish_announcement", made["id"])


@pytest.mark.parametrize("move", ["update_announcement", "publish_announcement", "withdraw_announcement"])
async def test_who_does_not_run_the_programme_announces_nothing(world: World, move: str) -> None:
    programme_id = await world.programme(status="enrolling")
    await joined(world, programme_id)
    draft, told = await written(world, programme_id), await published(world, programme_id)
    await world.newcomer("other coordinator", Role.COORDINATOR)

    for made in (draft, told):
        for part in ("mentor", "mentee"):
            with refused("forbidden"):
                await world.do(part, move, made["id"])
        with refused("not_found"):
            await world.do("other coordinator", move, made["id"])


async def test_nobody_writes_for_a_programme_that_others_run(world: World) -> None:
    programme_id = await world.programme(status="enrolling")
    await world.newcomer("other coordinator", Role.COORDINATOR)

    for part, code in (("mentor", "forbidden"), ("mentee", "forbidden"), ("other coordinator", "not_allowed")):
        with refused(code):
            await world.do(part, "write_announcement", programme_id=programme_id, title="Mine", text="Hello.")
