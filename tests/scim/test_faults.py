"""A fault inside a write: neither the person nor the event is left, and whoever asked is told no detail.

Every write is tried as often as it sends statements, and a fault comes before or behind each of them in turn.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import asyncpg
import orjson
import pytest
from asyncpg.prepared_stmt import PreparedStatement

from tests.scim.conftest import BULK, CORE, ENTERPRISE, GROUP, MENTORING, PATCH, Hris

TABLES = ("person", "outbox_event", "directory_group", "group_member", "awaited_manager", "audit_entry")
# What all statements go through: bare ones, those with values, and prepared ones.
_WAYS = (
    (asyncpg.Connection, "execute"),
    (asyncpg.Connection, "_execute"),
    (PreparedStatement, "_PreparedStatement__do_execute"),
)
Body = dict[str, Any] | None


@dataclass(frozen=True)
class Write:
    """A request that changes the directory; `{boss}`, `{report}` and `{group}` stand for ids."""

    method: str
    path: str
    body: Body = None

    def request(self, ids: dict[str, str]) -> tuple[str, str, Body]:
        """It alone."""
        text = orjson.dumps([self.path, self.body]).decode()
        for name, object_id in ids.items():
            text = text.replace(f"{{{name}}}", object_id)
        path, body = orjson.loads(text)
        return self.method, path, body

    def operation(self, ids: dict[str, str]) -> tuple[str, str, Body]:
        """It as what a bulk request asks for."""
        method, path, body = self.request(ids)
        operation = {"method": method, "path": path, "bulkId": "1"} | ({"data": body} if body else {})
        return "POST", "/Bulk", {"schemas": [BULK], "Operations": [operation]}


def patch(path: str, *operations: dict[str, Any]) -> Write:
    """A patch."""
    return Write("PATCH", path, {"schemas": [PATCH], "Operations": list(operations)})


def under(manager: str) -> dict[str, Any]:
    """Somebody's manager."""
    return {"manager": {"value": manager}}


_EVE = {"schemas": [CORE], "userName": "eve"}
_NORTH = {"schemas": [GROUP], "displayName": "North"}
WRITES = {
    "somebody": Write("POST", "/Users", {**_EVE, ENTERPRISE: under("{boss}")}),
    "somebody who waits": Write("POST", "/Users", {**_EVE, ENTERPRISE: under("nobody yet")}),
    "somebody awaited": Write("POST", "/Users", {**_EVE, "externalId": "E-9"}),
    "somebody who left": Write("POST", "/Users", {**_EVE, "active": False}),
    "a replacement": Write("PUT", "/Users/{boss}", {"schemas": [CORE], "userName": "boss", "title": "Chair"}),
    "a name": patch("/Users/{boss}", {"op": "replace", "path": "userName", "value": "E-9"}),
    "a manager": patch("/Users/{report}", {"op": "replace", "path": f"{ENTERPRISE}:manager", "value": "{boss}"}),
    "much at once": patch(
        "/Users/{boss}",
        {"op": "replace", "value": {"title": "Chair", "active": False, ENTERPRISE: under("nobody yet")}},
    ),
    "a leave": patch("/Users/{boss}", {"op": "add", "path": f"{MENTORING}:leaveStatus", "value": "on_leave"}),
    "a removal": Write("DELETE", "/Users/{report}"),
    "a group": Write("POST", "/Groups", {**_NORTH, "members": [{"value": "{boss}"}]}),
    "another group": Write("PUT", "/Groups/{group}", {**_NORTH, "members": [{"value": "{boss}"}]}),
    "a member": patch("/Groups/{group}", {"op": "add", "path": "members", "value": [{"value": "{boss}"}]}),
    "no members": patch("/Groups/{group}", {"op": "remove", "path": "members"}),
    "no group": Write("DELETE", "/Groups/{group}"),
}


@contextmanager
def a_fault(at: int, *, behind: bool) -> Iterator[Callable[[], bool]]:
    """Something breaks before the statement of that number, or behind it; whether it came to that."""
    sent = 0

    def broken(send: Callable[..., Any]) -> Callable[..., Any]:
        async def sending(self: Any, *given: Any, **more: Any) -> Any:
            nonlocal sent
            sent += 1
            number = sent
            if number == at and not behind:
                raise RuntimeError("boom")
            answer = await send(self, *given, **more)
            # Behind the commit nothing can be taken back.
            if number == at and given[0] != "COMMIT":
                raise RuntimeError("boom")
            return answer

        return sending

    with pytest.MonkeyPatch.context() as patched:
        for kind, way in _WAYS:
            patched.setattr(kind, way, broken(getattr(kind, way)))
        yield lambda: sent >= at


@pytest.mark.parametrize("name", WRITES)
async def test_a_fault_leaves_nothing(hris: Hris, owner: asyncpg.Connection, name: str) -> None:
    await _try(hris, owner, *WRITES[name].request(await _furnished(hris)))


@pytest.mark.parametrize("name", ["somebody who waits", "a replacement", "much at once", "a removal", "a member"])
async def test_a_fault_in_a_bulk_request_leaves_nothing(hris: Hris, owner: asyncpg.Connection, name: str) -> None:
    await _try(hris, owner, *WRITES[name].operation(await _furnished(hris)))


async def _try(hris: Hris, owner: asyncpg.Connection, method: str, path: str, body: Body) -> None:
    """Send a write with a fault at every statement, until it gets through."""
    before = await _rows(owner, hris)
    for at in range(2, 120):
        with a_fault(at // 2, behind=at % 2 == 1) as has_come:
            answer = await hris.http.request(method, path, content=orjson.dumps(body) if body else None)
        if await _rows(owner, hris) != before:
            break
        assert has_come(), answer.text
        assert "500" in (answer.text or str(answer.status_code))
        assert "boom" not in answer.text

    assert answer.is_success
    assert at > 10


async def _furnished(hris: Hris) -> dict[str, str]:
    """A boss, a report who waits for somebody else, and a group with the report in it."""
    boss = await hris.create("boss")
    report = await hris.create("report", 201, **{ENTERPRISE: under("E-9")})
    group = {"schemas": [GROUP], "displayName": "Sales", "members": [{"value": report["id"]}]}
    return {
        "boss": boss["id"],
        "report": report["id"],
        "group": (await hris.send("POST", "/Groups", 201, group))["id"],
    }


async def _rows(owner: asyncpg.Connection, hris: Hris) -> str:
    """What is there, as a digest."""
    return str(await owner.fetchval(_THERE, hris.world.organisation_id))


_ROWS = (f"select to_jsonb({table})::text as row from {table} where organisation_id = $1" for table in TABLES)  # noqa: S608
_THERE = f"select md5(string_agg(row, '' order by row)) from ({' union all '.join(_ROWS)}) as rows"  # noqa: S608
