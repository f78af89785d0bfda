"""What can be read of check-ins: one's own answers, and by coordinators that there are some and who asks for help."""

from app.auth.policy import Relation
from app.auth.scopes import Scope
from app.domain.check_ins.models import CheckIn
from app.domain.check_ins.schemas import CheckInRead
from app.domain.pairings.resource import PAIRINGS
from app.domain.people.resource import PEOPLE
from app.domain.programmes.resource import PROGRAMMES
from app.reading.resource import ME, Edge, Equals, Range, Resource, Sensitive, through

_PAIRING = Edge("pairing", "pairing_id", PAIRINGS, "check_ins", "The pair.", "How it was, round by round.")
CHECK_INS = Resource(
    "check_in",
    "check_ins",
    CheckIn,
    CheckInRead,
    Scope.FEEDBACK_READ,
    relations={
        Relation.OWN: lambda check_in: check_in.c.author_id == ME,
        # Held, so that a coordinator who is a partner has no office here; no partner reads by it.
        Relation.OWN_PAIRING: through(_PAIRING)[Relation.OWN_PAIRING],
        Relation.OWN_PROGRAMME: through(_PAIRING)[Relation.OWN_PROGRAMME],
    },
    edges=(_PAIRING, Edge("programme", "programme_id", PROGRAMMES), Edge("author", "author_id", PEOPLE)),
    filters=(
        Equals("pairing_id"),
        Equals("programme_id"),
        Equals("author_id"),
        Equals("round"),
        Range("created_at"),
    ),
    sensitive=Sensitive("author_id"),
)
