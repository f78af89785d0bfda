"""What can be read of competencies: one's own ratings."""

from app.auth.policy import Relation
from app.auth.scopes import Scope
from app.domain.competencies.models import CompetencyRating
from app.domain.competencies.schemas import CompetencyRatingRead
from app.domain.pairings.resource import PAIRINGS
from app.domain.people.resource import PEOPLE
from app.reading.resource import ME, Edge, Equals, Resource

COMPETENCY_RATINGS = Resource(
    "competency_rating",
    "competency_ratings",
    CompetencyRating,
    CompetencyRatingRead,
    Scope.GOALS_READ,
    relations={Relation.OWN: lambda rating: rating.c.author_id == ME},
    edges=(
        Edge("pairing", "pairing_id", PAIRINGS),
        Edge("author", "author_id", PEOPLE),
    ),
    filters=(Equals("author_id"), Equals("pairing_id"), Equals("competency"), Equals("point")),
)
