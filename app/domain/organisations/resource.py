"""What can be read of an organisation."""

from app.auth.scopes import Scope
from app.domain.organisations.models import Organisation, Rank
from app.domain.organisations.retention import RetentionPolicy
from app.domain.organisations.schemas import OrganisationRead, RankRead, RetentionPolicyRead
from app.reading.resource import Equals, Resource

ORGANISATIONS = Resource("organisation", "organisations", Organisation, OrganisationRead, Scope.DIRECTORY_READ)
RANKS = Resource("rank", "ranks", Rank, RankRead, Scope.DIRECTORY_READ, filters=(Equals("level"),), sorts=("level",))
RETENTION_POLICIES = Resource(
    "retention_policy",
    "retention_policies",
    RetentionPolicy,
    RetentionPolicyRead,
    Scope.PRIVACY_READ,
    party=(),
    filters=(Equals("data_class"),),
)
