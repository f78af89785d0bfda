"""Real deliveries, checked by the libraries that receivers use: before, during and after a rotation; whole, tampered.

Exits with 1 if any verifier accepts what it should refuse, or the other way round.
"""

import asyncio
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx

from app import clock, config, logs
from app import db as database
from app.commands import hosting
from app.main import create_app
from app.webhooks import signing
from app.workers.run import Worker
from tests.world import World, found_world

HERE = Path(__file__).parent
ACCEPTED, REFUSED = "accepted", "WebhookVerificationError"
LATE = timedelta(minutes=10)


@dataclass
class Verifier:
    """One library behind a server of its own; its endpoint and the secrets of that, oldest first."""

    name: str
    command: list[str]
    address: str = ""
    endpoint_id: str = ""
    secrets: list[str] = field(default_factory=list)
    faults: int = 0
    cases: int = 0

    def ask(self, path: str, **question: Any) -> Any:
        """What it thinks of the last delivery that it got."""
        return httpx.post(self.address + path, json=question, timeout=10).json()

    def expect(self, verdict: str, case: str, secret: str, *, appended: str = "", **headers: str) -> None:
        """Hold its verdict to what it should be."""
        found = self.ask("/verdict", secret=secret, appended=appended, headers=headers)
        self.note(case, found, verdict)

    def note(self, case: str, found: object, expected: object) -> None:
        """Count a case, and say so if it went wrong."""
        self.cases += 1
        if found != expected:
            self.faults += 1
            sys.stdout.write(f"{self.name}: {case}: {found}, not {expected}\n")


def verifiers(folder: Path) -> list[Verifier]:
    """The four."""
    python, node = [sys.executable, str(HERE / "receiver.py")], ["node", str(folder / "receiver.mjs")]
    return [
        Verifier(f"{language} {library}", [*command, library])
        for language, command in (("Python", python), ("npm", node))
        for library in ("standardwebhooks", "svix")
    ]


@contextmanager
def listening(verifier: Verifier, folder: Path) -> Iterator[None]:
    """A verifier's server, for as long as the block runs."""
    environment = os.environ | {"PYTHONPATH": str(folder / "python")}
    with subprocess.Popen(verifier.command, stdout=subprocess.PIPE, text=True, env=environment) as process:
        try:
            assert process.stdout is not None
            verifier.address = f"http://127.0.0.1:{int(process.stdout.readline())}"
            yield
        finally:
            process.terminate()


async def deliver(world: World) -> None:
    """Let something happen, and a worker tell everybody of it."""
    await world.person()
    await Worker().drain()


async def begin(found: list[Verifier]) -> World:
    """An organisation with an endpoint at each verifier; the first ping is sent with a stale time."""
    began = clock.now()
    clock.use(lambda: began - LATE)
    world = await found_world()
    for it in found:
        made = await world.do(
            "admin", "create_webhook_endpoint", url=f"{it.address}/in", types=["person.*"], asymmetric_signature=True
        )
        it.endpoint_id, it.secrets = made["id"], [made["secret"]]
    await Worker().drain()
    for it in found:
        it.expect(REFUSED, "a stale timestamp", it.secrets[0])
    clock.use(None)
    return world


async def run(found: list[Verifier]) -> None:
    """The whole story, with everybody's verdict at each point of it."""
    world = await begin(found)
    await deliver(world)
    for it in found:
        it.expect(ACCEPTED, "the secret", it.secrets[0])
        _tampered(it, it.secrets[0])
    await world.do("admin", "rotate_webhook_signing_key")
    for it in found:
        made = await world.do("admin", "rotate_webhook_secret", it.endpoint_id)
        it.secrets.append(made["secret"])
    await deliver(world)
    published = await _published(world)
    for it in found:
        for age, secret in zip(("old", "new"), it.secrets, strict=True):
            it.expect(ACCEPTED, f"the {age} secret during a rotation", secret)
            _tampered(it, secret)
        if it.name.startswith("npm"):
            it.note("the published keys", it.ask("/proofs", keys=published), [key["kid"] for key in published])
    for it in found:
        await _revoke_old(world, it)
    await deliver(world)
    for it in found:
        it.expect(REFUSED, "the old secret after its end", it.secrets[0])
        it.expect(ACCEPTED, "the new secret alone", it.secrets[1])
    ends = clock.now()
    clock.use(lambda: ends + LATE)
    await deliver(world)
    for it in found:
        it.expect(REFUSED, "a timestamp of the future", it.secrets[1])


def _tampered(it: Verifier, secret: str) -> None:
    it.expect(REFUSED, "another secret", signing.new_secret())
    it.expect(REFUSED, "a changed body", secret, appended=" ")
    it.expect(REFUSED, "another id", secret, **{"webhook-id": "evt_0"})
    it.expect(REFUSED, "another time", secret, **{"webhook-timestamp": str(int(clock.now().timestamp()) - 60)})
    it.expect(REFUSED, "nothing but v1a", secret, **{"webhook-signature": "v1a,AAAA"})


async def _published(world: World) -> list[dict[str, str]]:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(create_app()), base_url="http://flipside") as anybody:
        answer = await anybody.get(f"/.well-known/webhook-keys/{world.organisation_id}")
    keys: list[dict[str, str]] = answer.json()["keys"]
    assert len(keys) == 2
    return keys


async def _revoke_old(world: World, it: Verifier) -> None:
    sql = "select id from webhook_secret where organisation_id = $1 and endpoint_id = $2 order by id limit 1"
    ((secret_id,),) = await database.current().reads.fetch(
        world.organisation_id, sql, (world.organisation_id, it.endpoint_id)
    )
    await world.do("admin", "delete_webhook_secret", secret_id)


async def told(address: str, found: list[Verifier]) -> None:
    """The story, over a database."""
    async with hosting.opened(address, config.settings()):
        await run(found)


def main(folder: Path) -> int:
    """Start everything, tell the story, sum up."""
    logs.configure(config.settings())
    found = verifiers(folder)
    with hosting.prepared(config.settings()) as address, ExitStack() as servers:
        for it in found:
            servers.enter_context(listening(it, folder))
        asyncio.run(told(address, found))
    for it in found:
        sys.stdout.write(f"{it.name:24} {it.cases - it.faults} of {it.cases} as expected\n")
    return int(any(it.faults for it in found))


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
