"""Telling a pair's story with the consent of both."""

from app import clock, ids
from app.auth.actor import Actor
from app.db import Db
from app.domain.pairings.models import Pairing
from app.domain.pairings.resource import PAIRINGS
from app.domain.stories.events import SuccessStoryPublished, SuccessStoryWithdrawn
from app.domain.stories.models import StoryStatus, SuccessStory
from app.domain.stories.resource import SUCCESS_STORIES
from app.domain.stories.schemas import SuccessStoryUpdate, SuccessStoryWrite
from app.events import outbox
from app.reading import rows


async def write(db: Db, actor: Actor, data: SuccessStoryWrite) -> SuccessStory:
    """Write a story of one's pair, as a draft that the two alone read."""
    pairing: Pairing = await rows.refer(
        db, actor, PAIRINGS, data.pairing_id, "write_success_story", pointer="/pairing_id"
    )
    story = SuccessStory(
        organisation_id=db.organisation_id,
        id=ids.new(SuccessStory.prefix),
        programme_id=pairing.programme_id,
        author_id=actor.as_person(),
        **data.model_dump(),
    )
    db.add(story)
    return story


async def update(db: Db, actor: Actor, story_id: str, data: SuccessStoryUpdate) -> SuccessStory:
    """Change a draft. What somebody has agreed to does not change any more."""
    story: SuccessStory = await rows.get(db, actor, SUCCESS_STORIES, story_id, "update_success_story")
    story.step("revise")
    story.sqlmodel_update(data.changes())
    return story


async def offer(db: Db, actor: Actor, story_id: str) -> SuccessStory:
    """Ask both partners whether the story may be told as it stands."""
    story: SuccessStory = await rows.get(db, actor, SUCCESS_STORIES, story_id, "offer_success_story")
    story.step("offer")
    return story


async def consent(db: Db, actor: Actor, story_id: str) -> SuccessStory:
    """Agree to a story. With the consent of both it is published: everybody in the programme may read it."""
    story: SuccessStory = await rows.get(db, actor, SUCCESS_STORIES, story_id, "consent_to_success_story")
    pairing = await rows.by_id(db, Pairing, story.pairing_id)
    if story.consent(is_mentor=actor.person_id == pairing.mentor_id, at=clock.now()):
        outbox.record(db, SuccessStoryPublished.of(story), changed=("status",))
    return story


async def withdraw(db: Db, actor: Actor, story_id: str) -> SuccessStory:
    """Take a story back, at any time and without a reason; either partner may."""
    story: SuccessStory = await rows.get(db, actor, SUCCESS_STORIES, story_id, "withdraw_success_story")
    was_told = story.status is StoryStatus.PUBLISHED
    story.step("withdraw")
    if was_told:
        outbox.record(db, SuccessStoryWithdrawn.of(story), changed=("status",))
    return story
