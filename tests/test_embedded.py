"""The embedded PostgreSQL survives what happens on a developer's machine."""

import asyncio
import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

from app import embedded_programs
from app.embedded import OWNER, Cluster, PostgresFailed, PostgresMissing

START = "import sys, pathlib; from app.embedded import Cluster; print(Cluster(pathlib.Path(sys.argv[1])).start())"


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[Cluster]:
    """A cluster that is not made yet; whatever a test leaves running is stopped. Durable, as developers have it."""
    cluster = Cluster(tmp_path / "pg")
    yield cluster
    cluster.stop()


async def ask(cluster: Cluster, question: str) -> object:
    """The one value that answers."""
    connection = await asyncpg.connect(cluster.address(OWNER, "postgres"))
    try:
        return await connection.fetchval(question)
    finally:
        await connection.close()


async def start_elsewhere(cluster: Cluster) -> str:
    """What `start()` returned in a process of its own, which has ended by now."""
    command = [sys.executable, "-c", START, str(cluster.root)]
    starter = await asyncio.create_subprocess_exec(*command, stdout=subprocess.PIPE)
    said, _ = await starter.communicate()
    return said.decode().strip()


async def test_two_processes_that_start_it_at_once_share_it_and_leave_it_running(cluster: Cluster) -> None:
    answers = await asyncio.gather(start_elsewhere(cluster), start_elsewhere(cluster))

    assert sorted(answers) == ["False", "True"]
    assert await ask(cluster, "show timezone") == "UTC"
    assert await ask(cluster, "show server_encoding") == "UTF8"
    assert not cluster.start()


async def test_a_killed_server_starts_again_without_losing_a_committed_row(cluster: Cluster) -> None:
    cluster.start()
    await ask(cluster, "create table kept as select 42 as answer")
    # A busy backend outlives its server and holds its memory: the first starts are refused.
    busy = asyncio.ensure_future(ask(cluster, "select count(*) from generate_series(1, 4000000)"))
    running = "select count(*) from pg_stat_activity where state = 'active' and query like '%generate_series(1%'"
    while await ask(cluster, running) != 2:
        pass
    killed = cluster.running_pid()
    assert killed

    os.kill(killed, signal.SIGKILL)
    started = cluster.start()

    assert started
    assert cluster.running_pid() != killed
    assert await ask(cluster, "select answer from kept") == 42
    with contextlib.suppress(asyncpg.PostgresError, OSError):
        await busy


async def test_a_lock_file_that_names_a_living_stranger_does_not_shut_the_server_out(cluster: Cluster) -> None:
    cluster.start()
    lock = cluster.data / "postmaster.pid"
    left_behind = lock.read_text().splitlines()
    cluster.stop()
    lock.write_text("\n".join([str(os.getppid()), *left_behind[1:], ""]))

    assert cluster.running_pid() is None
    assert cluster.start()
    assert await ask(cluster, "select 1") == 1


async def test_a_killed_initdb_leaves_nothing_that_a_later_start_trips_over(cluster: Cluster) -> None:
    half_made = cluster.root / "data.new.1"
    half_made.mkdir(parents=True)

    assert cluster.start()
    assert not half_made.exists()


async def test_a_stopped_server_is_down_and_stopping_again_is_fine(cluster: Cluster) -> None:
    cluster.start()

    cluster.stop()
    cluster.stop()

    assert cluster.running_pid() is None
    with pytest.raises(OSError, match="No such file"):
        await ask(cluster, "select 1")


async def test_its_address_serves_sqlalchemy_too(cluster: Cluster) -> None:
    cluster.start()
    engine = create_async_engine(cluster.address(OWNER, "postgres").replace("postgresql:", "postgresql+asyncpg:", 1))

    async with engine.connect() as connection:
        user = (await connection.execute(text("select current_user"))).scalar_one()
    await engine.dispose()

    assert user == OWNER


async def test_a_path_too_long_or_too_odd_for_a_socket_works(tmp_path: Path) -> None:
    cluster = Cluster(tmp_path / f"it's a, long: $path {'x' * 100}", durable=False)
    try:
        cluster.start()

        assert cluster.socket_dir != cluster.root
        assert await ask(cluster, "show fsync") == "off"
    finally:
        cluster.stop()
        (cluster.socket_dir / ".s.PGSQL.5432").unlink(missing_ok=True)
        cluster.socket_dir.rmdir()


def test_a_socket_directory_that_someone_could_swap_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    cluster = Cluster(tmp_path / ("x" * 100))
    (tmp_path / "elsewhere").mkdir()
    cluster.socket_dir.symlink_to(tmp_path / "elsewhere")

    with pytest.raises(PostgresFailed, match="another account's"):
        cluster.start()


def test_without_server_programs_the_error_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "initdb").touch()  # there, but it does not run
    monkeypatch.setattr(embedded_programs, "_places", lambda: iter([tmp_path]))

    with pytest.raises(PostgresMissing, match=r"apt-get install postgresql(.|\n)*FLIPSIDE_DATABASE_URL"):
        Cluster(tmp_path / "pg").start()


def test_a_server_that_will_not_start_says_why(cluster: Cluster) -> None:
    cluster.start()
    cluster.stop()
    with (cluster.data / "postgresql.conf").open("a") as configuration:
        configuration.write("shared_buffers = much\n")

    with pytest.raises(PostgresFailed, match="shared_buffers"):
        cluster.start()
