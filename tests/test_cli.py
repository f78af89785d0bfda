"""The roles as processes: they start, serve, stop without a loss, and come back after a kill."""

import asyncio
import os
import re
import signal
import sys
import uuid
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import asyncpg
import httpx
import pytest

from app import storage
from app.embedded import OWNER, Cluster
from tests.services import a_service, calling, children_of, eventually, every, founded, is_running
from tests.webhooks.receivers import OK, receiver

pytestmark = pytest.mark.slow


async def execute(address: str, statement: str) -> None:
    """Run one statement as the owner."""
    connection = await asyncpg.connect(address)
    await connection.execute(statement)
    await connection.close()


@pytest.fixture
async def database(server: Cluster) -> AsyncIterator[str]:
    """A migrated database of the test's own."""
    name = f"cli_{uuid.uuid4().hex}"
    await execute(server.address(OWNER, "postgres"), f"create database {name}")
    address = server.address(OWNER, name)
    await asyncio.to_thread(storage.migrate, address)
    yield address
    await execute(server.address(OWNER, "postgres"), f"drop database {name} with (force)")


async def test_serve_brings_its_postgresql_along_joins_it_after_a_kill_and_stops_it_in_the_end(
    tmp_path: Path,
) -> None:
    service = a_service(tmp_path)
    cluster = Cluster(tmp_path / "postgres")
    await service.start("serve")
    key = await founded(service)
    await service.end(signal.SIGKILL)
    left_running = cluster.running_pid()

    await service.start("serve")
    async with calling(service, key) as client:
        people = await client.get("/v1/people")
    code, said = await service.end()

    assert left_running
    assert len(people.json()["items"]) == 1
    assert (code, cluster.running_pid()) == (0, None), said
    assert f"Flipside listens on {service.base_url}" in said


@dataclass
class Writer:
    """Writes without a break, and remembers what it was promised."""

    client: httpx.AsyncClient
    kept: dict[str, str]
    in_doubt: set[str]

    async def write(self, count: int) -> None:
        """Create people; each external id doubles as the idempotency key."""
        for _ in range(count):
            name = uuid.uuid4().hex
            self.in_doubt.add(name)
            with suppress(httpx.TransportError):
                await self.send(name)

    async def send(self, name: str) -> None:
        """Create one person, or be told again that they were created."""
        body = {"external_id": name, "given_name": "A", "family_name": "B", "rank_level": 1}
        answer = await self.client.post("/v1/people", json=body, headers={"Idempotency-Key": name})
        if answer.status_code == 201:
            self.kept[name] = answer.json()["id"]
            self.in_doubt.discard(name)


async def test_no_accepted_write_is_lost_by_a_kill_and_every_event_of_one_is_delivered(
    tmp_path: Path, database: str
) -> None:
    # What the killed worker had taken is free again soon: its lease is never shorter than a few timeouts.
    service = a_service(tmp_path, database_url=database, lease_seconds="5", webhook_timeout_seconds="1")
    async with receiver(OK) as listening:
        await service.start("serve")
        key = await founded(service)
        async with calling(service, key) as client:
            url = f"http://127.0.0.1:{listening.port}/in"
            await client.post("/v1/webhook-endpoints", json={"url": url, "types": ["person.created"]})
            writer = Writer(client, {}, set())
            writing = [asyncio.create_task(writer.write(50)) for _ in range(6)]
            await eventually(lambda: len(writer.kept) >= 100)
            await service.end(signal.SIGKILL)
            await asyncio.gather(*writing)
        promised = dict(writer.kept)

        await service.start("serve")
        async with calling(service, key) as client:
            writer.client = client
            for name in tuple(writer.in_doubt):
                await writer.send(name)
            people = await every(client, "/v1/people")
            there = {person["external_id"]: person["id"] for person in people if person["external_id"]}
            await eventually(lambda: all_delivered(client, len(there)), pause=0.3)
        code, said = await service.end()

        assert len(promised) < 300
        assert there.items() >= promised.items()
        assert there == writer.kept
        told = {re.search(rb'"person_id":"(\w+)"', request) for request in listening.requests}
        assert {match[1].decode() for match in told if match} == set(there.values())
        assert code == 0, said


