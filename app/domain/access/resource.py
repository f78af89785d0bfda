"""What can be read of API keys, identity providers and standings."""

from app.auth.models import ApiKey, IdentityProvider, Standing
from app.auth.policy import Relation
from app.auth.scopes import Scope
from app.domain.access.identity_schemas import IdentityProviderRead, StandingRead
from app.domain.access.schemas import ApiKeyRead
from app.domain.people.resource import PEOPLE
from app.reading.resource import ME, Edge, Equals, Resource

API_KEYS = Resource(
    "api_key",
    "api_keys",
    ApiKey,
    ApiKeyRead,
    Scope.KEYS_MANAGE,
    relations={Relation.OWN: lambda key: key.c.person_id == ME},
    edges=(Edge("person", "person_id", PEOPLE),),
    filters=(Equals("person_id"), Equals("service_account"), Equals("role")),
)
IDENTITY_PROVIDERS = Resource(
    "identity_provider",
    "identity_providers",
    IdentityProvider,
    IdentityProviderRead,
    Scope.KEYS_MANAGE,
)
STANDINGS = Resource(
    "standing",
    "standings",
    Standing,
    StandingRead,
    Scope.KEYS_MANAGE,
    relations={Relation.OWN: lambda standing: standing.c.person_id == ME},
    edges=(Edge("person", "person_id", PEOPLE),),
    filters=(Equals("person_id"), Equals("role")),
)
