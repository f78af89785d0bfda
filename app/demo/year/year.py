"""A year of a programme, day by day: in the morning people plan and change their minds, at night they report."""

import asyncio
import random
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from itertools import count
from typing import Any, Protocol

from rich.progress import Progress

from app.demo.walk.caller import Refused
from app.demo.walk.cast import Cast
from app.demo.walk.matching import Matching
from app.demo.walk.steps import Steps
from app.demo.year import habits
from app.demo.year.books import Books, Couple, Meeting
from app.demo.year.habits import Fate, Turn

MORNING, NIGHT = time(5, tzinfo=UTC), time(22, tzinfo=UTC)
_HOURS = (9, 10, 11, 13, 14, 15)
_LEAVE_DAYS, _LATE_DAYS, _REMATCH_DAYS, _NOTICE_HOURS = 21, 3, 28, 36
_CONFLICTS = (Turn.IS_PROMOTED, Turn.REPORTS_TO_PARTNER)
_EXIT_REASONS = ("not_said", "time", "fit", "goals_met")


class World(Protocol):
    """The service's clock, and its worker."""

    now: datetime

    async def work(self) -> None:
        """Let the worker do all that is due now."""


@dataclass
class Year:
    """Played over the public API by people with habits; `books` say what should have come of it."""

    cast: Cast
    days: int
    seed: int
    world: World
    # Bars for what comes every month would fill the screen.
    quiet: Steps = field(default_factory=lambda: Steps(Progress(disable=True)))
    books: Books = field(default_factory=Books)
    _zones: dict[str, str] = field(default_factory=dict)
    _numbers: Any = field(default_factory=count)

    @property
    def _last_day(self) -> date:
        return habits.FIRST_DAY + timedelta(days=self.days - 1)

    async def play(self, each_day: Callable[[date], Awaitable[None]]) -> None:
        """From the first match to the closing of the programme."""
        await self._gather()
        chance = random.Random(self.seed)  # noqa: S311
        for day in (habits.FIRST_DAY + timedelta(days=number) for number in range(1, self.days)):
            self.world.now = datetime.combine(day, MORNING)
            drawn = [(couple, turn) for couple in self.books.live if (turn := habits.turn(chance)) and couple.meets]
            back = [couple for couple in self.books.live if couple.away_until == day]
            await self._directory_changes(drawn, back)
            if (day - habits.FIRST_DAY).days % _REMATCH_DAYS == 0:
                await self._match(day, "incremental")
            # The worker is at it while people are, as it would be.
            moved = [*back, *(couple for couple, _ in drawn)]
            planned = [self._plan(couple, day) for couple in self.books.live if couple not in moved]
            await asyncio.gather(self.world.work(), *planned)
            await self._conclude(drawn, back, day)
            self.world.now = datetime.combine(day, NIGHT)
            reported = [self._report(couple, day) for couple in self.books.couples]
            await asyncio.gather(self.world.work(), *reported)
            await each_day(day)
        await self._close()

    async def _gather(self) -> None:
        self.world.now = datetime.combine(habits.FIRST_DAY, MORNING)
        await self.world.work()
        await self.cast.gather()
        people = self.cast.admin.every("/v1/people", fields="id,zone")
        self._zones = {person["id"]: person["zone"] async for person in people}
        await self._match(habits.FIRST_DAY, "full")
        await self.cast.coordinator.post(f"/v1/programmes/{self.cast.programme_id}/activate")

    async def _match(self, day: date, mode: str) -> None:
        """Match whoever waits; every pair of the plan says yes and signs."""
        cast = self.cast
        run = await cast.coordinator.post("/v1/match-runs", programme_id=cast.programme_id, mode=mode)
        await self.world.work()
        path = f"/v1/match-runs/{run['id']}"
        if (found := await cast.coordinator.get(path))["status"] != "proposed":
            raise Refused(f"the run ended {found['status']}")
        await cast.coordinator.post(f"{path}/approve", allow_partial=True)
        matching = Matching(cast.coordinator, cast.hris, cast.callers, self.quiet)
        pairs = await matching.accepted(run["id"])
        await matching.agreed(pairs)
        self.books.couples += [self._couple(pair, day) for pair in pairs]
        self.books.events["pairing.activated"] += len(pairs)

    def _couple(self, pair: Any, day: date) -> Couple:
        number = next(self._numbers)
        chance = random.Random(f"{self.seed}/{number}")  # noqa: S311
        hour = _HOURS[number % len(_HOURS)]
        return Couple(pair, self._zones[pair.mentor_id], hour, chance, day + timedelta(days=chance.randint(1, 9)))

    async def _directory_changes(self, drawn: Sequence[tuple[Couple, Turn]], back: Sequence[Couple]) -> None:
        """People leave, rise, get other managers, go on leave or come back; pairs end without fault."""
        for couple, turn in drawn:
            await self._turn(couple, turn)
        for couple in back:
            await self.cast.hris.post(f"/v1/people/{couple.pair.mentee_id}/end-leave")

    async def _turn(self, couple: Couple, turn: Turn) -> None:
        pair, hris = couple.pair, self.cast.hris
        if turn is Turn.LEAVES:
            await hris.post(f"/v1/people/{couple.chance.choice((pair.mentor_id, pair.mentee_id))}/deactivate")
        elif turn is Turn.IS_PROMOTED:
            rank = (await hris.get(f"/v1/people/{pair.mentee_id}"))["rank_level"]
            await hris.change(f"/v1/people/{pair.mentor_id}", rank_level=rank)
        elif turn is Turn.REPORTS_TO_PARTNER:
            await hris.change(f"/v1/people/{pair.mentor_id}", manager_id=pair.mentee_id)
        elif turn is Turn.IS_ON_LEAVE:
            await hris.post(f"/v1/people/{pair.mentee_id}/begin-leave")
        else:
            member = couple.chance.choice(couple.members)
            await member.post(f"/v1/pairings/{pair.id}/end-early", reason=couple.chance.choice(_EXIT_REASONS))

    async def _conclude(self, drawn: Sequence[tuple[Couple, Turn]], back: Sequence[Couple], day: date) -> None:
        """What the service should have made of it by now; conflicts are the coordinator's to settle."""
        for couple in back:
            couple.away_until = None
            self.books.events["pairing.resumed"] += 1
        for couple, turn in drawn:
            self.books.turns[turn] += 1
            await self._conclude_one(couple, turn, day)
        if any(turn in _CONFLICTS for _, turn in drawn):
            await self.world.work()

    async def _conclude_one(self, couple: Couple, turn: Turn, day: date) -> None:
        if turn in (Turn.LEAVES, Turn.ENDS_EARLY):
            self.books.end(couple, "ended_early", day)
        elif turn is Turn.IS_ON_LEAVE:
            couple.away_until = day + timedelta(days=_LEAVE_DAYS)
            self.books.events["pairing.paused"] += 1
            self.books.called_off(couple, day)
        else:
            self.books.events["pairing.conflict_detected"] += 1
            # Under review for a broken line: it rests until somebody decides.
            self.books.events["pairing.paused"] += turn is Turn.REPORTS_TO_PARTNER
            conflicts = await self.cast.coordinator.get(
                "/v1/pairing-conflicts", pairing_id=couple.pair.id, status="open"
            )
            await self.cast.coordinator.post(f"/v1/pairing-conflicts/{conflicts['items'][0]['id']}/dissolve")
            self.books.end(couple, "dissolved", day)

    async def _plan(self, couple: Couple, day: date) -> None:
        if not couple.meets:
            return
        ahead = couple.ahead
        if ahead is None:
            if day >= couple.due:
                await self._schedule(couple, habits.working_day(day + timedelta(days=2)))
        elif ahead.starts_at - datetime.combine(day, MORNING) < timedelta(hours=_NOTICE_HOURS):
            await self._change_mind(couple, ahead, day)

    async def _schedule(self, couple: Couple, day: date) -> None:
        if day >= self._last_day:
            return
        made = await couple.pair.mentor.post(
            "/v1/sessions", pairing_id=couple.pair.id, starts_at=couple.at(day).isoformat(), zone=couple.zone
        )
        starts_at, ends_at = (datetime.fromisoformat(made[name]) for name in ("starts_at", "ends_at"))
        couple.ahead = Meeting(made["id"], starts_at, ends_at, habits.fate(couple.chance))
        couple.meetings.append(couple.ahead)
        self.books.events["session.scheduled"] += 1

    async def _change_mind(self, couple: Couple, ahead: Meeting, day: date) -> None:
        path = f"/v1/sessions/{ahead.id}"
        if ahead.fate is Fate.CALLED_OFF:
            await couple.chance.choice(couple.members).post(f"{path}/cancel", reason="priority")
            self.books.called_off(couple, day)
        elif ahead.fate is Fate.MOVED and not ahead.sequence:
            to = habits.working_day(ahead.starts_at.date() + timedelta(days=2))
            if to >= self._last_day:
                return
            later = couple.at(to)
            moved = await couple.pair.mentee.post(f"{path}/reschedule", starts_at=later.isoformat())
            ahead.starts_at, ahead.ends_at = (datetime.fromisoformat(moved[name]) for name in ("starts_at", "ends_at"))
            ahead.sequence += 1
            self.books.events["session.rescheduled"] += 1

    async def _report(self, couple: Couple, day: date) -> None:
        now = datetime.combine(day, NIGHT)
        if couple.ahead is not None and couple.ahead.ends_at <= now:
            ahead = couple.ahead
            couple.met()
            await self._say(couple, ahead)
        for meeting in [each for each in couple.unreported if now - each.ends_at > timedelta(days=_LATE_DAYS)]:
            couple.unreported.remove(meeting)
            meeting.status = "unconfirmed"
            self.books.events["session.unconfirmed"] += 1
            if meeting.fate is Fate.REPORTED_LATE:
                await self._held(couple, meeting)

    async def _say(self, couple: Couple, meeting: Meeting) -> None:
        path = f"/v1/sessions/{meeting.id}"
        if meeting.fate in (Fate.FORGOTTEN, Fate.REPORTED_LATE):
            couple.unreported.append(meeting)
        elif meeting.fate is Fate.NO_SHOW:
            for member in couple.members:
                await member.post(f"{path}/record-no-show")
            meeting.status = "no_show"
            self.books.events["session.no_show_recorded"] += 1
        elif meeting.fate is Fate.DISPUTED:
            await couple.pair.mentor.post(f"{path}/complete")
            await couple.pair.mentee.post(f"{path}/record-no-show")
            await self.cast.coordinator.post(f"{path}/resolve", outcome="held")
            meeting.status = "completed"
            self.books.events.update({"session.completed": 2, "session.disputed": 1})
        else:
            await self._held(couple, meeting)

    async def _held(self, couple: Couple, meeting: Meeting) -> None:
        path = f"/v1/sessions/{meeting.id}/complete"
        await couple.pair.mentor.post(path)
        await couple.pair.mentee.post(path, focus_rating=couple.chance.randint(2, 5))
        meeting.status = "completed"
        self.books.events["session.completed"] += 1
        if couple.goal_id is None:
            goal = {"pairing_id": couple.pair.id, "title": "Try it without help", "owner": "mentee"}
            couple.goal_id = (await couple.pair.mentee.post("/v1/goals", **goal))["id"]
            self.books.events["goal.set"] += 1

    async def _close(self) -> None:
        """The programme is evaluated and closed; its pairs are completed, but for those that rest."""
        path, last = f"/v1/programmes/{self.cast.programme_id}", habits.FIRST_DAY + timedelta(days=self.days)
        self.world.now = datetime.combine(last, MORNING)
        await self.world.work()
        await self.cast.coordinator.post(f"{path}/evaluate")
        await self.cast.coordinator.post(f"{path}/close")
        await self.world.work()
        for couple in self.books.live:
            self.books.end(couple, "completed" if couple.meets else "ended_early", last)
