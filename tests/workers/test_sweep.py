"""What time alone brings about."""

from datetime import timedelta

import asyncpg
import pytest
from structlog.testing import capture_logs

from app.db import Db
from app.domain.sessions import attending
from app.workers import sweep as sweeping
from app.workers.sweep import sweep, sweep_one
from tests.conftest import TestClock
from tests.workers.conftest import MakeEndpoint
from tests.workers.lms import Lms
from tests.workers.steps import relay_all, row, rows_of
from tests.world import World, found_world


@pytest.fixture(autouse=True)
async def _alone(world: World, owner: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    """Other tests' organisations are many: sweep ours, and one that is found later."""
    query = "select organisation_id from event_counter order by organisation_id"
    first = f" where organisation_id >= '{world.organisation_id}'"
    monkeypatch.setattr(sweeping, "ORGANISATIONS", query.replace(" order", f"{first} order"))


async def keep_answers(owner: asyncpg.Connection, world: World, clock: TestClock, *ages: float) -> None:
    """Answers of requests that were so many hours ago."""
    for place, hours in enumerate(ages):
        await owner.execute(
            "insert into idempotency_record values ($1, 'key_x', 'create_goal', $2, 'hash', 'goa_x', 1, 'sealed', $3)",
            world.organisation_id,
            f"{hours} {place}",
            clock.time - timedelta(hours=hours),
        )


async def kept(owner: asyncpg.Connection, world: World) -> list[str]:
    """The keys of the answers that are still kept."""
    query = "select key from idempotency_record where organisation_id = $1 order by key"
    return [one["key"] for one in await owner.fetch(query, world.organisation_id)]


async def test_a_session_that_nobody_spoke_of_lapses_after_a_day(
    world: World, owner: asyncpg.Connection, clock: TestClock
) -> None:
    pairing = await world.pairing()
    session = await world.session(pairing["id"], days=0)
    clock.advance(hours=25)
    await sweep_one(world.organisation_id)
    assert (await row(owner, "session", session["id"]))["status"] == "scheduled"

    clock.advance(seconds=1)
    await sweep_one(world.organisation_id)

    assert (await row(owner, "session", session["id"]))["status"] == "unconfirmed"
    told = (await rows_of(owner, "outbox_event", "subject", session["id"]))[-1]
    assert (told["type"], told["actor"]) == ("session.unconfirmed", None)


async def test_kept_answers_are_forgotten_after_three_days_bite_by_bite(
    world: World, owner: asyncpg.Connection, clock: TestClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sweeping, "EXPIRED_AT_ONCE", 2)
    await keep_answers(owner, world, clock, 71.9, 72, 72.1, 80, 90, 100, 1000)

    await sweep_one(world.organisation_id)

    assert await kept(owner, world) == ["71.9 0", "72 1"]


async def test_what_falls_due_to_a_disabled_endpoint_is_held(
    world: World, owner: asyncpg.Connection, clock: TestClock, endpoint: MakeEndpoint, receiver: Lms
) -> None:
    on, off = await endpoint(), await endpoint()
    await world.person()
    await relay_all()
    await world.do("admin", "disable_webhook_endpoint", off["id"])
    await owner.execute("update delivery set due_at = $2 where endpoint_id = $1", off["id"], clock.time + timedelta(1))

    async def statuses() -> list[str]:
        both = [await rows_of(owner, "delivery", "endpoint_id", made["id"]) for made in (on, off)]
        return [one["status"] for found in both for one in found]

    await sweep()
    assert await statuses() == ["pending", "pending"]
    clock.advance(days=1)
    await sweep()
    assert await statuses() == ["pending", "held"]


async def test_what_fails_for_one_organisation_does_not_keep_the_others_waiting(
    world: World, owner: asyncpg.Connection, clock: TestClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = await found_world("Other")
    for one in (world, other):
        await keep_answers(owner, one, clock, 100)
    lapse = attending.lapse

    async def fail_for_one(db: Db, *, limit: int) -> int:
        if db.organisation_id == world.organisation_id:
            raise RuntimeError
        return await lapse(db, limit=limit)

    monkeypatch.setattr(attending, "lapse", fail_for_one)
    with capture_logs() as logs:
        await sweep()

    # The first sweep of a database divides its log, too.
    failed = [log["organisation_id"] for log in logs if log["event"] != "log.divided"]
    assert failed == [world.organisation_id]
    assert (len(await kept(owner, world)), await kept(owner, other)) == (1, [])
