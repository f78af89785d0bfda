"""Asking an address whether it wants what we send: CloudEvents, HTTP 1.1 Web Hooks 1.0, section 4. Pure."""

import re
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from app.webhooks.sender import Outcome

_EVERYBODY: Final = "*"
_RATE: Final = re.compile(r"[1-9][0-9]{0,8}")


@dataclass(frozen=True, slots=True)
class Answer:
    """What an address answered: why it may not be sent to, or how often a minute; `None` is as often as we want."""

    error: str | None = None
    per_minute: int | None = None


def origin(base_url: str) -> str:
    """The name by which receivers know us."""
    return urlsplit(base_url).hostname or ""


def headers(base_url: str, rate_limit: int) -> dict[str, str]:
    """The headers of the question: who asks, and how much they would send a minute at this many a second."""
    return {"webhook-request-origin": origin(base_url), "webhook-request-rate": str(rate_limit * 60)}


def judge(outcome: Outcome, base_url: str) -> Answer:
    """What the answer means: nothing but a success that names us, or everybody, is a yes."""
    if not outcome.delivered:
        return Answer(error=outcome.error.value if outcome.error else "status")
    named = (outcome.allowed_origin or "").strip().lower()
    if named not in (_EVERYBODY, origin(base_url)):
        return Answer(error="origin")
    rate = (outcome.allowed_rate or _EVERYBODY).strip()
    if rate == _EVERYBODY:
        return Answer()
    return Answer(per_minute=int(rate)) if _RATE.fullmatch(rate) else Answer(error="rate")
