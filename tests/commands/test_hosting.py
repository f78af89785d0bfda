"""The PostgreSQL under a command: joined, shared, left; and what is said when there is none."""

import asyncio
import subprocess
import sys
from pathlib import Path

import asyncpg
import pytest

from app.commands import hosting
from app.commands.hosting import DatabaseMissing, DataFolderUnusable, SchemaBehind
from app.config import Settings
from app.embedded import OWNER, Cluster
from app.storage import DatabaseUnreachable

HOLD = """
import sys
from pathlib import Path
from app.commands import hosting
from app.config import Settings
with hosting.hosted(Settings(data_dir=Path(sys.argv[1]))):
    print("in", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def own(tmp_path: Path) -> Settings:
    return Settings(data_dir=tmp_path)


def test_the_last_to_leave_stops_the_server_that_came_along(own: Settings) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(own.data_dir)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdout is not None
        assert other.stdin is not None
        assert other.stdout.readline() == "in\n"
        cluster = hosting.embedded(own)

        with hosting.hosted(own) as address:
            assert asyncio.run(hosting.revision(address)) is None
        still_up = cluster.running_pid()
        other.stdin.close()
        other.wait()

    assert still_up
    assert cluster.running_pid() is None


def test_a_guest_that_was_killed_does_not_keep_the_server_running(own: Settings) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(own.data_dir)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdout is not None
        other.stdout.readline()
        other.kill()
        other.wait()
    cluster = hosting.embedded(own)
    assert cluster.running_pid()

    with hosting.prepared(own) as address:
        hosting.require_current(address)

    assert cluster.running_pid() is None


def test_production_does_not_bring_a_database_along(tmp_path: Path) -> None:
    chosen = Settings(data_dir=tmp_path, environment="production")

    with pytest.raises(DatabaseMissing, match="FLIPSIDE_DATABASE_URL is not set"), hosting.hosted(chosen):
        pass


@pytest.mark.parametrize(
    "url", ["mysql://me:s3cret@here/there", "postgresql://me:s3cret@here:port/there", "s3cret", ""]
)
def test_a_malformed_address_is_not_repeated(tmp_path: Path, url: str) -> None:
    chosen = Settings(data_dir=tmp_path, database_url=url)

    with pytest.raises(DatabaseUnreachable) as refused, hosting.hosted(chosen):
        pass

    assert "postgresql://user:password@host:5432/database" in str(refused.value)
    assert "s3cret" not in str(refused.value)


def test_a_server_that_is_not_there_is_said_to_be_unreachable(tmp_path: Path) -> None:
    chosen = Settings(data_dir=tmp_path, database_url="postgresql://me:s3cret@127.0.0.1:1/there")

    with pytest.raises(DatabaseUnreachable, match="cannot be reached") as refused, hosting.hosted(chosen):
        pass

    assert "s3cret" not in str(refused.value)


def test_a_database_that_does_not_exist_is_unreachable(server: Cluster, tmp_path: Path) -> None:
    chosen = Settings(data_dir=tmp_path, database_url=server.address(OWNER, "nowhere"))

    with pytest.raises(DatabaseUnreachable, match='"nowhere" does not exist'), hosting.hosted(chosen):
        pass


def test_a_data_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    with pytest.raises(DataFolderUnusable, match="FLIPSIDE_DATA_DIR"):
        hosting.hosted(Settings(data_dir=tmp_path / "file")).__enter__()


def test_a_database_that_was_never_migrated_is_behind(server: Cluster) -> None:
    with pytest.raises(SchemaBehind, match="flipside migrate"):
        hosting.require_current(server.address(OWNER, "postgres"))


async def _pretend(address: str, revision: str) -> None:
    connection = await asyncpg.connect(address)
    await connection.execute("create table if not exists alembic_version (version_num text)")
    await connection.execute("truncate alembic_version")
    await connection.execute("insert into alembic_version values ($1)", revision)
    await connection.close()


async def _make(address: str, name: str) -> None:
    connection = await asyncpg.connect(address)
    await connection.execute(f"create database {name}")
    await connection.close()


def test_an_older_schema_is_behind_and_a_newer_one_is_not(server: Cluster) -> None:
    asyncio.run(_make(server.address(OWNER, "postgres"), "other_version"))
    address = server.address(OWNER, "other_version")

    asyncio.run(_pretend(address, "25feb9255497"))
    with pytest.raises(SchemaBehind):
        hosting.require_current(address)

    asyncio.run(_pretend(address, "made_by_next_year"))
    hosting.require_current(address)


def test_requests_are_served_over_the_restricted_connection_where_one_is_named(
    address: str, tmp_path: Path, settings: Settings
) -> None:
    restricted = "postgres://app@here/flipside"
    both = settings.model_copy(update={"database_url": address, "app_database_url": restricted})
    alone = Settings(data_dir=tmp_path, app_database_url=restricted, environment="production")

    with hosting.prepared(both) as served, hosting.prepared(alone) as served_alone:
        assert served == served_alone == "postgresql://app@here/flipside"


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+asyncpg"])
def test_an_address_may_be_spelt_in_three_ways(scheme: str) -> None:
    assert hosting.plain(f"{scheme}://me@here/there") == "postgresql://me@here/there"
