"""A world with one object of every kind, and a request for every operation: what generated tests walk over."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

import orjson
import sqlalchemy as sa
from sqlmodel import col

from app import clock, ids
from app import db as database
from app.acting.intent import Intent, Kind
from app.declared import BY_PREFIX, RESOURCES
from app.domain.access.schemas import ApiKeyCreate
from app.domain.access.service import issue
from app.domain.boards.resource import PairingOverview
from app.domain.imports import planning
from app.domain.operations import service as operations
from app.domain.people.putting import Batch
from app.domain.people.schemas import PersonPut
from app.domain.privacy import break_glass
from app.domain.privacy.models import Export
from app.domain.syncs import service as syncs
from app.domain.syncs.models import DifferenceKind, SyncDifference, SyncKind
from app.domain.syncs.service import Found
from app.domain.tasks.resource import Task
from app.routers.openapi_schemas import components
from app.routers.writes import METHODS, path_of
from app.webhooks.models import Attempt, Delivery
from tests.circles import circle, meeting, peers
from tests.conflicted import conflicted
from tests.conftest import NOON
from tests.matched import matched
from tests.prepared import assessed
from tests.pulse import checked_in, parted
from tests.world import World, found_world

# Who sees the object of each kind; for the others it is the coordinator.
_READERS = {
    "do_not_pair": "admin",
    "api_key": "admin",
    "identity_provider": "admin",
    "standing": "admin",
    **dict.fromkeys(("operation", "planned_change", "sync_run", "sync_difference"), "admin"),
    **dict.fromkeys(("webhook_endpoint", "webhook_secret", "webhook_signing_key", "hr_source"), "admin"),
    "delivery": "admin",
    "attempt": "admin",
    "event": "service",
    "audit_entry": "admin",
    **dict.fromkeys(("consent", "export", "erasure", "legal_hold", "break_glass"), "admin"),
    **dict.fromkeys(("attendance", "agenda_item", "session_link", "action_item", "note"), "mentor"),
    "matching_preference": "mentor",
    "task": "mentee",
    **dict.fromkeys(("goal", "goal_milestone", "win", "feedback", "check_in", "concern", "farewell"), "mentor"),
    **dict.fromkeys(("training_assignment", "readiness_assessment"), "mentor"),
    **dict.fromkeys(("competency_rating", "recognition", "calendar_feed", "success_story"), "mentor"),
}


TRAINED = ("enrolment_id", "programme_resource_id")
_COUNT = "update event_counter set last_sequence = 1 where organisation_id = $1"
_NUMBER = """
    update outbox_event set sequence = 1, relayed_at = $2
    where organisation_id = $1 and id = (select min(id) from outbox_event where organisation_id = $1) returning id
