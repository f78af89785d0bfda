"""A story leaves its pair with the yes of both, and comes back with the no of either."""

from typing import Any

import pytest

from app.domain.stories.models import STORY, StoryStatus, SuccessStory
from app.states import IllegalMove
from tests.outcomes import refused
from tests.world import World

STORY_OF: dict[str, Any] = {"title": "How it began", "text": "She asked me what a prompt was."}
EVERYBODY = {"mentor", "mentee", "coordinator", "admin", "service"}


async def written(world: World, part: str = "mentor") -> dict[str, Any]:
    """A draft of a pair."""
    pairing = await world.pairing()
    return await world.do(part, "write_success_story", pairing_id=pairing["id"], **STORY_OF)


async def told(world: World, story: dict[str, Any]) -> list[str]:
    return [event.type for event in await world.told(story["id"])]


@pytest.mark.parametrize("status", StoryStatus)
@pytest.mark.parametrize("move", STORY.moves)
def test_every_move_is_taken_from_where_it_may_be_and_from_nowhere_else(status: StoryStatus, move: str) -> None:
    ids: dict[str, Any] = {
        "organisation_id": "org",
        "id": "sto",
        "programme_id": "prg",
        "pairing_id": "pai",
        "author_id": "per",
    }
    one = SuccessStory(**ids, status=status, **STORY_OF)
    if status in STORY.moves[move].sources:
        one.step(move)
        assert one.status is STORY.moves[move].target
    else:
        with pytest.raises(IllegalMove):
            one.step(move)


async def test_a_story_is_told_when_both_have_agreed_and_not_before(world: World) -> None:
    story = await written(world)
    with refused("success_story_state_conflict"):
        await world.do("mentee", "consent_to_success_story", story["id"])
    await world.do("mentee", "update_success_story", story["id"], title="How it really began")
    await world.do("mentor", "offer_success_story", story["id"])
    with refused("success_story_state_conflict"):
        await world.do("mentor", "update_success_story", story["id"], text="Other words.")

    half = await world.do("mentor", "consent_to_success_story", story["id"])
    with refused("story_consented"):
        await world.do("mentor", "consent_to_success_story", story["id"])
    assert (half["status"], await world.seen_by(story["id"])) == ("awaiting_consent", {"mentor", "mentee"})
    whole = await world.do("mentee", "consent_to_success_story", story["id"])

    assert (whole["status"], whole["title"]) == ("published", "How it really began")
    assert whole["published_at"] == "2026-03-02T12:00:00+00:00"
    assert await world.seen_by(story["id"]) == EVERYBODY
    assert await told(world, story) == ["success_story.published"]
    assert set((await world.told(story["id"]))[0].data) == {"success_story_id", "programme_id", "pairing_id", "status"}


@pytest.mark.parametrize("part", ["mentor", "mentee"])
async def test_either_takes_it_back_at_any_time(world: World, part: str) -> None:
    story = await written(world)
    await world.do("mentor", "offer_success_story", story["id"])
    for one in ("mentor", "mentee"):
        await world.do(one, "consent_to_success_story", story["id"])

    await world.do(part, "withdraw_success_story", story["id"])

    assert await world.seen_by(story["id"]) == {"mentor", "mentee"}
    assert await told(world, story) == ["success_story.published", "success_story.withdrawn"]


async def test_what_was_never_told_is_taken_back_in_silence(world: World) -> None:
    story = await written(world)

    await world.do("mentee", "withdraw_success_story", story["id"])

    assert await told(world, story) == []
