"""Members that nobody may set: put into every change that there is, over both doors, and refused by name each time."""

from typing import Any

import httpx
import orjson
import pytest
from graphql import GraphQLInputObjectType, get_named_type
from strawberry.utils.str_converters import to_camel_case

from app.acting.intent import Intent, Kind
from app.declared import INTENTS
from app.graphql.schema import SCHEMA
from tests.conftest import TestClock
from tests.full import Full
from tests.graphql.client import Gql, mutation
from tests.graphql.inputs import example

# A walk over everything there is proves answers; which lines there are, the tests of the parts show.
pytestmark = pytest.mark.untraced

# Whatever is sent as a value must never come back.
MARK = "cAnary-7f3a"
# What belongs to the server in every table, and what a guesser would try.
ALWAYS = (
    "organisation_id version created_at updated_at is_admin role_id tenant_id __proto__ constructor password "
    "secret_hash prefix_text author_id"
).split()


@pytest.fixture(autouse=True)
def _at_noon(clock: TestClock) -> None:
    """The keys of session-wide worlds were made at noon."""


def forbidden(intent: Intent) -> list[str]:
    """Columns and fields of the object that this intent does not take, and those that none takes."""
    taken = set(intent.takes.model_fields) if intent.takes else set()
    known = {*intent.resource.fields, *map(str, intent.resource.table.columns.keys()), *ALWAYS}
    return sorted(known - taken)


async def refusal(client: httpx.AsyncClient, full: Full, intent: Intent, more: dict[str, Any]) -> httpx.Response:
    """The answer to a well-formed request with `more` members, by someone who would get past the policy."""
    method, path, request = full.request(intent)
    headers = {"Content-Type": "application/json", **request.get("headers", {})}
    headers["Authorization"] = f"Bearer {full.world.keys[full.reader(intent.resource.name)]}"
    body = orjson.loads(request.get("content", b"{}"))
    answer = await client.request(method, path, content=orjson.dumps({**body, **more}), headers=headers)
    assert answer.status_code == 422, answer.text
    assert MARK not in answer.text
    return answer


of_intents = pytest.mark.parametrize(
    "intent",
    [intent for intent in INTENTS if intent.kind is not Kind.DELETE and not intent.document],
    ids=lambda intent: intent.name,
)


@of_intents
async def test_a_member_that_is_not_the_callers_is_refused_by_name(
    intent: Intent, client: httpx.AsyncClient, acme: Full
) -> None:
    names = forbidden(intent)

    for some in (names[:40], names[40:], ["version"]):
        answer = await refusal(client, acme, intent, dict.fromkeys(some, MARK)) if some else None
        assert answer is None or {fault["pointer"] for fault in answer.json()["errors"]} == {
            f"/{name}" for name in some
        }


@of_intents
async def test_a_member_cannot_be_nested_or_spelt_into_acceptance(
    intent: Intent, client: httpx.AsyncClient, acme: Full
) -> None:
    first = next(iter(intent.takes.model_fields), "name") if intent.takes else "name"
    spelt = {first.upper(), f"{first} ", f"{first}[]", f"{first}.id", f"{first}\u200b", "data", "$set", "_method", ""}

    answer = await refusal(client, acme, intent, {name: {first: MARK} for name in spelt})

    assert {fault["pointer"][1:] for fault in answer.json()["errors"]} == spelt


@of_intents
async def test_a_mutation_takes_no_member_that_is_not_the_callers(
    intent: Intent, client: httpx.AsyncClient, acme: Full
) -> None:
    named = {"id", "version"} if intent.has_id else set()
    assert SCHEMA.mutation_type is not None
    takes = get_named_type(SCHEMA.mutation_type.fields[to_camel_case(intent.name)].args["input"].type)
    assert isinstance(takes, GraphQLInputObjectType)
    assert not takes.fields.keys() & {to_camel_case(name) for name in forbidden(intent) if name not in named}

    given = {**example(intent, acme), "organisationId": MARK}
    answer = await Gql(client, acme.world).post(mutation(intent), variables={"input": given})

    assert "data" not in answer.json()
    assert MARK not in answer.text
