"""Reading the events of a running service as they come, where no address of ours can be reached from outside."""

from collections.abc import AsyncGenerator
from typing import Any

import httpx

WAIT_SECONDS = 20
_PATIENCE = httpx.Timeout(10, read=WAIT_SECONDS + 10)


class Unanswered(RuntimeError):
    """The service did not answer, or not with events."""


def client(base_url: str, key: str, **options: Any) -> httpx.AsyncClient:
    """A client of a service's API."""
    headers = {"authorization": f"Bearer {key}"}
    return httpx.AsyncClient(base_url=base_url.rstrip("/"), headers=headers, timeout=_PATIENCE, **options)


async def follow(api: httpx.AsyncClient, *, after: str, types: str) -> AsyncGenerator[tuple[dict[str, Any], str]]:
    """Every event behind `after`, in order, each with the cursor of its page; then those to come, as they come.

    Raises `Unanswered`.
    """
    while True:
        page = await _page(api, {"after": after, "types": types, "wait": str(WAIT_SECONDS)})
        after = page["next_cursor"]
        for event in page["items"]:
            yield event, after


async def _page(api: httpx.AsyncClient, asked: dict[str, str]) -> dict[str, Any]:
    try:
        answer = await api.get("/v1/events", params=asked)
    except httpx.HTTPError as error:
        raise Unanswered(f"{api.base_url} did not answer: {type(error).__name__}.") from error
    if answer.status_code != httpx.codes.OK:
        said = answer.json().get("detail", "") if "json" in answer.headers.get("content-type", "") else ""
        raise Unanswered(f"{api.base_url} answered {answer.status_code}. {said}".rstrip())
    page: dict[str, Any] = answer.json()
    return page
