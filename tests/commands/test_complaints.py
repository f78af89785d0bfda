"""What an operator can mend is said in one line, without a traceback, and the exit code is 1."""

import asyncio
import sys

import asyncpg
import pytest

from app import config
from app.commands.serving import listen
from app.embedded import OWNER, Cluster, PostgresFailed
from app.embedded_programs import PostgresMissing, Programs
from tests.commanding import Choose, Command, Said


def complaint(said: Said) -> str:
    """The one line of a refusal."""
    assert said.code == 1
    assert said.out == ""
    assert said.err.startswith("flipside: ")
    assert "Traceback" not in said.err
    return said.err


@pytest.mark.parametrize("role", ["serve", "api", "worker", "migrate", "demo", "doctor"])
def test_wrong_settings_are_named_by_their_variable_and_not_repeated(
    flipside: Command, monkeypatch: pytest.MonkeyPatch, role: str
) -> None:
    monkeypatch.setattr(config, "settings", config.Settings)
    monkeypatch.setenv("FLIPSIDE_PORT", "s3cret")
    monkeypatch.setenv("FLIPSIDE_LEASE_SECONDS", "1")

    said = complaint(flipside(role))

    assert said.count("\n") == 1
    assert "FLIPSIDE_PORT: Input should be a valid integer" in said
    assert "FLIPSIDE_LEASE_SECONDS: Input should be greater than or equal to 5" in said
    assert "s3cret" not in said


@pytest.mark.parametrize("role", ["serve", "api", "worker"])
def test_production_without_a_secret_does_not_start(flipside: Command, choose: Choose, role: str) -> None:
    choose(environment="production", secret_key=None)

    assert "FLIPSIDE_SECRET_KEY is not set" in complaint(flipside(role))


def test_a_broker_whose_library_is_missing_is_said_before_any_work_is_done(
    flipside: Command, choose: Choose, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    choose(database_url=address, broker_url="nats://127.0.0.1:1")
    monkeypatch.setitem(sys.modules, "nats", None)
    monkeypatch.delitem(sys.modules, "app.brokers.nats", raising=False)

    assert "pip install 'flipside[nats]'" in complaint(flipside("worker"))


def test_a_port_in_use_is_found_before_anything_is_started(flipside: Command, choose: Choose) -> None:
    with listen("127.0.0.1", 0) as taken:
        settings = choose(port=taken.getsockname()[1])

        said = complaint(flipside("serve"))

    assert "is in use by another program" in said
    assert list(settings.data_dir.iterdir()) == []


@pytest.mark.parametrize("role", ["worker", "migrate", "demo"])
def test_a_database_that_does_not_answer_is_said_to_be_unreachable(
    flipside: Command, choose: Choose, role: str
) -> None:
    choose(database_url="postgresql://me:s3cret@127.0.0.1:1/there")

    said = complaint(flipside(role))

    assert "cannot be reached" in said
    assert "s3cret" not in said


def test_a_worker_waits_for_nobody_to_migrate_a_database_that_is_not_its_own(
    flipside: Command, choose: Choose, server: Cluster
) -> None:
    choose(database_url=server.address(OWNER, "postgres"))

    assert "flipside migrate" in complaint(flipside("worker"))


@pytest.mark.parametrize("error", [PostgresMissing("apt-get install postgresql"), PostgresFailed("initdb failed")])
def test_a_missing_or_broken_postgresql_is_explained(
    flipside: Command, choose: Choose, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    def refuse() -> Programs:
        raise error

    choose()
    monkeypatch.setattr(Programs, "found", refuse)

    assert str(error) in complaint(flipside("migrate"))


def test_migrating_says_where_the_database_stands(flipside: Command, choose: Choose, address: str) -> None:
    choose(database_url=address)

    said = flipside("migrate")

    assert said.code == 0
    assert said.out.startswith("The database stands at ")


def test_a_migration_that_does_not_exist_is_said_not_to(flipside: Command, choose: Choose, address: str) -> None:
    choose(database_url=address)

    said = complaint(flipside("migrate", "--revision", "nonsense"))

    assert "Can't locate revision" in said


async def _restricted(address: str) -> str:
    """A database, and an account that may do nothing in it."""
    connection = await asyncpg.connect(address)
    await connection.execute("create role nobody_special login")
    await connection.execute("create database strict")
    await connection.close()
    return address.replace("flipside_owner", "nobody_special").replace("/postgres?", "/strict?")


def test_what_the_database_refuses_is_said_in_its_words(flipside: Command, choose: Choose, server: Cluster) -> None:
    choose(database_url=asyncio.run(_restricted(server.address(OWNER, "postgres"))))

    said = complaint(flipside("migrate"))

    assert said == "flipside: The database refused a migration: permission denied for schema public.\n"
