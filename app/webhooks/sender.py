"""One request to one receiver: it reports what happened, and never raises."""

import asyncio
import ssl
import time
from collections.abc import AsyncIterable, AsyncIterator, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from types import TracebackType
from typing import Final, cast

import httpcore
import httpx

from app import clock, logs
from app.outgoing import addresses, dialling, identities
from app.webhooks import schedule

CONNECT_SECONDS: Final = 5.0
IDLE_SECONDS: Final = 15.0
# A pool walks all its connections, twice, for every request: many small ones cost less than one large one.
POOLS: Final = 32
IDLE_PER_POOL: Final = 32
# So many client certificates, each with connections of its own, before those that rest are forgotten.
IDENTITIES: Final = 256
READ_BYTES: Final = 64 * 1024
KEPT_BYTES: Final = 16 * 1024

# The headers of an answer that we obey. Nothing else of it is let in: no cookie reaches a jar, no location is parsed,
# no content-encoding is undone (194 kB of gzip can be 200 MB).
_OBEYED: Final = frozenset({b"retry-after", b"webhook-delivery", b"webhook-allowed-origin", b"webhook-allowed-rate"})

log = logs.get(__name__)


class Failure(StrEnum):
    """Why an exchange came to no good end, as the delivery log says it."""

    TIMEOUT = "timeout"
    DNS = "dns"
    CONNECT = "connect"
    TLS = "tls"
    BLOCKED_ADDRESS = "blocked_address"
    URL_REFUSED = "url_refused"
    PROTOCOL = "protocol"  # hung up before the end, or answered something that is not HTTP
    INTERNAL = "internal"  # a fault of ours, such as a header that cannot be written


class Directive(StrEnum):
    """What a receiver may ask for in its `webhook-delivery` header."""

    DISABLE = "disable"
    ABORT_MESSAGE = "abort-message"


_FAILURES: Final[tuple[tuple[type[Exception], Failure], ...]] = (
    (TimeoutError, Failure.TIMEOUT),
    (httpcore.TimeoutException, Failure.TIMEOUT),
    (dialling.AddressBlocked, Failure.BLOCKED_ADDRESS),
    (dialling.NameUnresolved, Failure.DNS),
    (addresses.UrlRefused, Failure.URL_REFUSED),
    (httpx.InvalidURL, Failure.URL_REFUSED),
    (ssl.SSLError, Failure.TLS),
    (httpcore.ConnectError, Failure.CONNECT),
    (httpcore.NetworkError, Failure.PROTOCOL),
    (httpcore.RemoteProtocolError, Failure.PROTOCOL),
)
# What a connection shows that the receiver closed while we took it for idle.
_STALE: Final = (httpcore.NetworkError, httpcore.RemoteProtocolError)
_IDENTITY: Final = "identity"


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

    @property
    def delivered(self) -> bool:
        """Whether the receiver accepted it: 2xx, and an answer that arrived whole or up to our limit."""
        return self.error is None and self.status is not None and httpx.codes.is_success(self.status)

    @property
    def is_final(self) -> bool:
        """Whether the same request can only be refused again, by ourselves."""
        return self.error in (Failure.BLOCKED_ADDRESS, Failure.URL_REFUSED)


@dataclass(slots=True)
class _Exchange:
    """What is known so far; whatever goes wrong, this much is reported."""

    dial: dialling.Dial = field(default_factory=dialling.Dial)
    status: int | None = None
    address: str | None = None
    retry_after: timedelta | None = None
    directive: Directive | None = None
    allowed_origin: str | None = None
    allowed_rate: str | None = None
    body: bytearray = field(default_factory=bytearray)
    received_bytes: int = 0

    def answered(self, response: httpx.Response) -> None:
        self.status = response.status_code
        self.address = self.dial.address or _peer(response)
        self.retry_after = schedule.parse_retry_after(response.headers.get("retry-after", ""), clock.now())
        wish = response.headers.get("webhook-delivery", "").lower()
        self.directive = next((directive for directive in Directive if directive == wish), None)
        self.allowed_origin = response.headers.get("webhook-allowed-origin")
        self.allowed_rate = response.headers.get("webhook-allowed-rate")

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


