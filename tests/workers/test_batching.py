"""Asking together: who is ready goes along, and nobody suffers for another."""

import asyncio
from collections.abc import Sequence

import pytest

from app.workers.batching import Batcher


class Desk:
    """Doubles numbers; what it was asked, batch by batch."""

    def __init__(self) -> None:
        self.asked: list[list[int]] = []
        self.is_asked, self.open = asyncio.Event(), asyncio.Event()
        self.open.set()
        self.batcher = Batcher[int, int](self.double)

    async def double(self, items: Sequence[int]) -> Sequence[int | Exception]:
        """Refuses seven, and falls over thirteen."""
        self.asked.append(list(items))
        self.is_asked.set()
        await self.open.wait()
        if 13 in items:
            raise RuntimeError
        return [ValueError() if item == 7 else item * 2 for item in items]


async def test_all_who_are_ready_are_asked_together() -> None:
    desk = Desk()

    answers = await asyncio.gather(*(desk.batcher.ask(number) for number in range(5)))

    assert (answers, desk.asked) == ([0, 2, 4, 6, 8], [[0, 1, 2, 3, 4]])


async def test_who_comes_while_it_is_busy_goes_with_the_next() -> None:
    desk = Desk()
    desk.open.clear()
    first = asyncio.create_task(desk.batcher.ask(1))
    await desk.is_asked.wait()
    others = [asyncio.create_task(desk.batcher.ask(number)) for number in (2, 3)]
    await asyncio.sleep(0)
    desk.open.set()

    assert await asyncio.gather(first, *others) == [2, 4, 6]
    assert desk.asked == [[1], [2, 3]]


async def test_an_error_is_for_the_one_who_asked() -> None:
    desk = Desk()

    answers = await asyncio.gather(*(desk.batcher.ask(number) for number in (1, 7, 13, 4)), return_exceptions=True)

    assert [type(answer) for answer in answers] == [int, ValueError, RuntimeError, int]
    assert desk.asked == [[1, 7, 13, 4], [1], [7], [13], [4]]


async def test_whoever_is_broken_off_takes_nobody_along() -> None:
    desk = Desk()
    desk.open.clear()
    first = asyncio.create_task(desk.batcher.ask(1))
    second = asyncio.create_task(desk.batcher.ask(2))
    await desk.is_asked.wait()
    first.cancel()
    desk.open.set()

    assert await second == 4
    with pytest.raises(asyncio.CancelledError):
        await first
    assert desk.asked == [[1, 2], [2]]


async def test_whoever_gives_up_waiting_costs_the_others_nothing() -> None:
    desk = Desk()
    desk.open.clear()
    first = asyncio.create_task(desk.batcher.ask(1))
    second = asyncio.create_task(desk.batcher.ask(2))
    await desk.is_asked.wait()
    second.cancel()
    with pytest.raises(asyncio.CancelledError):
        await second
    desk.open.set()

    assert await first == 2
    assert desk.asked == [[1, 2]]
