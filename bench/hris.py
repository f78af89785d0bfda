"""`python -m bench.hris`: an organisation's directory arrives, by import and over SCIM, beside bare PostgreSQL."""

import argparse
import asyncio
import json
import os
import shutil
import tempfile
import time
from collections.abc import Awaitable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from urllib.parse import quote

import asyncpg

from app import clock, config, ids, storage
from app import db as database
from app.acting.run import Call, perform
from app.auth.actor import Role
from app.auth.bearer import authenticate
from app.domain.access import founding
from app.domain.imports.intents import INTENTS
from app.domain.imports.schemas import ImportBegin, ImportFormat, ImportKind
from app.domain.imports.sheets import MOST_ROWS
from app.embedded import OWNER, Cluster
from app.reading.shape import everything
from app.workers.operate import Operator
from app.workers.reactions import react_together
from bench import load
from bench.data import ENVIRONMENT
from bench.servers import SERVICE_PORT, process

PROMISED_LOADED, PROMISED_CREATED, PROMISED_FOUND = 2000, 250, 400
# Seconds, for all live pairs when somebody next to the top gets another manager.
PROMISED_CHECKED = 1.0
_SCHEMA = "urn:ietf:params:scim:schemas:core:2.0:User"
_REPORTS = 8
_COLUMNS = (
    "external_id given_name family_name rank_level work_email title department location hire_date manager_external_id"
).split()
_BARE = """
    create unlogged table bare (organisation_id text, id text, version int, created_at timestamptz,
        updated_at timestamptz, external_id text, given_name text, family_name text, rank_level int, work_email text,
        title text, department text, location text, hire_date date, manager_external_id text, primary key (id));
    alter table bare set logged; create unique index on bare (external_id); create unique index on bare (work_email)
"""
_UPSERT = """
    insert into bare values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)
    on conflict (external_id) do update set title = excluded.title, updated_at = excluded.updated_at
"""


_PAIRS = Path(__file__).with_name("pairs.sql")
_MOVE = """
    update person p set manager_id = m.id from person m
    where p.organisation_id = $1 and m.organisation_id = $1 and p.external_id = 'E-1' and m.external_id = 'E-2'
    returning p.id
"""


@dataclass(frozen=True)
class Founded:
    """Whom the load is put under, and by what key."""

    address: str
    key: str


def main() -> int:
    """Measure all of it; 1 if something stays behind what is promised."""
    parser = argparse.ArgumentParser(prog="python -m bench.hris", description=__doc__)
    parser.add_argument("--people", type=int, default=50_000)
    parser.add_argument("--seconds", type=float, default=10.0)
    chosen = parser.parse_args()
    root = Path(tempfile.mkdtemp(prefix="flipside-hris-"))
    cluster = Cluster(root / "postgres")
    os.environ |= {**ENVIRONMENT, "FLIPSIDE_DATA_DIR": str(root)}
    try:
        cluster.start()
        address = cluster.address(OWNER, "postgres")
        storage.migrate(address)
        founded = asyncio.run(_loaded(address, chosen.people))
        return _over_scim(founded, root, chosen.people, chosen.seconds)
    finally:
        cluster.stop()
        shutil.rmtree(root)


def _people(count: int) -> Iterator[list[str]]:
    """A company as a tree, of which everybody but the first reports to one of those before them."""
    for number in range(count):
        above = f"E-{(number - 1) // _REPORTS}" if number else ""
        words = (f"Given{number % 997}", f"Family{number % 4999}", str(1 + number % 10), f"p{number}@example.com")
        place = (f"Title {number % 50}", f"Department {number % 80}", f"Site {number % 12}")
        yield [f"E-{number}", *words, *place, f"20{number % 25:02}-03-01", above]


async def _loaded(address: str, count: int) -> Founded:
    """Load everybody: by COPY, row by row, and through the import."""
    people = list(_people(count))
    connection = await asyncpg.connect(address)
    await connection.execute(_BARE)
    copied = await _timed(_copy(connection, people))
    some = people[: min(count, 5000)]
    await connection.execute("truncate bare")
    upserted = await _timed(_upsert(connection, some))
    lanes = database.Database(address, config.settings())
    database.use(lanes)
    founded = await founding.found("Bench")
    async with lanes.writing(founded.organisation_id) as db:
        service = await founding.grant(db, Role.SERVICE_ACCOUNT, service_account="hris")
    imported = await _timed(_import(service, people))
    here = await connection.fetchval("select count(*) from person where manager_id is not null")
    if here != count - 1:
        raise SystemExit(f"{here} people have a manager, not {count - 1}.")
    # As autovacuum does within a minute.
    await connection.execute("analyze")
    checked = await _checked(connection, founded.organisation_id)
    await connection.close()
    await lanes.close()
    _tell("COPY into one table", count / copied)
    _tell("single-row upserts", len(some) / upserted)
    _tell("import", count / imported, PROMISED_LOADED, f"{imported / copied:.1f} times as long as COPY")
    print(f"what a change near the top means for 5,000 live pairs: {checked:.2f} s (goal {PROMISED_CHECKED:.0f})")
    return Founded(address, service)


