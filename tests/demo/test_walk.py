"""`flipside demo` on a small scale, and what keeps it honest."""

import asyncio
import random
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import asyncpg
import httpx
import pytest
from rich.progress import Progress

from app import cli
from app.config import Settings
from app.demo.walk import own_server
from app.demo.walk.caller import Api, Refused
from app.demo.walk.company import Scale
from app.demo.walk.figures import Figure, Summary, events
from app.demo.walk.receiver import receiving
from app.demo.walk.steps import Steps
from app.demo.walk.walk import walk
from app.embedded import OWNER, Cluster
from app.webhooks import signing
from app.webhooks.catalogue import BY_TYPE

SECRET = signing.new_secret()


@pytest.mark.slow
def test_a_small_walk_ends_with_every_figure_right_and_leaves_nothing_behind(
    server: Cluster, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    owner = server.address(OWNER, "postgres")

    is_right = walk(Settings(data_dir=tmp_path, database_url=owner), Scale(people=240, pairs=4))

    said = capsys.readouterr().out
    assert is_right, said
    assert "WRONG" not in said
    assert asyncio.run(_databases(owner)) == 0
    assert list(tmp_path.iterdir()) == []


async def _databases(owner: str) -> int:
    connection = await asyncpg.connect(owner)
    count: int = await connection.fetchval("select count(*) from pg_database where datname like 'flipside_demo_%'")
    await connection.close()
    return count


def test_the_walk_counts_event_types_that_exist() -> None:
    due = events(Scale())

    assert set(due) <= set(BY_TYPE)
    assert due.total() == 3318


def test_one_wrong_figure_makes_the_whole_wrong(monkeypatch: pytest.MonkeyPatch) -> None:
    right, wrong = Figure("pairs", 100, 100), Figure("events", 5, 4)

    assert Summary(1, 1, 0, 0, [right]).is_right
    assert not Summary(1, 1, 0, 0, [right, wrong]).is_right

    monkeypatch.setattr(cli, "walk", lambda *_: False)
    monkeypatch.setattr("sys.argv", ["flipside", "demo"])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    assert ended.value.code == 1


def api(*answers: Callable[[httpx.Request], httpx.Response] | Exception | httpx.Response) -> tuple[Api, list[Any]]:
    """An API that answers as it is told, and what it was asked."""
    left, asked = list(answers), []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        told = left.pop(0)
        if isinstance(told, Exception):
            raise told
        assert isinstance(told, httpx.Response)
        return told

    client = httpx.AsyncClient(transport=httpx.MockTransport(answer), base_url="http://here")
    return Api(client, at_once=4), asked


@pytest.fixture(autouse=True)
def _hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(random, "uniform", lambda *_: 0.0)


async def test_what_is_busy_or_cut_off_is_repeated_with_the_same_key() -> None:
    in_progress = httpx.Response(409, json={"code": "idempotency_in_progress"})
    here, asked = api(httpx.Response(503), httpx.ReadError("cut off"), in_progress, httpx.Response(201, json={"id": 1}))

    made = await here.by("key").post("/v1/people")

    assert made == {"id": 1}
    assert len({request.headers["idempotency-key"] for request in asked}) == 1
    assert (here.tally.requests, here.tally.retries) == (4, 3)


async def test_a_refusal_is_not_repeated_and_ends_the_walk() -> None:
    here, asked = api(httpx.Response(409, json={"code": "already_paired"}))

    with pytest.raises(Refused, match=r"POST /v1/pairings: 409 .*already_paired"):
        await here.by("key").post("/v1/pairings")

    assert len(asked) == 1


async def test_nobody_is_asked_for_ever() -> None:
    here, _ = api(*[httpx.Response(503)] * 12)

    with pytest.raises(Refused, match="not answered in 12 tries"):
        await here.by("key").get("/v1/people")


def told(kind: str, **fields: str) -> httpx.Response:
    """The answer of a mutation."""
    return httpx.Response(200, json={"data": {"setGoal": {"__typename": kind, **fields}}})


async def test_a_problem_that_passes_is_tried_again_and_any_other_ends_the_walk() -> None:
    busy, closed = told("Problem", code="busy", message="Wait."), told("Problem", code="closed", message="No.")
    here, asked = api(busy, told("Goal", id="gol_1"), closed)

    assert (await here.by("key").do("setGoal", "Goal", "id"))["id"] == "gol_1"
    with pytest.raises(Refused, match="setGoal: closed"):
        await here.by("key").do("setGoal", "Goal", "id")
    assert len(asked) == 3


async def test_an_error_of_graphql_ends_the_walk() -> None:
    here, _ = api(httpx.Response(200, json={"errors": [{"message": "No such field."}]}))

    with pytest.raises(Refused, match="No such field"):
        await here.by("key").ask("{ nothing }")


async def test_the_receiver_believes_only_what_it_can_verify_and_counts_it_once() -> None:
    body = b'{"type":"person.created"}'
    good = signing.headers("evt_1", datetime.now(UTC), body, [SECRET])  # noqa: TID251
    forged = signing.headers("evt_2", datetime.now(UTC), body, [signing.new_secret()])  # noqa: TID251

    async with receiving() as receiver, httpx.AsyncClient(base_url=receiver.address) as client:
        inbox = receiver.open_inbox("in")
        early = asyncio.create_task(client.post("/in", content=body, headers=good))
        await asyncio.sleep(0.05)
        inbox.secret.set_result(SECRET)
        answers = [await early]
        answers += [await client.post("/in", content=body, headers=headers) for headers in (good, forged, {})]

    assert [answer.status_code for answer in answers] == [204, 204, 401, 401]
    assert (receiver.verified.total(), inbox.repeated, inbox.failed) == (1, 1, 2)


async def test_a_server_that_does_not_start_says_why() -> None:
    with pytest.raises(Refused, match=r"did not start:(.|\n)*cannot be reached"):
        async with own_server.own_process("postgresql://me@127.0.0.1:1/there"):
            pass


async def test_an_account_that_may_not_create_databases_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    async def refuse(*_: object) -> None:
        raise asyncpg.InsufficientPrivilegeError("permission denied to create database")

    monkeypatch.setattr(own_server, "_execute", refuse)

    with pytest.raises(Refused, match="may not create"):
        async with own_server.own_database("postgresql://me@here/there"):
            pass


async def test_waiting_ends_when_nothing_moves_any_more() -> None:
    counts = iter([1, 2, 2, 2, 2, 2, 2])
    bar = SimpleNamespace(add_task=lambda *_, **__: 0, update=lambda *_, **__: None)

    async def count() -> int:
        return next(counts)

    await Steps(bar).until("moving", 10, count, patience=0.5)  # type: ignore[arg-type]

    assert next(counts) == 2


async def test_the_first_failure_of_many_is_the_one_that_is_told() -> None:
    async def fail(item: int) -> None:
        if item == 1:
            raise Refused("number one")
        await asyncio.sleep(5)

    with pytest.raises(Refused, match="number one"):
        await Steps(Progress(disable=True)).each("failing", [0, 1, 2], fail)
