"""A client of the GraphQL transport, with an `execute` that notes what reached it and answers as it was told."""

from typing import Any

import httpx
import orjson
from starlette.requests import Request
from starlette.types import Receive, Scope, Send

from app.graphql.http import Operation, Result, respond
from app.graphql.negotiation import JSON

# Planted in what is refused: no answer may show it.
MARK = "s3cret"
EXECUTED = Result(b'{"data":{"b":1}}', "executed")


class Door:
    """`respond` as an application, and an HTTP client of it."""

    def __init__(self) -> None:
        self.reached: list[Operation] = []
        self.answer: Result | Exception = EXECUTED
        self.allow_get = False
        self.client = httpx.AsyncClient(transport=httpx.ASGITransport(self.app), base_url="http://here")

    async def app(self, scope: Scope, receive: Receive, send: Send) -> None:
        response = await respond(Request(scope, receive), self.execute, allow_get=self.allow_get)
        await response(scope, receive, send)

    async def execute(self, operation: Operation) -> Result:
        self.reached.append(operation)
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer

    async def post(self, content: Any, *, accept: str | None = None, content_type: str | None = JSON) -> httpx.Response:
        headers = {"Accept": accept, "Content-Type": content_type}
        request = self.client.build_request("POST", "/", content=content)
        # httpx would name an Accept of its own.
        del request.headers["accept"]
        request.headers.update({name: value for name, value in headers.items() if value is not None})
        return await self.client.send(request)

    async def ask(self, **members: object) -> httpx.Response:
        return await self.post(orjson.dumps({"query": "{b}", **members}))


def code_of(response: httpx.Response) -> str:
    """The code of a refusal, whose shape is checked on the way."""
    body = response.json()
    assert list(body) == ["errors"]
    [error] = body["errors"]
    assert isinstance(error["message"], str)
    assert error["message"]
    assert MARK not in response.text
    code = error["extensions"]["code"]
    assert isinstance(code, str)
    return code
