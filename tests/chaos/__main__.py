"""Workers killed at random moments under load: `python -m tests.chaos [--events 10000] [--kills 20] [--seed 1]`.

Two workers deliver to endpoints of every ordering while events are written. One of them is killed (SIGKILL) whenever so
many webhooks have arrived as chance says, and another takes its place. Exits with 1 if any promise was broken.
"""

import argparse
import asyncio
import os
import random
import sys
import tempfile
import time
from contextlib import AsyncExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import asyncpg

from app import config, logs
from app import db as database
from app.commands import hosting
from app.db import Db
from app.domain.people.events import PersonUpdated
from app.domain.people.models import Person
from app.events import outbox
from app.reading import rows
from tests.chaos.proof import Account, Listener, account
from tests.services import Service, a_service, eventually
from tests.workers.lms import Lms, listening
from tests.world import World, found_world

ORDERINGS = ("none", "key", "strict")
PEOPLE, WORKERS, BATCH = 100, 2, 100
# A dead worker's lease ends after as long as a turn may take: the shorter answers may take, the sooner.
TIMEOUT_SECONDS = 10
PATIENCE_SECONDS = 1800
SECRET_KEY = "a secret of the storm, long enough"


@dataclass(frozen=True)
class Storm:
    """How bad it is to be."""

    events: int
    kills: int
    seed: int


async def ride_out(storm: Storm, address: str, folder: Path) -> list[Account]:
    """Write, deliver and kill until everything is delivered; what came of it."""
    world, chance = await found_world(), random.Random(storm.seed)
    owner = await asyncpg.connect(address)
    async with AsyncExitStack() as servers:
        heard = {one: await servers.enter_async_context(listening()) for one in ORDERINGS}
        listeners = [await _listener(world, one, lms) for one, lms in heard.items()]
        workers = [await _worker(folder / str(place), address) for place in range(WORKERS)]
        writing = asyncio.create_task(_write(world, storm.events))
        for at in sorted(chance.sample(range(storm.events * len(ORDERINGS)), storm.kills)):
            await eventually(partial(_has_come_to, at, listeners), seconds=PATIENCE_SECONDS)
            await _kill(chance.choice(workers))
            for it in listeners:
                await it.look(owner)
        await writing
        await eventually(lambda: _all_done(owner, storm), seconds=PATIENCE_SECONDS, pause=1)
        for worker in workers:
            await worker.end()
        accounts = [await account(owner, it) for it in listeners]
    await owner.close()
    return accounts


async def _listener(world: World, ordering: str, lms: Lms) -> Listener:
    pace = {"rate_limit": 1000, "max_in_flight": 50}
    wanted: dict[str, Any] = {"url": lms.url, "types": ["person.updated"], "ordering": ordering, **pace}
    made = await world.do("admin", "create_webhook_endpoint", **wanted)
    return Listener(ordering, made["id"], made["secret"], lms.hooks)


async def _worker(folder: Path, address: str) -> Service:
    chosen = {"webhook_timeout_seconds": str(TIMEOUT_SECONDS), "lease_seconds": "5", "log_level": "error"}
    worker = a_service(folder, database_url=address, secret_key=SECRET_KEY, **chosen)
    await worker.start("worker")
    return worker


async def _kill(worker: Service) -> None:
    assert worker.process is not None
    # Raises for one that died by itself.
    worker.process.kill()
    await worker.process.communicate()
    await worker.start("worker")


async def _write(world: World, events: int) -> None:
    """Let events happen, a few at a time: no worker shall find all of them at once."""
    people = [await world.person() for _ in range(PEOPLE)]
    for begin in range(0, events, BATCH):
        async with database.current().writing(world.organisation_id) as db:
            db.actor_id = world.people["admin"]
            for place in range(begin, min(begin + BATCH, events)):
                await _update(db, people[place % PEOPLE])


async def _update(db: Db, person_id: str) -> None:
    person = await rows.by_id(db, Person, person_id)
    outbox.record(db, PersonUpdated.of(person), changed=("title",))


def _has_come_to(count: int, listeners: list[Listener]) -> bool:
    return sum(len(it.hooks) for it in listeners) >= count


async def _all_done(owner: asyncpg.Connection, storm: Storm) -> bool:
    done = "select count(*) from delivery where event_type = 'person.updated' and status not in ('pending', 'held')"
    return bool(await owner.fetchval(done) == storm.events * len(ORDERINGS))


async def _proven(storm: Storm, address: str, folder: Path) -> list[Account]:
    async with hosting.opened(address, config.settings()):
        return await ride_out(storm, address, folder)


def main() -> int:
    """Raise the storm, sum up."""
    parser = argparse.ArgumentParser(prog="chaos", description="Kill workers under load, and see what is lost.")
    parser.add_argument("--events", type=int, default=10_000)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    storm = Storm(**vars(parser.parse_args()))
    began = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        # Only now: settings are read once.
        os.environ |= {"FLIPSIDE_DATA_DIR": folder, "FLIPSIDE_SECRET_KEY": SECRET_KEY, "FLIPSIDE_LOG_LEVEL": "error"}
        logs.configure(config.settings())
        with hosting.prepared(config.settings()) as address:
            accounts = asyncio.run(_proven(storm, address, Path(folder)))
    seconds = time.perf_counter() - began
    sys.stdout.write(f"{storm.events} events, {storm.kills} kills, seed {storm.seed}, {seconds:.0f} s\n")
    for it in accounts:
        sys.stdout.write(
            f"{it.ordering:6} sent {it.sent}, lost {it.lost}, arrived twice {it.duplicates} "
            f"(in flight at the kills: {it.in_flight}), badly signed {it.unsigned}, out of order {it.out_of_order}\n"
        )
    return int(not all(it.holds and it.sent == storm.events for it in accounts))


if __name__ == "__main__":
    sys.exit(main())
