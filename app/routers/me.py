"""What there is for the caller: their own record, what waits for them, and the pairs on both sides, in one call."""

from starlette.requests import Request
from starlette.responses import Response

from app.domain.people.resource import PEOPLE
from app.errors import NotFound
from app.quotas import admission
from app.routers import accepting, reads, wishes

PATH = "/v1/me"
# What a page that greets somebody shows; whoever wants less or more says so.
EXPANDED = ("tasks", "pairings_as_mentor.mentee", "pairings_as_mentee.mentor")
_DEFAULT = f"expand={','.join(EXPANDED)}".encode()


class Nobody(NotFound):
    """The caller is a service."""

    code = "no_person"

    def __init__(self) -> None:
        super().__init__("This credential belongs to a service, not to a person, so there is no record of its own.")


async def read(request: Request) -> Response:
    """`GET /v1/me`. Raises `Nobody` for a service."""
    actor = await admission.admit(request.scope, reads.actor_of(request))
    accepting.require_json(request.headers)
    wish = wishes.of_one(PEOPLE, request.scope["query_string"] or _DEFAULT, actor.organisation_id)
    if actor.person_id is None:
        raise Nobody
    return await reads.show_one(request, actor, wish, actor.person_id)
