"""The demonstration organisation, made through the same intents as everybody's data, once."""

import re
from datetime import datetime, time, timedelta
from typing import Any

from app import clock
from app.auth.actor import Actor, Role
from app.auth.scopes import EVERY
from app.commands import office
from app.demo import library, northwind
from app.demo.northwind import ORGANISATION_ID, STORIES, Story
from app.domain.access import founding
from app.domain.pairings.resource import AGREEMENTS
from app.domain.people.resource import PEOPLE
from app.errors import NotFound

_STEPS = ("invite", "review", "approve", "ready")
# Beside the way to being ready: the step that ends there, and the one before it.
_TURNS = {"waitlist": "review", "decline": "review"}
_PRAISE = "You come prepared, and you try things before I have finished explaining them. Keep that."
_OFFICE = office.operator(ORGANISATION_ID)
# Others may be there by now: the organisation is for trying things out.
_NUMBER = re.compile(r"NW-([0-9]{4})")


async def seed() -> bool:
    """See that the demonstration organisation is there. True: this call made it, or finished making it."""
    name = await _name()
    if name == northwind.NAME:
        return False
    if name is None:
        await founding.found(northwind.NAME_IN_THE_MAKING, zone="Europe/London", organisation_id=ORGANISATION_ID)
    await _Maker().make()
    await office.act(_OFFICE, "update_organisation", ORGANISATION_ID, name=northwind.NAME)
    return True


async def people() -> dict[int, str]:
    """The people of the demonstration organisation: their ids, by number."""
    found = await office.every(_OFFICE, PEOPLE)
    numbered = ((_NUMBER.fullmatch(person["external_id"] or ""), person["id"]) for person in found)
    return {int(number[1]): person_id for number, person_id in numbered if number}


async def _name() -> str | None:
    try:
        return str((await office.organisation(ORGANISATION_ID))["name"])
    except NotFound:
        return None


