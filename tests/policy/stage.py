"""The stage of the policy's tests: six pairs in three programmes, all who may look at them, another organisation."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import asyncpg

from app import clock
from app import db as database
from app.auth.actor import Role
from app.declared import RESOURCES
from tests.circles import meeting
from tests.conflicted import conflicted
from tests.full import CRITERION, Full, fill, overview_of, task_of
from tests.matched import matched
from tests.policy import offices
from tests.policy.facts import CASE_HANDLERS, DRAFTS, NEWCOMERS, PAIRS, RUNS, SPONSORS, Thing
from tests.prepared import assessed
from tests.pulse import checked_in, parted
from tests.world import World, found_world

# These grow with all that is done: tests/audit and tests/webhooks hold them to the policy.
GROWING = {"audit_entry", "event"}
STILL = tuple(resource for resource in RESOURCES if resource.name not in GROWING)
_TO_ATTEND = """
    select attendance.id, person_id from attendance join session using (organisation_id)
     where organisation_id = $1 and session.id = session_id and status = 'scheduled'
"""
_SEATS = "select id, person_id from circle_member where circle_id = $1"
_REPEATED = "select id from session where series_id = $1"
_TIERS = ("author_only", "pair", "pair_and_coordinator")
_AUDIENCES = ("partner", "private", "aggregate")


@dataclass
class Stage:
    """A world, all its things, and those of another."""

    world: World
    rival: Full
    things: list[Thing] = field(default_factory=list)
    # One thing of each kind around a pair: what a request about this pair names.
    bundles: dict[str, dict[str, str]] = field(default_factory=dict)

    def of(self, resource: str) -> list[Thing]:
        """The things of a kind, foreign ones included."""
        return [thing for thing in self.things if thing.resource == resource]

    def around(self, pair: str) -> dict[str, str]:
        """One thing of each kind around a pair, or of the other organisation: what a request about it names."""
        if pair == "foreign":
            return self.rival.objects
        programme = PAIRS[pair][0]
        near = {thing.resource: thing.id for thing in self.things if thing.programme == programme}
        far = {thing.resource: thing.id for thing in self.things if not thing.programme and not thing.is_foreign}
        return {**far, **near, **self.bundles[pair], "person": self.world.people[PAIRS[pair][2]]}

    def add(self, resource: str, object_id: str, **facts: Any) -> str:
        """Take a thing down."""
        facts |= {name: frozenset(facts[name]) for name in ("members", "own", "party") if name in facts}
        self.things.append(Thing(resource, object_id, **facts))
        return object_id


async def build(owner: asyncpg.Connection) -> Stage:
    """Everything, made through the intents that callers use."""
    world = await found_world("Acme")
    for part, (role, rank) in NEWCOMERS.items():
        # Auditors change nothing, so one who takes part does so with another key.
        await world.newcomer(
            part,
            Role.PARTICIPANT if role is Role.AUDITOR else role,
            rank=rank,
            work_email=f"{part.replace(' ', '.')}@example.com",
        )
    await world.do("admin", "update_person", world.people["mentor"], manager_id=world.people["manager"])
    stage = Stage(world, await fill(await found_world("Rival")))
    programmes = {name: await _programme(stage, name) for name in RUNS}
    enrolments = await _enrolments(stage, programmes)
    for day, name in enumerate(PAIRS):
        await _Pair(stage, name, day).fill(programmes, enrolments)
    await _preparations(stage, enrolments)
    for part in ("auditor", "auditor mentee"):
        await world.key_for(world.people[part], part, Role.AUDITOR)
    await offices.fill(stage, owner)
    parts_of = {person_id: part for part, person_id in world.people.items()}
    for row in await owner.fetch(_TO_ATTEND, world.organisation_id):
        stage.add("task", task_of(row["id"]), own={parts_of[row["person_id"]]})
    stage.things += [
        Thing(name, object_id, is_foreign=True)
        for name, object_id in stage.rival.objects.items()
        if name not in GROWING
    ]
    return stage


async def _programme(stage: Stage, name: str) -> str:
    by = "coordinator" if "coordinator" in RUNS[name] else "second coordinator"
    world, starts_on = stage.world, (clock.now() - timedelta(days=60)).date()
    made = await world.do(
        by, "create_programme", name=name, purpose="Learn.", starts_on=starts_on, allows_late_intake=True
    )
    programme_id = stage.add("programme", made["id"], programme=name)
    due_on = (clock.now() + timedelta(days=30)).date()
    contents: tuple[tuple[str, str, dict[str, Any]], ...] = (
        ("topic", "create_topic", {"name": "AI", "description": "Large models"}),
        ("matching_policy", "create_matching_policy", {}),
        ("recognition_criterion", "create_recognition_criterion", CRITERION),
        ("announcement", "write_announcement", {"title": "We begin", "text": "On Monday."}),
        ("opportunity", "open_opportunity", {"kind": "stretch_role", "title": "Lead", "description": "A team."}),
        ("programme_resource", "create_programme_resource", {"kind": "charter", "title": "How to", "body": "So."}),
        ("programme_milestone", "create_programme_milestone", {"title": "Half-time", "due_on": due_on}),
        (
            "cohort",
            "create_cohort",
            {
                "name": "First",
                "enrols_from": starts_on,
                "enrols_until": due_on,
                "starts_on": starts_on,
                "ends_on": due_on,
            },
        ),
        *(
            ("sponsorship", "pledge_sponsorship", {"person_id": world.people[part], "pledge": "I learn too."})
            for part in SPONSORS.get(name, ())
        ),
    )
    for resource, intent, data in contents:
        stage.add(resource, (await world.do(by, intent, programme_id=programme_id, **data))["id"], programme=name)
    if name == "run":
        duty: dict[str, Any] = {"person_id": world.people["coordinator mentee"], "duty": "coordinator"}
        await world.do("admin", "assign_programme_role", programme_id=programme_id, **duty)
    if name in CASE_HANDLERS:
        handler: dict[str, Any] = {"person_id": world.people[CASE_HANDLERS[name]], "duty": "case_handler"}
        await world.do(by, "assign_programme_role", programme_id=programme_id, **handler)
    for move in ("publish", "start_matching", "activate") if name not in DRAFTS else ():
        await world.do(by, f"{move}_programme", programme_id)
    return programme_id


async def _enrolments(stage: Stage, programmes: dict[str, str]) -> dict[str, str]:
    """Everyone's enrolment, by their part; those of a pair are about both."""
    world, found = stage.world, {}
    for side, place in (("mentor", 1), ("mentee", 2)):
        for programme, *_ in PAIRS.values():
            for part in dict.fromkeys(pair[place] for pair in PAIRS.values() if pair[0] == programme):
                if part in found:
                    continue
                given: dict[str, Any] = {
                    "programme_id": programmes[programme],
                    "person_id": world.people[part],
                    "role": side,
                }
                made = await world.do("admin", "invite_enrolment", **given, capacity=3, seeks=["AI"])
                for move in ("review", "approve", "ready"):
                    # Nobody decides on themselves, so the administrator who takes part is not asked to.
                    await world.do("admin", f"{move}_enrolment", made["id"])
                partners = {person for pair in PAIRS.values() if part in pair for person in pair[1:]} - {part}
                found[part] = stage.add(
                    "enrolment",
                    made["id"],
                    programme=programme,
                    members=partners,
                    own={part},
                    party={part, *partners},
                )
    return found


