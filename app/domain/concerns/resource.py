"""What can be read of concerns: by who raised one, and who looks after it."""

from app.auth.actor import Role
from app.auth.policy import Relation
from app.auth.scopes import Scope
from app.domain.concerns import standing
from app.domain.concerns.models import Concern
from app.domain.concerns.schemas import ConcernRead
from app.domain.pairings.resource import PAIRINGS
from app.domain.people.resource import PEOPLE
from app.domain.programmes.resource import PROGRAMMES
from app.reading.resource import ME, Edge, Equals, Resource, Sensitive, through

# No way leads back: nobody should come upon one from the pair or from a person.
_PAIRING = Edge("pairing", "pairing_id", PAIRINGS)
CONCERNS = Resource(
    "concern",
    "concerns",
    Concern,
    ConcernRead,
    Scope.FEEDBACK_READ,
    relations={
        Relation.OWN: lambda concern: concern.c.reporter_id == ME,
        Relation.OWN_PAIRING: through(_PAIRING)[Relation.OWN_PAIRING],
        Relation.ADDRESSEE: standing.is_handled,
        Relation.UNHANDLED: standing.is_unhandled,
    },
    edges=(
        _PAIRING,
        Edge("programme", "programme_id", PROGRAMMES),
        Edge("reporter", "reporter_id", PEOPLE),
        Edge("handler", "handler_id", PEOPLE),
    ),
    filters=(Equals("programme_id"), Equals("pairing_id"), Equals("reporter_id"), Equals("status"), Equals("severity")),
    sensitive=Sensitive("reporter_id", watched=frozenset(Role)),
    discreet=True,
)
