"""A change names the version that it was made for; a newer one stops it."""

import pytest

from app.acting.intent import Intent
from app.declared import INTENTS
from tests.full import Full
from tests.graphql.client import Gql, mutation
from tests.graphql.inputs import example
from tests.world import World

DO = {intent.name: intent for intent in INTENTS}


@pytest.mark.parametrize("intent", [each for each in INTENTS if each.needs_version], ids=lambda intent: intent.name)
async def test_a_guarded_change_needs_the_version(intent: Intent, acme: Full, reader: Gql) -> None:
    # A session is its pair's to change.
    part = "mentor" if intent.name == "update_session" else acme.reader(intent.resource.name)
    given = example(intent, acme)

    stale = await reader.do(intent, part, **{**given, "version": 99})
    del given["version"]
    without = await reader(mutation(intent), part, input=given)

    assert (stale["kind"], stale["code"]) == ("conflict", "stale_version")
    [error] = without["errors"]
    assert error["extensions"]["code"] == "bad_variables"
    assert error["message"] == "$input lacks version."


async def test_a_stale_version_changes_nothing(gql: Gql, world: World) -> None:
    programme = await world.programme(status="draft")
    wanted = "... on Programme{name version}"

    first = await gql.do(DO["update_programme"], "coordinator", wanted=wanted, id=programme, version=1, name="One")
    second = await gql.do(DO["update_programme"], "coordinator", id=programme, version=1, name="Two")

    assert first == {"__typename": "Programme", "name": "One", "version": 2}
    assert second["code"] == "stale_version"
    found = await gql.data("query($id:ID!){programme(id:$id){name version}}", "coordinator", id=programme)
    assert found["programme"] == {"name": "One", "version": 2}


async def test_any_move_may_name_a_version(gql: Gql, world: World) -> None:
    person = await world.person()

    stale = await gql.do(DO["deactivate_person"], id=person, version=7)
    fresh = await gql.do(DO["deactivate_person"], wanted="... on Person{employmentStatus}", id=person, version=1)

    assert stale["code"] == "stale_version"
    assert fresh == {"__typename": "Person", "employmentStatus": "INACTIVE"}