async def _preparations(stage: Stage, enrolments: dict[str, str]) -> None:
    """What everybody need not learn, and how ready they find themselves."""
    world = stage.world
    for part, enrolment_id in enrolments.items():
        enrolment = next(thing for thing in stage.of("enrolment") if thing.id == enrolment_id)
        facts: dict[str, Any] = {"programme": enrolment.programme, "own": {part}, "party": {part}}
        resource = next(t for t in stage.of("programme_resource") if t.programme == enrolment.programme)
        given: dict[str, Any] = {"enrolment_id": enrolment_id, "programme_resource_id": resource.id}
        made = await world.do("admin", "assign_training", **given)
        await world.do("admin", "waive_training", made["id"], reason="Did it last year.")
        stage.add("training_assignment", made["id"], **facts)
        role = "mentee" if "mentee" in part else "mentor"
        mirror = await assessed(world, part, enrolment_id, 1, role=role)
        stage.add("readiness_assessment", mirror["id"], **facts)
        named = next(thing.id for thing in stage.of("programme") if thing.programme == enrolment.programme)
        word = await world.do(part, "nominate_person", programme_id=named, role="mentor", work_email="a@example.com")
        stage.add("nomination", word["id"], programme=enrolment.programme, own={part})
        for pair in (name for name, two in PAIRS.items() if part in two):
            stage.bundles[pair] |= {"training_assignment": made["id"], "readiness_assessment": mirror["id"]}
    for name, peers in _circles(enrolments).items():
        await _circle(stage, name, peers, enrolments)