class _Maker:
    """Makes everything in a fixed order; each step has a number, so that a second run repeats none of them."""

    def __init__(self) -> None:
        self._step = 0
        self._people: dict[int, str] = {}
        self._enrolments: dict[int, str] = {}
        self._programme_id = ""
        self._today = datetime.combine(clock.now().date(), time(9), clock.now().tzinfo)

    async def make(self) -> None:
        """Everybody, the programme, the pairs and what happened to them."""
        await self._forget_first_key()
        await self._employ()
        await self._set_up()
        await self._enrol()
        for place, story in enumerate(STORIES):
            await self._tell(story, hour=place)
        await self._pair(*northwind.UNSIGNED, signers=northwind.UNSIGNED[:1])

    async def _forget_first_key(self) -> None:
        # Nobody has read it: the keys that are handed out belong to people of the story.
        for key in await office.keys(ORGANISATION_ID):
            if key["revoked_at"] is None:
                await office.act(_OFFICE, "revoke_api_key", key["id"])

    async def _do(self, actor: Actor, intent: str, object_id: str | None = None, /, **data: Any) -> dict[str, Any]:
        self._step += 1
        return await office.act(actor, intent, object_id, once=f"demonstration/{self._step}", **data)

    def _as(self, number: int, role: Role = Role.PARTICIPANT) -> Actor:
        person_id = self._people[number]
        return Actor(ORGANISATION_ID, f"demonstration/{number}", role, EVERY, person_id)

    async def _run(self, intent: str, object_id: str | None = None, /, **data: Any) -> dict[str, Any]:
        """Let the coordinator act."""
        return await self._do(self._as(northwind.COORDINATOR, Role.COORDINATOR), intent, object_id, **data)

    async def _employ(self) -> None:
        for number, given, family, title, rank, department, manager, zone in northwind.PEOPLE:
            made = await self._do(
                _OFFICE,
                "create_person",
                external_id=f"NW-{number:04}",
                given_name=given,
                family_name=family,
                title=title,
                rank_level=rank,
                department=department,
                manager_id=None if manager is None else self._people[manager],
                zone=zone,
                languages=["en"],
                work_email=f"nw{number:04}@northwind.example",
            )
            self._people[number] = made["id"]
        # Kept apart for a reason that is nobody's business.
        await self._do(_OFFICE, "create_do_not_pair", person_id=self._people[33], other_person_id=self._people[10])

    async def _set_up(self) -> None:
        starts_on = (self._today - timedelta(days=90)).date()
        made = await self._run("create_programme", starts_on=starts_on, allows_late_intake=True, **library.PROGRAMME)
        here = {"programme_id": made["id"]}
        self._programme_id = made["id"]
        for name, description in library.TOPICS.items():
            await self._run("create_topic", name=name, description=description, **here)
        for kind, audience, title, body in library.RESOURCES:
            await self._run("create_programme_resource", kind=kind, audience=audience, title=title, body=body, **here)
        for title, days, is_reached in library.MILESTONES:
            due_on = (self._today + timedelta(days=days)).date()
            milestone = await self._run("create_programme_milestone", title=title, due_on=due_on, **here)
            if is_reached:
                await self._run("reach_programme_milestone", milestone["id"])
        for number, pledge, commitment in library.SPONSORS:
            commitments = [{"text": commitment, "kept_at": None}]
            sponsor = {"person_id": self._people[number], "pledge": pledge, "commitments": commitments}
            await self._run("pledge_sponsorship", **sponsor, **here)
        for move in ("publish", "start_matching", "activate"):
            await self._run(f"{move}_programme", made["id"])

    async def _enrol(self) -> None:
        pairs = [(story.mentor, story.mentee) for story in STORIES] + [northwind.UNSIGNED]
        for mentor, mentee in pairs:
            await self._join(mentor, "mentor", "ready")
            await self._join(mentee, "mentee", "ready")
        for number, (role, last) in northwind.WAITING.items():
            await self._join(number, role, last)

    async def _join(self, number: int, role: str, last: str) -> None:
        offers, unknown = northwind.MENTORS.get(number, ((), ()))
        made = await self._run(
            "invite_enrolment",
            programme_id=self._programme_id,
            person_id=self._people[number],
            role=role,
            offers=list(offers),
            out_of_scope=list(unknown),
            seeks=list(northwind.MENTEES.get(number, ())),
        )
        self._enrolments[number] = made["id"]
        way = _STEPS[1 : _STEPS.index(_TURNS.get(last, last)) + 1]
        for step in (*way, last) if last in _TURNS else way:
            await self._run(f"{step}_enrolment", made["id"])

    async def _pair(self, mentor: int, mentee: int, *, signers: tuple[int, ...]) -> str:
        made = await self._run(
            "create_pairing",
            mentor_enrolment_id=self._enrolments[mentor],
            mentee_enrolment_id=self._enrolments[mentee],
            starts_on=(self._today - timedelta(days=45)).date(),
        )
        agreements = await office.every(_OFFICE, AGREEMENTS, pairing_id=made["id"])
        for number in signers:
            await self._do(self._as(number), "sign_agreement", agreements[0]["id"])
        return str(made["id"])

    async def _tell(self, story: Story, hour: int) -> None:
        """One pair, from its agreement to where it stands."""
        pairing_id = await self._pair(story.mentor, story.mentee, signers=(story.mentor, story.mentee))
        await self._run("activate_pairing", pairing_id)
        mentor, mentee, here = self._as(story.mentor), self._as(story.mentee), {"pairing_id": pairing_id}
        goal = await self._do(mentee, "set_goal", title=story.goal, measure=story.measure, owner="mentee", **here)
        for days, rating in story.sessions:
            await self._meet(story, pairing_id, self._today + timedelta(days=days, hours=hour), rating)
        if story.progress == northwind.ACHIEVED:
            await self._do(mentor, "achieve_goal", goal["id"])
        elif story.progress:
            await self._do(mentee, "progress_goal", goal["id"], progress=story.progress)
        if story.win:
            await self._do(mentor, "celebrate_win", text=story.win, **here)
            await self._do(mentor, "give_feedback", type="partner", audience="partner", rating=5, text=_PRAISE, **here)
            await self._do(mentee, "give_feedback", type="programme", audience="aggregate", rating=4, **here)
        for move in story.ending:
            await (self._do(mentee, "pause_pairing", pairing_id) if move == "pause" else self._end(pairing_id, move))

    async def _end(self, pairing_id: str, move: str) -> None:
        intent = "end_pairing_early" if move == "end_early" else f"{move}_pairing"
        await self._run(intent, pairing_id)

    async def _meet(self, story: Story, pairing_id: str, starts_at: datetime, rating: int | None) -> None:
        mentor, mentee = self._as(story.mentor), self._as(story.mentee)
        session = await self._do(mentor, "schedule_session", pairing_id=pairing_id, starts_at=starts_at)
        here = {"session_id": session["id"]}
        if rating is None:
            for title, segment, minutes in library.AGENDA:
                await self._do(mentor, "create_agenda_item", title=title, segment=segment, minutes=minutes, **here)
            return
        await self._do(mentor, "complete_session", session["id"])
        await self._do(mentee, "complete_session", session["id"], focus_rating=rating)
        word = {"type": "mentoring_skill", "audience": "partner", "rating": rating, "pairing_id": pairing_id}
        await self._do(mentee, "give_feedback", **word, **here)
