"""What can be read of opportunities."""

from app.auth.scopes import Scope
from app.domain.opportunities.models import Opportunity
from app.domain.opportunities.schemas import OpportunityRead
from app.domain.programmes.resource import PROGRAMMES
from app.reading.resource import Edge, Equals, Resource, through

_PROGRAMME = Edge("programme", "programme_id", PROGRAMMES, "opportunities", "The programme.", "What taking part opens.")
OPPORTUNITIES = Resource(
    "opportunity",
    "opportunities",
    Opportunity,
    OpportunityRead,
    Scope.PROGRAMMES_READ,
    relations=through(_PROGRAMME),
    edges=(_PROGRAMME,),
    filters=(Equals("programme_id"), Equals("kind")),
)