class Sender(AbstractAsyncContextManager["Sender"]):
    """Keeps connections to receivers open between deliveries; one per worker."""

    def __init__(
        self, *, allow_private: bool, resolve: dialling.Resolve | None = None, tls: ssl.SSLContext | None = None
    ) -> None:
        self._allow_private = allow_private
        self._resolver = dialling.Resolver()
        backend = dialling.CheckedBackend(resolve or self._resolver, allow_private=allow_private)
        self._client = httpx.AsyncClient(
            transport=_Transport(backend, tls or httpx.create_ssl_context(trust_env=False)),
            headers={"accept-encoding": "identity", "user-agent": "Flipside-Webhooks/1"},
            timeout=httpx.Timeout(None, connect=CONNECT_SECONDS),
            follow_redirects=False,
            trust_env=False,
        )

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None, /
    ) -> None:
        """Close every connection."""
        await self._client.aclose()
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

    async def options(
        self,
        url: str,
        headers: Mapping[str, str],
        *,
        timeout: float,  # noqa: ASYNC109
        identity: str | None = None,
    ) -> Outcome:
        """Ask before sending anything; all else is as with `post`."""
        return await self._send("OPTIONS", url, headers, b"", timeout, identity)

    async def _send(
        self, method: str, url: str, headers: Mapping[str, str], body: bytes, seconds: float, identity: str | None
    ) -> Outcome:
        exchange = _Exchange()
        started = time.perf_counter()
        error: Failure | None = None
        try:
            # Again at every attempt: the rules may be stricter than on the day the URL was stored.
            addresses.check_url(url, allow_private=self._allow_private)
            extensions = {_IDENTITY: identity}
            request = self._client.build_request(method, url, headers=headers, content=body, extensions=extensions)
            async with asyncio.timeout(seconds):
                await self._exchange(request, exchange)
        except Exception as caught:
            error = _failure(caught, exchange)
        return exchange.outcome(error, round((time.perf_counter() - started) * 1000))

    async def _exchange(self, request: httpx.Request, exchange: _Exchange) -> None:
        token = dialling.current.set(exchange.dial)
        try:
            await self._once(request, exchange)
        except _STALE:
            # An idle connection can be closed at the far end just as we write to it. That is no failed attempt.
            if exchange.dial.is_attempted or exchange.status is not None:
                raise
            await self._once(request, exchange)
        finally:
            dialling.current.reset(token)

    async def _once(self, request: httpx.Request, exchange: _Exchange) -> None:
        response = await self._client.send(request, stream=True)
        try:
            exchange.answered(response)
            async for chunk in response.aiter_raw():
                exchange.read(chunk)
                # The status is all that counts; the rest of a long answer is not worth the wait.
                if exchange.received_bytes >= READ_BYTES:
                    break
        finally:
            await response.aclose()


def _peer(response: httpx.Response) -> str | None:
    # For a connection used again: it was dialled in an earlier exchange. One that is closed by now has no peer.
    peer = response.extensions["network_stream"].get_extra_info("server_addr")
    return str(peer[0]) if peer else None


def _failure(error: Exception, exchange: _Exchange) -> Failure:
    # Once the socket is open, the one thing left of connecting is the TLS handshake.
    if isinstance(error, httpcore.ConnectError) and exchange.dial.is_connected:
        return Failure.TLS
    for kind, failure in _FAILURES:
        if isinstance(error, kind):
            return failure
    # Its kind only: the text of an error may quote the URL or a header.
    log.error("webhook.send_failed", error=type(error).__qualname__)
    return Failure.INTERNAL


class _Transport(httpx.AsyncBaseTransport):
    """httpx over pools of ours. Its own transport takes no network backend."""

    def __init__(self, backend: dialling.CheckedBackend, tls: ssl.SSLContext) -> None:
        self._backend, self._tls = backend, tls
        self._pools = [self._pool(tls) for _ in range(POOLS)]
        # A connection speaks for whoever it was opened as.
        self._identified: dict[str, httpcore.AsyncConnectionPool] = {}
        self._identifying = asyncio.Lock()

    def _pool(self, tls: ssl.SSLContext) -> httpcore.AsyncConnectionPool:
        return httpcore.AsyncConnectionPool(
            ssl_context=tls,
            # The worker decides how many deliveries run; waiting here would count against the receiver.
            max_connections=None,
            max_keepalive_connections=IDLE_PER_POOL,
            keepalive_expiry=IDLE_SECONDS,
            network_backend=self._backend,
        )

    async def _pool_as(self, identity: str) -> httpcore.AsyncConnectionPool:
        async with self._identifying:
            if identity not in self._identified:
                await self._forget_idle()
                # Reading all the roots that we trust takes its time.
                tls = await asyncio.to_thread(identities.context, identity, self._tls)
                self._identified[identity] = self._pool(tls)
            return self._identified[identity]

    async def _forget_idle(self) -> None:
        if len(self._identified) < IDENTITIES:
            return
        for identity, pool in list(self._identified.items()):
            if all(connection.is_idle() for connection in pool.connections):
                del self._identified[identity]
                await pool.aclose()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        origin = (request.url.raw_scheme, request.url.raw_host, request.url.port)
        identity = request.extensions[_IDENTITY]
        pool = self._pools[hash(origin) % POOLS] if identity is None else await self._pool_as(identity)
        answer = await pool.handle_async_request(
            httpcore.Request(
                request.method,
                httpcore.URL(scheme=origin[0], host=origin[1], port=origin[2], target=request.url.raw_path),
                headers=request.headers.raw,
                content=cast("AsyncIterable[bytes]", request.stream),
                extensions=request.extensions,
            )
        )
        obeyed = [(name, value) for name, value in answer.headers if name.lower() in _OBEYED]
        return httpx.Response(answer.status, headers=obeyed, stream=_Body(answer), extensions=answer.extensions)

    async def aclose(self) -> None:
        for pool in (*self._pools, *self._identified.values()):
            await pool.aclose()


class _Body(httpx.AsyncByteStream):
    """The raw bytes of an answer, as they arrive."""

    def __init__(self, answer: httpcore.Response) -> None:
        self._answer = answer

    def __aiter__(self) -> AsyncIterator[bytes]:
        return aiter(cast("AsyncIterable[bytes]", self._answer.stream))

    async def aclose(self) -> None:
        await self._answer.aclose()
