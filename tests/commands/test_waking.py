"""Workers look at once when something was written, in this process or in another."""

import asyncio
from contextlib import aclosing

import asyncpg
import pytest

from app.commands import waking
from app.commands.waking import Caller, Nudge, hearing


class Sleeper:
    """Counts how often it is woken."""

    def __init__(self) -> None:
        self.woken = 0
        self._woken = asyncio.Event()

    def wake(self) -> None:
        """Wake it."""
        self.woken += 1
        self._woken.set()

    async def slept(self) -> None:
        """Return when it is woken."""
        async with asyncio.timeout(10):
            await self._woken.wait()
        self._woken.clear()


async def _ears(owner: asyncpg.Connection) -> list[int]:
    rows = await owner.fetch("select pid from pg_stat_activity where query ilike 'listen%flipside_changes%'")
    return [row["pid"] for row in rows]


async def test_a_burst_of_changes_is_one_nudge() -> None:
    sleeper = Sleeper()
    nudge = Nudge(sleeper.wake)

    for _ in range(10):
        nudge()
    await sleeper.slept()
    first = sleeper.woken
    nudge()
    await sleeper.slept()

    assert (first, sleeper.woken) == (1, 2)


async def test_a_change_in_one_process_wakes_the_worker_of_another(address: str) -> None:
    sleeper = Sleeper()

    async with hearing(address, sleeper.wake), aclosing(Caller(address)) as caller:
        # It looks at what was written before it listened.
        await sleeper.slept()
        caller()
        await sleeper.slept()
        caller()
        caller()
        await sleeper.slept()


async def test_an_ear_that_is_cut_off_listens_again(
    address: str, owner: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(waking, "AGAIN_SECONDS", 0)
    others, sleeper = set(await _ears(owner)), Sleeper()

    async with hearing(address, sleeper.wake), aclosing(Caller(address)) as caller:
        await sleeper.slept()
        (ear,) = set(await _ears(owner)) - others
        await owner.execute("select pg_terminate_backend($1)", ear)
        await sleeper.slept()
        caller()
        await sleeper.slept()


async def test_without_a_database_nobody_is_called_and_nothing_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    nowhere, tried = "postgresql://127.0.0.1:1/nowhere", asyncio.Event()

    async def refuse(*_: object, **__: object) -> None:
        tried.set()
        raise OSError

    monkeypatch.setattr(asyncpg, "connect", refuse)
    monkeypatch.setattr(waking, "AGAIN_SECONDS", 0)
    sleeper = Sleeper()

    async with hearing(nowhere, sleeper.wake), aclosing(Caller(nowhere)) as caller:
        caller()
        await tried.wait()

    assert sleeper.woken == 0
