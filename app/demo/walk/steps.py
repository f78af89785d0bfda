"""Steps that many take at once, with a bar that shows how far they are."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

Item = TypeVar("Item")
Result = TypeVar("Result")
_LOOK_SECONDS = 0.2


def bars() -> Progress:
    """One line for each chapter of the walk."""
    return Progress(TextColumn("{task.description:<34}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())


class Steps:
    """Takes the same step for many things; the API bounds how many of them are under way."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress

    async def each(self, title: str, items: Sequence[Item], does: Callable[[Item], Awaitable[Result]]) -> list[Result]:
        """What came of the step for each item, in their order. The first failure ends all."""
        bar = self._progress.add_task(title, total=len(items))

        async def one(item: Item) -> Result:
            result = await does(item)
            self._progress.advance(bar)
            return result

        try:
            async with asyncio.TaskGroup() as group:
                tasks = [group.create_task(one(item)) for item in items]
        except ExceptionGroup as failures:
            # The others were broken off because of it: they say nothing.
            raise failures.exceptions[0] from None
        return [task.result() for task in tasks]

    async def until(self, title: str, total: int, count: Callable[[], Awaitable[int]], *, patience: float) -> None:
        """Watch a count grow to its total; give up when it has not grown for `patience` seconds."""
        bar = self._progress.add_task(title, total=total)
        seen, waited = -1, 0.0
        while seen < total and waited < patience:
            now = await count()
            waited = 0.0 if now != seen else waited + _LOOK_SECONDS
            seen = now
            self._progress.update(bar, completed=seen)
            await asyncio.sleep(_LOOK_SECONDS)
