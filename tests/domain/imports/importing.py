"""Imports as tests make them: begun by an intent, done by a worker of their own."""

from typing import Any

from app.workers.jobs import JOBS
from app.workers.operate import Operator
from tests.world import World


async def finished(world: World, by: str, begun: dict[str, Any]) -> dict[str, Any]:
    """Let a worker bring an operation to its end; as whoever asked sees it."""
    operator = Operator(JOBS)
    seen: dict[str, Any] = begun
    while seen["status"] in ("queued", "running"):
        assert await operator.step()
        found = await world.see(by, begun["id"])
        assert found is not None
        seen = found
    return seen


async def imported(world: World, text: str, *, by: str = "admin", **options: Any) -> dict[str, Any]:
    """Import a text to the end; the operation as whoever asked sees it."""
    begun = await world.do(by, "begin_import", **({"kind": "people", "format": "csv", "text": text} | options))
    return await finished(world, by, begun)


def counts(operation: dict[str, Any]) -> tuple[int, int, int, int]:
    """Created, updated, unchanged, refused."""
    created, updated, unchanged, refused = (operation[name] for name in ("created", "updated", "unchanged", "refused"))
    return created, updated, unchanged, refused


def faults(operation: dict[str, Any]) -> list[tuple[int, str, str]]:
    """Row, pointer and code of what was refused."""
    return [(error["row"], error["pointer"], error["code"]) for error in operation["errors"]]
