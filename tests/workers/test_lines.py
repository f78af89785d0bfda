"""How many requests are on their way at once: no more than the receiver's answers need."""

import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, cast

import pytest

from app.workers import lines as module
from app.workers.lines import Lines
from app.workers.loading import Load, Parcel, Terms
from app.workers.tries import Try

NOW = datetime(2026, 3, 2, tzinfo=UTC)


def load(*names: str) -> Load:
    """Some parcels of one endpoint."""
    event: Mapping[str, Any] = {}
    return Load(cast("Terms", None), [Parcel(name, 1, event) for name in names])


class Receiver:
    """Answers when it is told to, and knows how many wait for it."""

    def __init__(self) -> None:
        self.answers: dict[str, asyncio.Future[None]] = {}
        self.most = self.now = 0

    async def send(self, _load: Load, parcel: Parcel) -> Try:
        self.now += 1
        self.most = max(self.most, self.now)
        await self.answers.setdefault(parcel.id, asyncio.get_running_loop().create_future())
        self.now -= 1
        return Try(parcel, "", NOW, None)

    def answer(self, *names: str) -> None:
        for name in names:
            self.answers.setdefault(name, asyncio.get_running_loop().create_future()).set_result(None)


async def taken(lines: Lines) -> list[str]:
    """All that comes back, in its order."""
    found: list[str] = []
    while lines.under_way:
        found += [one.parcel.id for one in await lines.take(10)]
    return found


async def test_a_receiver_that_answers_at_once_is_sent_one_after_the_other() -> None:
    receiver = Receiver()
    lines = Lines(receiver.send)
    receiver.answer("a", "b", "c", "d", "e")

    lines.give(load("a", "b", "c"))
    first = await taken(lines)
    lines.give(load("d", "e"))

    assert first + await taken(lines) == ["a", "b", "c", "d", "e"]
    assert receiver.most == 1


async def test_a_receiver_that_is_slow_gets_more_at_once_and_stays_with_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "PATIENCE_SECONDS", 0)
    receiver = Receiver()
    lines = Lines(receiver.send)

    lines.give(load("a", "b", "c", "d", "e"))
    at_once = []
    for _ in range(3):
        assert await lines.take(0) == []
        await asyncio.sleep(0)
        at_once.append(receiver.now)
    receiver.answer("a", "b", "c", "d", "e")
    await taken(lines)
    lines.give(load("f", "g"))
    await asyncio.sleep(0)

    assert (at_once[0], at_once[-1]) == (2, 5)
    assert receiver.now == 2
    lines.cancel()


async def test_what_a_quick_receiver_answers_comes_back_together(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "PATIENCE_SECONDS", 10)
    receiver = Receiver()
    lines = Lines(receiver.send)
    receiver.answer("a", "b", "c")

    lines.give(load("a", "b", "c"))

    assert [one.parcel.id for one in await lines.take(10)] == ["a", "b", "c"]


async def test_an_answer_waits_no_longer_than_our_patience_for_others(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "PATIENCE_SECONDS", 0.001)
    receiver = Receiver()
    lines = Lines(receiver.send)
    receiver.answer("a")

    lines.give(load("a", "b", "c"))

    assert [one.parcel.id for one in await lines.take(10)] == ["a"]
    await asyncio.sleep(0)
    # That it answered is no reason to let the others wait.
    assert receiver.now == 2
    lines.cancel()


async def test_whoever_asks_does_not_wait_for_ever() -> None:
    receiver = Receiver()
    lines = Lines(receiver.send)
    lines.give(load("a"))

    assert await lines.take(0) == []

    assert lines.under_way == 1
    lines.cancel()


@pytest.mark.parametrize("is_waited_for", [True, False])
async def test_what_a_line_raises_is_raised(*, is_waited_for: bool) -> None:
    async def send(_load: Load, _parcel: Parcel) -> Try:
        raise ZeroDivisionError

    lines = Lines(send)
    lines.give(load("a"))
    if not is_waited_for:
        for _ in range(3):
            await asyncio.sleep(0)

    with pytest.raises(ZeroDivisionError):
        await lines.take(10)
    lines.cancel()


async def test_what_comes_back_after_a_look_is_there_at_the_next() -> None:
    receiver = Receiver()
    lines = Lines(receiver.send)
    lines.give(load("a", "b"))

    receiver.answer("a")
    first = await lines.take(10)
    receiver.answer("b")

    assert [one.parcel.id for one in first + await lines.take(10)] == ["a", "b"]
