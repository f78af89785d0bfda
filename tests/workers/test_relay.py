"""Events on their way out: each numbered once, sent to everyone who wants it, and none held up by another."""

from datetime import timedelta
from typing import Any

import asyncpg
import pytest
from structlog.testing import capture_logs

from app.db import Db
from app.failures import Busy
from app.webhooks import fanout
from app.workers import reactions, relay
from app.workers.relay import Relay
from tests.conftest import TestClock
from tests.workers.conftest import MakeEndpoint
from tests.workers.steps import relay_all, rows_of
from tests.world import World, found_world


async def numbers(owner: asyncpg.Connection, world: World) -> list[int | None]:
    """The numbers of an organisation's events, in the order of writing; the founding of the world has none."""
    rows = await owner.fetch(
        "select sequence from outbox_event where organisation_id = $1 and (sequence is not null or relayed_at is null)"
        " order by position",
        world.organisation_id,
    )
    return [row["sequence"] for row in rows]


def break_for(monkeypatch: pytest.MonkeyPatch, event_type: str, *subjects: str, error: Exception | None = None) -> None:
    """Let the reaction to an event fail for some subjects, until they are taken out of the list."""

    async def fail(_db: Db, subject: str) -> None:
        if subject in subjects:
            raise error or RuntimeError("a secret in the text")

    monkeypatch.setitem(reactions.REACTIONS, event_type, fail)


async def test_each_endpoint_gets_each_event_that_it_wants_once(
    world: World, owner: asyncpg.Connection, endpoint: MakeEndpoint
) -> None:
    all_of_them, people, sessions = await endpoint(types=("*",)), await endpoint(), await endpoint(types=("session.*",))
    person_id = await world.person()

    assert await relay_all() == 1
    assert await relay_all() == 0

    rows = await owner.fetch(
        "select d.*, e.subject from delivery d join outbox_event e on e.id = d.event_id where e.subject = $1", person_id
    )
    assert {row["endpoint_id"] for row in rows} == {all_of_them["id"], people["id"]}
    assert sessions["id"] not in {row["endpoint_id"] for row in rows}
    assert {(row["status"], row["attempts"], row["event_type"], row["sequence"]) for row in rows} == {
        ("pending", 0, "person.created", 1)
    }
    assert len(rows) == 2


async def test_numbers_follow_the_order_of_writing(world: World, owner: asyncpg.Connection) -> None:
    for _ in range(3):
        await world.person()
    await relay_all()
    await world.person()
    await relay_all()

    assert await numbers(owner, world) == [1, 2, 3, 4]
    count = "select last_sequence from event_counter where organisation_id = $1"
    assert await owner.fetchval(count, world.organisation_id) == 4


