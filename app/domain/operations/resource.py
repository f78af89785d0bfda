"""What can be read of operations."""

from app.auth.policy import Relation
from app.auth.scopes import Scope
from app.domain.operations.models import Operation
from app.domain.operations.schemas import OperationRead
from app.reading.resource import ME, Equals, Resource

OPERATIONS = Resource(
    "operation",
    "operations",
    Operation,
    OperationRead,
    Scope.OPERATIONS_READ,
    relations={Relation.OWN: lambda operation: operation.c.requested_by == ME},
    filters=(Equals("kind"), Equals("status")),
)
