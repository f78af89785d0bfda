"""What callers get of the audit trail."""

from datetime import datetime

from pydantic import Field

from app.audit.models import AuditOutcome
from app.auth.actor import Role
from app.text import Output


class AuditEntryRead(Output):
    """One act, or one watched reading of people's data: ids and names of members, never a value."""

    id: str
    occurred_at: datetime
    principal: str = Field(description="The credential that was used.")
    actor_id: str | None = Field(description="The person behind it; `null` for a service account.")
    role: Role
    action: str = Field(description="The intent, such as `update_person`, or `read_` and the resource.")
    resource: str
    object_id: str | None = Field(description="The object, where it was a single one.")
    objects: int = Field(description="How many objects it was about.")
    members: list[str] = Field(description="The names of the members that were given, never their values.")
    outcome: AuditOutcome
    code: str | None = Field(description="Why it was refused.")
    request_id: str | None
    subjects: list[str] | None = Field(
        description="The people whose data was seen or changed; shown to administrators and auditors."
    )
    sequence: int | None = Field(description="Its place in the organisation's chain; `null` for the first moments.")
