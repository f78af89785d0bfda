"""One POST on real sockets: what arrives, and what is made of the answer."""

import asyncio
import resource
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from app.webhooks.sender import Directive, Failure, Sender
from tests.webhooks.receivers import OK, post, receiver


@pytest.fixture
async def sender() -> AsyncIterator[Sender]:
    async with Sender(allow_private=True) as it:
        yield it


def with_status(line: str, *headers: str) -> bytes:
    return "\r\n".join([f"HTTP/1.1 {line}", "content-length: 0", *headers, "", ""]).encode()


async def test_what_arrives_is_what_was_sent(sender: Sender) -> None:
    async with receiver(OK) as hooks:
        outcome = await post(sender, hooks, "/in?token=a%20b")

    (request,) = hooks.requests
    head, _, body = request.partition(b"\r\n\r\n")
    lines = head.lower().split(b"\r\n")
    assert head.startswith(b"POST /in?token=a%20b HTTP/1.1\r\n")
    assert body == b'{"a":1}'
    assert f"host: 127.0.0.1:{hooks.port}".encode() in lines
    assert b"webhook-id: evt_1" in lines
    assert b"accept-encoding: identity" in lines
    assert b"user-agent: flipside-webhooks/1" in lines
    assert not any(line.startswith(b"cookie") for line in lines)
    assert (outcome.status, outcome.error, outcome.address, outcome.body) == (200, None, "127.0.0.1", b"ok")
    assert outcome.delivered
    assert 0 <= outcome.elapsed_ms < 5000


@pytest.mark.parametrize("line", ["200 OK", "201 Created", "202 Accepted", "204 No Content", "299 Fine"])
async def test_any_2xx_is_delivered(sender: Sender, line: str) -> None:
    async with receiver(with_status(line)) as hooks:
        outcome = await post(sender, hooks)

    assert outcome.delivered


@pytest.mark.parametrize("line", ["400 No", "401 No", "404 No", "410 Gone", "429 Slow", "500 Oh", "503 Oh", "600 What"])
async def test_any_other_status_is_reported_and_not_delivered(sender: Sender, line: str) -> None:
    async with receiver(with_status(line)) as hooks:
        outcome = await post(sender, hooks)

    assert (outcome.status, outcome.error) == (int(line[:3]), None)
    assert not outcome.delivered
    assert not outcome.is_final


@pytest.mark.parametrize("location", ["/elsewhere", "http://169.254.169.254/", "http://[broken", "\x01"])
async def test_a_redirect_is_a_failure_and_never_followed(sender: Sender, location: str) -> None:
    async with receiver(with_status("307 Temporary Redirect", f"location: {location}")) as hooks:
        outcome = await post(sender, hooks)

    assert len(hooks.requests) == 1
    assert not outcome.delivered
    assert (outcome.status, outcome.error) == (307, None)


async def test_a_cookie_is_not_brought_back(sender: Sender) -> None:
    async with receiver(with_status("200 OK", "set-cookie: who=you; Path=/")) as hooks:
        await post(sender, hooks)
        await post(sender, hooks)

    assert b"who=you" not in hooks.requests[1]


async def test_a_proxy_of_the_environment_is_ignored(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    monkeypatch.delenv("no_proxy", raising=False)
    monkeypatch.delenv("NO_PROXY", raising=False)

    async with Sender(allow_private=True) as sender, receiver(OK) as hooks:
        outcome = await post(sender, hooks)

    assert outcome.delivered


@pytest.mark.parametrize(
    ("header", "asked"),
    [
        ("retry-after: 120", timedelta(minutes=2)),
        ("Retry-After: 31536000", timedelta(days=1)),
        ("retry-after: soon", None),
        ("retry-after: 1\r\nretry-after: 2", None),
        ("x-other: 120", None),
    ],
)
async def test_retry_after_is_read(sender: Sender, header: str, asked: timedelta | None) -> None:
    async with receiver(with_status("503 Busy", header)) as hooks:
        outcome = await post(sender, hooks)

    assert outcome.retry_after == asked


@pytest.mark.parametrize(
    ("value", "directive"),
    [("disable", Directive.DISABLE), ("Abort-Message", Directive.ABORT_MESSAGE), ("explode", None), ("", None)],
)
async def test_a_receiver_can_ask_to_be_left_alone(sender: Sender, value: str, directive: Directive | None) -> None:
    async with receiver(with_status("400 No", f"webhook-delivery: {value}")) as hooks:
        outcome = await post(sender, hooks)

    assert outcome.directive is directive


async def test_a_connection_is_used_again(sender: Sender) -> None:
    async with receiver(OK) as hooks:
        outcomes = [await post(sender, hooks) for _ in range(3)]

    assert hooks.connections == 1
    assert [outcome.address for outcome in outcomes] == ["127.0.0.1"] * 3
    assert all(outcome.delivered for outcome in outcomes)


async def test_receivers_are_asked_to_hang_up_when_too_many_connections_are_open(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(resource, "getrlimit", lambda _what: (0, 0))

    async with Sender(allow_private=True) as sender, receiver(OK) as first, receiver(OK) as second:
        outcomes = [await post(sender, to) for to in (first, second)]

    assert all(outcome.delivered for outcome in outcomes)
    asked = [b"connection: close" in request.lower() for request in first.requests + second.requests]
    assert asked == [False, True]


async def test_a_connection_closed_while_idle_costs_no_attempt(sender: Sender) -> None:
    async def hang_up_on_the_second(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if len(hooks.requests) == 2:
            writer.close()
        else:
            writer.write(OK)

    async with receiver(hang_up_on_the_second) as hooks:
        first, second = await post(sender, hooks), await post(sender, hooks)

    assert first.delivered
    assert second.delivered
    assert len(hooks.requests) == 3
    assert hooks.connections == 2


async def test_a_fresh_connection_that_is_closed_is_a_failure(sender: Sender) -> None:
    async def hang_up(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.close()

    async with receiver(hang_up) as hooks:
        outcome = await post(sender, hooks)

    assert len(hooks.requests) == 1
    assert (outcome.status, outcome.error, outcome.address) == (None, Failure.PROTOCOL, "127.0.0.1")
