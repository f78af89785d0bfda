"""One delivery to an LRS: who we are, the statements, and a look at what it says that it has. Never raises."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from functools import partial
from typing import Any, Final
from urllib.parse import urlencode

import orjson

from app.integrations import xapi
from app.webhooks.credentials import LrsAuth
from app.webhooks.sender import Directive, Failure, Outcome, Sender
from app.webhooks.tokens import Tokens

_OK, _UNAUTHORISED, _CONFLICT = 200, 401, 409
# It will never take these statements: no fault of the endpoint, and no reason to try again.
_NEVER: Final = frozenset({400, 422})
_NOTHING: Final = Outcome(None, Failure.NOTHING_TO_TELL, 0, None, None, b"", Directive.ABORT_MESSAGE)


class Lrs:
    """Sends statements over a sender, which looks where everything goes: the statements, the question, the token."""

    def __init__(self, sender: Sender) -> None:
        self._sender = sender
        self._tokens = Tokens(sender)

    async def post(
        self,
        base_url: str,
        auth: LrsAuth,
        headers: Mapping[str, str],
        body: bytes,
        *,
        timeout: float,  # noqa: ASYNC109 - one wall clock, as the sender's
        identity: str | None = None,
    ) -> Outcome:
        """Send statements and report. One that the LRS has already counts as delivered if it is the same."""
        statements = orjson.loads(body)
        if not statements:
            return _NOTHING
        ends = asyncio.get_running_loop().time() + timeout
        said = await self._tokens.header(auth, timeout)
        if isinstance(said, Outcome):
            return said
        url, headers = f"{base_url.rstrip('/')}/statements", {**headers, "authorization": said}
        outcome = await self._sender.post(url, headers, body, timeout=_left(ends), identity=identity)
        if outcome.status == _UNAUTHORISED:
            self._tokens.drop(auth, said)
        elif outcome.status in _NEVER:
            outcome = replace(outcome, directive=Directive.ABORT_MESSAGE)
        elif outcome.status == _CONFLICT:
            look = partial(self._sender.ask, "GET", headers=_reading(headers), identity=identity)
            outcome = await self._looked_into(outcome, url, statements, look, ends)
        return replace(outcome, body=outcome.body.replace(said.partition(" ")[2].encode(), b"[redacted]"))

    async def _looked_into(
        self, conflict: Outcome, url: str, statements: list[Any], look: Callable[..., Awaitable[Outcome]], ends: float
    ) -> Outcome:
        """A conflict, and what the LRS has: all of these, something else under their ids, or not yet all of them."""
        for statement in statements:
            query = urlencode({"statementId": statement["id"]})
            found = await look(f"{url}?{query}", timeout=_left(ends))
            kept = _kept(found)
            if kept is None:
                return conflict
            if not xapi.is_same(statement, kept):
                # What is stored once never changes.
                return replace(conflict, directive=Directive.ABORT_MESSAGE)
        return replace(conflict, is_known=True)


def _kept(found: Outcome) -> Any:
    """The statement in an answer; none in what a proxy says, or before there is one."""
    try:
        return orjson.loads(found.body) if found.error is None and found.status == _OK else None
    except orjson.JSONDecodeError:
        return None


def _reading(headers: Mapping[str, str]) -> dict[str, str]:
    """What of a delivery's headers belongs to a question about it: no body is signed."""
    return {name: value for name, value in headers.items() if not name.startswith(("webhook-", "content-"))}


def _left(ends: float) -> float:
    return ends - asyncio.get_running_loop().time()