def _circles(enrolments: dict[str, str]) -> dict[str, list[str]]:
    """The mentors of each programme, those of whom there are two."""
    found: dict[str, list[str]] = {}
    for programme, mentor, _ in PAIRS.values():
        if mentor not in found.setdefault(programme, []):
            found[programme].append(mentor)
    return {programme: peers for programme, peers in found.items() if len(peers) > 1}


async def _circle(stage: Stage, programme: str, parts: list[str], enrolments: dict[str, str]) -> None:
    """The mentors of a programme, but for the last of them, among themselves."""
    world, peers = stage.world, parts[:-1]
    programme_id = next(thing.id for thing in stage.of("programme") if thing.programme == programme)
    facts: dict[str, Any] = {"programme": programme, "peers": frozenset(peers)}
    given: dict[str, Any] = {"name": "Thursdays", "role": "mentor", "enrolment_ids": [enrolments[p] for p in peers]}
    made = await world.do("admin", "create_circle", programme_id=programme_id, **given)
    circle_id = stage.add("circle", made["id"], **facts)
    reads = database.current().reads
    seats = await reads.fetch(world.organisation_id, _SEATS, (circle_id,))
    for row in seats:
        part = next(name for name, person_id in world.people.items() if person_id == row["person_id"])
        stage.add("circle_member", row["id"], **facts, own={part})
    held = await meeting(world, circle_id, peers[0], agenda="How it goes", url="https://meet.example.com/2")
    stage.add("circle_meeting", held["id"], **facts)


