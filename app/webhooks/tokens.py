"""Saying who we are to an LRS: with a password, or with a token that is kept until shortly before its end."""

import asyncio
import base64
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Annotated, Final
from urllib.parse import urlencode

from pydantic import BaseModel, Field, StringConstraints, ValidationError

from app import clock
from app.webhooks.credentials import DEFAULT_SCOPE, LrsAuth
from app.webhooks.models import AuthKind
from app.webhooks.sender import Failure, Outcome, Sender

# A token ends for us this long before it does: a request with it may be on its way for a while.
EARLY: Final = timedelta(seconds=60)
_LONGEST: Final = 30 * 24 * 3600
_NEVER: Final = datetime.min.replace(tzinfo=UTC)
# RFC 6749, 5.2: all of an answer that the delivery log may show, since the rest might repeat what we sent.
_ERRORS: Final = (
    b"invalid_request invalid_client invalid_grant unauthorized_client unsupported_grant_type invalid_scope".split()
)
_FORM: Final = {"content-type": "application/x-www-form-urlencoded", "accept": "application/json"}


class _Grant(BaseModel):
    """What an authorisation server answers (RFC 6749, 5.1); most say how many seconds a token lives."""

    access_token: Annotated[str, StringConstraints(min_length=1, max_length=8192, pattern=r"^[!-~]+$")]
    token_type: Annotated[str, StringConstraints(pattern="^[Bb][Ee][Aa][Rr][Ee][Rr]$")] = Field(default="bearer")
    expires_in: Annotated[int, Field(ge=0, le=_LONGEST)] = 300


@dataclass(slots=True)
class _Held:
    """A token, and the turn of those who want one: the first asks, the others wait for the answer."""

    turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    header: str = ""
    ends_at: datetime = _NEVER


class Tokens:
    """The tokens of one worker, by the credentials that they are for."""

    def __init__(self, sender: Sender) -> None:
        self._sender = sender
        self._held: dict[str, _Held] = {}

    async def header(self, auth: LrsAuth, seconds: float) -> str | Outcome:
        """The `Authorization` header, or why we have none. Takes no longer than so many seconds."""
        if auth.kind is AuthKind.BASIC:
            return "Basic " + base64.b64encode(f"{auth.user}:{auth.password}".encode()).decode()
        try:
            async with asyncio.timeout(seconds):
                held = self._of(auth)
                async with held.turn:
                    return held.header if held.ends_at > clock.now() else await self._ask(auth, held, seconds)
        except TimeoutError:
            return Outcome(None, Failure.TIMEOUT, round(seconds * 1000), None, None, b"")

    def drop(self, auth: LrsAuth, header: str) -> None:
        """Forget a token that an LRS does not take, unless there is another by now."""
        held = self._held.get(auth.model_dump_json())
        if held is not None and held.header == header:
            held.ends_at = _NEVER

    def _of(self, auth: LrsAuth) -> _Held:
        key, now = auth.model_dump_json(), clock.now()
        if key not in self._held:
            self._held = {name: one for name, one in self._held.items() if one.ends_at > now or one.turn.locked()}
        return self._held.setdefault(key, _Held())

    async def _ask(self, auth: LrsAuth, held: _Held, seconds: float) -> str | Outcome:
        asked_at = clock.now()
        form = {
            "grant_type": "client_credentials",
            "scope": auth.scope or DEFAULT_SCOPE,
            "client_id": auth.client_id,
            "client_secret": auth.client_secret,
        }
        outcome = await self._sender.post(str(auth.token_url), _FORM, urlencode(form).encode(), timeout=seconds)
        grant = _granted(outcome)
        if grant is None:
            return _refused(outcome)
        held.header, held.ends_at = (
            f"Bearer {grant.access_token}",
            asked_at + timedelta(seconds=grant.expires_in) - EARLY,
        )
        return held.header


def _granted(outcome: Outcome) -> _Grant | None:
    try:
        return _Grant.model_validate_json(outcome.body) if outcome.delivered else None
    except ValidationError:
        return None


def _refused(outcome: Outcome) -> Outcome:
    """As the delivery log may show it; what an authorisation server says of itself is no word of the LRS."""
    said = next((error for error in _ERRORS if b'"%b"' % error in outcome.body), b"")
    body = b"%d %b" % (outcome.status, said) if outcome.status else b""
    return replace(outcome, status=None, error=outcome.error or Failure.UNAUTHORISED, body=body.strip(), directive=None)
