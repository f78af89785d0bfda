"""`python -m bench.beside [--size 10000] [--rounds 3]`: what others wait for while a match run is under way.

The same reads, fifty a second, first in quiet and then beside a run of `size` people a side, from the request for it to
its plan in the database: with API and worker in processes of their own, and with both in one (`flipside serve`).
The company is that of `bench.matching`, without the wishes of its people for each other.
"""

import argparse
import asyncio
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import AsyncExitStack, ExitStack
from dataclasses import dataclass
from datetime import timedelta
from itertools import count
from pathlib import Path
from statistics import median, quantiles
from subprocess import DEVNULL
from typing import Any

import httpx

from app import clock, config, ids, storage
from app import db as database
from app.auth.actor import Role
from app.domain.access import founding
from app.domain.enrolments.models import Enrolment, EnrolmentRole, EnrolmentStatus
from app.domain.enrolments.profile import Weekday
from app.domain.organisations.models import Rank
from app.domain.people.models import Person
from app.domain.programmes.models import Programme, ProgrammeStatus
from app.embedded import OWNER, Cluster
from app.matching.market import Interval, Market, Seat
from app.table import Row
from bench.data import ENVIRONMENT
from bench.matching_market import generate
from bench.servers import SERVICE_PORT, process, stop

PROMISED = 1.1
_PAUSE_SECONDS, _QUIET_SECONDS, _CHUNK, _HIGHEST = 0.02, 15.0, 500, 12


@dataclass(frozen=True)
class Place:
    """Where a run may be asked for, by whom, and whom else one may ask about."""

    key: str
    programme_id: str
    people: list[str]


@dataclass(frozen=True)
class Waits:
    """What a stretch of requests came to: how long each waited, and how long the stretch was, in seconds."""

    each: list[float]
    seconds: float

    def percentile(self, percent: int) -> float:
        """In milliseconds."""
        return quantiles(self.each, n=100)[percent - 1] * 1000


def main() -> int:
    """Measure both; 1 if an API that stands alone is slower beside a run than is promised."""
    parser = argparse.ArgumentParser(prog="python -m bench.beside", description=__doc__)
    parser.add_argument("--size", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=3)
    chosen = parser.parse_args()
    root = Path(tempfile.mkdtemp(prefix="flipside-beside-"))
    cluster = Cluster(root / "postgres")
    os.environ |= {**ENVIRONMENT, "FLIPSIDE_DATA_DIR": str(root), "FLIPSIDE_RATE_LIMIT_OPERATION": "0"}
    try:
        cluster.start()
        address = cluster.address(OWNER, "postgres")
        storage.migrate(address)
        place = asyncio.run(_settled(address, chosen.size))
        print("| roles | p50 ms, quiet | p50 ms, beside | p99 ms, quiet | p99 ms, beside | p99 ratio | run s |")
        print("|---|---|---|---|---|---|---|", flush=True)
        ratios = [_measured(address, root, place, roles, chosen.rounds) for roles in (("api", "worker"), ("serve",))]
        return int(ratios[0] > PROMISED)
    finally:
        cluster.stop()
        shutil.rmtree(root)


async def _settled(address: str, size: int) -> Place:
    """An organisation whose programme waits to be matched."""
    lanes = database.Database(address, config.settings())
    database.use(lanes)
    founded = await founding.found("Bench")
    market = generate(size, size)
    today = clock.now().date()
    async with lanes.writing(founded.organisation_id) as db:
        key = await founding.grant(db, Role.SERVICE_ACCOUNT, service_account="bench")
        for level in range(len(founding.DEFAULT_LADDER) + 1, _HIGHEST + 1):
            db.add(Rank(organisation_id=db.organisation_id, id=ids.new("rnk"), level=level, name=f"Level {level}"))
        programme = Programme(
            organisation_id=db.organisation_id,
            id=ids.new("prg"),
            name="Reverse mentoring",
            purpose="Junior colleagues mentor senior leaders.",
            status=ProgrammeStatus.MATCHING,
            starts_on=today,
            ends_on=today + timedelta(days=182),
        )
        db.add(programme)
    people = {name: ids.new("per") for name in market.managers}
    for rows in _chunks([*_people(market, people), *_enrolments(market, people, programme.id)]):
        async with lanes.writing(founded.organisation_id) as db:
            db.add_all([row(organisation_id=db.organisation_id, **values) for row, values in rows])
    await lanes.close()
    return Place(key, programme.id, list(people.values()))


def _chunks(rows: list[Any]) -> Iterator[list[Any]]:
    for start in range(0, len(rows), _CHUNK):
        yield rows[start : start + _CHUNK]


def _people(market: Market, people: Mapping[str, str]) -> Iterator[tuple[type[Row], dict[str, Any]]]:
    """Everybody after their manager."""
    seats = {seat.person_id: seat for seat in (*market.mentors, *market.mentees)}
    for number, (name, above) in enumerate(sorted(market.managers.items())):
        seat = seats.get(name)
        known = {} if seat is None else {"department": seat.department, "division": seat.division, "zone": seat.zone}
        yield (
            Person,
            {
                "id": people[name],
                "given_name": "Somebody",
                "family_name": f"Number {number}",
                "display_name": f"Somebody Number {number}",
                "rank_level": seat.rank if seat else _HIGHEST,
                "manager_id": people[above] if above else None,
                "location": seat.location if seat else None,
                "zone": "UTC",
                **known,
            },
        )


