"""`viewer`: who asks, and what waits for them."""

from tests.graphql.client import Gql
from tests.world import World

QUERY = """{
    viewer{
        displayName
        tasks(filter:{kind:[SIGN_AGREEMENT]}){nodes{kind dueAt agreement{status pairing{mentee{displayName}}}}}
    }
}"""


async def test_whoever_asks_is_told_what_waits_for_them_in_one_statement(
    gql: Gql, world: World, statements: list[str]
) -> None:
    await world.pairing(status="pending_agreement")
    # From now on the credential is known.
    await gql.data("{viewer{id}}", "mentor")
    statements.clear()

    found = await gql.data(QUERY, "mentor")

    agreement = {"status": "PROPOSED", "pairing": {"mentee": {"displayName": "Mentee Doe"}}}
    waiting = {"kind": "SIGN_AGREEMENT", "dueAt": None, "agreement": agreement}
    assert found == {"viewer": {"displayName": "Mentor Doe", "tasks": {"nodes": [waiting]}}}
    assert len(statements) == 1


async def test_a_service_is_nobody(gql: Gql) -> None:
    assert await gql.data("{viewer{id}}", "service") == {"viewer": None}
