"""The walk itself: a company, a programme, a hundred pairs and what they do, over the public API only."""

import asyncio
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from typing import Any

from app import clock
from app.demo.walk.cast import Cast
from app.demo.walk.figures import INBOXES, SESSIONS_EACH
from app.demo.walk.matching import Matching, Pair
from app.demo.walk.receiver import Receiver

_MET_DAYS_AGO, _DAYS_BACK = 45, (29, 15)


@dataclass
class Story:
    """Told in order; each chapter leans on those before it."""

    cast: Cast
    receiver: Receiver
    pairs: list[Pair] = field(default_factory=list)
    refused: tuple[str, ...] = ()

    async def tell(self) -> None:
        """The whole story."""
        await self._subscribe()
        await self.cast.gather()
        await self._match()
        await self.cast.coordinator.post(f"/v1/programmes/{self.cast.programme_id}/activate")
        await self._meet()
        await self._work()
        await self._give_feedback()

    async def _subscribe(self) -> None:
        for name, types in INBOXES.items():
            inbox = self.receiver.open_inbox(name)
            url = f"{self.receiver.address}/{name}"
            made = await self.cast.admin.post(
                "/v1/webhook-endpoints", url=url, types=types, description=f"the {name} system"
            )
            inbox.secret.set_result(made["secret"])

    async def _match(self) -> None:
        cast = self.cast
        matching = Matching(cast.coordinator, cast.hris, cast.callers, cast.steps, _MET_DAYS_AGO)
        self.pairs = await matching.pairs(cast.programme_id)
        self.refused = matching.refused
        await matching.agreed(self.pairs)

    async def _meet(self) -> None:
        """Two sessions that took place: reported by the mentor over REST, confirmed by the mentee over GraphQL."""
        today = datetime.combine(clock.now().date(), time(8), clock.now().tzinfo)

        async def meet(meeting: tuple[Pair, int]) -> None:
            pair, days = meeting
            starts_at = (today - timedelta(days=days)).isoformat()
            session = await pair.mentor.post("/v1/sessions", pairing_id=pair.id, starts_at=starts_at)
            await pair.mentor.post(f"/v1/sessions/{session['id']}/complete")
            confirmed: dict[str, Any] = {"id": session["id"], "focusRating": 3 + days % 3}
            await pair.mentee.do("completeSession", "Session", "status focusRating", **confirmed)

        for days in _DAYS_BACK[:SESSIONS_EACH]:
            await self.cast.steps.each(f"Sessions of {days} days ago", [(pair, days) for pair in self.pairs], meet)

    async def _work(self) -> None:
        """Goals and small wins, over GraphQL."""

        async def work(pair: Pair) -> None:
            goal = {"pairingId": pair.id, "title": "Try it without help", "owner": "MENTEE"}
            made = await pair.mentee.do("setGoal", "Goal", "id progress", **goal)
            await pair.mentee.do("progressGoal", "Goal", "progress", id=made["id"], progress=60)
            win = {"pairingId": pair.id, "text": "It worked at the second try."}
            await pair.mentor.do("celebrateWin", "Win", "id", **win)

        await self.cast.steps.each("Goals and small wins (GraphQL)", self.pairs, work)

    async def _give_feedback(self) -> None:
        """In both directions: one over each door."""

        async def tell(pair: Pair) -> None:
            word = {"pairingId": pair.id, "type": "MENTORING_SKILL", "audience": "PARTNER", "rating": 5}
            back = {"pairing_id": pair.id, "type": "partner", "audience": "partner", "rating": 4}
            await asyncio.gather(
                pair.mentee.do("giveFeedback", "Feedback", "id", **word), pair.mentor.post("/v1/feedback", **back)
            )

        await self.cast.steps.each("Feedback in both directions", self.pairs, tell)
