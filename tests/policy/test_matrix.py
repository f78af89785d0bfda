"""The policy, asked set by set: everyone × everything × both doors of reading, and everyone × every operation.

What is expected follows from the table and from facts.py; what is found comes from the statements that callers run.
"""

from collections.abc import Iterable
from typing import Any

import asyncpg
import httpx
import orjson
import pytest
import sqlalchemy as sa
from strawberry.utils.str_converters import to_camel_case

from app import db as database
from app.auth import policy, tiers
from app.auth.actor import Actor, Role
from app.auth.tiers import Tier
from app.declared import INTENTS, RESOURCES
from app.graphql.enums import embedded_members
from app.graphql.schema import LISTS
from app.reading import admission, run
from app.reading.resource import Resource, owner
from tests.graphql.client import Gql
from tests.policy.conftest import PARTS
from tests.policy.facts import Thing, may
from tests.policy.stage import STILL, Stage, unknown
from tests.policy.tally import TALLY
from tests.reading.shapes import listed, page_of, wanted

# A walk over everything there is proves answers; which lines there are, the tests of the parts show.
pytestmark = pytest.mark.untraced

BY_NAME = {resource.name: resource for resource in RESOURCES}
# To what an operation without an object of its own is done.
PARENTS = {
    **dict.fromkeys(("create_programme", "create_programme_from_template"), "organisation"),
    "create_rank": "organisation",
    **dict.fromkeys(("create_person", "put_person"), "organisation"),
    "create_do_not_pair": "organisation",
    "create_api_key": "organisation",
    **dict.fromkeys(("create_identity_provider", "create_hr_source"), "organisation"),
    "create_standing": "organisation",
    **dict.fromkeys(("begin_import", "begin_reconciliation"), "organisation"),
    **dict.fromkeys(("create_webhook_endpoint", "rotate_webhook_signing_key"), "organisation"),
    **dict.fromkeys(("apply_for_enrolment", "nominate_person"), "programme"),
    "invite_enrolment": "programme",
    "create_topic": "programme",
    "create_programme_resource": "programme",
    "create_programme_milestone": "programme",
    "pledge_sponsorship": "programme",
    "create_cohort": "programme",
    "assign_programme_role": "programme",
    "appoint_coordinator": "programme",
    "write_announcement": "programme",
    **dict.fromkeys(("create_recognition_criterion", "nominate_for_recognition", "open_opportunity"), "programme"),
    **dict.fromkeys(("create_pairing", "create_matching_preference"), "enrolment"),
    "create_circle": "programme",
    **dict.fromkeys(("add_circle_member", "schedule_circle_meeting"), "circle"),
    **dict.fromkeys(("assign_training", "assess_readiness"), "enrolment"),
    **dict.fromkeys(("create_matching_policy", "create_match_run"), "programme"),
    "propose_agreement": "pairing",
    **dict.fromkeys(("schedule_session", "schedule_recurring_session", "propose_session"), "pairing"),
    "create_agenda_item": "session",
    "create_session_link": "session",
    "create_action_item": "session",
    "create_note": "session",
    "set_goal": "pairing",
    "create_goal_milestone": "goal",
    "celebrate_win": "pairing",
    **dict.fromkeys(("give_feedback", "submit_check_in", "raise_concern", "write_farewell"), "pairing"),
    **dict.fromkeys(("rate_competency", "thank_partner", "write_success_story"), "pairing"),
    **dict.fromkeys(("give_consent", "create_calendar_feed"), "organisation"),
    **dict.fromkeys(("request_export", "request_erasure"), "person"),
    "place_legal_hold": "organisation",
    "create_group": "organisation",
    "add_group_member": "group",
}
TARGETS = {intent.name: intent.resource.name for intent in INTENTS if intent.has_id} | PARENTS
AT_ONCE = 8
of_everyone = pytest.mark.parametrize("part", PARTS)


def closed(resource: Resource) -> list[str]:
    """The fields of a resource that are withheld from some."""
    return [name for name in resource.fields if tiers.tier_of(resource.name, name) is not Tier.OPEN]


def seen(stage: Stage, part: str, things: Iterable[Thing]) -> set[str]:
    """The ids of those things that someone sees."""
    actor = stage.world.actors[part]
    return {thing.id for thing in things if may(actor, part, thing, policy.READ[thing.resource])}


def shown(actor: Actor, part: str, thing: Thing, field: str) -> bool:
    """Whether someone who sees a thing is shown a field of it."""
    tier = tiers.tier_of(thing.resource, field)
    if tier is Tier.CONFIDENTIAL:
        return may(actor, part, thing, policy.CONFIDENTIAL[thing.resource, field])
    return tier not in tiers.WITHHELD.get(actor.role, ())


