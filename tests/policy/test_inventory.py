"""Nothing is reached that the policy does not know: every route, every field of GraphQL's roots."""

from starlette.routing import BaseRoute, Route

from app.auth import policy
from app.declared import INQUIRIES, INTENTS, RESOURCES
from app.graphql import schema
from app.graphql.inquiries import ASKED
from app.main import create_app
from app.routers import inquiries
from app.routers.table import Table
from app.routers.writes import METHODS, path_of

# What shows nothing of an organisation, or leads to where the policy is asked.
OPEN = {"/health/live", "/health/ready", "/v1/openapi.json", "/docs", "/graphql", "GET /v1/nodes/{id}"}
# A file: what may be read of the export is asked of the policy, what it holds is its person's alone.
OPEN |= {"GET /v1/exports/{id}/content"}
# The catalogue is the same for everybody.
OPEN |= {"GET /v1/event-types", "GET /v1/event-types/{id}"}
OPEN |= {"GET /v1/programme-templates", "GET /v1/programme-templates/{id}"}
OPEN |= {"/oauth/token", "/.well-known/jwks.json", "/.well-known/oauth-authorization-server"}
# Public keys, and not even whether there is such an organisation.
OPEN |= {"/.well-known/webhook-keys/{id}", "/v1/asyncapi.yaml", "/schemas/events/{type}.json"}
# Whoever signs as an HR system; the people whom it names are put as by a service.
OPEN |= {"/v1/hr-notices/{organisation_id}/{id}"}
# A secret address, which opens its owner's sessions and nothing else.
OPEN |= {"/calendars/{organisation_id}/{id}/{secret}.ics"}
# One's own record, read as the policy of people has it.
OPEN |= {"GET /v1/me"}
# Its changes are those of people and groups, and ask the policy as they do.
OPEN |= {"/scim/v2{path:path}"}


def reached(routes: list[BaseRoute]) -> set[str]:
    """Every address of the application; below /v1 with its methods."""
    found: set[str] = set()
    for route in routes:
        if isinstance(route, Table):
            found |= {f"{method} {path}" for path, methods in route.paths.items() for method in methods}
        else:
            assert isinstance(route, Route), route
            found.add(route.path)
    return found


def test_every_route_has_a_row_in_the_policy() -> None:
    of_reading = {
        f"GET /v1/{resource.path}{tail}"
        for resource in RESOURCES
        if resource.name in policy.READ
        for tail in ("", "/{id}")
    }
    of_acting = {f"{METHODS[intent.kind]} {path_of(intent)}" for intent in INTENTS if intent.name in policy.ACT}
    of_asking = {f"GET {inquiries.path_of(inquiry)}" for inquiry in INQUIRIES if inquiry.name in policy.ASK}

    assert reached(create_app().router.routes) == of_reading | of_acting | of_asking | OPEN


def test_every_field_of_graphql_has_a_row_in_the_policy() -> None:
    query, mutation = schema.SCHEMA.query_type, schema.SCHEMA.mutation_type
    assert query is not None
    assert mutation is not None

    read = {name: found.name for found_by in (schema.SINGLE, schema.LISTS) for name, found in found_by.items()}
    assert set(query.fields) - set(read) - set(ASKED) <= {
        *("node", "nodes", "viewer", "eventType", "eventTypes", "programmeTemplate", "programmeTemplates")
    }
    assert {inquiry.name for inquiry in ASKED.values()} == set(policy.ASK)
    assert set(read.values()) == set(policy.READ)
    assert set(mutation.fields) == set(schema.DOES)
    assert {intent.name for intent in schema.DOES.values()} == set(policy.ACT) - set(policy.WITHIN)
