"""`python -m bench.log`: pages of a delivery log of a million attempts, by the service and by bare SQL."""

import argparse
import asyncio
import http.client
import json
import os
import random
import shutil
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from statistics import quantiles
from urllib.parse import urlencode

import asyncpg

from app import clock, config, ids, storage
from app import db as database
from app.domain.access import founding
from app.embedded import OWNER, Cluster
from app.partitioning import ATTEMPTS, months
from bench.data import ENVIRONMENT
from bench.servers import SERVICE_PORT, process

PROMISED_P95_MS, LIMIT = 20.0, 50
_SEED = Path(__file__).with_name("log.sql")
_ATTEMPTS = """
    select json_agg(r) from (
        select id, delivery_id, endpoint_id, number, started_at, elapsed_ms, status, error, address, request_headers,
            response, version, created_at, updated_at
        from attempt where organisation_id = $1 and endpoint_id = $2 and id < $3 order by id desc limit 50
    ) r
"""
_DELIVERIES = """
    select json_agg(r) from (
        select id, endpoint_id, event_id, event_type, sequence, status, attempts, due_at, delivered_at, last_status,
            last_error, version, created_at, updated_at
        from delivery where organisation_id = $1 and endpoint_id = $2 and status = any($4) and id < $3
        order by id desc limit 50
    ) r
"""


@dataclass(frozen=True)
class Question:
    """A page before some time: what the service and the reference are asked."""

    endpoint_id: str
    before: datetime


@dataclass(frozen=True)
class Kind:
    """One kind of page."""

    title: str
    path: str
    sql: str
    prefix: str
    status: str | None = None

    def target(self, question: Question) -> str:
        """The request to the service."""
        query = {"endpoint_id": question.endpoint_id, "created_before": question.before.isoformat(), "sort": "-id"}
        chosen = {"status": self.status} if self.status else {}
        return f"{self.path}?{urlencode({**query, **chosen, 'limit': str(LIMIT)})}"

    def values(self, organisation_id: str, question: Question) -> list[object]:
        """The values of the reference."""
        values: list[object] = [organisation_id, question.endpoint_id, ids.first_at(self.prefix, question.before)]
        return values if self.prefix == "tri" else [*values, [self.status] if self.status else ["delivered", "dead"]]


KINDS = (
    Kind("attempts of an endpoint before a time", "/v1/attempts", _ATTEMPTS, "tri"),
    Kind("deliveries of an endpoint before a time", "/v1/deliveries", _DELIVERIES, "dlv"),
    Kind("the dead ones among them", "/v1/deliveries", _DELIVERIES, "dlv", "dead"),
)


def main() -> int:
    """Fill a log, ask for pages, print what came of it. Fails when the service takes longer than is promised."""
    parser = argparse.ArgumentParser(prog="bench.log", description="Measure pages of the delivery log.")
    parser.add_argument("--attempts", type=int, default=1_000_000)
    parser.add_argument("--pages", type=int, default=300)
    chosen = parser.parse_args()
    root = Path(tempfile.mkdtemp(prefix="flipside-log-"))
    cluster = Cluster(root)
    os.environ.update(ENVIRONMENT, FLIPSIDE_DATA_DIR=str(root))
    try:
        cluster.start()
        address = cluster.address(OWNER, "flipside")
        organisation_id, key = asyncio.run(_fill(cluster, address, chosen.attempts))
        environment = {**os.environ, "FLIPSIDE_PORT": str(SERVICE_PORT), "FLIPSIDE_DATABASE_URL": address}
        with process(["app.cli", "api"], SERVICE_PORT, environment, root):
            is_kept = [asyncio.run(_measured(kind, address, organisation_id, key, chosen.pages)) for kind in KINDS]
    finally:
        cluster.stop()
        shutil.rmtree(root)
    return 0 if all(is_kept) else 1


async def _fill(cluster: Cluster, address: str, attempts: int) -> tuple[str, str]:
    """An organisation with a log; its id and key."""
    await _execute(cluster.address(OWNER, "postgres"), "create database flipside")
    await asyncio.to_thread(storage.migrate, address)
    lanes = database.Database(address, config.settings())
    database.use(lanes)
    founded = await founding.found("Bench")
    await lanes.close()
    began = time.perf_counter()
    now = clock.now()
    for month in months(now - timedelta(days=90), now):
        if f"{month:%Y%m}" != f"{now:%Y%m}":
            await _execute(address, *ATTEMPTS.add(month))
    seed = _SEED.read_text().replace("ATTEMPTS", str(attempts))
    await _execute(address, seed.replace(":organisation", f"'{founded.organisation_id}'"), "vacuum (analyze)")
    print(f"{attempts} attempts in {time.perf_counter() - began:.0f} s", flush=True)
    return founded.organisation_id, founded.key


async def _execute(address: str, *statements: str) -> None:
    connection = await asyncpg.connect(address)
    for statement in statements:
        await connection.execute(statement)
    await connection.close()


def _questions(count: int) -> Iterator[Question]:
    draw, now = random.Random(1), clock.now()
    for _ in range(count):
        yield Question(f"whe_0{draw.randrange(20):025}", now - timedelta(days=draw.uniform(1, 80)))


async def _measured(kind: Kind, address: str, organisation_id: str, key: str, pages: int) -> bool:
    """Print one kind of page: both sides take turns, each question being asked of both; whether it is as promised."""
    connection = await asyncpg.connect(address)
    prepared = await connection.prepare(kind.sql)
    client = http.client.HTTPConnection("127.0.0.1", SERVICE_PORT, timeout=30)
    service: list[float] = []
    bare: list[float] = []
    for question in _questions(pages + 20):
        began = time.perf_counter()
        body = _get(client, kind.target(question), key)
        between = time.perf_counter()
        found = await prepared.fetchval(*kind.values(organisation_id, question))
        service.append(between - began)
        bare.append(time.perf_counter() - between)
        if [row["id"] for row in json.loads(body)["items"]] != [row["id"] for row in json.loads(found or "[]")]:
            raise SystemExit(f"The two sides do not answer the same: {kind.title}")
    await connection.close()
    return _told(kind.title, service[20:], bare[20:])


def _get(client: http.client.HTTPConnection, target: str, key: str) -> bytes:
    client.request("GET", target, headers={"Authorization": f"Bearer {key}"})
    answer = client.getresponse()
    body = answer.read()
    if answer.status != 200:
        raise SystemExit(f"{answer.status} of {target}: {body[:300]!r}")
    return body


def _told(title: str, service: list[float], bare: list[float]) -> bool:
    p50, p95 = (quantiles(service, n=100)[place - 1] * 1e3 for place in (50, 95))
    bare_p50, bare_p95 = (quantiles(bare, n=100)[place - 1] * 1e3 for place in (50, 95))
    print(
        f"{title}: p50 {p50:.1f} ms, p95 {p95:.1f} ms; bare SQL p50 {bare_p50:.1f} ms, p95 {bare_p95:.1f} ms; "
        f"ratio of p50 {p50 / bare_p50:.1f}, of p95 {p95 / bare_p95:.1f}",
        flush=True,
    )
    return p95 <= PROMISED_P95_MS


if __name__ == "__main__":
    raise SystemExit(main())
