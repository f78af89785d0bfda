"""Introspection: open to developers, closed in production but for keys that may read the schema."""

import pytest
from graphql import get_introspection_query

from app import config
from app.auth.scopes import Scope
from app.config import Settings
from app.graphql.schema import SCHEMA
from tests.full import service_key
from tests.graphql.client import Gql
from tests.world import World


@pytest.fixture
def production(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """The settings of a production server."""
    chosen = settings.model_copy(update={"environment": "production"})
    monkeypatch.setattr(config, "settings", lambda: chosen)
    return chosen


INTROSPECTIONS = [
    get_introspection_query(),
    "{__schema{types{name}}}",
    '{__type(name:"Person"){name}}',
    '{x:__type(name:"Person"){name} people{nodes{id}}}',
    "{...F} fragment F on Query{__schema{types{name}}}",
    "{...{__schema{types{name}}}}",
    "query($n:Boolean!){__schema @skip(if:$n){types{name}} __typename}",
]


@pytest.mark.parametrize("query", INTROSPECTIONS)
@pytest.mark.usefixtures("production")
async def test_introspection_is_closed_in_production(query: str, world: World, gql: Gql) -> None:
    closed = await service_key(world, "closed", {"directory:read"})
    opened = await service_key(world, "opened", {"directory:read", Scope.SCHEMA_READ.value})

    assert await gql.codes(query, closed, n=True) == ["introspection_closed"]
    assert "errors" not in await gql(query, opened, n=True)


@pytest.mark.usefixtures("production")
async def test_typename_is_no_introspection(world: World, gql: Gql) -> None:
    closed = await service_key(world, "closed", {"directory:read"})

    found = await gql.data('{__typename people(first:1,filter:{department:"__schema __type"}){__typename}}', closed)

    assert found == {"__typename": "Query", "people": {"__typename": "PersonConnection"}}


async def test_a_setting_opens_introspection(
    gql: Gql, world: World, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    chosen = settings.model_copy(update={"environment": "production", "graphql_introspection": True})
    monkeypatch.setattr(config, "settings", lambda: chosen)

    assert "errors" not in await gql(get_introspection_query(), await service_key(world, "any", {"goals:read"}))


async def test_introspection_tells_the_schema(gql: Gql) -> None:
    found = await gql.data(get_introspection_query())

    names = {kind["name"] for kind in found["__schema"]["types"]}
    assert names == set(SCHEMA.type_map)
