"""A fault inside a write: neither the person nor the event is left, and whoever asked is told no detail."""

from collections.abc import Awaitable, Callable
from typing import Any

import asyncpg
import pytest

from app.audit import recording
from app.db import Db
from app.events import outbox
from tests.scim.conftest import BULK, CORE, ENTERPRISE, GROUP, Hris

TABLES = ("person", "outbox_event", "directory_group", "group_member", "awaited_manager")
Change = Callable[[Hris, str, str], Awaitable[Any]]


async def _rows(owner: asyncpg.Connection, hris: Hris) -> list[list[Any]]:
    sql = "select to_jsonb(t)::text from {} t where organisation_id = $1 order by 1"
    return [await owner.fetch(sql.format(table), hris.world.organisation_id) for table in TABLES]


async def create(hris: Hris, boss: str, _group: str) -> Any:
    """A creation with a manager who is awaited."""
    return await hris.create("eve", 500, **{ENTERPRISE: {"manager": {"value": "nobody yet"}}})


async def patch(hris: Hris, boss: str, _group: str) -> Any:
    """A change of much at once."""
    value = {"title": "Chair", "active": False, ENTERPRISE: {"manager": {"value": "nobody yet"}}}
    return await hris.patch(f"/Users/{boss}", {"op": "replace", "value": value}, status=500)


async def put(hris: Hris, boss: str, _group: str) -> Any:
    """A replacement."""
    return await hris.send("PUT", f"/Users/{boss}", 500, {"schemas": [CORE], "userName": "boss", "title": "Chair"})


async def delete(hris: Hris, boss: str, _group: str) -> Any:
    """A removal."""
    return await hris.send("DELETE", f"/Users/{boss}", 500)


async def group(hris: Hris, boss: str, _group: str) -> Any:
    """A group with a member."""
    body = {"schemas": [GROUP], "displayName": "North", "members": [{"value": boss}]}
    return await hris.send("POST", "/Groups", 500, body)


async def members(hris: Hris, boss: str, group: str) -> Any:
    """A change of who is in a group."""
    return await hris.patch(
        f"/Groups/{group}", {"op": "add", "path": "members", "value": [{"value": boss}]}, status=500
    )


async def bulk(hris: Hris, boss: str, _group: str) -> Any:
    """The same among others."""
    operation = {"method": "POST", "path": "/Users", "bulkId": "1", "data": {"schemas": [CORE], "userName": "eve"}}
    answer = await hris.send("POST", "/Bulk", 200, {"schemas": [BULK], "Operations": [operation]})
    assert answer["Operations"][0]["status"] == "500"
    return answer["Operations"][0]["response"]


def after_the_last_statement(patch: pytest.MonkeyPatch) -> None:
    """All is sent, nothing is committed."""
    flush = Db.flush

    async def failing(db: Db, objects: Any = None) -> None:
        await flush(db, objects)
        if db.actor_id is not None:
            raise RuntimeError("boom")

    patch.setattr(Db, "flush", failing)


def at_the_record(patch: pytest.MonkeyPatch) -> None:
    """The trail cannot be written."""

    def failing(*_: Any) -> None:
        raise RuntimeError("boom")

    patch.setattr(recording, "record", failing)


def after_the_event(patch: pytest.MonkeyPatch) -> None:
    """The event is written down, then something breaks."""
    record = outbox.record

    def failing(db: Db, *given: Any, **more: Any) -> None:
        record(db, *given, **more)
        raise RuntimeError("boom")

    patch.setattr(outbox, "record", failing)


@pytest.mark.parametrize("fault", [after_the_last_statement, at_the_record])
@pytest.mark.parametrize("change", [create, patch, put, delete, group, members, bulk])
async def test_a_fault_leaves_nothing(
    hris: Hris, owner: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch, change: Change, fault: Callable[..., None]
) -> None:
    boss = await hris.create("boss")
    made = await hris.send("POST", "/Groups", 201, {"schemas": [GROUP], "displayName": "Sales"})
    before = await _rows(owner, hris)
    with monkeypatch.context() as broken:
        fault(broken)
        error = await change(hris, boss["id"], made["id"])

    assert await _rows(owner, hris) == before
    assert "boom" not in str(error)


@pytest.mark.parametrize("change", [create, patch, put, delete, bulk])
async def test_a_fault_after_the_event_leaves_no_event(
    hris: Hris, owner: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch, change: Change
) -> None:
    boss = await hris.create("boss")
    before = await _rows(owner, hris)
    with monkeypatch.context() as broken:
        after_the_event(broken)
        await change(hris, boss["id"], "")

    assert await _rows(owner, hris) == before
