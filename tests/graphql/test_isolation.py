"""To the key of one organisation, the objects of another do not exist: not to be read, listed, reached or changed."""

import asyncpg
import pytest
from strawberry.utils.str_converters import to_camel_case

from app.acting.intent import Intent
from app.declared import INTENTS, RESOURCES
from app.graphql.schema import plural_name
from app.reading.resource import Equals, Resource
from tests.full import Full
from tests.graphql.client import Gql
from tests.graphql.inputs import example
from tests.graphql.selections import fields_of

# A walk over everything there is proves answers; which lines there are, the tests of the parts show.
pytestmark = pytest.mark.untraced

PARTS = ("admin", "coordinator", "mentor", "service")
every_resource = pytest.mark.parametrize("resource", RESOURCES, ids=lambda resource: resource.name)


@pytest.mark.parametrize("part", PARTS)
@every_resource
async def test_an_object_of_another_organisation_is_null(
    resource: Resource, part: str, acme: Full, stranger: Gql
) -> None:
    query = f"query($id:ID!){{{to_camel_case(resource.name)}(id:$id){{{fields_of(resource)}}} node(id:$id){{id}} nodes(ids:[$id]){{id}}}}"  # noqa: E501

    found = await stranger.data(query, part, id=acme.objects[resource.name])

    assert list(found.values()) == [None, None, [None]]


@pytest.mark.parametrize("part", PARTS)
@every_resource
async def test_lists_hold_nothing_of_another_organisation(
    resource: Resource, part: str, acme: Full, rival: Full, reader: Gql, stranger: Gql
) -> None:
    query = f"{{{to_camel_case(plural_name(resource))}(first:100){{nodes{{id}}}}}}"

    [theirs], [ours] = (await reader.data(query, part)).values(), (await stranger.data(query, part)).values()

    assert not {each["id"] for each in theirs["nodes"]} & {each["id"] for each in ours["nodes"]}
    if part == rival.reader(resource.name):
        assert rival.objects[resource.name] in {each["id"] for each in ours["nodes"]}


@every_resource
async def test_filters_by_the_ids_of_another_organisation_find_nothing(
    resource: Resource, acme: Full, stranger: Gql
) -> None:
    by_field = {each.column: each.to.name for each in resource.references.values() if each.to.name in acme.objects}
    listed = to_camel_case(plural_name(resource))
    for rule in resource.filters:
        name = rule.parameters[0]
        kind = by_field.get(name, name.removesuffix("_id"))
        if isinstance(rule, Equals) and name.endswith("_id") and kind in acme.objects:
            value = acme.objects[kind]
            query = f'{{{listed}(filter:{{{to_camel_case(name)}:"{value}"}}){{nodes{{id}} pageInfo{{startCursor}}}}}}'
            found = await stranger.data(query)
            assert found == {listed: {"nodes": [], "pageInfo": {"startCursor": None}}}


@every_resource
async def test_edges_lead_nowhere_out_of_the_organisation(
    resource: Resource, acme: Full, rival: Full, stranger: Gql
) -> None:
    part = rival.reader(resource.name)
    nested = [
        *(f"{to_camel_case(name)}{{id}}" for name in resource.references),
        *(f"{to_camel_case(name)}{{nodes{{id}}}}" for name in resource.collections),
    ]
    for selection in nested:
        query = f"query($id:ID!){{{to_camel_case(resource.name)}(id:$id){{{selection}}}}}"
        response = await stranger.post(query, part, variables={"id": rival.objects[resource.name]})
        assert "errors" not in response.json()
        assert not [each for each in acme.objects.values() if each in response.text]


async def rows_of(owner: asyncpg.Connection, full: Full) -> dict[str, list[asyncpg.Record]]:
    """Everything that is stored of an organisation."""
    tables = [each.table.name for each in RESOURCES if each.name != "organisation" and not each.is_derived]
    return {
        table: await owner.fetch(
            f'select * from "{table}" where organisation_id = $1 order by id',  # noqa: S608
            full.world.organisation_id,
        )
        for table in (*tables, "outbox_event")
    }


@pytest.mark.parametrize("intent", INTENTS, ids=lambda intent: intent.name)
async def test_nothing_of_another_organisation_can_be_acted_on(
    intent: Intent, acme: Full, rival: Full, stranger: Gql, owner: asyncpg.Connection
) -> None:
    given = example(intent, acme)
    before = await rows_of(owner, acme)

    for part in ("admin", "coordinator", "mentor", "service"):
        answer = await stranger.do(intent, part, **given)

        if intent.has_id:
            assert (answer["__typename"], answer["kind"]) in {("Problem", "not_found"), ("Problem", "forbidden")}, (
                answer
            )
            assert answer["code"] in ("not_found", "forbidden", "scope_missing"), answer
        elif any(str(value).startswith(("per_", "prg_", "pai_", "ses_", "gol_", "enr_")) for value in given.values()):
            assert answer["__typename"] == "Problem", answer
            assert answer["code"] in ("unknown_reference", "forbidden", "invalid"), answer

    assert await rows_of(owner, acme) == before


@pytest.mark.parametrize("intent", [each for each in INTENTS if each.has_id], ids=lambda intent: intent.name)
async def test_anothers_object_is_answered_like_one_that_is_absent(
    intent: Intent, acme: Full, rival: Full, stranger: Gql
) -> None:
    part = rival.reader(intent.resource.name)
    given = example(intent, acme)
    absent = {**given, "id": f"{intent.resource.prefix}_01jd0000000000000000000000"}

    theirs, none = await stranger.do(intent, part, **given), await stranger.do(intent, part, **absent)

    del theirs["requestId"], none["requestId"]
    assert theirs == none
