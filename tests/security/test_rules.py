"""The rules of confidentiality on every channel: a canary sits in each secret, and only its owners ever hear it."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import asyncpg
import httpx
import pytest

from app import clock, db
from app.declared import RESOURCES
from app.domain.syncs.resource import SYNC_RUNS
from app.events.models import OutboxEvent
from app.matching.policy import Policy
from app.webhooks import catalogue, formats
from tests.conftest import NOON, TestClock
from tests.full import Full, fill
from tests.outcomes import refused
from tests.pulse import checked_in, parted
from tests.security.channels import told_by_graphql, told_by_rest
from tests.world import World, found_world

PARTS = ("admin", "coordinator", "mentor", "mentee", "service", "outsider")
# Whose eyes each canary is for.
OWNERS = {
    "canary-note-private": {"mentor"},
    "canary-note-pair": {"mentor", "mentee"},
    "canary-note-coordinator": {"mentor", "mentee", "coordinator"},
    "canary-feedback-private": {"mentor"},
    "canary-feedback-aggregate": {"mentor"},
    "canary-feedback-partner": {"mentor", "mentee"},
    "canary-bar-reason": {"admin"},
    "canary-agenda": {"mentor", "mentee"},
    "canary-action": {"mentor", "mentee"},
    "canary-win": {"mentor", "mentee"},
    "canary-check-in": {"mentor"},
    # Who wrote it, and the partner, who has written too.
    "canary-farewell": {"mentor", "mentee"},
    # The office looks after it, since nobody has the duty.
    "canary-concern": {"mentor", "admin"},
    "canary-case-notes": {"admin"},
}


@dataclass
class Cage:
    """A full organisation, and the ids of all that has a canary in it."""

    full: Full
    ids: list[str]

    @property
    def world(self) -> World:
        """Its people."""
        return self.full.world


@pytest.fixture(scope="module")
async def cage(opened: db.Database) -> AsyncIterator[Cage]:
    """One canary in each secret of a pair, planted by the junior mentor."""
    clock.use(lambda: NOON)
    full = await fill(await found_world("Cage"))
    world, objects = full.world, full.objects
    await world.newcomer("outsider")
    about: dict[str, Any] = {"session_id": objects["session"]}
    planted = [
        *[
            await world.do("mentor", "create_note", **about, text=f"canary-note-{name}", tier=tier)
            for name, tier in (("private", "author_only"), ("pair", "pair"), ("coordinator", "pair_and_coordinator"))
        ],
        *[
            await world.do(
                "mentor",
                "give_feedback",
                pairing_id=objects["pairing"],
                type=kind,
                audience=audience,
                rating=1,
                text=f"canary-feedback-{audience}",
            )
            for kind, audience in (("partner", "private"), ("programme", "aggregate"), ("partner", "partner"))
        ],
        await world.do("mentor", "create_agenda_item", **about, title="canary-agenda"),
        await world.do("mentor", "create_action_item", **about, owner_id=world.people["mentor"], text="canary-action"),
        await world.do("mentor", "celebrate_win", pairing_id=objects["pairing"], text="canary-win"),
        await checked_in(world, objects["pairing"], "mentor", number=2, comment="canary-check-in"),
    ]
    worry: dict[str, Any] = {"programme_id": objects["programme"], "pairing_id": objects["pairing"]}
    planted.append(await world.do("mentor", "raise_concern", **worry, text="canary-concern"))
    await world.do("admin", "update_concern", planted[-1]["id"], notes="canary-case-notes")
    planted.append({"id": (await parted(world, objects["pairing"], "mentee", learned="canary-farewell"))["mentee"]})
    one, other = await world.person(), await world.person()
    bar: dict[str, Any] = {"person_id": one, "other_person_id": other, "reason": "canary-bar-reason"}
    planted.append(await world.do("admin", "create_do_not_pair", **bar))
    yield Cage(full, [each["id"] for each in planted])
    clock.use(None)


@pytest.fixture(autouse=True)
def _at_noon(clock: TestClock) -> None:
    """The keys of session-wide worlds were made at noon."""


@pytest.mark.parametrize("part", PARTS)
async def test_over_rest_nobody_hears_a_canary_that_is_not_theirs(
    part: str, cage: Cage, client: httpx.AsyncClient
) -> None:
    said = await told_by_rest(client, cage.world.keys[part], cage.ids)

    assert {name for name in OWNERS if name in said} == {name for name, owners in OWNERS.items() if part in owners}


@pytest.mark.parametrize("part", PARTS)
async def test_over_graphql_nobody_hears_a_canary_that_is_not_theirs(
    part: str, cage: Cage, client: httpx.AsyncClient
) -> None:
    said = await told_by_graphql(client, cage.world, part, cage.ids)

    assert {name for name in OWNERS if name in said} == {name for name, owners in OWNERS.items() if part in owners}


async def test_no_event_and_no_webhook_carries_a_canary(cage: Cage, owner: asyncpg.Connection) -> None:
    events = await owner.fetch(
        f"select * from {OutboxEvent.__tablename__} where organisation_id = $1", cage.world.organisation_id
    )

    assert len(events) > 20
    bodies = [formats.native({**event, "sequence": 1}, "https://flipside") for event in events]
    assert not [body for body in bodies if b"canary" in body or b'"rating"' in body]


async def test_what_is_kept_beside_an_object_does_not_hold_its_text(cage: Cage, owner: asyncpg.Connection) -> None:
    for table in ("delivery", "attempt", "idempotency_record", "event_counter", "api_key"):
        rows = await owner.fetch(
            f"select t::text from {table} t where organisation_id = $1", cage.world.organisation_id
        )
        assert not [row for (row,) in rows if "canary" in row], table


@pytest.mark.parametrize("part", sorted(set(PARTS) - {"mentor"}))
async def test_no_refusal_repeats_what_it_refuses_to_show(part: str, cage: Cage, client: httpx.AsyncClient) -> None:
    headers = {"Authorization": f"Bearer {cage.world.keys[part]}", "If-Match": '"7"'}
    for object_id in cage.ids:
        resource = next(each for each in RESOURCES if each.prefix == object_id[:3])
        for method in ("PATCH", "DELETE"):
            answer = await client.request(
                method, f"/v1/{resource.path}/{object_id}", json={} if method == "PATCH" else None, headers=headers
            )
            assert answer.status_code >= 400
            assert "canary" not in answer.text


@pytest.mark.usefixtures("cage")
async def test_no_log_sings(cage: Cage, client: httpx.AsyncClient, capsys: pytest.CaptureFixture[str]) -> None:
    await told_by_rest(client, cage.world.keys["mentor"], cage.ids)
    await client.post(
        "/v1/notes",
        json={"session_id": cage.full.objects["session"], "text": "canary-note", "tier": "nobody"},
        headers={"Authorization": f"Bearer {cage.world.keys['mentor']}"},
    )
    captured = capsys.readouterr()

    assert "canary" not in captured.out + captured.err


SECRET_FIELDS = {
    ("note", "text"),
    ("feedback", "text"),
    ("feedback", "rating"),
    *(("competency_rating", name) for name in ("value", "comment")),
    ("recognition", "text"),
    *(("check_in", name) for name in ("usefulness", "openness", "time_found", "comment")),
    *(("readiness_assessment", name) for name in ("answers", "actions")),
    ("training_assignment", "waive_reason"),
    *(("circle_meeting", name) for name in ("agenda", "url")),
    ("concern", "text"),
    ("farewell", "learned"),
    ("farewell", "thanks"),
    ("concern", "notes"),
    ("do_not_pair", "reason"),
    ("pairing", "end_reason"),
    ("session", "cancelled_by"),
    ("session", "cancel_reason"),
}


@pytest.mark.parametrize(("name", "field"), sorted(SECRET_FIELDS))
def test_no_filter_and_no_order_asks_about_a_secret(name: str, field: str) -> None:
    (resource,) = [each for each in RESOURCES if each.name == name]

    assert field in resource.fields
    assert field not in {rule.field for rule in resource.filters}
    assert not [order for order in resource.orders if order.removeprefix("-") == field]


def test_no_figure_is_computed_from_what_people_confide() -> None:
    computed = {(resource.name, name) for resource in RESOURCES for name in resource.computed}

    # The mean of what a pair says of its sessions together (docs/decisions/0005), and ids of whom an entry is about.
    figures = {("pairing", "average_focus"), ("audit_entry", "subjects")}
    # How a receiver fares, which changes without a new version.
    figures |= {("webhook_endpoint", "breaker"), ("webhook_secret", "last_signed_at")}
    # What the rule of a conflict leaves to decide.
    figures |= {("pairing_conflict", "options")}
    # The members of one column; other names for columns, and what is the same for all.
    figures |= {("matching_policy", name) for name in Policy.model_fields}
    # What peers call each other.
    figures |= {("circle_member", "display_name")}
    # What a run's operation says, which its own readers see.
    figures |= {("sync_run", name) for name in SYNC_RUNS.computed}
    assert computed == figures | {("event", name) for name in ("timestamp", "api_version", "organisation", "url")}


async def test_giving_and_withdrawing_feedback_changes_nothing_that_others_see(
    cage: Cage, client: httpx.AsyncClient
) -> None:
    given: dict[str, Any] = {
        "pairing_id": cage.full.objects["pairing"],
        "type": "programme",
        "audience": "aggregate",
        "rating": 5,
    }

    async def seen() -> list[str]:
        return [
            (await client.get(path, headers={"Authorization": f"Bearer {cage.world.keys[part]}"})).text
            for part in ("admin", "coordinator", "mentee", "service")
            for path in (
                "/v1/pairings?expand=sessions,feedback,mentor",
                "/v1/programmes?expand=pairings",
                "/v1/feedback",
            )
        ]

    before = await seen()
    feedback = await cage.world.do("mentor", "give_feedback", **given)
    between = await seen()
    await cage.world.do("mentor", "withdraw_feedback", feedback["id"])

    assert before == between == await seen()


async def test_why_a_session_was_called_off_reaches_no_endpoint_of_a_person(world: World) -> None:
    url, confided = "https://hooks.example.com/in", "session.cancellation_explained"

    with refused("forbidden"):
        await world.do("admin", "create_webhook_endpoint", url=url, types=[confided])
    plain = await world.do("admin", "create_webhook_endpoint", url=url, types=["*"])
    with refused("forbidden"):
        await world.do("admin", "update_webhook_endpoint", plain["id"], types=[confided])
    trusted = await world.do("service", "create_webhook_endpoint", url=url, types=[confided])
    with refused("forbidden"):
        await world.do("admin", "update_webhook_endpoint", trusted["id"], url="https://elsewhere.example.com/in")

    assert not catalogue.wants(["*", "session.*"], confided)
    assert catalogue.wants([confided], confided)