"""


HR_SOURCE: dict[str, Any] = {
    "name": "HR system",
    "style": "hibob",
    "base_url": "https://hr.example.com/api",
    "secret": "a-secret-that-both-know",
    "mapping": [{"member": "title", "pointer": "/job/title"}],
}


@dataclass
class Full:
    """A world and one object of every kind, by the name of its resource."""

    world: World
    objects: dict[str, str] = field(default_factory=dict)
    other_person: str = ""
    other_enrolment: str = ""
    peers: tuple[str, ...] = ()

    def reader(self, name: str) -> str:
        """A part that sees the object of this kind."""
        return _READERS.get(name, "coordinator")

    def request(self, intent: Intent) -> tuple[str, str, dict[str, Any]]:
        """Method, path and further arguments of a well-formed request for this intent."""
        named = {} if not intent.named_by else {intent.named_by: self.body(intent)[intent.named_by]}
        path = path_of(intent).format(id=self.objects[intent.resource.name], **named)
        more: dict[str, Any] = {"headers": {"If-Match": '"1"'}} if intent.has_id else {}
        if intent.needs_key:
            more["headers"] = {"Idempotency-Key": ids.new("key")}
        if intent.document:
            body = self.body(intent)
            more["content"] = body.pop("text").encode()
            more["headers"]["Content-Type"] = f"text/{body.pop('format')}"
            path = f"{path}?{urlencode(body).replace('False', 'false')}"
        elif intent.takes is not None:
            content_type = "application/merge-patch+json" if intent.kind is Kind.UPDATE else "application/json"
            more.setdefault("headers", {})["Content-Type"] = content_type
            more["content"] = orjson.dumps(self.body(intent))
        return METHODS[intent.kind], path, more

    def body(self, intent: Intent) -> dict[str, Any]:
        """What a well-formed request for this intent holds."""
        if intent.takes is None:
            return {}
        body: dict[str, Any] = self._own(components()[intent.takes.__name__]["examples"][0])
        if "other_person_id" in body:
            body["other_person_id"] = self.other_person
        if "enrolment_ids" in body:
            body["enrolment_ids"] = list(self.peers)
        if "other_enrolment_id" in body:
            body["other_enrolment_id"] = self.other_enrolment
        if "since" in body:
            body |= {"since": (clock.now() - timedelta(hours=1)).isoformat(), "until": clock.now().isoformat()}
        return body

    def _own(self, value: Any) -> Any:
        """An example whose ids are those of our objects."""
        if isinstance(value, dict):
            return {name: self._own(item) for name, item in value.items()}
        if isinstance(value, list):
            return [self._own(item) for item in value]
        prefix = ids.prefix_of(value) if isinstance(value, str) else None
        return self.objects[BY_PREFIX[prefix].name] if prefix in BY_PREFIX else value


async def fill(world: World) -> Full:
    """Give a world one object of every kind."""
    full = Full(world, {"organisation": world.organisation_id, "person": world.people["mentor"]})
    add = full.objects.__setitem__
    pairing = await world.pairing()
    programme_id, pairing_id = pairing["programme_id"], pairing["id"]
    add("pairing", pairing_id)
    add("programme", programme_id)
    add("enrolment", pairing["mentor_enrolment_id"])
    wish = {"enrolment_id": pairing["mentor_enrolment_id"], "other_enrolment_id": pairing["mentee_enrolment_id"]}
    add("matching_preference", (await world.do("mentor", "create_matching_preference", **wish, rank=1))["id"])
    policy = await world.do("coordinator", "create_matching_policy", programme_id=programme_id)
    add("matching_policy", policy["id"])
    full.objects["match_run"], full.objects["match_proposal"] = await matched(world, pairing)
    add("pairing_conflict", await conflicted(world, pairing))
    full.other_enrolment = await world.enrolment(programme_id, await world.person(rank=7), "mentee")
    for name, intent, data in _of_programme(world):
        add(name, (await world.do("coordinator", intent, programme_id=programme_id, **data))["id"])
    named: dict[str, Any] = {name: full.objects[name.removesuffix("_id")] for name in TRAINED}
    add("training_assignment", (await world.do("coordinator", "assign_training", **named))["id"])
    add("readiness_assessment", (await assessed(world, "mentor", full.objects["enrolment"]))["id"])
    full.peers = (full.objects["enrolment"], *await peers(world, programme_id, 1))
    add("circle", (await circle(world, programme_id, *full.peers))["id"])
    add("circle_member", await _found(full, "circle_member", "person_id", world.people["mentor"]))
    add("circle_meeting", (await meeting(world, full.objects["circle"], days=33, agenda="How it goes"))["id"])
    session = await world.session(pairing_id)
    add("session", session["id"])
    again: dict[str, Any] = {"starts_on": (clock.now() + timedelta(days=102)).date(), "local_time": "09:00", "count": 2}
    repeated = await world.do("mentor", "schedule_recurring_session", pairing_id=pairing_id, **again)
    # Called off, so that it stands in nobody's way.
    add("recurring_session", (await world.do("mentor", "cancel_recurring_session", repeated["id"]))["id"])
    for name, intent, data in _of_session(world):
        add(name, (await world.do("mentor", intent, session_id=session["id"], **data))["id"])
    for name, intent, data in _OF_PAIRING:
        add(name, (await world.do("mentor", intent, pairing_id=pairing_id, **data))["id"])
    concern: dict[str, Any] = {"programme_id": programme_id, "pairing_id": pairing_id, "text": "He interrupts me"}
    add("concern", (await world.do("mentor", "raise_concern", **concern))["id"])
    add("check_in", (await checked_in(world, pairing_id, "mentor"))["id"])
    add("farewell", (await parted(world, pairing_id, "mentor"))["mentor"])
    add("calendar_feed", (await world.do("mentor", "create_calendar_feed", name="Phone"))["id"])
    add("task", task_of(full.objects["action_item"]))
    add("pairing_overview", overview_of(pairing_id))
    milestone = await world.do("mentor", "create_goal_milestone", goal_id=full.objects["goal"], title="First step")
    add("goal_milestone", milestone["id"])
    await _fill_office(full)
    await _fill_from_rows(full)
    assert full.objects.keys() == {resource.name for resource in RESOURCES}
    return full


async def founded(name: str) -> Full:
    """An organisation with one object of every kind, made at the noon of all tests: for many of them to share."""
    clock.use(lambda: NOON)
    filled = await fill(await found_world(name))
    clock.use(None)
    return filled


def _days() -> dict[str, Any]:
    """The days of a cohort that takes people in now, of a programme that began two months ago."""
    today = clock.now().date()
    days = {"enrols_from": -60, "enrols_until": 30, "starts_on": 0, "ends_on": 60}
    return {name: today + timedelta(days=count) for name, count in days.items()}


def _of_programme(world: World) -> tuple[tuple[str, str, dict[str, Any]], ...]:
    due_on = (clock.now() + timedelta(days=30)).date()
    admin = world.people["admin"]
    return (
        ("topic", "create_topic", {"name": "Generative AI"}),
        ("programme_resource", "create_programme_resource", {"kind": "charter", "title": "Conduct", "body": "So."}),
        ("programme_milestone", "create_programme_milestone", {"title": "Half-time", "due_on": due_on}),
        ("cohort", "create_cohort", {"name": "First", **_days()}),
        ("sponsorship", "pledge_sponsorship", {"person_id": admin, "pledge": "I learn too."}),
        ("programme_role", "assign_programme_role", {"person_id": admin, "duty": "matcher"}),
        ("recognition_criterion", "create_recognition_criterion", CRITERION),
        ("announcement", "write_announcement", {"title": "We begin", "text": "On Monday."}),
        ("opportunity", "open_opportunity", {"kind": "stretch_role", "title": "Lead", "description": "A team."}),
        ("nomination", "nominate_person", NOMINATION),
    )


def _of_session(world: World) -> tuple[tuple[str, str, dict[str, Any]], ...]:
    return (
        ("agenda_item", "create_agenda_item", {"title": "Three prompts"}),
        ("session_link", "create_session_link", {"kind": "video", "url": "https://meet.example.com/1"}),
        ("action_item", "create_action_item", {"owner_id": world.people["mentee"], "text": "Try it out"}),
        ("note", "create_note", {"text": "What we said"}),
    )


_OF_PAIRING: tuple[tuple[str, str, dict[str, Any]], ...] = (
    ("goal", "set_goal", {"title": "Write one report"}),
    ("win", "celebrate_win", {"text": "It worked"}),
    ("feedback", "give_feedback", {"type": "partner", "audience": "private", "text": "Patient"}),
    ("competency_rating", "rate_competency", {"competency": "coaching", "point": "baseline", "value": 2}),
    ("recognition", "thank_partner", {"text": "Thank you"}),
    ("success_story", "write_success_story", {"title": "How it began", "text": "With a question."}),
)
NOMINATION: dict[str, Any] = {"role": "mentor", "work_email": "ada@example.com", "reason": "Asks well."}
CRITERION: dict[str, Any] = {
    "kind": "badge",
    "name": "Regular",
    "description": "Met often",
    "measure": "sessions_held",
    "at_least": 900,
}


def task_of(object_id: str) -> str:
    """The id of what an object gives somebody to do."""
    return f"{Task.prefix}{object_id[3:]}"


def overview_of(pairing_id: str) -> str:
    """The id of a pair's line on the board."""
    return f"{PairingOverview.prefix}{pairing_id[3:]}"