async def _checked(connection: asyncpg.Connection, organisation_id: str) -> float:
    """Give an eighth of everybody another line: how long it takes to deal with all pairs to whom that matters."""
    # One that fits the tree, whatever its size: those who are not there have no pair.
    await connection.execute(_PAIRS.read_text().replace("$1", f"'{organisation_id}'"))
    await connection.execute("analyze")
    moved = await connection.fetchval(_MOVE, organisation_id)
    return await _timed(react_together(organisation_id, {moved: {"manager_id"}}))


async def _timed(work: Awaitable[None]) -> float:
    began = time.perf_counter()
    await work
    return time.perf_counter() - began


def _bare(people: list[list[str]]) -> Iterator[tuple[object, ...]]:
    now = clock.now()
    for name, given, family, rank, *texts, hired, above in people:
        yield (
            "org",
            ids.new("per"),
            1,
            now,
            now,
            name,
            given,
            family,
            int(rank),
            *texts,
            date.fromisoformat(hired),
            above,
        )


async def _copy(connection: asyncpg.Connection, people: list[list[str]]) -> None:
    await connection.copy_records_to_table("bare", records=_bare(people))


async def _upsert(connection: asyncpg.Connection, people: list[list[str]]) -> None:
    statement = await connection.prepare(_UPSERT)
    for person in _bare(people):
        await statement.fetch(*person)


async def _import(key: str, people: list[list[str]]) -> None:
    """As many imports as it takes, one after the other, each by the intent and a worker's operator."""
    actor = await authenticate(f"Bearer {key}")
    (intent,) = (intent for intent in INTENTS if intent.name == "begin_import")
    for start in range(0, len(people), MOST_ROWS):
        lines = (",".join(cells) for cells in (_COLUMNS, *people[start : start + MOST_ROWS]))
        data = ImportBegin(kind=ImportKind.PEOPLE, format=ImportFormat.CSV, text="\n".join(lines))
        await perform(Call(actor, intent, everything(intent.answer), {}, data=data, key=ids.new("key")))
        while await Operator().step():
            pass


def _over_scim(founded: Founded, root: Path, count: int, seconds: float) -> int:
    """Create and look up users through the whole stack: an API of two processes, over HTTP."""
    environment = {
        **os.environ,
        "FLIPSIDE_DATABASE_URL": founded.address,
        "FLIPSIDE_ENVIRONMENT": "production",
        "FLIPSIDE_PORT": str(SERVICE_PORT),
        "FLIPSIDE_DRAIN_SECONDS": "0",
        "FLIPSIDE_RATE_LIMIT_OPERATION": "0",
        "FLIPSIDE_RATE_LIMIT_ADDRESS": "0",
    }
    bearer = f"Bearer {founded.key}"
    creates, finds = root / "creates", root / "finds"
    load.write(creates, (("POST", "/scim/v2/Users", _user(number), bearer, "") for number in range(100_000)))
    asked = (quote(f'userName eq "p{number * 7919 % count}@example.com"') for number in range(10_000))
    load.write(finds, (("GET", f"/scim/v2/Users?filter={text}", "", bearer, "") for text in asked))
    with process(["app.cli", "api", "--workers", "2"], SERVICE_PORT, environment, root) as server:
        # Each worker is slow to answer for the first time.
        load.drive(server.port, finds, seconds=2, concurrency=8)
        found = load.drive(server.port, finds, seconds=seconds, concurrency=8)
        made = load.drive(server.port, creates, seconds=seconds, concurrency=8)
    _tell("SCIM creates", made.rate, PROMISED_CREATED, f"p99 {made.p99:.0f} ms, {made.errors} errors")
    _tell("SCIM look-ups", found.rate, PROMISED_FOUND, f"p99 {found.p99:.0f} ms, {found.errors} errors")
    return int(made.errors + found.errors > 0 or made.rate < PROMISED_CREATED or found.rate < PROMISED_FOUND)


def _user(number: int) -> str:
    name = {"givenName": "Ada", "familyName": f"Number {number}"}
    emails = [{"value": f"new{number}@example.com", "type": "work"}]
    user = {"schemas": [_SCHEMA], "userName": f"new{number}@example.com", "externalId": f"N-{number}"}
    return json.dumps(user | {"name": name, "emails": emails, "title": "Analyst"})


def _tell(what: str, rate: float, promised: float | None = None, more: str = "") -> None:
    goal = "" if promised is None else f" (goal {promised:,.0f})"
    print(f"{what}: {rate:,.0f}/s{goal}{f'; {more}' if more else ''}", flush=True)


if __name__ == "__main__":
    raise SystemExit(main())
