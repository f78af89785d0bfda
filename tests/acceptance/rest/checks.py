"""What we add to schemathesis: whoever keeps the contract is never refused for the form of a request."""

from typing import Any, get_args

import schemathesis
from pydantic_core.core_schema import ErrorType

_FORMAL = frozenset(get_args(ErrorType))
_UNREADABLE = ("malformed_request", "bad_query", "unsupported_media_type", "body_too_large")
# Of the first the contract says less than of the operation of the object's own type; the second refuses in the words of
# RFC 6749, which tell a wrong form from a wrong client by nothing that could be looked at.
_LOOSE = ("/v1/nodes/{id}", "/oauth/token")


@schemathesis.check
def form_is_told_in_full(
    ctx: schemathesis.CheckContext, response: schemathesis.Response, case: "schemathesis.Case[Any]"
) -> None:
    """Fail when a request that keeps every schema is refused by validation."""
    if case.meta is None or not case.meta.generation.mode.is_positive or case.path in _LOOSE:
        return
    if response.status_code not in (400, 413, 415, 422):
        return
    problem = response.json()
    assert problem["code"] not in _UNREADABLE, f"refused as {problem['code']}: {problem['detail']}"
    formal = [fault for fault in problem.get("errors", ()) if _is_formal(fault)]
    assert not formal, f"refused for what the schema allows: {formal}"


schemathesis.serializer.alias("application/x-ndjson", "text/csv")


def _is_formal(fault: dict[str, str]) -> bool:
    # A rule between members, or parameters, stands at no single one: JSON Schema cannot say it, the descriptions do.
    is_between = "parameter" not in fault and fault.get("pointer", "/") == "/"
    return fault["code"] in _FORMAL and not (fault["code"] == "value_error" and is_between)
