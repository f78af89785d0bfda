"""A programme with two mentors and two mentees who can all be paired, and an engine that is near at hand."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass, field
from typing import Any

import pytest

from app.domain.matching import child
from app.domain.matching.resource import MATCH_PROPOSALS
from app.matching.estimating import estimated
from app.matching.market import Market
from app.matching.policy import Policy
from app.matching.solving import solve
from app.workers.run import Worker
from tests.reading.shapes import listed, page_of, where
from tests.world import World

# What this chapter is not about.
LENIENT = {"require_consent": False, "require_working_language": False}
MENTORS, MENTEES = ("ada", "bob"), ("xena", "yves")


class Near:
    """The engine in this very process: what it answers is the same, and it is there at once."""

    progress: child.Progress | None = None
    estimate: child.Estimate | None = None

    async def plan(self, task: child.Task) -> bytes:
        """The plan's bytes."""
        market, policy = Market.from_bytes(task.market), Policy.model_validate(task.policy)
        if task.before is not None:
            self.estimate = child.Estimate(**asdict(estimated(market, policy, task.before, seed=task.seed)))
        return solve(market, policy, seed=task.seed).to_bytes()


@asynccontextmanager
async def near() -> AsyncIterator[Near]:
    """In the place of a process."""
    yield Near()


@pytest.fixture
def at_hand(monkeypatch: pytest.MonkeyPatch) -> None:
    """No process is started."""
    monkeypatch.setattr(child, "started", near)


@dataclass
class Fair:
    """A programme that is matched, and the enrolments of its people by part."""

    world: World
    programme_id: str
    enrolments: dict[str, str] = field(default_factory=dict)

    async def join(self, part: str, role: str, rank: int, **fields: Any) -> str:
        """Somebody new who is ready; their enrolment."""
        person_id = await self.world.newcomer(part, rank=rank, department=f"{part} desk")
        self.enrolments[part] = await self.world.enrolment(self.programme_id, person_id, role, **fields)
        return self.enrolments[part]

    async def begin(self, **data: Any) -> dict[str, Any]:
        """A run that waits for a worker."""
        return await self.world.do("coordinator", "create_match_run", programme_id=self.programme_id, **data)

    async def run(self, **data: Any) -> dict[str, Any]:
        """A run that a worker has done."""
        begun = await self.begin(**data)
        await Worker().drain()
        return await self.see(begun["id"])

    async def see(self, object_id: str, part: str = "coordinator") -> dict[str, Any]:
        """An object as somebody sees it who does."""
        seen = await self.world.see(part, object_id)
        assert seen is not None
        return seen

    async def approve(self, run_id: str, **data: Any) -> dict[str, Any]:
        """The coordinator's yes."""
        return await self.world.do("coordinator", "approve_match_run", run_id, **data)

    def pair(self, mentor: str, mentee: str) -> dict[str, Any]:
        """Two parts by their enrolments."""
        return {
            "mentor_enrolment_id": self.enrolments[mentor],
            "mentee_enrolment_id": self.enrolments[mentee],
        }

    async def proposals(self, run_id: str) -> dict[tuple[str, str], dict[str, Any]]:
        """The proposals of a run by the parts of their members, as the coordinator sees them."""
        parts = {enrolment_id: part for part, enrolment_id in self.enrolments.items()}
        page = page_of(MATCH_PROPOSALS, *MATCH_PROPOSALS.fields, wheres=(where("match_run_id"),))
        found = await listed(self.world.actors["coordinator"], page, match_run_id=run_id)
        return {(parts[it["mentor_enrolment_id"]], parts[it["mentee_enrolment_id"]]): it for it in found}

    async def offered(self, **data: Any) -> dict[tuple[str, str], dict[str, Any]]:
        """The proposals of a run that was approved."""
        run = await self.run(**data)
        await self.approve(run["id"])
        return await self.proposals(run["id"])


@pytest.fixture
async def fair(world: World, at_hand: None) -> Fair:
    """Everybody is ready; the mentors offer what the mentees seek, crosswise."""
    fair = Fair(world, await world.programme(status="active", allows_late_intake=True))
    await world.do("coordinator", "create_matching_policy", programme_id=fair.programme_id, rules=LENIENT)
    for part, subject in zip(MENTORS, ("AI", "Video"), strict=True):
        await fair.join(part, "mentor", 2, offers=[subject])
    for part, subject in zip(MENTEES, ("Video", "AI"), strict=True):
        await fair.join(part, "mentee", 7, seeks=[subject])
    return fair
