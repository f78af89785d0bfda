"""What every request keeps to and every answer carries, whatever it is about."""

import asyncio

from starlette.types import Message, Receive, Scope

from app.routers.problems import BodyTooSlow, HeadersTooLarge, Malformed, UrlTooLong

Headers = list[tuple[bytes, bytes]]
MOST_HEADERS, MOST_HEADER_BYTES, MOST_URL_BYTES = 100, 16 * 1024, 8 * 1024
POLICY = b"content-security-policy"
_WITH_BODY = frozenset({"POST", "PUT", "PATCH", "DELETE"})
# Probes of load balancers call a machine by its address.
_CALLED_ANYHOW = "/health/"


def answer_headers(*, is_development: bool) -> Headers:
    """What stands on every answer: nothing of ours is a page, a frame or a script, unless an answer says so itself."""
    headers = [
        (b"x-content-type-options", b"nosniff"),
        (b"referrer-policy", b"no-referrer"),
        (b"cross-origin-resource-policy", b"same-origin"),
        (POLICY, b"default-src 'none'; frame-ancestors 'none'"),
    ]
    if not is_development:
        headers.append((b"strict-transport-security", b"max-age=31536000; includeSubDomains"))
    return headers


def require_modest(scope: Scope) -> list[bytes]:
    """The names by which we are called. Raises `UrlTooLong` and `HeadersTooLarge`."""
    if len(scope.get("raw_path") or b"") + len(scope.get("query_string") or b"") > MOST_URL_BYTES:
        raise UrlTooLong(f"An address has at most {MOST_URL_BYTES:,} bytes.")
    size, hosts = 0, []
    for name, value in scope["headers"]:
        size += len(name) + len(value)
        if name == b"host":
            hosts.append(value)
    if size > MOST_HEADER_BYTES or len(scope["headers"]) > MOST_HEADERS:
        raise HeadersTooLarge(f"Send at most {MOST_HEADERS} headers of {MOST_HEADER_BYTES:,} bytes together.")
    return hosts


def require_host(path: str, hosts: list[bytes], allowed: tuple[str, ...]) -> None:
    """Raise `Malformed` when we are called by several names (RFC 9112 section 3.2), or by one that is not ours."""
    if len(hosts) > 1:
        raise Malformed("Send the header Host once.")
    if not allowed or path.startswith(_CALLED_ANYHOW):
        return
    name = _without_port(hosts[0].decode("latin-1").lower()) if hosts else ""
    if not any(name == host or (host.startswith("*.") and name.endswith(host[1:])) for host in allowed):
        raise Malformed("This service is not called by the name in the header Host.")


def _without_port(host: str) -> str:
    # The address of an IPv6 host stands in brackets, and has colons of its own.
    return host.partition("]")[0] + "]" if host.startswith("[") else host.partition(":")[0]


def in_time(scope: Scope, receive: Receive, seconds: float) -> Receive:
    """`receive`, raising `BodyTooSlow` when the whole body has not come after so many seconds."""
    if scope["method"] not in _WITH_BODY:
        return receive
    deadline, is_whole = asyncio.get_running_loop().time() + seconds, False

    async def received() -> Message:
        nonlocal is_whole
        if is_whole:
            return await receive()
        try:
            async with asyncio.timeout_at(deadline):
                message = await receive()
        except TimeoutError:
            raise BodyTooSlow(f"The body did not arrive within {seconds:g} s.") from None
        is_whole = not message.get("more_body", False)
        return message

    return received
