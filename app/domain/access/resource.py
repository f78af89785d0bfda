"""What can be read of API keys."""

from app.auth.models import ApiKey
from app.auth.policy import Relation
from app.auth.scopes import Scope
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
