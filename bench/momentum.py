"""`python -m bench.momentum [--pairs 50000]`: how long the pass over pairs takes whose momentum is due.

Three passes: one in which a quarter of the pairs are told of, one with nothing new to tell, and one with nobody due.
The reference is the statement that reads the facts of all of them, by itself, in the same run.
"""

import argparse
import asyncio
import os
import shutil
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

import asyncpg

from app import config, storage
from app import db as database
from app.domain.access import founding
from app.domain.momentum import judging
from app.embedded import OWNER, Cluster
from app.workers import sweep
from bench.data import ENVIRONMENT

PROMISED_SECONDS = 20.0
_PAIRS = Path(__file__).with_name("momentum.sql")
_ALL_DUE = "update pairing set health_due_at = now() where organisation_id = $1"
_ANALYSE = "vacuum analyze pairing, session"


def main() -> int:
    """Measure; 1 if a pass takes longer than is promised."""
    parser = argparse.ArgumentParser(prog="python -m bench.momentum", description=__doc__)
    parser.add_argument("--pairs", type=int, default=50_000)
    chosen = parser.parse_args()
    root = Path(tempfile.mkdtemp(prefix="flipside-momentum-"))
    cluster = Cluster(root / "postgres")
    os.environ |= {**ENVIRONMENT, "FLIPSIDE_DATA_DIR": str(root)}
    try:
        cluster.start()
        address = cluster.address(OWNER, "postgres")
        storage.migrate(address)
        return asyncio.run(_measured(address, chosen.pairs))
    finally:
        cluster.stop()
        shutil.rmtree(root)


async def _measured(address: str, pairs: int) -> int:
    lanes = database.Database(address, config.settings())
    database.use(lanes)
    founded = await founding.found("Bench")
    owner = await asyncpg.connect(address)
    await owner.fetch(_PAIRS.read_text(), founded.organisation_id, pairs)
    await owner.execute(_ANALYSE)
    passes: dict[str, Callable[[], Awaitable[None]]] = {
        "facts alone, one statement": lambda: _read(founded.organisation_id, pairs),
        "a quarter to be told of": lambda: _passed(founded.organisation_id),
        "nothing new": lambda: _passed(founded.organisation_id),
        "nobody due": lambda: _passed(founded.organisation_id),
    }
    print("| pass | s | of the reference |")
    print("|---|---|---|", flush=True)
    seconds: dict[str, float] = {}
    for name, does in passes.items():
        if name != "nobody due":
            await owner.execute(_ALL_DUE, founded.organisation_id)
            await owner.execute(_ANALYSE)
        began = time.perf_counter()
        await does()
        seconds[name] = time.perf_counter() - began
        print(f"| {name} | {seconds[name]:.2f} | {seconds[name] / next(iter(seconds.values())):.1f} × |", flush=True)
    told = await owner.fetchval("select count(*) from outbox_event where type = 'pairing.nudged'")
    print(f"{pairs} pairs, {told} told of")
    await owner.close()
    await lanes.close()
    return int(max(seconds.values()) > PROMISED_SECONDS)


async def _read(organisation_id: str, pairs: int) -> None:
    async with database.current().writing(organisation_id) as db:
        await judging.facts_of_due(db, limit=pairs)


async def _passed(organisation_id: str) -> None:
    while await sweep.judge(organisation_id):
        pass


if __name__ == "__main__":
    raise SystemExit(main())
