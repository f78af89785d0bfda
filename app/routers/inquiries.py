"""GET of what is worked out about an object, for every inquiry alike."""

from pydantic import ValidationError
from starlette.requests import Request
from starlette.responses import Response

from app.acting.inquiry import Inquiry, ask
from app.errors import Fault, Invalid
from app.quotas import admission
from app.routers import accepting, problems, wishes
from app.routers.reads import Endpoint, actor_of, tagged
from app.text import Input


def path_of(inquiry: Inquiry) -> str:
    """Where an inquiry is found: `/v1/enrolments/{id}/suggestions`."""
    return f"/v1/{inquiry.resource.path}/{{id}}/{inquiry.path}"


def inquire(inquiry: Inquiry) -> Endpoint:
    """The endpoint of one inquiry."""

    async def endpoint(request: Request) -> Response:
        actor = await admission.admit(request.scope, actor_of(request), inquiry.cost, inquiry.name)
        accepting.require_json(request.headers)
        data = _parsed(inquiry.takes, request.scope["query_string"])
        found = await ask(actor, inquiry, request.path_params["id"], data)
        return tagged(request, found.model_dump_json().encode())

    return endpoint


def _parsed(takes: type[Input] | None, query: bytes) -> Input | None:
    """The query as `takes` understands it. Raises `Invalid` with every parameter that is at fault."""
    given = wishes.parameters(query, tuple(takes.model_fields) if takes else ())
    if takes is None:
        return None
    try:
        return takes.model_validate(given)
    except ValidationError as error:
        refused = problems.invalid(error)
        faults = (Fault(each.detail, code=each.code, parameter=(each.pointer or "")[1:]) for each in refused.faults)
        raise Invalid(refused.detail, faults=tuple(faults)) from None