async def test_the_stage_holds_everything(stage: Stage, owner: asyncpg.Connection) -> None:
    assert await unknown(stage, owner) == set()
    assert {thing.resource for thing in stage.things if not thing.is_foreign} >= {
        resource.name for resource in STILL
    } - {"delivery", "attempt"}
    assert {stage.world.actors[part].role for part in PARTS} == set(Role)


def test_every_operation_has_something_that_it_is_done_to() -> None:
    assert set(TARGETS) == set(policy.ACT)


@of_everyone
async def test_lists_show_what_the_policy_says(stage: Stage, part: str) -> None:
    actor = stage.world.actors[part]
    for resource in STILL:
        things = stage.of(resource.name)
        found = [item["id"] for item in await listed(actor, page_of(resource), limit=1000)]
        TALLY.cases_of(seen(stage, part, things), found, [thing.id for thing in things], part, "lists", resource.name)
    TALLY.close()


@of_everyone
async def test_objects_are_found_by_id_as_the_policy_says(stage: Stage, part: str) -> None:
    actor, every = stage.world.actors[part], [thing.id for thing in stage.things]
    found: list[str] = []
    for resource in STILL:
        ids = [thing.id for thing in stage.of(resource.name)]
        while ids:
            some, ids = ids[:AT_ONCE], ids[AT_ONCE:]
            asked = tuple((str(n), wanted(resource, "id")) for n in range(AT_ONCE))
            some += [""] * (AT_ONCE - len(some))
            answers = await run.fields(actor, asked, {f"id_{n}": object_id for n, object_id in enumerate(some)})
            found += [orjson.loads(body)["id"] for body in answers if body != b"null"]
    TALLY.cases_of(seen(stage, part, stage.things), found, every, part, "finds")
    TALLY.close()


@of_everyone
async def test_rest_and_graphql_show_the_fields_that_the_policy_says(
    stage: Stage, client: httpx.AsyncClient, owner: asyncpg.Connection, part: str
) -> None:
    gql, actor = Gql(client, stage.world), stage.world.actors[part]
    for name, resource in ((name, resource) for name, resource in LISTS.items() if resource in STILL):
        things = stage.of(resource.name)
        fields = [field for field in closed(resource) if field not in resource.computed]
        wish = " ".join(
            to_camel_case(field) + ("{__typename}" if embedded_members(resource, field) else "") for field in fields
        )
        data = await gql.data(f"{{{name}(first:100){{nodes{{id {wish}}}}}}}", part)
        by_graphql = {node["id"]: node for node in data[name]["nodes"]}
        by_rest = {item["id"]: item for item in await listed(actor, page_of(resource, "id", *fields), limit=1000)}
        expected = seen(stage, part, things)
        TALLY.cases_of(expected, by_graphql, [thing.id for thing in things], part, "queries", name)
        kept = {row["id"]: row for row in await _kept(owner, resource, fields)} if expected and fields else {}
        for thing in (thing for thing in things if thing.id in expected):
            for field in fields:
                is_shown = kept[thing.id][field] and shown(actor, part, thing, field)
                TALLY.case(is_shown, by_rest[thing.id][field] is not None, part, "reads", resource.name, field)
                answer = by_graphql[thing.id][to_camel_case(field)]
                TALLY.case(is_shown, answer is not None, part, "queries", resource.name, field)
    TALLY.close()


async def _kept(owner: asyncpg.Connection, resource: Resource, fields: list[str]) -> Any:
    columns = ", ".join(f"{name} is not null as {name}" for name in fields)
    return await owner.fetch(f"select id, {columns} from {resource.table.name}")  # noqa: S608


@of_everyone
async def test_operations_are_open_to_whom_the_policy_says(stage: Stage, part: str) -> None:
    actor = stage.world.actors[part]
    async with database.current().writing(actor.organisation_id) as db:
        for action, target in TARGETS.items():
            resource, things = BY_NAME[target], stage.of(target)
            table = resource.table
            values = {"organisation": actor.organisation_id, "me": actor.id, "endpoint": actor.endpoint_id}
            open_to = sa.select(table.c.id).where(
                owner(table) == sa.bindparam("organisation"),
                admission.visible(resource, table, actor.role),
                admission.permitted(resource, table, actor.role, action),
            )
            found = (await db.execute(open_to, values)).scalars().all() if policy.actors(action, actor.role) else []
            expected = [
                thing.id
                for thing in things
                if may(actor, part, thing, policy.READ[target]) and may(actor, part, thing, policy.ACT[action])
            ]
            TALLY.cases_of(expected, found, [thing.id for thing in things], part, action)
    TALLY.close()