async def _fill_office(full: Full) -> None:
    world = full.world
    rank = await world.do("admin", "create_rank", level=50, name="Chair")
    person, full.other_person = await world.person(), await world.person()
    bar = await world.do("admin", "create_do_not_pair", person_id=person, other_person_id=full.other_person)
    group = await world.do("admin", "create_group", display_name="Sales")
    member = await world.do("admin", "add_group_member", group_id=group["id"], person_id=person)
    key = await world.do(
        "admin", "create_api_key", name="Reader", role="service_account", scopes=["sessions:read"], service_account="bi"
    )
    issuer = "https://login.example.com/acme"
    provider = await world.do(
        "admin", "create_identity_provider", name="Sign-in", issuer=issuer, audience=world.organisation_id
    )
    standing = await world.do("admin", "create_standing", person_id=world.people["coordinator"], role="coordinator")
    endpoint = await world.do("admin", "create_webhook_endpoint", url="https://hooks.example.com/in")
    full.objects["hr_source"] = (await world.do("admin", "create_hr_source", **HR_SOURCE))["id"]
    found = {
        "planned_change": await planned(world, person),
        "rank": rank,
        "do_not_pair": bar,
        "group": group,
        "group_member": member,
        "api_key": key,
        "webhook_endpoint": endpoint,
    }
    found["consent"] = await world.do("mentor", "give_consent", purpose="recognition", notice_version="2026-01")
    found["erasure"] = await world.do("admin", "request_erasure", person_id=person)
    found["legal_hold"] = await world.do("admin", "place_legal_hold", person_id=full.other_person, reason="A claim.")
    found["webhook_signing_key"] = await world.do("admin", "rotate_webhook_signing_key")
    found |= {"identity_provider": provider, "standing": standing}
    full.objects["sync_run"], full.objects["sync_difference"] = await compared(world, person)
    full.objects.update({name: item["id"] for name, item in found.items()})


