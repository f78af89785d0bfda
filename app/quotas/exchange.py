"""Counting together with other replicas: each tells the database what was drawn here, and learns what all have drawn.

This runs beside the requests, once a second; none of them waits for it (docs/decisions/0014).
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import asyncpg

from app import clock, config, logs
from app import db as database
from app.quotas.admission import budgets
from app.quotas.buckets import WINDOW_SECONDS, Budget, Key

EXCHANGE_SECONDS = 1.0

# In one order everywhere, so that replicas never hold what the other waits for.
_TELL = """
    insert into quota_level as kept (organisation_id, budget, holder, full_at)
    select organisation_id, budget, holder, $5 + seconds
    from unnest($1::text[], $2::text[], $3::text[], $4::float8[]) as drawn(organisation_id, budget, holder, seconds)
    order by organisation_id, budget, holder
    on conflict (organisation_id, budget, holder) do update
        set full_at = greatest(kept.full_at, $5) + (excluded.full_at - $5)
    returning organisation_id, budget, holder, full_at
"""
_FORGET = """
    delete from quota_level where (organisation_id, budget, holder) in (
        select organisation_id, budget, holder from quota_level where full_at < $1 for update skip locked
    )
"""

_log = logs.get(__name__)


class Exchange:
    """The shared budgets of this process, and what the others draw from them."""

    def __init__(self, shared: list[Budget]) -> None:
        self._budgets = {budget.name: budget for budget in shared}
        self._forget_at = 0.0
        for budget in shared:
            budget.drawn = {}

    async def step(self) -> None:
        """Tell and learn once. What could not be told is told the next time."""
        drawn = [(name, *key, seconds) for name, budget in self._budgets.items() for key, seconds in _taken(budget)]
        now = clock.now().timestamp()
        try:
            async with database.current().queueing() as connection:
                if drawn:
                    names, organisations, holders, seconds = (list(column) for column in zip(*drawn, strict=True))
                    for told in await connection.fetch(_TELL, organisations, names, holders, seconds, now):
                        self._learn(told, now)
                if now >= self._forget_at:
                    await connection.execute(_FORGET, now)
                    self._forget_at = now + WINDOW_SECONDS
        except BaseException:
            for name, organisation_id, holder, amount in drawn:
                self._budgets[name].owe((organisation_id, holder), amount)
            raise

    def _learn(self, told: asyncpg.Record, now: float) -> None:
        budget, key = self._budgets[told["budget"]], (told["organisation_id"], told["holder"])
        # While we asked, more may have been drawn.
        budget.settle(key, told["full_at"] + (budget.drawn or {}).get(key, 0.0), now)

    async def run(self) -> None:
        """Exchange until cancelled; a database that does not answer leaves us counting alone."""
        while True:
            try:
                await self.step()
            except Exception as error:
                _log.warning("quotas.not_exchanged", error=type(error).__name__)
            await asyncio.sleep(EXCHANGE_SECONDS)


def _taken(budget: Budget) -> list[tuple[Key, float]]:
    drawn, budget.drawn = budget.drawn or {}, {}
    return list(drawn.items())


@asynccontextmanager
async def running() -> AsyncIterator[None]:
    """Exchange for as long as the block runs, if replicas are to count together."""
    if config.settings().quota_store == "memory":
        yield
        return
    task = asyncio.create_task(Exchange(budgets().shared()).run())
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
