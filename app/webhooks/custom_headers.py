"""Headers of an endpoint's own: which names and values may be sent along with ours."""

from typing import Annotated, Final

from pydantic import AfterValidator, StringConstraints, WithJsonSchema
from pydantic_core import PydanticCustomError

from app.text import Input

MOST: Final = 20
# What the transport, the formats and the signature say; and what would speak for other hops or requests.
_OURS: Final = tuple(
    (
        "accept-encoding connection cookie date expect forwarded host http2-settings keep-alive te trailer "
        "transfer-encoding upgrade user-agent via"
    ).split()
)
_OUR_FAMILIES: Final = ("ce-", "content-", "flipside-", "proxy-", "sec-", "webhook-", "x-forwarded-")
_NAME: Final = "[a-z0-9][a-z0-9_-]*$"
_BARRED: Final = f"(?!({'|'.join(_OURS)})$|{'|'.join(_OUR_FAMILIES)})"


def _free(name: str) -> str:
    if name in _OURS or name.startswith(_OUR_FAMILIES):
        raise ValueError("is a header that we set ourselves, or that speaks for the connection")
    return name


HeaderName = Annotated[
    str,
    StringConstraints(min_length=1, max_length=100, pattern=f"^{_NAME}"),
    AfterValidator(_free),
    WithJsonSchema({"type": "string", "minLength": 1, "maxLength": 100, "pattern": f"^{_BARRED}{_NAME}"}),
]
HeaderValue = Annotated[str, StringConstraints(min_length=1, max_length=1024, pattern=r"^[!-~]([ -~]*[!-~])?$")]


class CustomHeader(Input):
    """A header that is sent along with every delivery, its name in lower case. Its value is not shown again."""

    name: HeaderName
    value: HeaderValue


def different(headers: list[CustomHeader]) -> list[CustomHeader]:
    """Refuse a name that comes twice."""
    if len({header.name for header in headers}) != len(headers):
        raise PydanticCustomError("repeated_header", "must not name a header twice")
    return headers
