"""What the doctor sees, and what he prescribes."""

import sys
from pathlib import Path

import pytest

from app.commands import doctor, hosting
from app.commands.doctor import Finding
from app.commands.serving import listen
from app.config import Settings
from app.embedded import OWNER, Cluster
from app.embedded_programs import PostgresMissing, Programs
from tests.brokers.servers import NatsServer
from tests.commanding import Choose, Command


@pytest.fixture
def free_port() -> int:
    with listen("127.0.0.1", 0) as listener:
        port: int = listener.getsockname()[1]
    return port


def seen(settings: Settings) -> dict[str, Finding]:
    return {finding.name: finding for finding in doctor.examine(settings)}


def test_a_developers_machine_is_well(tmp_path: Path, free_port: int) -> None:
    findings = seen(Settings(data_dir=tmp_path / "not" / "there", port=free_port))

    assert list(findings) == ["Python", "data folder", "secret key", "port", "PostgreSQL", "migrations"]
    assert all(finding.is_well for finding in findings.values())


def test_a_server_that_runs_is_asked_for_its_migrations(tmp_path: Path, free_port: int) -> None:
    settings = Settings(data_dir=tmp_path, port=free_port)

    with hosting.hosted(settings):
        findings = seen(settings)

    assert "flipside migrate" in (findings["migrations"].cure or "")


def test_a_named_database_is_looked_at(address: str, tmp_path: Path, free_port: int) -> None:
    findings = seen(Settings(data_dir=tmp_path, port=free_port, database_url=address, app_database_url=address))

    assert findings["database"].seen.startswith("PostgreSQL 1")
    assert "this code needs" in findings["migrations"].seen
    assert findings["delivery log"].seen.startswith("divided by months up to ")
    assert findings["restricted connection"].is_well


def test_a_broker_is_looked_for_and_so_is_what_waits_for_it(
    address: str, tmp_path: Path, free_port: int, nats: NatsServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = Settings(data_dir=tmp_path, port=free_port, database_url=address, broker_url=nats.url)
    well = seen(settings)
    nats.kill()
    away = seen(settings)
    monkeypatch.setitem(sys.modules, "nats", None)
    monkeypatch.delitem(sys.modules, "app.brokers.nats")
    missing = seen(settings)

    assert well["broker"] == Finding("broker", "can be had")
    assert well["events for the broker"].seen.endswith("organisations wait for it")
    assert "mend FLIPSIDE_BROKER_URL" in (away["broker"].cure or "")
    assert "pip install 'flipside[nats]'" in (missing["broker"].cure or "")


def test_what_is_missing_is_named_with_its_cure(
    tmp_path: Path, server: Cluster, monkeypatch: pytest.MonkeyPatch, free_port: int
) -> None:
    def missing() -> Programs:
        raise PostgresMissing("No PostgreSQL server was found: apt-get install postgresql")

    monkeypatch.setattr(Programs, "found", missing)
    (tmp_path / "file").touch()
    with listen("127.0.0.1", free_port):
        findings = seen(Settings(data_dir=tmp_path / "file" / "var", port=free_port))
    production = seen(Settings(data_dir=tmp_path, port=free_port, environment="production"))
    unreachable = seen(Settings(data_dir=tmp_path, port=free_port, database_url="postgresql://127.0.0.1:1/x"))
    unmigrated = seen(Settings(data_dir=tmp_path, port=free_port, database_url=server.address(OWNER, "postgres")))

    assert findings["data folder"].cure == "Name another folder in FLIPSIDE_DATA_DIR."
    assert "in use" in (findings["port"].cure or "")
    assert "apt-get" in (findings["PostgreSQL"].cure or "")
    assert "openssl rand" in (production["secret key"].cure or "")
    assert "FLIPSIDE_DATABASE_URL" in (production["database"].cure or "")
    assert "cannot be reached" in (unreachable["database"].cure or "")
    assert "migrations" not in unreachable
    assert "flipside migrate" in (unmigrated["migrations"].cure or "")


def test_an_old_python_and_an_old_server_are_refused(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, address: str, free_port: int
) -> None:
    async def old(_address: str) -> str:
        return "14.2 (Debian)"

    monkeypatch.setattr("sys.version_info", (3, 10, 0))
    monkeypatch.setattr(hosting, "server_version", old)

    findings = seen(Settings(data_dir=tmp_path, port=free_port, database_url=address))

    assert "3.11 or newer" in (findings["Python"].cure or "")
    assert findings["database"] == Finding(
        "database", "PostgreSQL 14.2 (Debian)", "Flipside needs PostgreSQL 15 or newer."
    )


def test_a_misspelt_variable_is_noticed() -> None:
    environment = {"FLIPSIDE_PROT": "1", "FLIPSIDE_PORT": "2", "flipside_host": "3", "PATH": "/bin"}

    assert doctor.unknown(environment) == ["FLIPSIDE_PROT"]


def test_the_command_says_it_all_and_fails_if_anything_is_not_well(
    flipside: Command, choose: Choose, address: str, free_port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FLIPSIDE_PROT", "1")
    choose(database_url=address, port=free_port)
    well = flipside("doctor")
    with listen("127.0.0.1", free_port):
        ill = flipside("doctor")

    assert well.code == 0
    assert well.out.startswith("note  FLIPSIDE_PROT is no setting of ours; is it misspelt?\nok    Python: 3.")
    assert ill.code == 1
    assert f"FAIL  port: Port {free_port} of 127.0.0.1 is in use" in ill.out


def test_the_command_prints_the_table_of_settings(flipside: Command) -> None:
    said = flipside("doctor", "--settings")

    assert said.code == 0
    assert said.out.startswith("| variable | values | default | meaning |\n")
