"""Reading a request: its body, strictly, and the headers that say how to act on it."""

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import TypeVar

import orjson
from pydantic import ValidationError
from starlette.datastructures import Headers
from starlette.requests import Request

from app.errors import Fault, Invalid
from app.repeated import repeated_member
from app.routers import problems
from app.text import Input

Data = TypeVar("Data", bound=Input)
_KEY = re.compile(r"[\x21-\x7e]{1,255}")
_VERSION = re.compile(r'"([0-9]{1,9})(?:-[0-9a-f]+)?"')
JSON, MERGE_PATCH = "application/json", "application/merge-patch+json"


class VersionRequired(Invalid):
    """This change needs If-Match with the version that the caller has read."""

    code, status, title = "version_required", 428, "Precondition required"


class Nothing(Input):
    """A body without members, for steps that take none."""


def header(headers: Headers, name: str) -> str | None:
    """A header that comes once. Raises `Malformed` when it comes again: who reads the other one might disagree."""
    values = headers.getlist(name)
    if len(values) > 1:
        raise problems.Malformed(f"Send the header {name} once.")
    return values[0] if values else None


async def raw(request: Request, limit: int) -> bytes:
    """The body's bytes. Raises `BodyTooLarge` as soon as it is, `UnsupportedMediaType` for an encoded one."""
    if any(coding.strip().lower() != "identity" for coding in request.headers.getlist("content-encoding")):
        raise problems.UnsupportedMediaType("Send the body without Content-Encoding.")
    chunks, size = [], 0
    async for chunk in request.stream():
        size += len(chunk)
        if size > limit:
            raise problems.BodyTooLarge(f"A body has at most {limit} bytes.")
        chunks.append(chunk)
    return b"".join(chunks)


def parse(
    body: bytes,
    content_type: str | None,
    schema: type[Data],
    accepted: tuple[str, ...] = (JSON,),
    named: Mapping[str, str] = MappingProxyType({}),
) -> Data:
    """The body as `schema` understands it. No body is an empty object. Raises `DomainError`s that name every fault.

    What the address has `named` need not stand in the body again.
    """
    if not body:
        body = b"{}"
    else:
        require_type(content_type, accepted)
    try:
        data = schema.model_validate_json(_completed(body, named) if named else body)
    except ValidationError as error:
        raise problems.invalid(error) from None
    if (pointer := repeated_member(body.decode())) is not None:
        fault = Fault("is named twice", code="repeated_member", pointer=pointer)
        raise problems.Malformed("The body names a member twice.", faults=(fault,))
    return data


def _completed(body: bytes, named: Mapping[str, str]) -> bytes:
    """The body with what the address says. Raises `Invalid` where the two disagree."""
    try:
        members = orjson.loads(body)
    except orjson.JSONDecodeError:
        return body
    if not isinstance(members, dict):
        return body
    for name, value in named.items():
        if members.setdefault(name, value) != value:
            fault = Fault("is not what the address names", code="address_differs", pointer=f"/{name}")
            raise Invalid("The body and the address name different objects.", faults=(fault,))
    return orjson.dumps(members)


def require_type(content_type: str | None, accepted: tuple[str, ...]) -> str:
    """The media type of the body. Raises `UnsupportedMediaType` for one that is not accepted."""
    kind, _, parameters = (content_type or "").partition(";")
    charset = parameters.strip().lower().removeprefix("charset=").strip('"')
    kind = kind.strip().lower()
    if kind not in accepted or charset not in ("", "utf-8", "utf8"):
        raise problems.UnsupportedMediaType(f"Send the body as {' or '.join(accepted)} in UTF-8.")
    return kind


def idempotency_key(headers: Headers, *, required: bool) -> str | None:
    """The Idempotency-Key header: 1 to 255 visible characters. Raises `Invalid` where one must be sent."""
    key = header(headers, "Idempotency-Key")
    if key is None and not required:
        return None
    if key is None or not _KEY.fullmatch(key):
        fault = Fault("has 1 to 255 visible ASCII characters", code="idempotency_key", parameter="Idempotency-Key")
        raise Invalid("Send an idempotency key of 1 to 255 visible ASCII characters.", faults=(fault,))
    return key


def expected_version(headers: Headers, *, required: bool) -> int | None:
    """The version in If-Match (RFC 9110 section 13.1.1). Raises `VersionRequired` where one must be named."""
    text = header(headers, "If-Match")
    if text is None:
        if required:
            raise VersionRequired("Send If-Match with the ETag that you have read.")
        return None
    if text.strip() == "*":
        return None
    match = _VERSION.fullmatch(text.strip())
    # Another entity tag than ours names a version that never was.
    return int(match[1]) if match else 0
