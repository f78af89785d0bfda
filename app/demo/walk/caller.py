"""A caller of the public API as one should be: bounded, patient, and never doing a thing twice."""

import asyncio
import random
import uuid
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import httpx

_TRIES = 12
_BUSY = {429, 502, 503, 504}
_IN_PROGRESS = "idempotency_in_progress"
_PASSING = {_IN_PROGRESS, "busy", "unavailable"}


class Refused(RuntimeError):
    """The API answered otherwise than it should in this story."""


@dataclass
class Tally:
    """How many requests were answered, and how many had to be repeated."""

    requests: int = 0
    retries: int = 0


class Api:
    """The API under test: its address, and how many may call it at once."""

    def __init__(self, client: httpx.AsyncClient, at_once: int) -> None:
        self.tally = Tally()
        self._client, self._slots = client, asyncio.Semaphore(at_once)

    def by(self, key: str) -> "Caller":
        """A caller with a key."""
        return Caller(self, key)

    async def send(self, method: str, path: str, key: str, **how: Any) -> httpx.Response:
        """One request; what is busy is asked again, as is what was cut off: POSTs carry an idempotency key."""
        headers = {"Authorization": f"Bearer {key}", **how.pop("headers", {})}
        for attempt in range(_TRIES):
            async with self._slots:
                self.tally.requests += 1
                try:
                    answer = await self._client.request(method, path, headers=headers, **how)
                except httpx.TransportError:
                    answer = None
            if answer is not None and not _is_busy(answer):
                return answer
            await self.pause(attempt)
        raise Refused(f"{method} {path} was not answered in {_TRIES} tries")

    async def pause(self, attempt: int) -> None:
        """Wait before a repetition, longer each time."""
        self.tally.retries += 1
        # Spread, so that those who were refused together do not come back together.
        await asyncio.sleep(min(2.0, 0.1 * 2**attempt) * random.uniform(0.5, 1))  # noqa: S311


def _is_busy(answer: httpx.Response) -> bool:
    return answer.status_code in _BUSY or (answer.status_code == httpx.codes.CONFLICT and _IN_PROGRESS in answer.text)


@dataclass(frozen=True)
class Caller:
    """Someone with a key."""

    api: Api
    key: str

    async def post(self, path: str, **body: Any) -> dict[str, Any]:
        """Make something, or take a step. Raises `Refused`."""
        headers = {"Idempotency-Key": uuid.uuid4().hex}
        return _content(await self.api.send("POST", path, self.key, json=body, headers=headers))

    async def change(self, path: str, **changes: Any) -> dict[str, Any]:
        """Change something, whatever its version. Raises `Refused`."""
        return _content(await self.api.send("PATCH", path, self.key, json=changes, headers={"If-Match": "*"}))

    async def denied(self, path: str, **body: Any) -> dict[str, Any]:
        """The problem because of which a step is refused, as it should be. Raises `Refused` where it is taken."""
        answer = await self.api.send("POST", path, self.key, json=body)
        if answer.status_code != httpx.codes.CONFLICT:
            raise Refused(f"POST {path} should have been refused: {answer.status_code}")
        problem: dict[str, Any] = answer.json()
        return problem

    async def get(self, path: str, **query: str) -> dict[str, Any]:
        """Read. Raises `Refused`."""
        return _content(await self.api.send("GET", path, self.key, params=query))

    async def every(self, path: str, **query: str) -> AsyncIterator[dict[str, Any]]:
        """All items of a list, page by page."""
        page = await self.get(path, **query, limit="100")
        while True:
            for item in page["items"]:
                yield item
            if page["next_cursor"] is None:
                return
            page = await self.get(path, **query, limit="100", cursor=page["next_cursor"])

    async def ask(self, query: str, **variables: Any) -> dict[str, Any]:
        """A GraphQL query; its data. Raises `Refused`."""
        sent = {"query": query, "variables": variables}
        answer = _content(await self.api.send("POST", "/graphql", self.key, json=sent))
        if answer.get("errors"):
            raise Refused(f"GraphQL: {answer['errors'][0]['message']}")
        data: dict[str, Any] = answer["data"]
        return data

    async def do(self, mutation: str, kind: str, answer: str, **wanted: Any) -> dict[str, Any]:
        """A GraphQL mutation such as `setGoal`, which answers an object of `kind`. Raises `Refused` for a problem."""
        name = mutation[0].upper() + mutation[1:]
        query = (
            f"mutation ($input: {name}Input!) {{ {mutation}(input: $input) "
            f"{{ __typename ... on {kind} {{ {answer} }} ... on Problem {{ code message }} }} }}"
        )
        wanted["idempotencyKey"] = uuid.uuid4().hex
        for attempt in range(_TRIES):
            done: dict[str, Any] = (await self.ask(query, input=wanted))[mutation]
            if done["__typename"] != "Problem":
                return done
            if done["code"] not in _PASSING:
                break
            await self.api.pause(attempt)
        raise Refused(f"{mutation}: {done['code']}: {done['message']}")


def _content(answer: httpx.Response) -> dict[str, Any]:
    if not answer.is_success:
        raise Refused(f"{answer.request.method} {answer.request.url.path}: {answer.status_code} {answer.text[:300]}")
    content: dict[str, Any] = answer.json()
    return content
