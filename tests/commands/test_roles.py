"""The roles in this process: what they serve, and how they end."""

import asyncio
import os
import signal
import sys
from io import TextIOWrapper
from typing import Any

import httpx
import pytest

from app.commands import serving, supervising
from app.commands.serving import listen, serve_api, serve_both, serve_worker, stoppable
from app.commands.supervising import Supervisor
from app.config import Settings
from app.workers.run import Worker
from tests.commanding import Choose, Command

# By the clock of the tests: their worker sweeps what other tests have made, too.
pytestmark = pytest.mark.usefixtures("opened", "clock")


@pytest.fixture
def chosen(choose: Choose, address: str) -> Settings:
    """Settings of a role that closes its door at once."""
    return choose(database_url=address, drain_seconds=0.0, environment="development")


async def answers(port: int) -> int:
    """What readiness says on a port."""
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=120) as client:
        return (await client.get("/health/ready")).status_code


async def test_api_and_worker_serve_together_and_end_at_a_signal(chosen: Settings, address: str) -> None:
    with listen("127.0.0.1", 0) as listener:
        role = asyncio.create_task(serve_both(chosen, address, listener))
        served = await answers(listener.getsockname()[1])
        signal.raise_signal(signal.SIGTERM)
        await role

    assert served == 200


async def test_when_the_worker_fails_the_api_ends_too(
    chosen: Settings, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(_worker: Worker) -> None:
        await asyncio.sleep(0.2)
        raise RuntimeError("the worker broke")

    monkeypatch.setattr(Worker, "run", fail)

    with listen("127.0.0.1", 0) as listener, pytest.raises(RuntimeError, match="the worker broke"):
        await serve_both(chosen, address, listener)


async def test_a_worker_ends_at_a_signal(chosen: Settings, address: str) -> None:
    role = asyncio.create_task(serve_worker(chosen, address))
    await asyncio.sleep(0.3)

    signal.raise_signal(signal.SIGTERM)
    async with asyncio.timeout(20):
        await role


async def test_an_api_ends_when_the_process_above_it_is_gone(
    chosen: Settings, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    end_of_ours, end_of_theirs = os.pipe()
    with listen("127.0.0.1", 0) as listener, TextIOWrapper(os.fdopen(end_of_ours, "rb")) as stdin:
        monkeypatch.setattr("sys.stdin", stdin)
        role = asyncio.create_task(serve_api(chosen, address, listener, parented=True))
        served = await answers(listener.getsockname()[1])
        os.close(end_of_theirs)
        async with asyncio.timeout(20):
            await role

    assert served == 200


async def test_a_stop_that_was_dropped_on_its_way_is_an_end_before_anything_is_served(
    chosen: Settings, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Gone:
        def __del__(self) -> None:
            signal.raise_signal(signal.SIGTERM)

    dropped: list[object] = []
    monkeypatch.setattr(sys, "unraisablehook", dropped.append)
    with stoppable():
        Gone()
        with pytest.raises(SystemExit) as ended:
            await serve_worker(chosen, address)

    assert dropped
    assert ended.value.code == 0


@pytest.mark.slow
async def test_a_supervisor_ends_all_its_processes(
    chosen: Settings, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FLIPSIDE_DATABASE_URL", address)
    monkeypatch.setenv("FLIPSIDE_DATA_DIR", str(chosen.data_dir))
    assert chosen.secret_key is not None
    monkeypatch.setenv("FLIPSIDE_SECRET_KEY", chosen.secret_key.get_secret_value())
    with listen("127.0.0.1", 0) as listener:
        supervised = asyncio.create_task(Supervisor(listener, 2, 0.0).run())
        served = await answers(listener.getsockname()[1])
        signal.raise_signal(signal.SIGTERM)
        await supervised

    assert served == 200


@pytest.mark.slow
async def test_a_process_that_does_not_end_is_killed(monkeypatch: pytest.MonkeyPatch) -> None:
    deaf = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print(flush=True); time.sleep(600)"
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", deaf, stdout=asyncio.subprocess.PIPE)
    assert process.stdout is not None
    await process.stdout.readline()
    monkeypatch.setattr(supervising, "GRACEFUL_SECONDS", 0.0)
    monkeypatch.setattr(supervising, "_LEEWAY_SECONDS", 0.1)
    with listen("127.0.0.1", 0) as listener:
        await Supervisor(listener, 1, 0.0)._end(process)

    assert process.returncode == -signal.SIGKILL


def noted(monkeypatch: pytest.MonkeyPatch, name: str) -> list[Any]:
    """Let a role end as soon as it has begun; with what it was begun."""
    calls: list[Any] = []

    async def begin(*arguments: Any, **options: Any) -> None:
        calls.append((arguments, options))

    monkeypatch.setattr(serving, name, begin)
    return calls


def test_serve_migrates_and_says_where_it_listens(
    flipside: Command, chosen: Settings, choose: Choose, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls = noted(monkeypatch, "serve_both")
    chosen = choose(database_url=address, port=0)

    said = flipside("serve")

    assert said.code == 0
    assert said.out == f"Flipside listens on {chosen.base_url}. Ctrl-C stops it.\n"
    assert calls[0][0][:2] == (chosen, address)


def test_api_and_worker_begin_with_the_address_that_serves(
    flipside: Command, choose: Choose, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    restricted = address.replace("flipside_owner", "somebody")
    choose(database_url=address, app_database_url=restricted, port=0)
    api, worker = noted(monkeypatch, "serve_api"), noted(monkeypatch, "serve_worker")

    codes = [flipside("api").code, flipside("worker").code]

    assert codes == [0, 0]
    assert api[0][0][1] == worker[0][0][1] == restricted
    assert api[0][1] == {"parented": False}


def test_several_workers_are_supervised(
    flipside: Command, choose: Choose, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    counts = []

    async def run(supervisor: Supervisor) -> None:
        counts.append(supervisor.count)

    monkeypatch.setattr(Supervisor, "run", run)
    choose(database_url=address, port=0)

    assert flipside("api", "--workers", "3").code == 0
    assert counts == [3]