class _Pair:
    """One pair with all that a pair can have, ended for a reason."""

    def __init__(self, stage: Stage, name: str, day: int) -> None:
        self._stage, self._world, self._day = stage, stage.world, day
        self._programme, self._mentor, self._mentee = PAIRS[name]
        self._facts = {
            "programme": self._programme,
            "members": (self._mentor, self._mentee),
            "party": (self._mentor, self._mentee),
        }
        self._bundle = stage.bundles.setdefault(name, {})

    async def fill(self, programmes: dict[str, str], enrolments: dict[str, str]) -> None:
        world, mentor, mentee = self._world, self._mentor, self._mentee
        given = {"mentor_enrolment_id": enrolments[mentor], "mentee_enrolment_id": enrolments[mentee]}
        starts_on = (clock.now() - timedelta(days=45)).date()
        await self._wish(enrolments)
        await self._propose(programmes, enrolments)
        pairing_id = await self._made("admin", "pairing", "create_pairing", **given, starts_on=starts_on)
        self._bundle |= {"programme": programmes[self._programme], "enrolment": enrolments[mentee]}
        pairing = await world.see("admin", pairing_id)
        assert pairing is not None
        self._note_down("pairing_conflict", await conflicted(world, pairing))
        self._note_down("agreement", agreement := await world.sign(pairing_id))
        for part in (mentor, mentee):
            await world.do(part, "sign_agreement", agreement)
        await world.do("admin", "activate_pairing", pairing_id)
        self._note_down("pairing_overview", overview_of(pairing_id))
        await self._sessions(pairing_id)
        await self._repeated(pairing_id)
        goals = {"pairing_id": pairing_id, "title": "One report", "measure": "Sent"}
        await self._made(mentor, "goal", "set_goal", **goals, is_draft=True, own={mentor}, tier="draft")
        goal = await self._made(mentor, "goal", "set_goal", **goals)
        await self._made(mentor, "goal_milestone", "create_goal_milestone", goal_id=goal, title="First step")
        await self._made(mentor, "win", "celebrate_win", pairing_id=pairing_id, text="It worked", own={mentor})
        told: dict[str, Any] = {"pairing_id": pairing_id, "title": "How it began", "text": "Well.", "tier": "thanks"}
        await self._made(mentor, "success_story", "write_success_story", **told)
        for author, partner in ((mentor, mentee), (mentee, mentor)):
            for audience in _AUDIENCES:
                addressee = partner if audience == "partner" else ""
                data = {"pairing_id": pairing_id, "type": "partner", "audience": audience, "rating": 3, "text": "Fine"}
                await self._made(author, "feedback", "give_feedback", **data, own={author}, addressee=addressee)
        for author, partner in ((mentor, mentee), (mentee, mentor)):
            of: dict[str, Any] = {"pairing_id": pairing_id}
            rated = {"competency": "coaching", "point": "baseline", "value": 2, "comment": "Hardly."}
            await self._made(
                author, "competency_rating", "rate_competency", pairing_id=pairing_id, **rated, own={author}
            )
            thanks = {"text": "Thank you", "own": {author}, "addressee": partner, "tier": "thanks"}
            await self._made(author, "recognition", "thank_partner", **of, **thanks)
        await self._worry(mentor, programmes[self._programme], pairing_id)
        for author in (mentor, mentee):
            made = await checked_in(world, pairing_id, author, comment="So so.")
            self._note_down("check_in", made["id"], own={author})
        # Both have written, so each reads the other's.
        for author, farewell_id in (await parted(world, pairing_id, mentor, mentee)).items():
            addressee = mentee if author == mentor else mentor
            self._note_down("farewell", farewell_id, own={author}, addressee=addressee)
        await world.do(mentor, "end_pairing_early", pairing_id, reason="fit")

    async def _wish(self, enrolments: dict[str, str]) -> None:
        """What each would say of the other, one of them to coordinators, too. Nobody learns what was said of them."""
        for author, about, tier in ((self._mentor, self._mentee, "shared"), (self._mentee, self._mentor, "")):
            wish: dict[str, Any] = {
                "enrolment_id": enrolments[author],
                "other_enrolment_id": enrolments[about],
                "rank": self._day + 1,
                "reason": "We worked together.",
                "reason_shared": tier == "shared",
            }
            made = await self._world.do(author, "create_matching_preference", **wish)
            facts = {"programme": self._programme, "own": {author}, "party": {about}, "tier": tier}
            self._bundle["matching_preference"] = self._stage.add("matching_preference", made["id"], **facts)

    async def _propose(self, programmes: dict[str, str], enrolments: dict[str, str]) -> None:
        """What was proposed to them before, and declined by the senior, for a reason that coordinators may read."""
        people, mentor, mentee = self._world.people, self._mentor, self._mentee
        two = {
            "programme_id": programmes[self._programme],
            "mentor_enrolment_id": enrolments[mentor],
            "mentee_enrolment_id": enrolments[mentee],
            "mentor_id": people[mentor],
            "mentee_id": people[mentee],
        }
        no = {"status": "declined", "declined_by": people[mentee], "is_reason_shared": True}
        run_id, proposal_id = await matched(self._world, two, reason="No time.", **no)
        self._bundle["match_run"] = self._stage.add("match_run", run_id, programme=self._programme)
        facts = {"own": {mentee}, "party": {mentor, mentee}, "tier": "shared", "mentor": mentor, "mentee": mentee}
        self._bundle["match_proposal"] = self._stage.add(
            "match_proposal", proposal_id, programme=self._programme, **facts
        )

    async def _worry(self, reporter: str, programme_id: str, pairing_id: str) -> None:
        """Something that goes to a case handler, where there is one."""
        given: dict[str, Any] = {"programme_id": programme_id, "pairing_id": pairing_id, "text": "He interrupts me."}
        made = await self._world.do(reporter, "raise_concern", **given)
        to: dict[str, Any] = (
            {"addressee": CASE_HANDLERS[self._programme]} if made["handler_id"] else {"tier": "unhandled"}
        )
        assert bool(made["handler_id"]) is (self._programme in CASE_HANDLERS)
        self._note_down("concern", made["id"], own={reporter}, **to)
        if made["handler_id"]:
            self._stage.add("task", task_of(made["id"]), own={to["addressee"]})

    async def _sessions(self, pairing_id: str) -> None:
        world, mentor, mentee = self._world, self._mentor, self._mentee
        for days in (10 + self._day, 40 + self._day):
            starts_at = clock.now() + timedelta(days=days)
            session_id = await self._made(
                mentor, "session", "schedule_session", pairing_id=pairing_id, starts_at=starts_at, topic="AI"
            )
            of: dict[str, Any] = {"session_id": session_id}
            await self._made(mentor, "agenda_item", "create_agenda_item", **of, title="Prompts")
            url = "https://meet.example.com/1"
            await self._made(mentor, "session_link", "create_session_link", **of, kind="video", url=url)
            owner_id = world.people[mentee]
            item = await self._made(mentor, "action_item", "create_action_item", **of, owner_id=owner_id, text="Try")
            self._bundle["task"] = self._stage.add("task", task_of(item), own={mentee})
            for author in (mentor, mentee):
                for tier in _TIERS:
                    made = await world.do(author, "create_note", **of, text="Said", tier=tier)
                    self._note_down("note", made["id"], own={author}, tier=tier)
            if days >= 40:
                await world.do(mentee, "cancel_session", session_id, reason="priority")

    async def _repeated(self, pairing_id: str) -> None:
        """Two more sessions, called off together: nobody is told by whom."""
        starts_on = (clock.now() + timedelta(days=60 + self._day)).date()
        given: dict[str, Any] = {"starts_on": starts_on, "local_time": "09:00", "count": 2, "topic": "AI"}
        made = await self._made(
            self._mentor, "recurring_session", "schedule_recurring_session", pairing_id=pairing_id, **given
        )
        await self._world.do(self._mentee, "cancel_recurring_session", made, reason="priority")
        reads = database.current().reads
        for row in await reads.fetch(self._world.organisation_id, _REPEATED, (made,)):
            self._note_down("session", row["id"])

    async def _made(self, by: str, resource: str, intent: str, /, **data: Any) -> str:
        facts = {name: data.pop(name) for name in ("own", "addressee", "tier") if name in data}
        object_id = str((await self._world.do(by, intent, **data))["id"])
        self._note_down(resource, object_id, **facts)
        return object_id

    def _note_down(self, resource: str, object_id: str, **facts: Any) -> None:
        self._bundle[resource] = self._stage.add(resource, object_id, **self._facts, **facts)


async def unknown(stage: Stage, owner: asyncpg.Connection) -> set[str]:
    """The rows of our organisation that the stage does not know; none, or its tests would prove too little."""
    known = {thing.id for thing in stage.things}
    kept = [resource.table.name for resource in STILL if not resource.is_derived]
    found = {row["id"] for table in kept for row in await offices.rows_of(owner, stage.world, table, "id")}
    return found - known
