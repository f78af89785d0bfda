"""The coordinator's board of a programme, in one question."""

from tests.graphql.client import Gql
from tests.world import World

QUERY = """query($id:ID!){programme(id:$id){pairingOverviews(first:100){nodes{
    health healthRule sessionsHeld lastSessionAt nextSessionAt goalsSet goalsAchieved lastCheckInAt mentor{displayName}
}}}}"""


async def test_a_hundred_lines_take_one_statement(gql: Gql, world: World, statements: list[str]) -> None:
    pairing = await world.pairing()
    await world.session(pairing["id"], days=3)
    # From now on the credential is known.
    await gql.data("{viewer{id}}", "coordinator")
    statements.clear()

    found = await gql.data(QUERY, "coordinator", id=pairing["programme_id"])

    assert found["programme"]["pairingOverviews"]["nodes"] == [
        {
            "health": "ON_TRACK",
            "healthRule": None,
            "sessionsHeld": 0,
            "lastSessionAt": None,
            "nextSessionAt": "2026-03-05T12:00:00+00:00",
            "goalsSet": 0,
            "goalsAchieved": 0,
            "lastCheckInAt": None,
            "mentor": {"displayName": "Mentor Doe"},
        }
    ]
    assert len(statements) == 1
