"""The walk itself: a company, a programme, a hundred pairs and what they do, over the public API only."""

import asyncio
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from typing import Any

from app import clock
from app.demo import library
from app.demo.walk import company
from app.demo.walk.caller import Api, Caller
from app.demo.walk.company import Post, Scale
from app.demo.walk.figures import INBOXES, SESSIONS_EACH
from app.demo.walk.matching import Matching, Pair
from app.demo.walk.receiver import Receiver
from app.demo.walk.steps import Steps

MIN_RANK_GAP = 2
_DAYS_BACK = (29, 15)
_SCOPES = [
    f"{subject}:{verb}"
    for subject in ("enrolments", "pairings", "sessions", "goals", "feedback")
    for verb in ("read", "write")
] + ["directory:read", "programmes:read"]
_OFFICE_SCOPES = [*_SCOPES, "programmes:write"]
_HRIS_SCOPES = ["directory:read", "directory:write"]


@dataclass
class Story:
    """Told in order; each chapter leans on those before it."""

    api: Api
    admin: Caller
    steps: Steps
    receiver: Receiver
    scale: Scale
    programme_id: str = ""
    coordinator: Caller = field(init=False)
    hris: Caller = field(init=False)
    people: dict[int, str] = field(default_factory=dict)
    callers: dict[str, Caller] = field(default_factory=dict)
    pairs: list[Pair] = field(default_factory=list)
    refused: tuple[str, ...] = ()

    async def tell(self) -> None:
        """The whole story."""
        await self._subscribe()
        await self.gather()
        await self._match()
        await self._agree()
        await self.coordinator.post(f"/v1/programmes/{self.programme_id}/activate")
        await self._meet()
        await self._work()
        await self._give_feedback()

    async def gather(self) -> None:
        """The company, and a programme whose people wait for partners."""
        levels = company.posts(self.scale.people)
        await self._employ(levels)
        mentors, mentees = company.participants(levels, self.scale.enrolled)
        self.coordinator = await self._key("coordinator", _OFFICE_SCOPES, self.people[self.scale.people])
        await self._set_up()
        await self._hand_out_keys([*mentors, *mentees])
        await self._enrol(mentors, mentees)

    async def _subscribe(self) -> None:
        for name, types in INBOXES.items():
            inbox = self.receiver.open_inbox(name)
            url = f"{self.receiver.address}/{name}"
            made = await self.admin.post(
                "/v1/webhook-endpoints", url=url, types=types, description=f"the {name} system"
            )
            inbox.secret.set_result(made["secret"])

    async def _employ(self, levels: list[list[Post]]) -> None:
        """The directory, as an HR system would send it: whoever manages comes before whom they manage."""
        made = await self.admin.post(
            "/v1/api-keys", name="HR system", role="service_account", service_account="hris", scopes=_HRIS_SCOPES
        )
        self.hris = self.api.by(made["secret"])

        async def employ(post: Post) -> str:
            manager_id = None if post.manager is None else self.people[post.manager]
            return str((await self.hris.post("/v1/people", **post.person(manager_id)))["id"])

        names = ("chief executive", "directors", "heads", "team leads", "staff")
        for name, level in zip(names, levels, strict=True):
            ids = await self.steps.each(f"People: {name}", level, employ)
            self.people.update(zip((post.number for post in level), ids, strict=True))

    async def _key(self, role: str, scopes: list[str], person_id: str) -> Caller:
        made = await self.admin.post("/v1/api-keys", name=role, role=role, scopes=scopes, person_id=person_id)
        return self.api.by(made["secret"])

    async def _set_up(self) -> None:
        starts_on = (clock.now() - timedelta(days=60)).date().isoformat()
        made = await self.coordinator.post(
            "/v1/programmes", **library.PROGRAMME, starts_on=starts_on, min_rank_gap=MIN_RANK_GAP
        )
        self.programme_id = made["id"]
        here = {"programme_id": made["id"]}
        for name, description in library.TOPICS.items():
            await self.coordinator.post("/v1/topics", name=name, description=description, **here)
        for kind, audience, title, body in library.RESOURCES:
            await self.coordinator.post(
                "/v1/programme-resources", kind=kind, audience=audience, title=title, body=body, **here
            )
        for place, (_, pledge, _) in enumerate(library.SPONSORS, start=1):
            await self.coordinator.post("/v1/sponsorships", person_id=self.people[place], pledge=pledge, **here)
        await self.coordinator.post(f"/v1/programmes/{made['id']}/publish")

    async def _hand_out_keys(self, posts: list[Post]) -> None:
        async def hand_out(post: Post) -> Caller:
            return await self._key("participant", _SCOPES, self.people[post.number])

        callers = await self.steps.each("Keys for those who take part", posts, hand_out)
        self.callers = {self.people[post.number]: caller for post, caller in zip(posts, callers, strict=True)}

    async def _enrol(self, mentors: list[Post], mentees: list[Post]) -> None:
        async def enrol(wanted: tuple[Post, str]) -> None:
            post, role = wanted
            made = await self.coordinator.post(
                "/v1/enrolments",
                programme_id=self.programme_id,
                person_id=self.people[post.number],
                role=role,
                **company.profile(post.number, role),
            )
            await self.callers[self.people[post.number]].post(f"/v1/enrolments/{made['id']}/accept")
            await self.coordinator.post(f"/v1/enrolments/{made['id']}/approve")
            await self.coordinator.post(f"/v1/enrolments/{made['id']}/ready")

        sides = [(post, "mentor") for post in mentors] + [(post, "mentee") for post in mentees]
        await self.steps.each("Invited, accepted, approved, ready", sides, enrol)
        await self.coordinator.post(f"/v1/programmes/{self.programme_id}/start-matching")

    async def _match(self) -> None:
        matching = Matching(self.coordinator, self.hris, self.callers, self.steps)
        self.pairs = await matching.pairs(self.programme_id)
        self.refused = matching.refused

    async def _agree(self) -> None:
        async def agree(pair: Pair) -> None:
            agreements = await pair.mentor.get("/v1/agreements", pairing_id=pair.id)
            path = f"/v1/agreements/{agreements['items'][0]['id']}/sign"
            await pair.mentor.post(path)
            await pair.mentee.post(path)
            await self.coordinator.post(f"/v1/pairings/{pair.id}/activate")

        await self.steps.each("Agreements signed by both", self.pairs, agree)

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
            await self.steps.each(f"Sessions of {days} days ago", [(pair, days) for pair in self.pairs], meet)

    async def _work(self) -> None:
        """Goals and small wins, over GraphQL."""

        async def work(pair: Pair) -> None:
            goal = {"pairingId": pair.id, "title": "Try it without help", "owner": "MENTEE"}
            made = await pair.mentee.do("setGoal", "Goal", "id progress", **goal)
            await pair.mentee.do("progressGoal", "Goal", "progress", id=made["id"], progress=60)
            win = {"pairingId": pair.id, "text": "It worked at the second try."}
            await pair.mentor.do("celebrateWin", "Win", "id", **win)

        await self.steps.each("Goals and small wins (GraphQL)", self.pairs, work)

    async def _give_feedback(self) -> None:
        """In both directions: one over each door."""

        async def tell(pair: Pair) -> None:
            word = {"pairingId": pair.id, "type": "MENTORING_SKILL", "audience": "PARTNER", "rating": 5}
            back = {"pairing_id": pair.id, "type": "partner", "audience": "partner", "rating": 4}
            await asyncio.gather(
                pair.mentee.do("giveFeedback", "Feedback", "id", **word), pair.mentor.post("/v1/feedback", **back)
            )

        await self.steps.each("Feedback in both directions", self.pairs, tell)
