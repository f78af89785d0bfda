"""What can be read of an organisation."""

from app.auth.scopes import Scope
from app.domain.organisations.models import Organisation, Rank
from app.domain.organisations.schemas import OrganisationRead, RankRead
from app.reading.resource import Equals, Resource

ORGANISATIONS = Resource("organisation", "organisations", Organisation, OrganisationRead, Scope.DIRECTORY_READ)
RANKS = Resource("rank", "ranks", Rank, RankRead, Scope.DIRECTORY_READ, filters=(Equals("level"),), sorts=("level",))
