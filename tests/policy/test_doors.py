"""Everyone tries every operation on one thing of each kind: around each pair, and in another organisation.

Each try names a version that no row has: whoever may act is told that it is stale, and nothing changes.
"""

import pytest

from app import db as database
from app.acting.intent import Intent
from app.acting.run import Call, perform
from app.auth import policy
from app.auth.actor import Actor
from app.db import Db
from app.declared import INTENTS
from app.domain.programmes.contents import Duty
from app.errors import DomainError
from tests.full import Full
from tests.policy.facts import PAIRS, Thing, may
from tests.policy.stage import Stage
from tests.policy.tally import TALLY
from tests.policy.test_matrix import TARGETS, of_everyone
from tests.world import everything

# A walk over everything there is proves answers; which lines there are, the tests of the parts show.
pytestmark = pytest.mark.untraced

_NEVER = -1


def expected(stage: Stage, actor: Actor, part: str, intent: Intent, target: Thing) -> str:
    """The code of the answer to a try with a version that no row has; empty for what would be done."""
    if not policy.actors(intent.name, actor.role):
        return "forbidden"
    if not may(actor, part, target, policy.READ[target.resource]):
        return "not_found" if intent.has_id else "unknown_reference"
    if not may(actor, part, target, policy.ACT[intent.name]):
        return "not_allowed"
    return "stale_version" if intent.has_id else ""


async def turned_away(call: Call) -> str:
    """The code with which a role is refused, before any object is looked at."""
    try:
        await perform(call)
    except DomainError as refusal:
        return refusal.code
    return ""


async def tried(db: Db, call: Call) -> str:
    """The code with which a call is refused; empty when it is not."""
    try:
        db.expected = {call.object_id or "": _NEVER}
        await call.intent.does(db, call.actor, *[value for value in (call.object_id, call.data) if value is not None])
    except DomainError as refusal:
        return refusal.code
    finally:
        db.expunge_all()
        db.facts = []
    return ""


def wish(stage: Stage, actor: Actor, intent: Intent, objects: dict[str, str]) -> Call:
    """A well-formed call about these objects."""
    full = Full(stage.world, objects, other_person=objects["person"], other_enrolment=objects["enrolment"])
    body = full.body(intent)
    if intent.name == "assign_programme_role":
        body["duty"] = Duty.MATCHER
    data = intent.takes.model_validate(body) if intent.takes else None
    object_id = objects[intent.resource.name] if intent.has_id else None
    return Call(actor, intent, everything(intent.answer), {}, object_id, data)


@pytest.mark.parametrize("pair", [*PAIRS, "foreign"])
@of_everyone
async def test_operations_are_refused_as_the_policy_says(stage: Stage, part: str, pair: str) -> None:
    actor, objects = stage.world.actors[part], stage.around(pair)
    known = {thing.id: thing for thing in stage.things}
    cases: list[tuple[str, Call]] = []
    for intent in INTENTS:
        target = known.get(objects.get(TARGETS[intent.name], ""))
        if target is None or (not intent.has_id and TARGETS[intent.name] == "organisation"):
            continue
        if code := expected(stage, actor, part, intent, target):
            cases.append((code, wish(stage, actor, intent, objects)))
    # Apart, and first: a refusal is put on record, which must not wait for what the tries hold locked.
    for code, call in cases:
        if code == "forbidden":
            TALLY.case(code, await turned_away(call), part, call.intent.name, pair)
    async with database.current().writing(actor.organisation_id) as db:
        for code, call in cases:
            if code != "forbidden":
                TALLY.case(code, await tried(db, call), part, call.intent.name, pair)
    TALLY.close()