def _enrolments(
    market: Market, people: Mapping[str, str], programme_id: str
) -> Iterator[tuple[type[Row], dict[str, Any]]]:
    for role, seats in ((EnrolmentRole.MENTOR, market.mentors), (EnrolmentRole.MENTEE, market.mentees)):
        for seat in seats:
            place = {"programme_id": programme_id, "person_id": people[seat.person_id], "role": role}
            yield Enrolment, {"id": ids.new("enr"), "status": EnrolmentStatus.READY, **place, **_profile(seat)}


def _profile(seat: Seat) -> dict[str, Any]:
    return {
        "capacity": seat.places,
        "offers": list(seat.offers),
        "seeks": list(seat.seeks),
        "offer_levels": dict(seat.offers),
        "seek_weights": dict(seat.seeks),
        "interests": list(seat.interests),
        "languages": list(seat.languages),
        "zone": seat.zone,
        "style": dict(seat.style),
        "availability": [_window(interval) for interval in seat.availability],
    }


def _window(interval: Interval) -> dict[str, str]:
    weekday, *minutes = interval
    starts, ends = (f"{minute // 60:02}:{minute % 60:02}" for minute in minutes)
    return {"weekday": list(Weekday)[weekday], "starts": starts, "ends": ends}


def _measured(address: str, root: Path, place: Place, roles: tuple[str, ...], rounds: int) -> float:
    """Print one row; how many times as long the slowest of a hundred waits beside a run."""
    environment = {**os.environ, "FLIPSIDE_DATABASE_URL": address, "FLIPSIDE_PORT": str(SERVICE_PORT)}
    with ExitStack() as running:
        running.enter_context(process(["app.cli", roles[0]], SERVICE_PORT, environment, root))
        for role in roles[1:]:
            more = subprocess.Popen([sys.executable, "-m", "app.cli", role], env=environment, stdout=DEVNULL)
            running.callback(stop, more)
        found = asyncio.run(_rounds(place, rounds))
    ratio = _typical(found, 1, 99) / _typical(found, 0, 99)
    cells = [f"{_typical(found, side, percent):.1f}" for percent in (50, 99) for side in (0, 1)]
    took = median(beside.seconds for _, beside in found)
    print(f"| {' + '.join(roles)} | {' | '.join(cells)} | {ratio:.2f} | {took:.1f} |", flush=True)
    return ratio


def _typical(found: list[tuple[Waits, Waits]], side: int, percent: int) -> float:
    return median(pair[side].percentile(percent) for pair in found)


async def _rounds(place: Place, rounds: int) -> list[tuple[Waits, Waits]]:
    headers = {"Authorization": f"Bearer {place.key}"}
    async with AsyncExitStack() as opened:
        one, other = [
            await opened.enter_async_context(
                httpx.AsyncClient(base_url=f"http://127.0.0.1:{SERVICE_PORT}", headers=headers, timeout=60)
            )
            for _ in range(2)
        ]
        await _asked(one, place, asyncio.create_task(asyncio.sleep(2)))
        return [
            (
                await _asked(one, place, asyncio.create_task(asyncio.sleep(_QUIET_SECONDS))),
                await _asked(one, place, asyncio.create_task(_matched(other, place))),
            )
            for _ in range(rounds)
        ]


async def _asked(client: httpx.AsyncClient, place: Place, until: asyncio.Task[None]) -> Waits:
    """Ask for one person and for a page of them in turns, as long as something else is under way."""
    each: list[float] = []
    began = time.perf_counter()
    for number in count():
        if until.done():
            await until
            return Waits(each, time.perf_counter() - began)
        person = place.people[number * 7919 % len(place.people)]
        sent = time.perf_counter()
        (await client.get(f"/v1/people/{person}" if number % 2 else "/v1/people?limit=20")).raise_for_status()
        each.append(time.perf_counter() - sent)
        await asyncio.sleep(max(0.0, _PAUSE_SECONDS - each[-1]))
    raise AssertionError


async def _matched(client: httpx.AsyncClient, place: Place) -> None:
    """A run from the request for it to its plan, which is then dropped."""
    begun = await client.post("/v1/match-runs", json={"programme_id": place.programme_id})
    begun.raise_for_status()
    run = f"/v1/match-runs/{begun.json()['id']}"
    while (said := (await client.get(run)).json())["status"] in ("queued", "running"):  # noqa: ASYNC110
        await asyncio.sleep(0.5)
    if said["status"] != "proposed":
        raise SystemExit(f"The run ended {said['status']}.")
    (await client.post(f"{run}/discard")).raise_for_status()


if __name__ == "__main__":
    raise SystemExit(main())
