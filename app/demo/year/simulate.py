"""`flipside simulate`: a year of a programme in minutes, over the public API, under a clock that moves."""

import asyncio
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from time import monotonic

import httpx
import uvloop
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from app import clock, storage
from app.audit import verifying
from app.commands import hosting
from app.config import Settings
from app.demo.walk.caller import Api, Caller
from app.demo.walk.cast import Cast
from app.demo.walk.company import Scale
from app.demo.walk.figures import Figure
from app.demo.walk.own_server import analyse, own_database
from app.demo.walk.steps import Steps, bars
from app.demo.year import habits
from app.demo.year.books import Books
from app.demo.year.checks import Feed, Watch, figures
from app.demo.year.year import Year
from app.domain.access import founding
from app.main import create_app
from app.workers.chaining import Chainer
from app.workers.run import Worker
from app.workers.sweep import sweep

_AT_ONCE, _DAYS_A_MONTH = 8, 365 / 12
_FOUNDED_AT = time(12, tzinfo=UTC)
_MOMENTUM = ("pairing.nudged", "pairing.flagged_at_risk", "pairing.recovered")
# The feed is followed and the trail chained as they grow; everything is looked at each month, on a day between matches.
_FOLLOWED_EVERY, _WATCHED_EVERY = 7, 29
# About when the tables have doubled.
_ANALYSED_AFTER = (1, 15, 30, 60, 120, 240)


@dataclass
class _World:
    """The service in this process: its time, and its worker."""

    now: datetime
    address: str
    swept_on: date | None = None
    worker: Worker = field(default_factory=Worker)

    async def work(self) -> None:
        """Let the worker do all that is due now."""
        if self.swept_on != self.now.date():
            self.swept_on = self.now.date()
            await sweep()
        await self.worker.drain()


@dataclass(frozen=True)
class _Played:
    """What came of it."""

    seconds: float
    requests: int
    retries: int
    books: Books
    momentum: Counter[str]
    figures: list[Figure]


def simulate(settings: Settings, *, pairs: int, months: int, seed: int) -> bool:
    """Play the months, print what happened and what was checked. True: all of it is right."""
    console = Console()
    with (
        hosting.hosted(settings) as owner,
        bars() as progress,
        asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner,
    ):
        played = runner.run(_played(owner, settings, progress, pairs, round(months * _DAYS_A_MONTH), seed))
    console.print(_told(played))
    held = sum(meeting.status == "completed" for _, meeting in played.books.meetings)
    console.print(
        f"{len(played.books.couples)} pairs, {held} sessions held of {len(played.books.meetings)}; "
        + ", ".join(f"{count} {turn.replace('_', ' ')}" for turn, count in sorted(played.books.turns.items()))
    )
    told = (f"{played.momentum[kind]} {kind.removeprefix('pairing.').replace('_', ' ')}" for kind in _MOMENTUM)
    console.print(f"Momentum: {', '.join(told)}.")
    rate = played.requests / played.seconds
    console.print(
        f"{played.requests} requests in {played.seconds:.0f} s, {rate:.0f} a second; {played.retries} repeated."
    )
    return all(figure.is_right for figure in played.figures)


async def _played(owner: str, settings: Settings, progress: Progress, pairs: int, days: int, seed: int) -> _Played:
    async with own_database(owner) as address:
        world = _World(datetime.combine(habits.FIRST_DAY - timedelta(days=1), _FOUNDED_AT), address)
        await asyncio.to_thread(storage.migrate, address)
        clock.use(lambda: world.now)
        try:
            async with hosting.opened(address, settings):
                return await _year(world, progress, Scale.of(pairs), days, seed)
        finally:
            clock.use(None)


async def _year(world: _World, progress: Progress, scale: Scale, days: int, seed: int) -> _Played:
    founded = await founding.found("The simulated company")
    transport = httpx.ASGITransport(create_app())
    async with httpx.AsyncClient(transport=transport, base_url="http://flipside.example", timeout=60) as client:
        api, began = Api(client, _AT_ONCE), monotonic()
        admin = api.by(founded.key)
        ends_on = habits.FIRST_DAY + timedelta(days=days)
        cast = Cast(api, admin, Steps(progress), scale, habits.FIRST_DAY, ends_on)
        year, feed, chainer = Year(cast, days, seed, world), Feed(await _listener(admin)), Chainer()
        watch = Watch(cast)
        bar = progress.add_task("Days", total=days - 1)

        async def each_day(day: date) -> None:
            progress.advance(bar)
            number = (day - habits.FIRST_DAY).days
            if number % _FOLLOWED_EVERY == 0:
                await feed.follow()
                await _chained(chainer)
            if number in _ANALYSED_AFTER:
                await analyse(world.address)
            if number % _WATCHED_EVERY == 0:
                await watch.look()

        await year.play(each_day)
        seconds = monotonic() - began
        await feed.follow()
        found = [*await figures(cast, year.books, feed), *watch.figures()]
        # Some of what was just read is watched.
        await _chained(chainer)
        found.append(Figure("breaks in the audit trail", 0, await _breaks(founded.organisation_id)))
        return _Played(seconds, api.tally.requests, api.tally.retries, year.books, feed.counts, found)


async def _listener(admin: Caller) -> Caller:
    """Events are for systems, not for offices."""
    made = await admin.post(
        "/v1/api-keys", name="Reports", role="service_account", service_account="reports", scopes=["events:read"]
    )
    return admin.api.by(made["secret"])


async def _chained(chainer: Chainer) -> None:
    while await chainer.step():
        pass


async def _breaks(organisation_id: str) -> int:
    try:
        return (await verifying.verify(organisation_id)).waiting
    except verifying.Broken:
        return 1


def _told(played: _Played) -> Table:
    table = Table("checked", "expected", "seen", "")
    for figure in played.figures:
        table.add_row(figure.name, str(figure.expected), str(figure.seen), "right" if figure.is_right else "WRONG")
    return table
