"""What some of those who see an object are not shown of it."""

from app.auth import policy, tiers
from app.auth.actor import Role
from app.reading.resource import Resource


def withheld(resource: Resource) -> list[str]:
    """The fields that a role may find empty though it sees the row."""
    readers = {role: policy.readers(resource.name, role) for role in Role}
    return [
        field
        for field in resource.fields
        if any(seen and tiers.shown(resource.name, field, role) != seen for role, seen in readers.items())
    ]
