"""Reading a request whose body is a document: its type says the format, the query all else."""

from typing import Any, TypeVar

from pydantic import ValidationError
from starlette.requests import Request

from app.errors import Fault, Invalid
from app.routers import bodies, problems, wishes
from app.text import Input

Data = TypeVar("Data", bound=Input)
FORMATS = {"text/csv": "csv", "application/x-ndjson": "ndjson"}
LIMIT_BYTES = 10 * 1024 * 1024
# What a body and its type say; the other members of the schema are parameters.
_OF_BODY = ("text", "format")
_FLAGS = {"true": True, "false": False}


def parse(request: Request, body: bytes, schema: type[Data]) -> Data:
    """The request as `schema` understands it. Raises `DomainError`s that name every fault."""
    kind = bodies.require_type(bodies.header(request.headers, "Content-Type"), tuple(FORMATS))
    try:
        text = body.decode()
    except UnicodeDecodeError:
        raise problems.Malformed("The body is not valid UTF-8.") from None
    given: dict[str, Any] = {
        name: _FLAGS.get(value, value)
        for name, value in wishes.parameters(request.scope["query_string"], parameters_of(schema)).items()
    }
    try:
        return schema.model_validate({**given, "format": FORMATS[kind], "text": text})
    except ValidationError as error:
        refused = problems.invalid(error)
        faults = (_said_of_query(fault) for fault in refused.faults)
        raise Invalid(refused.detail, faults=tuple(faults)) from None


def parameters_of(schema: type[Input]) -> tuple[str, ...]:
    """The members that are parameters of the query."""
    return tuple(name for name in schema.model_fields if name not in _OF_BODY)


def _said_of_query(fault: Fault) -> Fault:
    name = (fault.pointer or "").removeprefix("/")
    return fault if name in _OF_BODY else Fault(fault.detail, code=fault.code, parameter=name or None)
