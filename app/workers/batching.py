"""Many who ask the database the same at once ask it together."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

Item = TypeVar("Item")
Answer = TypeVar("Answer")


class Batcher(Generic[Item, Answer]):
    """Calls `run` with all that was asked while it was busy; an answer may be an error, for the one who asked.

    Where a whole batch fails, each is tried alone: one that cannot be done does not take the others along.
    """

    def __init__(self, run: Callable[[Sequence[Item]], Awaitable[Sequence[Answer | Exception]]]) -> None:
        self._run = run
        self._busy = asyncio.Lock()
        self._waiting: list[tuple[Item, asyncio.Future[Answer]]] = []

    async def ask(self, item: Item) -> Answer:
        """The answer to `item`."""
        future: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self._waiting.append((item, future))
        # Whoever comes first asks for all; no task of its own that could outlive those who wait for it.
        try:
            async with self._busy:
                if not future.done():
                    # Others who are ready in this very moment come along.
                    await asyncio.sleep(0)
                    await self._flush()
            return await future
        finally:
            # Broken off: what it asked is dropped, and the next of those who wait asks for the rest.
            future.cancel()

    async def _flush(self) -> None:
        self._waiting = [one for one in self._waiting if not one[1].done()]
        asked = self._waiting.copy()
        answers = await self._answered([item for item, _ in asked])
        for (_, future), answer in zip(asked, answers, strict=True):
            if future.done():
                continue
            if isinstance(answer, Exception):
                future.set_exception(answer)
            else:
                future.set_result(answer)

    async def _answered(self, items: Sequence[Item]) -> Sequence[Answer | Exception]:
        try:
            return await self._run(items)
        except Exception as error:
            if len(items) == 1:
                return [error]
        return [(await self._answered([item]))[0] for item in items]
