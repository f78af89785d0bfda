"""`flipside listen` takes what is signed, fails as it is told, and `flipside follow` reads the feed."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from threading import Thread
from typing import Any

import httpx
import orjson
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from app.commands import following, receiving
from app.commands.following import Unanswered
from app.commands.listen import show
from app.commands.receiving import Mood, Receiver
from app.commands.serving import listen
from app.webhooks import signing
from tests.commanding import Command

SECRET = signing.new_secret()
EVENT = {"id": "evt_1", "type": "goal.set", "data": {}}


def signed(secret: str = SECRET, event_id: str = "evt_1") -> dict[str, Any]:
    """A delivery, as httpx takes it."""
    body = orjson.dumps(EVENT)
    now = datetime.now(UTC)  # noqa: TID251 - the reference library looks at the wall
    headers = signing.headers(event_id, now, body, [secret])
    return {"content": body, "headers": {**headers, "flipside-event-type": "goal.set", "flipside-attempt": "1"}}


def calling(receiver: Receiver) -> httpx.AsyncClient:
    """A client that calls a receiver without a network."""
    return httpx.AsyncClient(transport=httpx.ASGITransport(receiver), base_url="http://receiver")


async def test_what_is_signed_is_taken_and_shown(capsys: pytest.CaptureFixture[str]) -> None:
    receiver = Receiver(SECRET, Mood(), 2)
    async with calling(receiver) as sender:
        statuses = [(await sender.post("/", **signed())).status_code for _ in range(2)]

    said = capsys.readouterr().out
    assert statuses == [204, 204]
    assert "204  goal.set  evt_1  try 1\n" in said
    assert "204  goal.set  evt_1  try 1  seen before\n" in said
    assert '"type": "goal.set"' in said
    assert (receiver.taken, receiver.unsigned, receiver.is_done.is_set()) == (2, 0, True)


async def test_what_is_not_signed_is_refused_counted_and_not_shown(capsys: pytest.CaptureFixture[str]) -> None:
    receiver = Receiver(SECRET, Mood())
    async with calling(receiver) as sender:
        strange = await sender.post("/", **signed(signing.new_secret()))
        bare = await sender.post("/", content=b"{}")
        get = await sender.get("/")

    said = capsys.readouterr().out
    assert (strange.status_code, bare.status_code, get.status_code) == (401, 401, 405)
    assert said.count("NOT SIGNED") == 2
    assert "data" not in said
    assert (receiver.taken, receiver.unsigned) == (2, 2)


async def test_it_fails_as_often_as_it_is_told_and_says_when_to_come_back() -> None:
    chances = iter([0.2, 0.4])
    receiver = Receiver(SECRET, Mood(429, 0.3, 0, 7), chance=lambda: next(chances))
    async with calling(receiver) as sender:
        failed, taken = await sender.post("/", **signed()), await sender.post("/", **signed())

    assert (failed.status_code, failed.headers["retry-after"]) == (429, "7")
    assert (taken.status_code, "retry-after" in taken.headers) == (204, False)


@asynccontextmanager
async def opened(receiver: Receiver) -> AsyncIterator[str]:
    """A receiver at a free port; it must come to its end by itself."""
    with listen("127.0.0.1", 0) as listener:
        running = asyncio.create_task(receiving.run(receiver, listener))
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/"
        await asyncio.wait_for(running, 10)


async def test_it_stops_when_it_had_as_many_as_it_wanted() -> None:
    receiver = Receiver(SECRET, Mood(), 1)
    async with opened(receiver) as url, httpx.AsyncClient() as sender:
        assert (await sender.post(url, **signed())).status_code == 204


@pytest.mark.parametrize(
    ("options", "secret", "status", "code"),
    [
        ((), SECRET, 204, 0),
        (("--fail", "410"), SECRET, 410, 0),
        (("--fail", "503", "--delay", "0.01"), SECRET, 503, 0),
        ((), signing.new_secret(), 401, 1),
    ],
    ids=["accepting", "gone", "failing", "forged"],
)
def test_the_exit_code_says_whether_all_were_signed(
    flipside: Command, options: tuple[str, ...], secret: str, status: int, code: int
) -> None:
    with listen("127.0.0.1", 0) as free:
        port = free.getsockname()[1]
    answers = []

    def send() -> None:
        with httpx.Client(transport=httpx.HTTPTransport(retries=8)) as sender:
            answers.append(sender.post(f"http://127.0.0.1:{port}/", **signed(secret)).status_code)

    sending = Thread(target=send)
    sending.start()
    said = flipside("listen", "--secret", SECRET, "--port", str(port), "--count", "1", *options)
    sending.join()

    assert answers == [status]
    assert said.code == code
    assert f"Listening on http://127.0.0.1:{port}/" in said.out
    assert SECRET not in said.out


def test_a_port_in_use_is_said_to_be(flipside: Command) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        said = flipside("listen", "--secret", SECRET, "--port", str(taken.getsockname()[1]))

    assert said.code == 1
    assert "is in use" in said.err


class Feed:
    """A service that has three events in two pages, and keeps what it was asked."""

    def __init__(self) -> None:
        self.asked: list[dict[str, str]] = []
        self.app = Starlette(routes=[Route("/v1/events", self._events)])

    async def _events(self, request: Request) -> Response:
        assert request.headers["authorization"] == "Bearer fsk_live_x"
        self.asked.append(dict(request.query_params))
        pages = {"latest": [{"id": "evt_1"}, {"id": "evt_2"}], "c2": [], "c3": [{"id": "evt_3"}]}
        after = request.query_params["after"]
        if after not in pages:
            return JSONResponse({"detail": "Read the state anew."}, 410, media_type="application/problem+json")
        cursor = {"latest": "c2", "c2": "c3", "c3": "c4"}[after]
        return JSONResponse({"items": pages[after], "next_cursor": cursor})

    def client(self) -> httpx.AsyncClient:
        """A client of it."""
        return following.client("http://feed/", "fsk_live_x", transport=httpx.ASGITransport(self.app))


async def test_events_are_followed_from_page_to_page() -> None:
    feed = Feed()
    async with feed.client() as api:
        events = following.follow(api, after="latest", types="goal.*")
        found = [await anext(events) for _ in range(3)]
        with pytest.raises(Unanswered, match=r"answered 410\. Read the state anew\.$"):
            await anext(events)

    assert [(event["id"], cursor) for event, cursor in found] == [("evt_1", "c2"), ("evt_2", "c2"), ("evt_3", "c4")]
    assert feed.asked[0] == {"after": "latest", "types": "goal.*", "wait": "20"}
    assert [asked["after"] for asked in feed.asked] == ["latest", "c2", "c3", "c4"]


async def test_following_stops_after_as_many_as_one_wants(capsys: pytest.CaptureFixture[str]) -> None:
    await show(Feed().client(), types="*", after="latest", count=3)

    words = capsys.readouterr().out.split('"')
    assert [word for word in words if word.startswith("evt")] == ["evt_1", "evt_2", "evt_3"]


def test_a_service_that_does_not_answer_is_named_and_the_key_is_not(flipside: Command) -> None:
    said = flipside("follow", "http://127.0.0.1:1", "--api-key", "fsk_live_x")

    assert said.code == 1
    assert said.err == "flipside: http://127.0.0.1:1 did not answer: ConnectError.\n"
