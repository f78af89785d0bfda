"""Everything that makes a statement, sent to a real LRS: accepted, kept once however often it is sent, and well formed.

Exits with 1 if anything is not as expected. Once for each version of xAPI, each with an LRS of its own.
"""

import asyncio
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import orjson

from app import clock, config, logs
from app.commands import hosting
from app.integrations import xapi
from app.webhooks.models import XapiVersion
from app.workers.run import Worker
from tests.world import World, found_world

HERE = Path(__file__).parent
USER, PASSWORD = "flipside", "a password"
DELIVERIES = (
    "select id, event_type, status, attempts, last_status, last_error from delivery where endpoint_id = $1 order by id"
)


@dataclass
class Lrs:
    """An LRS, the version that is spoken with it, and what came of what was expected of it."""

    version: str
    address: str
    endpoint_id: str = ""
    cases: int = 0
    faults: int = 0

    def statements(self) -> list[dict[str, Any]]:
        """All that it keeps."""
        answer = httpx.get(
            f"{self.address}/xAPI/statements",
            params={"limit": 100},
            auth=(USER, PASSWORD),
            headers={"X-Experience-API-Version": self.version},
            timeout=60,
        )
        kept: list[dict[str, Any]] = answer.raise_for_status().json()["statements"]
        return kept

    def note(self, case: str, found: object, expected: object) -> None:
        """Count a case, and say so if it went wrong."""
        self.cases += 1
        if found != expected:
            self.faults += 1
            sys.stdout.write(f"xAPI {self.version}: {case}: {found}, not {expected}\n")


@contextmanager
def listening(version: str, folder: Path) -> Iterator[Lrs]:
    """An LRS that serves for as long as the block runs."""
    mine, ralph = folder / version, folder / "ralph" / "bin"
    environment = os.environ | {
        "RALPH_APP_DIR": str(mine),
        "RALPH_BACKENDS__LRS__FS__DEFAULT_DIRECTORY_PATH": str(mine / "statements"),
        "RALPH_RUNSERVER_BACKEND": "fs",
    }
    asked = f"auth -u {USER} -s all -A us https://flipside.example -N us -w -p".split(" ")
    subprocess.run([str(ralph / "ralph"), *asked, PASSWORD], check=True, env=environment, capture_output=True)
    command = [str(ralph / "python"), str(HERE / "lrs.py")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as process:
        try:
            assert process.stdout is not None
            yield Lrs(version, f"http://127.0.0.1:{int(process.stdout.readline())}")
        finally:
            process.terminate()


async def live(world: World) -> dict[str, int]:
    """Let everything happen that makes a statement; how many each type of event makes in all."""
    held = await world.pairing()
    began = clock.now()
    session = await world.session(held["id"], days=1)
    clock.use(lambda: began + timedelta(days=2))
    await world.do("mentor", "complete_session", session["id"])
    await world.do("coordinator", "begin_closing_pairing", held["id"])
    await world.do("coordinator", "complete_pairing", held["id"])
    await world.do("mentor", "end_pairing_early", (await world.pairing())["id"], reason="fit")
    programme_id = await world.programme(status="enrolling")
    leaver = await world.newcomer("leaver", external_id="E-10042")
    await world.do("leaver", "withdraw_enrolment", await world.enrolment(programme_id, leaver, "mentor"))
    return {
        "enrolment.approved": 5,
        "session.completed": 2,
        "pairing.completed": 2,
        "pairing.ended_early": 2,
        "enrolment.withdrawn": 1,
    }


async def run(found: list[Lrs], owner: asyncpg.Connection) -> None:
    """The story: an endpoint at each, all that can happen, the same again, and the same in other words."""
    world = await found_world()
    auth = {"kind": "basic", "user": USER, "password": PASSWORD}
    for it in found:
        # Until it has seen a password once, Ralph takes seconds for each request, one after the other.
        it.note("statements at first", it.statements(), [])
        given: dict[str, Any] = {"format": "xapi", "xapi_version": it.version, "auth": auth}
        it.endpoint_id = (await world.do("admin", "create_webhook_endpoint", url=f"{it.address}/xAPI", **given))["id"]
    expected = await live(world)
    await Worker().drain()
    for it in found:
        deliveries = await owner.fetch(DELIVERIES, it.endpoint_id)
        it.note("types that were sent", {row["event_type"] for row in deliveries}, set(xapi.TYPES))
        for row in deliveries:
            it.note(row["event_type"], tuple(row)[2:], ("delivered", 1, 200, None))
        it.note("statements", len(it.statements()), sum(expected.values()))
        it.note("their ids", len({one["id"] for one in it.statements()}), sum(expected.values()))
    await _again(world, found, owner, "delivered", expected)
    # An LRS keeps what it has: whoever got another name would be told of in another statement under the same id.
    await world.do("admin", "update_person", world.people["leaver"], external_id="E-20007")
    await _again(world, found, owner, "dead", expected, only="enrolment.withdrawn")


async def _again(
    world: World, found: list[Lrs], owner: asyncpg.Connection, status: str, expected: dict[str, int], only: str = ""
) -> None:
    """Send everything again, or what is of one type; all of it comes to the same end, and nothing is kept twice."""
    for it in found:
        before = sorted(map(orjson.dumps, it.statements()))
        for row in await owner.fetch(DELIVERIES, it.endpoint_id):
            if only in row["event_type"]:
                await world.do("admin", "retry_delivery", row["id"])
        await Worker().drain()
        for row in await owner.fetch(DELIVERIES, it.endpoint_id):
            if only in row["event_type"]:
                it.note(f"{row['event_type']} again", (row["status"], row["attempts"]), (status, 1))
        it.note("statements kept", sorted(map(orjson.dumps, it.statements())), before)
    assert sum(expected.values()) == len(before)


def validate(it: Lrs, folder: Path) -> None:
    """What Learning Locker's validator makes of what the LRS keeps, without what the LRS added."""
    ours = [{name: value for name, value in one.items() if name not in _ADDED} for one in it.statements()]
    spoiled = {**ours[0], "verb": {"id": "no iri"}}
    command, text = ["node", str(folder / "validate.mjs")], orjson.dumps([*ours, spoiled])
    said = subprocess.run(command, check=True, input=text, capture_output=True)
    *faults, of_spoiled = orjson.loads(said.stdout)
    it.note("faults, by Learning Locker", sum(faults), 0)
    it.note("a spoiled statement is seen", of_spoiled > 0, True)


_ADDED = frozenset({"stored", "authority", "version"})


async def told(address: str, found: list[Lrs]) -> None:
    """The story, over a database."""
    async with hosting.opened(address, config.settings()):
        owner = await asyncpg.connect(address)
        try:
            await run(found, owner)
        finally:
            await owner.close()


def main(folder: Path) -> int:
    """Start everything, tell the story, sum up."""
    logs.configure(config.settings())
    with hosting.prepared(config.settings()) as address, ExitStack() as servers:
        found = [servers.enter_context(listening(version.value, folder)) for version in XapiVersion]
        asyncio.run(told(address, found))
        for it in found:
            if (folder / "validate.mjs").exists():
                validate(it, folder)
            kept = len(it.statements())
            sys.stdout.write(f"xAPI {it.version}: {it.cases - it.faults} of {it.cases} as expected, {kept} kept\n")
    return int(any(it.faults for it in found))


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
