"""What belongs to no programme: the directory, keys, webhooks, what was asked for about one's data."""

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import asyncpg

from app import clock, ids
from app import db as database
from app.auth import tokens
from app.auth.actor import Role
from app.auth.scopes import EVERY
from app.domain.operations import service as operations
from app.domain.privacy import break_glass
from tests.full import HR_SOURCE, compared, planned
from tests.policy.facts import PAIRS
from tests.world import World

if TYPE_CHECKING:
    from tests.policy.stage import Stage


async def fill(stage: "Stage", owner: asyncpg.Connection) -> None:
    """What belongs to no programme, and what comes of other things."""
    world, parts = stage.world, {person_id: part for part, person_id in stage.world.people.items()}
    stage.add("organisation", world.organisation_id)
    for one, other in (("admin", "manager"), ("nobody", "sponsor")):
        people: dict[str, Any] = {"person_id": world.people[one], "other_person_id": world.people[other]}
        entry = await world.do("service", "create_do_not_pair", **people, reason="A quarrel.")
        stage.add("do_not_pair", entry["id"], own={one, other}, party={one, other})
    group = await world.do("service", "create_group", display_name="Sales")
    stage.add("group", group["id"])
    member = {"group_id": group["id"], "person_id": world.people["mentor"]}
    stage.add("group_member", (await world.do("service", "add_group_member", **member))["id"])
    stage.add("planned_change", (await planned(world, world.people["mentor"]))["id"])
    for name, object_id in zip(
        ("sync_run", "sync_difference"), await compared(world, world.people["mentor"]), strict=True
    ):
        stage.add(name, object_id)
    for row in await rows_of(owner, world, "operation", "id, kind"):
        if row["kind"] == "example":
            stage.add("operation", row["id"], own={"admin"})
    stage.add("hr_source", (await world.do("admin", "create_hr_source", **HR_SOURCE))["id"])
    await _webhooks(stage, owner)
    provider: dict[str, Any] = {
        "name": "Sign-in",
        "issuer": "https://login.example.com/acme",
        "audience": world.organisation_id,
    }
    stage.add("identity_provider", (await world.do("admin", "create_identity_provider", **provider))["id"])
    await _privacy(stage)
    standing: dict[str, Any] = {"person_id": world.people["coordinator"], "role": "coordinator"}
    stage.add("standing", (await world.do("admin", "create_standing", **standing))["id"], own={"coordinator"})
    for part in ("admin", "coordinator", "service"):
        async with database.current().writing(world.organisation_id) as db:
            operation = await operations.begin(db, world.actors[part], "example")
        stage.add("operation", operation.id, own={part})
    for row in await rows_of(owner, world, "person", "id"):
        part = parts[row["id"]]
        partners = {person for pair in PAIRS.values() if part in pair[1:] for person in pair[1:]} - {part}
        stage.add("person", row["id"], own={part}, members=partners)
    for row in await rows_of(owner, world, "api_key", "id, person_id"):
        stage.add("api_key", row["id"], own={parts[row["person_id"]]} if row["person_id"] else ())
    for name in ("rank", "retention_policy", "webhook_signing_key"):
        for row in await rows_of(owner, world, name, "id"):
            stage.add(name, row["id"])
    programmes = {thing.id: thing.programme for thing in stage.of("programme")}
    for row in await rows_of(owner, world, "programme_role", "id, programme_id"):
        stage.add("programme_role", row["id"], programme=programmes[row["programme_id"]])
    for name, parent in (("signature", "agreement"), ("attendance", "session")):
        above = {thing.id: thing for thing in stage.of(parent)}
        for row in await rows_of(owner, world, name, f"id, {parent}_id as parent"):
            of = above[row["parent"]]
            stage.add(name, row["id"], programme=of.programme, members=of.members, party=of.party)


async def _webhooks(stage: "Stage", owner: asyncpg.Connection) -> None:
    """Two endpoints: one that a portal is for, and another."""
    world, address = stage.world, "https://hooks.example.com/in"
    shown = await world.do("admin", "create_webhook_endpoint", url=address, asymmetric_signature=True)
    await world.do("admin", "create_webhook_endpoint", url=address)
    world.actors["portal"] = replace(world.actors["service"], role=Role.WEBHOOK_PORTAL, endpoint_id=shown["id"])
    # With every scope, of which portals have one: what it sees should not hang on that.
    world.keys["portal"] = await tokens.issue(
        world.actors["service"], set(EVERY), clock.now(), timedelta(hours=1), tokens.PORTAL, endpoint_id=shown["id"]
    )
    for name, of in (("webhook_endpoint", "id"), ("webhook_secret", "endpoint_id")):
        for row in await rows_of(owner, world, name, f"id, {of} as endpoint"):
            stage.add(name, row["id"], embedded="portal" if row["endpoint"] == shown["id"] else "")


async def _privacy(stage: "Stage") -> None:
    """What somebody asked for about their own data, a hold on somebody else's, and a look of the platform's staff."""
    do, own = stage.world.do, {"nobody"}
    given = await do("nobody", "give_consent", purpose="photo", notice_version="2026-01")
    stage.add("consent", given["id"], own=own)
    stage.add("calendar_feed", (await do("nobody", "create_calendar_feed", name="Phone"))["id"], own=own)
    stage.add("erasure", (await do("nobody", "request_erasure"))["id"], own=own)
    operation = await do("nobody", "request_export")
    stage.add("operation", operation["id"], own=own)
    stage.add("export", operation["subject_ids"][0], own=own)
    held = stage.world.people["sponsor"]
    stage.add("legal_hold", (await do("admin", "place_legal_hold", person_id=held, reason="A claim."))["id"])
    async with database.current().writing(stage.world.organisation_id) as db:
        glass, _ = await break_glass.request(db, ids.new("opr"), reason="A failed migration.", minutes=30)
    stage.add("break_glass", glass.id)


async def rows_of(owner: asyncpg.Connection, world: World, table: str, columns: str) -> list[asyncpg.Record]:
    """The rows of a table that are a world's."""
    column = "id" if table == "organisation" else "organisation_id"
    found: list[asyncpg.Record] = await owner.fetch(
        f"select {columns} from {table} where {column} = $1",  # noqa: S608
        world.organisation_id,
    )
    return found
