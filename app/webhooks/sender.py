"""One request to one receiver: it reports what happened, and never raises."""

import asyncio
import re
import ssl
import time
from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from types import TracebackType
from typing import Final, Literal, cast

import aiohttp
from aiohttp.http import HttpProcessingError

from app import clock, logs
from app.outgoing import addresses, dialling, identities, tunnelling
from app.webhooks import schedule

READ_BYTES: Final = 64 * 1024
KEPT_BYTES: Final = 16 * 1024
_ACCEPTED: Final = range(200, 300)

_HEADERS: Final = {"accept-encoding": "identity", "user-agent": "Flipside-Webhooks/1"}
# What may be written into a request's head: the client beneath would let more through.
_NAMES, _VALUES = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]*"), re.compile(r"[\t -~]*")

log = logs.get(__name__)


class Failure(StrEnum):
    """Why an exchange came to no good end, as the delivery log says it."""

    TIMEOUT = "timeout"
    DNS = "dns"
    CONNECT = "connect"
    TLS = "tls"
    BLOCKED_ADDRESS = "blocked_address"
    URL_REFUSED = "url_refused"
    EGRESS_PROXY = "egress_proxy"  # the way out is barred, which says nothing of the receiver
    PROTOCOL = "protocol"  # hung up before the end, or answered something that is not HTTP
    UNAUTHORISED = "unauthorised"  # the authorisation server gave us no token
    NOTHING_TO_TELL = "nothing_to_tell"  # nobody is left whom the event is about
    INTERNAL = "internal"  # a fault of ours, such as a header that cannot be written


class Directive(StrEnum):
    """What a receiver may ask for in its `webhook-delivery` header."""

    DISABLE = "disable"
    ABORT_MESSAGE = "abort-message"


_FAILURES: Final[tuple[tuple[type[BaseException] | tuple[type[BaseException], ...], Failure], ...]] = (
    (TimeoutError, Failure.TIMEOUT),
    (dialling.AddressBlocked, Failure.BLOCKED_ADDRESS),
    (dialling.NameUnresolved, Failure.DNS),
    (tunnelling.ProxyFailed, Failure.EGRESS_PROXY),
    ((addresses.UrlRefused, aiohttp.InvalidURL), Failure.URL_REFUSED),
    ((ssl.SSLError, ssl.CertificateError, aiohttp.ClientSSLError), Failure.TLS),
    (aiohttp.ClientConnectorError, Failure.CONNECT),
    ((aiohttp.ClientError, HttpProcessingError), Failure.PROTOCOL),
)
# What a connection shows that the receiver closed while we took it for idle.
_STALE: Final = (aiohttp.ClientOSError, aiohttp.ServerDisconnectedError, aiohttp.ClientConnectionResetError)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one request."""

    status: int | None
    error: Failure | None
    elapsed_ms: int
    address: str | None
    retry_after: timedelta | None
    body: bytes
    directive: Directive | None = None
    # What a handshake was answered: the origin that may send, and how often.
    allowed_origin: str | None = None
    allowed_rate: str | None = None
    # Whether a receiver that refused it was found to have it already.
    is_known: bool = False

    @property
    def delivered(self) -> bool:
        """Whether the receiver accepted it: 2xx, and an answer that arrived whole or up to our limit."""
        if self.error is not None or self.status is None:
            return False
        return self.is_known or self.status in _ACCEPTED

    @property
    def is_final(self) -> bool:
        """Whether the same request can only be refused again, by ourselves."""
        return self.error in (Failure.BLOCKED_ADDRESS, Failure.URL_REFUSED)


@dataclass(slots=True)
class _Exchange:
    """What is known so far; whatever goes wrong, this much is reported."""

    dial: dialling.Dial = field(default_factory=dialling.Dial)
    # As whom we call; connections are shared by those alone who call as the same.
    tls: ssl.SSLContext | bool = True
    status: int | None = None
    address: str | None = None
    retry_after: timedelta | None = None
    directive: Directive | None = None
    allowed_origin: str | None = None
    allowed_rate: str | None = None
    body: bytearray = field(default_factory=bytearray)
    received_bytes: int = 0

    def answered(self, response: "_Response") -> None:
        """Take of an answer's head what we obey, and nothing else."""
        self.status, self.address = response.status, response.peer
        self.retry_after = schedule.parse_retry_after(response.said("retry-after") or "", clock.now())
        wish = (response.said("webhook-delivery") or "").lower()
        self.directive = next((directive for directive in Directive if directive == wish), None)
        self.allowed_origin = response.said("webhook-allowed-origin")
        self.allowed_rate = response.said("webhook-allowed-rate")

    def read(self, chunk: bytes) -> None:
        self.received_bytes += len(chunk)
        self.body += chunk[: KEPT_BYTES - len(self.body)]

    def outcome(self, error: Failure | None, elapsed_ms: int) -> Outcome:
        return Outcome(
            status=self.status,
            error=error,
            elapsed_ms=elapsed_ms,
            address=self.address or self.dial.address,
            retry_after=self.retry_after,
            body=bytes(self.body),
            directive=self.directive,
            allowed_origin=self.allowed_origin,
            allowed_rate=self.allowed_rate,
        )


