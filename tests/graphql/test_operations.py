"""Operations over GraphQL: begun by a mutation, followed by a query."""

from app.workers.operate import Operator
from tests.graphql.client import Gql
from tests.world import World

BEGIN = """mutation($text: String!, $key: String!) {
  beginImport(input: {kind: PEOPLE, format: CSV, text: $text, idempotencyKey: $key}) {
    __typename ... on Operation { id kind status total } ... on Problem { code faults { path } }
  }
}"""
TEXT = "external_id,given_name,family_name,rank_level\nE-1,Ada,Doe,3\n,Ada,Doe,3\n"


async def test_an_import_is_begun_and_followed(gql: Gql, world: World) -> None:
    begun = (await gql.data(BEGIN, "admin", text=TEXT, key="monday"))["beginImport"]
    again = (await gql.data(BEGIN, "admin", text=TEXT, key="monday"))["beginImport"]

    assert begun == again
    assert (begun["__typename"], begun["kind"], begun["status"], begun["total"]) == (
        "Operation",
        "people_import",
        "QUEUED",
        2,
    )
    query = "query($id: ID!) { operation(id: $id) { status created errors { row pointer code } } }"
    while (found := (await gql.data(query, "admin", id=begun["id"]))["operation"])["status"] == "QUEUED":
        assert await Operator().step()
    error = {"row": 2, "pointer": "/external_id", "code": "string_too_short"}
    assert found == {"status": "SUCCEEDED", "created": 1, "errors": [error]}
