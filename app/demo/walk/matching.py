"""Matching as a programme goes through it: a run, a person who is promoted meanwhile, and a yes from both sides."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from app import clock
from app.demo.walk.caller import Caller, Refused
from app.demo.walk.steps import Steps

_PATIENCE_SECONDS = 60.0
_TOP_RANK = 9


@dataclass(frozen=True)
class Pair:
    """A pairing and its two people, each with their own key."""

    id: str
    mentor_id: str
    mentee_id: str
    mentor: Caller
    mentee: Caller


@dataclass
class Matching:
    """One matching of a programme. `refused` has the rules by which pairs were refused when it was approved."""

    coordinator: Caller
    hris: Caller
    callers: Mapping[str, Caller]
    steps: Steps
    # For a story that looks back on what pairs have done.
    met_days_ago: int = 0
    refused: tuple[str, ...] = ()

    async def pairs(self, programme_id: str) -> list[Pair]:
        """Match, approve what still keeps the rules, and let both sides accept."""
        run = await self.coordinator.post("/v1/match-runs", programme_id=programme_id)
        await self.steps.until("Matched by a run", 1, lambda: self._proposed(run["id"]), patience=_PATIENCE_SECONDS)
        await self._approve(run["id"])
        return await self.accepted(run["id"])

    async def accepted(self, run_id: str) -> list[Pair]:
        """The pairs of a plan that was approved, once both sides have said yes to each."""
        offered = {"match_run_id": run_id, "status": "offered"}
        proposals = [proposal async for proposal in self.coordinator.every("/v1/match-proposals", **offered)]
        return await self.steps.each("Proposals accepted by both", proposals, self._accept)

    async def agreed(self, pairs: Sequence[Pair]) -> None:
        """Both sign, and the coordinator lets them begin."""

        async def agree(pair: Pair) -> None:
            agreements = await pair.mentor.get("/v1/agreements", pairing_id=pair.id)
            path = f"/v1/agreements/{agreements['items'][0]['id']}/sign"
            await pair.mentor.post(path)
            await pair.mentee.post(path)
            await self.coordinator.post(f"/v1/pairings/{pair.id}/activate")

        await self.steps.each("Agreements signed by both", pairs, agree)

    async def _proposed(self, run_id: str) -> int:
        return int((await self.coordinator.get(f"/v1/match-runs/{run_id}"))["status"] == "proposed")

    async def _approve(self, run_id: str) -> None:
        """Somebody stands too high when the plan is approved: their pair is refused, and all others are offered."""
        proposals = await self.coordinator.get("/v1/match-proposals", match_run_id=run_id, limit="1")
        if not proposals["items"]:
            raise Refused("the run proposed nobody")
        await self.hris.change(f"/v1/people/{proposals['items'][0]['mentor_id']}", rank_level=_TOP_RANK)
        problem = await self.coordinator.denied(f"/v1/match-runs/{run_id}/approve")
        self.refused = tuple(error["code"] for error in problem["errors"])
        await self.coordinator.post(f"/v1/match-runs/{run_id}/approve", allow_partial=True)

    async def _accept(self, proposal: dict[str, Any]) -> Pair:
        mentor, mentee = (self.callers[proposal[name]] for name in ("mentor_id", "mentee_id"))
        path = f"/v1/match-proposals/{proposal['id']}/accept"
        await mentor.post(path)
        pairing_id = (await mentee.post(path))["pairing_id"]
        if self.met_days_ago:
            starts_on = (clock.now() - timedelta(days=self.met_days_ago)).date().isoformat()
            await self.coordinator.change(f"/v1/pairings/{pairing_id}", starts_on=starts_on)
        return Pair(pairing_id, proposal["mentor_id"], proposal["mentee_id"], mentor, mentee)
