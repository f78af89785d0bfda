"""Headers of an endpoint's own: which names and values may be sent along with our own."""

import re
from typing import Annotated, Final

from pydantic import AfterValidator, StringConstraints, WithJsonSchema
from pydantic_core import PydanticCustomError

from app.text import Input

MOST: Final = 20
# What the transport, the formats and the signature say; and what would say something of other requests.
_OURS = (
    "accept-encoding connection cookie date expect forwarded host http2-settings keep-alive te trailer "
    "transfer-encoding upgrade user-agent via"
).split()
_OUR_FAMILIES = "ce content flipside proxy sec webhook x-forwarded".split()
_NAME = "[A-Za-z0-9][A-Za-z0-9_-]*"
_REFUSED: Final = re.compile(f"({'|'.join(_OURS)})|({'|'.join(_OUR_FAMILIES)})-.*", re.IGNORECASE)


def _free(name: str) -> str:
    if _REFUSED.fullmatch(name):
        raise ValueError("is a header that we set ourselves, or that speaks for the connection")
    return name.lower()


def _in_any_case(text: str) -> str:
    """A pattern of JSON Schema, which has no flag for it."""
    return "".join(f"[{letter}{letter.upper()}]" if letter.islower() else letter for letter in text)


_BARRED = f"(?!({_in_any_case('|'.join(_OURS))})$|({_in_any_case('|'.join(_OUR_FAMILIES))})-)"
HeaderName = Annotated[
    str,
    StringConstraints(min_length=1, max_length=100, pattern=f"^{_NAME}$"),
    AfterValidator(_free),
    WithJsonSchema({"type": "string", "minLength": 1, "maxLength": 100, "pattern": f"^{_BARRED}{_NAME}$"}),
]
HeaderValue = Annotated[str, StringConstraints(min_length=1, max_length=1024, pattern=r"^[!-~]([ -~]*[!-~])?$")]


class CustomHeader(Input):
    """A header that is sent along with every delivery. Its value is not shown again."""

    name: HeaderName
    value: HeaderValue


def different(headers: list[CustomHeader]) -> list[CustomHeader]:
    """Refuse a name that comes twice, whatever its case."""
    if len({header.name for header in headers}) != len(headers):
        raise PydanticCustomError("repeated_header", "must not name a header twice")
    return headers
