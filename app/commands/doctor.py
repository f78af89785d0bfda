"""Whether this machine has what Flipside needs, and how to get what is missing."""

import asyncio
import os
import platform
import re
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from alembic.script import ScriptDirectory

from app import secret, storage
from app.brokers.choosing import ExtraMissing
from app.commands import broker, hosting
from app.commands.broker import BrokerAway
from app.commands.hosting import DataFolderUnusable, SchemaBehind
from app.commands.serving import PortTaken, listen
from app.commands.settings_table import PREFIX, variable
from app.config import Settings
from app.embedded import OWNER
from app.embedded_programs import OLDEST, PostgresMissing, Programs
from app.sealing.wrapping import KeysUnfit
from app.secret import SecretMissing
from app.storage import DatabaseUnreachable
from app.workers import partitions
from app.workers.partitions import MonthMissing

_OLDEST_PYTHON = (3, 11)


@dataclass(frozen=True)
class Finding:
    """What was looked at, what was seen, and what to do about it when it is not well."""

    name: str
    seen: str
    cure: str | None = None

    @property
    def is_well(self) -> bool:
        """Whether nothing has to be done."""
        return self.cure is None


def examine(settings: Settings) -> Iterator[Finding]:
    """Look at everything, one thing after the other."""
    yield _python()
    yield (folder := _data_folder(settings))
    yield _secret_key(settings)
    yield _port(settings)
    if settings.broker_url is not None:
        yield _tried("broker", lambda: broker.look(settings), BrokerAway, ExtraMissing)
    if settings.database_url is None and settings.app_database_url is None:
        yield from _embedded(settings, folder)
    else:
        yield from _named(settings)


def unknown(environment: Mapping[str, str]) -> list[str]:
    """Variables with our prefix that name no setting: most likely misspelt."""
    known = {variable(name) for name in Settings.model_fields}
    return sorted(name for name in environment if name.upper().startswith(PREFIX) and name.upper() not in known)


def _python() -> Finding:
    seen = platform.python_version()
    if sys.version_info < _OLDEST_PYTHON:
        return Finding("Python", seen, "Flipside needs 3.11 or newer: make PYTHON=/path/to/python3.11 install")
    return Finding("Python", seen)


def _data_folder(settings: Settings) -> Finding:
    folder = settings.data_dir.absolute()
    # The folder is made at the first start: what counts is whether it could be.
    standing = next(place for place in (folder, *folder.parents) if place.exists())
    if standing.is_dir() and os.access(standing, os.W_OK | os.X_OK):
        return Finding("data folder", str(folder))
    return Finding("data folder", f"{folder} cannot be written", "Name another folder in FLIPSIDE_DATA_DIR.")


def _secret_key(settings: Settings) -> Finding:
    if settings.is_development and settings.secret_key is None:
        return Finding("secret key", "made at the first start, kept in the data folder")

    def look() -> str:
        secret.master(settings)
        return "set"

    return _tried("secret key", look, SecretMissing)


def _port(settings: Settings) -> Finding:
    def look() -> str:
        listen(settings.host, settings.port).close()
        return f"{settings.host}:{settings.port} is free"

    return _tried("port", look, PortTaken)


def _embedded(settings: Settings, folder: Finding) -> Iterator[Finding]:
    if not settings.is_development:
        yield Finding("database", "none named", "Production needs FLIPSIDE_DATABASE_URL=postgresql://…")
        return
    yield _tried("PostgreSQL", _programs, PostgresMissing)
    if not folder.is_well or hosting.embedded(settings).running_pid() is None:
        yield Finding("migrations", "the server that comes along is down; its start brings them up to date")
        return
    # Only looked at: a guest who leaves last would stop it.
    yield from _schema(settings, hosting.embedded(settings).address(OWNER, storage.DATABASE))


def _programs() -> str:
    programs = Programs.found()
    return f"version {programs.version} in {programs.binaries}"


def _named(settings: Settings) -> Iterator[Finding]:
    addresses = {"database": settings.database_url, "restricted connection": settings.app_database_url}
    for name, url in addresses.items():
        if url is not None:
            yield (finding := _server(name, hosting.plain(url)))
            if finding.is_well and name == "database":
                yield from _schema(settings, hosting.plain(url))


def _server(name: str, address: str) -> Finding:
    def look() -> str:
        return f"PostgreSQL {asyncio.run(hosting.server_version(address))}"

    finding = _tried(name, look, DatabaseUnreachable)
    major = re.search(r"\d+", finding.seen)
    if major and int(major[0]) < OLDEST:
        return Finding(name, finding.seen, f"Flipside needs PostgreSQL {OLDEST} or newer.")
    return finding


def _schema(settings: Settings, address: str) -> Iterator[Finding]:
    yield (migrations := _migrations(address))
    if migrations.is_well:
        yield _tried("data keys", lambda: hosting.require_keys(address, settings), KeysUnfit, SecretMissing)
        if settings.broker_url is not None:
            yield Finding("events for the broker", broker.behind(settings, address))
        yield _tried("delivery log", lambda: asyncio.run(partitions.require_months(address)), MonthMissing)


def _migrations(address: str) -> Finding:
    def look() -> str:
        hosting.require_current(address)
        head = ScriptDirectory.from_config(storage.alembic_config(address)).get_current_head()
        return f"at {asyncio.run(hosting.revision(address))}; this code needs {head}"

    return _tried("migrations", look, SchemaBehind, DatabaseUnreachable, DataFolderUnusable)


def _tried(name: str, look: Callable[[], str], *expected: type[Exception]) -> Finding:
    try:
        return Finding(name, look())
    except expected as error:
        return Finding(name, "not well", str(error))