async def planned(world: World, person_id: str) -> dict[str, Any]:
    """A change that is announced for a later day."""
    data = PersonPut(external_id="E-77", title="Partner")
    async with database.current().writing(world.organisation_id) as db:
        batch = await Batch.of(db, world.actors["admin"], [data.changes()])
        change = await planning.plan(batch, data, date(2030, 1, 1))
        change.person_id = person_id
    return {"id": change.id}


async def compared(world: World, person_id: str) -> tuple[str, str]:
    """A reconciliation that is done and lacks somebody, and what differs of a person."""
    async with database.current().writing(world.organisation_id) as db:
        run = syncs.begin(db, await operations.begin(db, world.actors["admin"], "example"), SyncKind.RECONCILIATION)
        run.held, run.leaving = 20, 1
        await syncs.note(
            db, run.id, [Found(DifferenceKind.UPDATE, "E-77", person_id, 1, "title", "Analyst", "Partner")]
        )
    async with database.current().writing(world.organisation_id) as db:
        select = sa.select(col(SyncDifference.id)).where(col(SyncDifference.sync_run_id) == run.id)
        return run.id, str(await db.scalar(select))


async def _fill_from_rows(full: Full) -> None:
    """What no caller makes: it comes of other things."""
    world, objects = full.world, full.objects
    objects["event"] = await _numbered(full)
    async with database.current().writing(world.organisation_id) as db:
        delivery = Delivery(
            organisation_id=world.organisation_id,
            id=ids.new(Delivery.prefix),
            endpoint_id=objects["webhook_endpoint"],
            event_id=objects["event"],
            event_type="session.scheduled",
            sequence=1,
            due_at=clock.now(),
        )
        db.add(delivery)
        await db.flush()
        attempt = Attempt(
            organisation_id=world.organisation_id,
            id=ids.new(Attempt.prefix),
            delivery_id=delivery.id,
            endpoint_id=delivery.endpoint_id,
            number=1,
            started_at=clock.now(),
            elapsed_ms=12,
            status=500,
        )
        db.add(attempt)
        # Of a kind that no worker knows, so that it stays as it is.
        operation = await operations.begin(db, world.actors["admin"], "example")
        export = Export(
            organisation_id=world.organisation_id,
            id=ids.new(Export.prefix),
            person_id=world.people["mentor"],
            requested_by=world.people["admin"],
        )
        db.add(export)
        glass, _ = await break_glass.request(db, ids.new("opr"), reason="A failed migration.", minutes=30)
    objects |= {"delivery": delivery.id, "attempt": attempt.id, "operation": operation.id, "export": export.id}
    objects["break_glass"] = glass.id
    objects["retention_policy"] = await _found(full, "retention_policy", "data_class", "notes")
    objects["audit_entry"] = await _found(full, "audit_entry", "actor_id", world.people["mentor"])
    # Replaced, so that it can be revoked.
    await world.do("admin", "rotate_webhook_secret", objects["webhook_endpoint"])
    objects["webhook_secret"] = await _found(full, "webhook_secret", "endpoint_id", objects["webhook_endpoint"])
    for name, parent in (("agreement", "pairing"), ("signature", "agreement"), ("attendance", "session")):
        objects[name] = await _found(full, name, f"{parent}_id", objects[parent])


async def _numbered(full: Full) -> str:
    """The first event, as a relay leaves it."""
    async with database.current().queueing() as connection:
        await connection.execute(_COUNT, full.world.organisation_id)
        return str(await connection.fetchval(_NUMBER, full.world.organisation_id, clock.now()))


async def _found(full: Full, name: str, column: str, value: str) -> str:
    sql = f"select id from {name} where {column} = $1 order by id limit 1"  # noqa: S608
    return str((await database.current().reads.fetch(full.world.organisation_id, sql, (value,)))[0][0])


async def service_key(world: World, name: str, scopes: set[str]) -> str:
    """A key of a service account with these scopes and no others."""
    data = ApiKeyCreate.model_validate(
        {"name": name, "role": "service_account", "service_account": name, "scopes": sorted(scopes)}
    )
    async with database.current().writing(world.organisation_id) as db:
        return (await issue(db, data))[1]
