"""What we tell the world of stories: that one may be read. Its words are read by whoever may read them."""

from typing import ClassVar, Self

from app.domain.stories.models import StoryStatus, SuccessStory
from app.events.envelope import Event


class StoryEvent(Event):
    """A fact about one story."""

    subject: ClassVar[str] = "success_story_id"
    names_actor: ClassVar[bool] = False

    success_story_id: str
    programme_id: str
    pairing_id: str
    status: StoryStatus

    @classmethod
    def of(cls, story: SuccessStory) -> Self:
        """The event for the story as it is now."""
        names = ("programme_id", "pairing_id", "status")
        return cls(success_story_id=story.id, **{name: getattr(story, name) for name in names})


class SuccessStoryPublished(StoryEvent):
    """Both partners agreed to tell their story."""

    type = "success_story.published"


class SuccessStoryWithdrawn(StoryEvent):
    """A story that was told is told no more: whoever copied it takes it down."""

    type = "success_story.withdrawn"
