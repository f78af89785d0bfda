"""What can be read of nominations."""

from app.auth.policy import Relation
from app.auth.scopes import Scope
from app.domain.nominations.models import Nomination
from app.domain.nominations.schemas import NominationRead
from app.domain.people.resource import PEOPLE
from app.domain.programmes.resource import PROGRAMMES
from app.reading.resource import ME, Edge, Equals, Range, Resource, through

_PROGRAMME = Edge("programme", "programme_id", PROGRAMMES, "nominations", "The programme.", "Who should take part.")
# No way leads back from a person: who was named, and by whom, is for the programme alone.
NOMINATIONS = Resource(
    "nomination",
    "nominations",
    Nomination,
    NominationRead,
    Scope.ENROLMENTS_READ,
    relations={**through(_PROGRAMME), Relation.OWN: lambda nomination: nomination.c.nominator_id == ME},
    # None to whom it names: an edge is as open as its row, and who made it does not learn whether anybody was found.
    edges=(_PROGRAMME, Edge("nominator", "nominator_id", PEOPLE)),
    filters=(
        Equals("programme_id"),
        Equals("nominator_id"),
        Equals("nominee_id"),
        Equals("role"),
        Equals("status"),
        Range("updated_at"),
    ),
    # Whoever runs the programme may take up what they made themselves.
    party=(),
)
