"""GraphQL as callers speak it: posted over HTTP, in the name of any part of a world."""

from typing import Any

import httpx
import orjson
from strawberry.utils.str_converters import to_camel_case

from app.acting.intent import Intent
from tests.world import World


class Gql:
    """The door, and who knocks: `await gql("{people{nodes{id}}}", "mentor", first=3)`."""

    def __init__(self, client: httpx.AsyncClient, world: World) -> None:
        self._client, self.world = client, world

    def of(self, world: World) -> "Gql":
        """The same door for another organisation."""
        return Gql(self._client, world)

    async def post(self, query: str, part: str | None = "admin", /, **members: Any) -> httpx.Response:
        """The response to one request: `variables=` and `operationName=` beside the query."""
        return await self.send(orjson.dumps({"query": query, **members}), part)

    async def send(self, body: bytes, part: str | None = "admin") -> httpx.Response:
        """The response to a body as it stands; `part` may be a key itself, or nobody."""
        headers = {"Content-Type": "application/json", "Accept": "application/graphql-response+json"}
        if part is not None:
            headers["Authorization"] = f"Bearer {self.world.keys.get(part, part)}"
        return await self._client.post("/graphql", content=body, headers=headers)

    async def __call__(self, query: str, part: str = "admin", /, **variables: Any) -> dict[str, Any]:
        """The body of the answer, whatever it says."""
        response = await self.post(query, part, variables=variables)
        assert response.status_code in (200, 400), response.text
        body: dict[str, Any] = response.json()
        return body

    async def data(self, query: str, part: str = "admin", /, **variables: Any) -> dict[str, Any]:
        """What was answered, without any error."""
        body = await self(query, part, **variables)
        assert list(body) == ["data"], body
        found: dict[str, Any] = body["data"]
        return found

    async def codes(self, query: str, part: str = "admin", /, **variables: Any) -> list[str]:
        """The codes of the errors."""
        body = await self(query, part, **variables)
        return [error["extensions"]["code"] for error in body["errors"]]

    async def do(self, intent: Intent, part: str = "admin", /, *, wanted: str = "", **given: Any) -> dict[str, Any]:
        """What a mutation answers: an object with its `__typename`, or a `Problem`."""
        found = await self.data(mutation(intent, wanted), part, input=given)
        answer: dict[str, Any] = found["done"]
        return answer


PROBLEM = "... on Problem{kind code message path requestId faults{message code path}}"


def mutation(intent: Intent, wanted: str = "") -> str:
    """The document of one mutation; `wanted` is what is selected beside the problem."""
    field = to_camel_case(intent.name)
    name = field[0].upper() + field[1:]
    return f"mutation($input:{name}Input!){{done:{field}(input:$input){{__typename {wanted} {PROBLEM}}}}}"
