"""What can be read of HR systems: neither secret nor token."""

from app.auth.scopes import Scope
from app.domain.connectors.models import HrSource
from app.domain.connectors.schemas import HrSourceRead
from app.reading.resource import Resource

HR_SOURCES = Resource("hr_source", "hr_sources", HrSource, HrSourceRead, Scope.DIRECTORY_READ, party=())
