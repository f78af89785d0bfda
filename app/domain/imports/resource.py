"""What can be read of imports: the changes that were announced for a later day."""

from app.auth.scopes import Scope
from app.domain.imports.models import PlannedChange
from app.domain.imports.schemas import PlannedChangeRead
from app.domain.people.resource import PEOPLE
from app.reading.resource import Edge, Equals, Resource

PLANNED_CHANGES = Resource(
    "planned_change",
    "planned_changes",
    PlannedChange,
    PlannedChangeRead,
    Scope.DIRECTORY_READ,
    edges=(Edge("person", "person_id", PEOPLE),),
    filters=(Equals("external_id"), Equals("person_id"), Equals("status")),
    # A person's record is for those who keep the directory, whoever they are.
    party=(),
)