async def all_delivered(client: httpx.AsyncClient, count: int) -> bool:
    """Whether so many deliveries were made."""
    query = {"event_type": "person.created", "status": "delivered", "fields": "id"}
    return len(await every(client, "/v1/deliveries", **query)) == count


async def test_readiness_says_no_before_the_port_closes_and_what_is_under_way_is_finished(
    tmp_path: Path, database: str
) -> None:
    service = a_service(tmp_path, database_url=database, drain_seconds="1")
    key = await founded(service)
    await service.start("api")
    began = asyncio.Event()

    async def slowly() -> AsyncIterator[bytes]:
        yield b'{"given_name": "A", "family_name": "B", '
        began.set()
        await asyncio.sleep(2)
        yield b'"rank_level": 1}'

    async with calling(service, key) as client:
        headers = {"Content-Type": "application/json"}
        slow = asyncio.create_task(client.post("/v1/people", content=slowly(), headers=headers))
        await began.wait()
        assert service.process is not None
        service.process.send_signal(signal.SIGTERM)
        await service.until(503)
        still_served = await client.get("/v1/people")
        answer = await slow
    code, said = await service.end()

    assert still_served.status_code == 200
    assert answer.status_code == 201
    assert code == 0, said


async def test_who_asks_again_and_again_does_not_cut_the_end_short(tmp_path: Path, database: str) -> None:
    service = a_service(tmp_path, database_url=database, drain_seconds="0")
    process = await service.start("api")

    while process.returncode is None:
        # Not `send_signal`, which may find out before asyncio does how it ended.
        with suppress(ProcessLookupError):
            os.kill(process.pid, signal.SIGTERM)
        await asyncio.sleep(0)
    code, said = await service.end()

    assert code == 0, said


async def test_several_api_processes_share_a_port_and_a_dead_one_is_replaced(tmp_path: Path, database: str) -> None:
    service = a_service(tmp_path, database_url=database)
    process = await service.start("api", "--workers", "2")
    await eventually(lambda: len(children_of(process.pid)) == 2)
    before = children_of(process.pid)
    # Younger than this, its end would be taken for a failed start.
    await asyncio.sleep(5)

    os.kill(min(before), signal.SIGKILL)
    await eventually(lambda: len(children_of(process.pid) - before) == 1)
    await service.until(200)
    after = children_of(process.pid)
    code, said = await service.end()

    assert code == 0, said
    assert "api.died" in said
    assert not any(map(is_running, after))


async def test_api_processes_go_when_the_one_above_them_was_killed(tmp_path: Path, database: str) -> None:
    service = a_service(tmp_path, database_url=database)
    process = await service.start("api", "--workers", "2")
    await eventually(lambda: len(children_of(process.pid)) == 2)
    children = children_of(process.pid)

    await service.end(signal.SIGKILL)

    await eventually(lambda: not any(map(is_running, children)))


async def test_api_processes_that_cannot_start_are_given_up(tmp_path: Path, server: Cluster) -> None:
    service = a_service(tmp_path, database_url=server.address(OWNER, "postgres"))

    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "app.cli", "api", "--workers", "2"), env=service.environment, stderr=PIPE
    )
    _, said = await process.communicate()

    assert process.returncode == 1
    assert b"flipside migrate" in said
    assert b"Traceback" not in said


async def test_a_worker_delivers_what_the_api_wrote_and_stops_when_told(tmp_path: Path, database: str) -> None:
    api, worker = a_service(tmp_path, database_url=database), a_service(tmp_path, database_url=database)
    key = await founded(api)
    async with receiver(OK) as listening:
        await api.start("api")
        await worker.start("worker")
        async with calling(api, key) as client:
            await client.post("/v1/webhook-endpoints", json={"url": f"http://127.0.0.1:{listening.port}/in"})
            await eventually(lambda: bool(listening.requests))
        ends = [await worker.end(), await api.end()]

    assert [code for code, _ in ends] == [0, 0], ends