async def test_relays_at_once_leave_no_gap_and_take_nothing_twice(
    world: World, owner: asyncpg.Connection, endpoint: MakeEndpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(relay, "BATCH", 3)
    await endpoint(types=("*",))
    other = await found_world("Other")
    for _ in range(10):
        await world.person()
        await other.person()

    await relay_all(*(Relay() for _ in range(3)))
    # One that finds all organisations locked goes home early; what came in behind it is the next one's.
    await relay_all()

    assert await numbers(owner, world) == list(range(1, 11))
    assert (await numbers(owner, other))[-10:] == [place + 3 for place in range(1, 11)]
    deliveries = await owner.fetchval("select count(*) from delivery where organisation_id = $1", world.organisation_id)
    assert deliveries == 10


async def test_organisations_take_turns(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(relay, "BATCH", 2)
    other = await found_world("Other")
    await relay_all()
    for _ in range(4):
        await world.person()
        await other.person()
    one, served = Relay(), []

    while await one.step() is not None:
        served.append(one._last)

    assert served[0] != served[1]
    assert served == served[:2] * 2


async def test_events_of_a_subject_keep_their_order(world: World, owner: asyncpg.Connection) -> None:
    person_id = await world.person()
    for title in ("One", "Two", "Three"):
        await world.do("admin", "update_person", person_id, title=title)

    await relay_all(Relay(), Relay())

    rows = await owner.fetch("select sequence from outbox_event where subject = $1 order by position", person_id)
    assert [row["sequence"] for row in rows] == sorted(row["sequence"] for row in rows)


async def group(world: World) -> str:
    """A group, whose creation has no consequences of its own."""
    return str((await world.do("admin", "create_group", display_name="Sales"))["id"])


async def test_a_reaction_that_fails_holds_up_its_own_event_only(
    world: World, owner: asyncpg.Connection, clock: TestClock, endpoint: MakeEndpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    await endpoint(types=("group.*",))
    bad, good = await group(world), await group(world)
    await world.do("admin", "update_group", bad, display_name="Later")
    break_for(monkeypatch, "group.created", bad)

    with capture_logs() as logs:
        await relay_all()

    (failed,) = logs
    assert (failed["event"], failed["type"], failed["failures"]) == ("reaction.failed", "group.created", 1)
    assert (failed["error"], failed["at"].partition(":")[0]) == ("RuntimeError", "workers/reactions.py")
    assert "secret" not in str(failed)
    row = await owner.fetchrow("select * from outbox_event where subject = $1 and type = 'group.created'", bad)
    assert (row["relayed_at"], row["failures"]) == (None, 1)
    assert row["retry_at"] == clock.time + timedelta(seconds=5)
    sent = "select e.subject, d.sequence from delivery d join outbox_event e on e.id = d.event_id"
    sent += " where d.organisation_id = $1 order by d.sequence"
    assert [tuple(row) for row in await owner.fetch(sent, world.organisation_id)] == [(good, 2), (bad, 3)]

    break_for(monkeypatch, "group.created")
    clock.advance(seconds=4)
    assert await relay_all() == 0
    clock.advance(seconds=1)
    assert await relay_all() == 1

    # It is late, but its number still says where it belongs.
    assert [tuple(row) for row in await owner.fetch(sent, world.organisation_id)] == [(bad, 1), (good, 2), (bad, 3)]
    assert await numbers(owner, world) == [1, 2, 3]


async def test_retries_of_a_reaction_come_ever_later_up_to_an_hour(
    world: World, owner: asyncpg.Connection, clock: TestClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    group_id, waits = await group(world), []
    break_for(monkeypatch, "group.created", group_id)

    for _ in range(14):
        await relay_all()
        retry_at = await owner.fetchval("select retry_at from outbox_event where subject = $1", group_id)
        waits.append((retry_at - clock.time).total_seconds())
        clock.set(retry_at)

    assert waits[:4] == [5, 10, 20, 40]
    assert waits == sorted(waits)
    assert waits[-3:] == [3600, 3600, 3600]


async def test_no_event_pays_for_a_lack_of_connections(
    world: World, owner: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    group_id = await group(world)
    break_for(monkeypatch, "group.created", group_id, error=Busy())

    with pytest.raises(Busy):
        await Relay().step()

    row = await owner.fetchrow("select * from outbox_event where subject = $1", group_id)
    assert (row["relayed_at"], row["retry_at"], row["failures"], row["sequence"]) == (None, None, 0, None)


async def test_a_relay_that_dies_half_way_leaves_nothing_behind(
    world: World, owner: asyncpg.Connection, endpoint: MakeEndpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    await endpoint()
    person_id = await world.person()
    fan_out = fanout.fan_out

    async def die(*arguments: Any) -> int:
        await fan_out(*arguments)
        raise ConnectionResetError

    with monkeypatch.context() as patch:
        patch.setattr(fanout, "fan_out", die)
        with pytest.raises(ConnectionResetError):
            await Relay().step()
    deliveries = "select count(*) from delivery where organisation_id = $1"
    assert await owner.fetchval(deliveries, world.organisation_id) == 0

    await relay_all()

    assert await owner.fetchval(deliveries, world.organisation_id) == 1
    assert await owner.fetchval("select sequence from outbox_event where subject = $1", person_id) == 1


async def test_a_batch_holds_few_reactions(
    world: World, owner: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(relay, "MOST_REACTIONS", 2)
    break_for(monkeypatch, "person.created")
    for _ in range(5):
        last = await world.person()
    await world.do("admin", "update_person", last, title="Last")

    one, taken = Relay(), []
    while (count := await one.step()) is not None:
        taken.append(count)

    assert taken == [2, 2, 2]
    assert await numbers(owner, world) == [1, 2, 3, 4, 5, 6]


async def test_a_late_commit_is_numbered_behind_what_was_relayed(world: World, owner: asyncpg.Connection) -> None:
    early, late = await world.person(), await world.person()
    # As if its transaction had been open while the later one was relayed.
    await owner.execute("update outbox_event set retry_at = 'infinity' where subject = $1", early)
    await relay_all()
    await owner.execute("update outbox_event set retry_at = null where subject = $1", early)
    await relay_all()

    query = "select sequence from outbox_event where subject = $1"
    assert [await owner.fetchval(query, subject) for subject in (late, early)] == [1, 2]


async def test_an_event_of_a_pair_is_known_to_belong_to_its_programme(
    world: World, owner: asyncpg.Connection, endpoint: MakeEndpoint
) -> None:
    pairing = await world.pairing()
    ours = await endpoint(types=("*",), programme_ids=[pairing["programme_id"]])
    other = await endpoint(types=("*",), programme_ids=[await world.programme()])
    await owner.execute("update outbox_event set relayed_at = now() where relayed_at is null")
    goal = await world.do("mentor", "set_goal", pairing_id=pairing["id"], title="One report")
    milestone = await world.do("mentor", "create_goal_milestone", goal_id=goal["id"], title="First step")
    await world.do("mentor", "reach_goal_milestone", milestone["id"])
    clauses = [{"key": "confidentiality", "text": "Between us."}]
    await world.do("mentor", "propose_agreement", pairing_id=pairing["id"], clauses=clauses)
    await world.session(pairing["id"])
    await world.person()

    await relay_all()

    rows = await owner.fetch(
        "select endpoint_id, event_type from delivery where endpoint_id in ($1, $2) order by sequence",
        ours["id"],
        other["id"],
    )
    assert [tuple(row) for row in rows] == [
        (ours["id"], event_type)
        for event_type in ("goal.set", "milestone.reached", "agreement.proposed", "session.scheduled")
    ]


async def test_what_is_for_one_endpoint_takes_no_number_and_has_no_consequences(
    world: World, owner: asyncpg.Connection
) -> None:
    made = await world.do("admin", "create_webhook_endpoint", url="https://hooks.example.com/in", types=["win.*"])
    await world.do("admin", "test_webhook_endpoint", made["id"], type="person.deactivated")
    person = await world.person()
    with capture_logs() as logs:
        await relay_all()

    ping, test = await rows_of(owner, "outbox_event", "endpoint_id", made["id"])
    (told,) = await rows_of(owner, "outbox_event", "subject", person)
    assert [(one["type"], one["sequence"]) for one in (ping, test)] == [
        ("webhook_endpoint.ping", 0),
        ("person.deactivated", 0),
    ]
    assert told["sequence"] == 1
    assert logs == []
    due = await rows_of(owner, "delivery", "endpoint_id", made["id"])
    assert {one["event_id"] for one in due} == {ping["id"], test["id"]}
