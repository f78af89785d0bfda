"""What a command does with the database of the settings, which is started if need be."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

from app import secret
from app.commands import hosting
from app.commands.chosen import chosen

Result = TypeVar("Result")


def in_database(does: Callable[[], Coroutine[Any, Any, Result]]) -> Result:
    """Do something with the database of the settings, and come back with what came of it."""
    settings = chosen()
    secret.master(settings)

    async def work(address: str) -> Result:
        async with hosting.opened(address, settings):
            return await does()

    with hosting.prepared(settings) as address:
        return asyncio.run(work(address))