class _Response(aiohttp.ClientResponse):
    """An answer that remembers who gave it: when all of it has come, its connection is somebody else's."""

    peer: str | None = None

    async def start(self, connection: aiohttp.connector.Connection) -> aiohttp.ClientResponse:
        peer = connection.transport and connection.transport.get_extra_info("peername")
        self.peer = str(peer[0]) if peer else None
        return await super().start(connection)

    def said(self, name: str) -> str | None:
        """A header; one that came more than once reads as a list."""
        return ", ".join(self.headers.getall(name)) if name in self.headers else None


class Sender(AbstractAsyncContextManager["Sender"]):
    """Keeps connections to receivers open between deliveries; one per worker, made where a loop runs."""

    def __init__(
        self, *, allow_private: bool, resolve: dialling.Resolve | None = None, tls: ssl.SSLContext | None = None
    ) -> None:
        self._allow_private = allow_private
        self._resolver = dialling.Resolver()
        self._dialler = dialling.Dialler(resolve or self._resolver, allow_private=allow_private)
        tls = tls or dialling.public_tls()
        self._identified = identities.Contexts(tls)
        self._session = self._dialler.session(tls, headers=_HEADERS, response_class=_Response)

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None, /
    ) -> None:
        """Close every connection."""
        await self._session.close()
        self._resolver.close()

    async def post(
        self,
        url: str,
        headers: Mapping[str, str],
        body: bytes,
        *,
        timeout: float,  # noqa: ASYNC109 - one wall clock, from the first lookup to the last byte
        identity: str | None = None,
    ) -> Outcome:
        """Send `body` and report. Whatever happens is an `Outcome`; only cancellation passes through.

        A receiver that asks in the TLS handshake is shown the client certificate `identity`.
        """
        return await self._send("POST", url, headers, body, timeout, identity)

    async def ask(
        self,
        method: Literal["GET", "OPTIONS"],
        url: str,
        headers: Mapping[str, str],
        *,
        timeout: float,  # noqa: ASYNC109
        identity: str | None = None,
    ) -> Outcome:
        """Ask what a receiver has, or wants; all else is as with `post`."""
        return await self._send(method, url, headers, b"", timeout, identity)

    async def _send(
        self, method: str, url: str, headers: Mapping[str, str], body: bytes, seconds: float, identity: str | None
    ) -> Outcome:
        exchange = _Exchange()
        started = time.perf_counter()
        error: Failure | None = None
        token = dialling.current.set(exchange.dial)
        try:
            # Again at every attempt: the rules may be stricter than on the day the URL was stored.
            addresses.check_url(url, allow_private=self._allow_private)
            _check_headers(headers)
            async with asyncio.timeout(seconds):
                if identity is not None:
                    exchange.tls = await self._identified.context(identity)
                await self._exchange(method, url, headers, body, exchange)
        except Exception as caught:
            error = _failure(caught)
        finally:
            dialling.current.reset(token)
        return exchange.outcome(error, round((time.perf_counter() - started) * 1000))

    async def _exchange(
        self, method: str, url: str, headers: Mapping[str, str], body: bytes, exchange: _Exchange
    ) -> None:
        try:
            await self._once(method, url, headers, body, exchange)
        except _STALE:
            # An idle connection can be closed at the far end just as we write to it. That is no failed attempt.
            if exchange.dial.is_attempted or exchange.status is not None:
                raise
            await self._once(method, url, headers, body, exchange)

    async def _once(self, method: str, url: str, headers: Mapping[str, str], body: bytes, exchange: _Exchange) -> None:
        if self._dialler.is_crowded:
            headers = {**headers, "connection": "close"}
        response = cast(
            "_Response",
            await self._session.request(
                method, url, headers=headers, data=body, allow_redirects=False, ssl=exchange.tls
            ),
        )
        try:
            exchange.answered(response)
            if self._dialler.proxy:
                # The peer is the proxy, which is nobody's business; what was asked for, the dial knows.
                exchange.address = None
            async for chunk in response.content.iter_any():
                exchange.read(chunk)
                # The status is all that counts; the rest of a long answer is not worth the wait.
                if exchange.received_bytes >= READ_BYTES:
                    break
        finally:
            # Nothing, where all of it has come: then the connection waits for the next request already.
            response.close()


def _check_headers(headers: Mapping[str, str]) -> None:
    # All at once: this is done for every delivery.
    if "" in headers or not (_NAMES.fullmatch("".join(headers)) and _VALUES.fullmatch("".join(headers.values()))):
        raise ValueError("a header cannot be written")
    if "content-length" in headers:
        raise ValueError("a body's length is not for its sender to say")


def _failure(error: Exception) -> Failure:
    # What fails while TLS is spoken, after the connection or in it, comes as an error of the connection.
    if isinstance(error.__cause__, ssl.SSLError) or _is_handshake(error):
        return Failure.TLS
    for kind, failure in _FAILURES:
        if isinstance(error, kind):
            return failure
    # Its kind only: the text of an error may quote the URL or a header.
    log.error("webhook.send_failed", error=type(error).__qualname__)
    return Failure.INTERNAL


def _is_handshake(error: Exception) -> bool:
    """Whether the receiver hung up during the handshake of TLS: an open socket alone can be reset or broken."""
    return isinstance(error, aiohttp.ClientConnectorError) and isinstance(
        error.os_error, ConnectionResetError | ConnectionAbortedError | BrokenPipeError
    )
