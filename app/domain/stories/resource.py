"""What can be read of stories."""

import sqlalchemy as sa

from app.auth.policy import Relation
from app.auth.scopes import Scope
from app.domain.pairings.resource import PAIRINGS
from app.domain.people.resource import PEOPLE
from app.domain.programmes.resource import PROGRAMMES
from app.domain.stories.models import StoryStatus, SuccessStory
from app.domain.stories.schemas import SuccessStoryRead
from app.reading.resource import Edge, Equals, Range, Resource, is_one_of, through

_PROGRAMME = Edge("programme", "programme_id", PROGRAMMES, "success_stories", "The programme.", "What pairs tell.")
_PAIRING = Edge("pairing", "pairing_id", PAIRINGS, "success_stories", "The pair.", "What they tell, or could tell.")
_SEEN = through(_PROGRAMME)
_OF_PAIR = through(_PAIRING)
SUCCESS_STORIES = Resource(
    "success_story",
    "success_stories",
    SuccessStory,
    SuccessStoryRead,
    Scope.GOALS_READ,
    relations={
        Relation.OWN_PAIRING: _OF_PAIR[Relation.OWN_PAIRING],
        Relation.PUBLISHED: lambda story: sa.and_(
            is_one_of(story.c.status, StoryStatus.PUBLISHED), _SEEN[Relation.PUBLISHED](story)
        ),
    },
    edges=(_PROGRAMME, _PAIRING, Edge("author", "author_id", PEOPLE)),
    filters=(Equals("programme_id"), Equals("pairing_id"), Equals("status"), Range("updated_at")),
)
