"""JSON Web Tokens (RFC 7519, 8725, 9068): what one claims, and whether that is so."""

import math
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import jwt

from app.auth.credentials import BadCredential

SKEW: Final = timedelta(seconds=60)
_FORM: Final = re.compile(r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+")
# The library has a clock of its own, so times are read below.
_OPTIONS: Final[Any] = {
    "require": ["iss", "aud", "sub", "iat", "exp"],
    "enforce_minimum_key_length": True,
    **dict.fromkeys(("verify_exp", "verify_nbf", "verify_iat"), False),
}
_BROKEN: Final = (jwt.PyJWTError, ValueError, TypeError, RecursionError)
_LONGEST_SUBJECT: Final = 255


@dataclass(frozen=True, slots=True)
class Claimed:
    """A token as it presents itself: none of it is believed yet."""

    text: str
    header: dict[str, Any]
    claims: dict[str, Any]

    @property
    def issuer(self) -> str:
        """Who is said to have issued it."""
        return _text(self.claims.get("iss"))

    @property
    def audiences(self) -> list[str]:
        """For whom it is said to be."""
        named = self.claims.get("aud")
        return [_text(one) for one in named] if isinstance(named, list) else [_text(named)]

    @property
    def key_id(self) -> str:
        """The name of the key that is said to have signed it."""
        return _text(self.header.get("kid"))

    @property
    def algorithm(self) -> str:
        """How it is said to be signed."""
        return _text(self.header.get("alg"))

    @property
    def kind(self) -> str | None:
        """What kind of token it is said to be, if anything is said."""
        return _text(self.header["typ"]).lower() if "typ" in self.header else None


@dataclass(frozen=True, slots=True)
class Expected:
    """What a token must be for us to believe it."""

    issuer: str
    audience: str
    algorithms: Sequence[str]
    types: Collection[str | None]
    longest: timedelta


def read(text: str) -> Claimed:
    """A token, taken apart. Raises `BadCredential` for what is none."""
    if not _FORM.fullmatch(text):
        raise BadCredential
    try:
        whole = jwt.decode_complete(text, options={"verify_signature": False})
    except _BROKEN:
        raise BadCredential from None
    return Claimed(text, whole["header"], whole["payload"])


def believe(claimed: Claimed, key: Any, expected: Expected, now: datetime) -> datetime:
    """Until when it is good. Raises `BadCredential` unless `key` signed it, and it is all that is expected."""
    if claimed.kind not in expected.types or "crit" in claimed.header:
        raise BadCredential
    try:
        jwt.decode(
            claimed.text,
            key,
            algorithms=expected.algorithms,
            issuer=expected.issuer,
            audience=expected.audience,
            options=_OPTIONS,
        )
    except _BROKEN:
        raise BadCredential from None
    if not 0 < len(claimed.claims["sub"]) <= _LONGEST_SUBJECT:
        raise BadCredential
    return _until(claimed.claims, expected.longest, now)


def _until(claims: dict[str, Any], longest: timedelta, now: datetime) -> datetime:
    """When it ends, if it has begun. Whoever issued it may have a clock that differs a little."""
    issued, ends, begins = (_instant(claims.get(name, claims["iat"])) for name in ("iat", "exp", "nbf"))
    if max(issued, begins) > now + SKEW or ends > min(issued, now + SKEW) + longest or ends + SKEW <= now:
        raise BadCredential
    return ends + SKEW


def _instant(value: Any) -> datetime:
    # Texts and booleans would pass for numbers, and infinity for a very late hour.
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise BadCredential
    try:
        return datetime.fromtimestamp(value, UTC)
    except (ValueError, OverflowError, OSError):
        raise BadCredential from None


def _text(value: Any) -> str:
    # What is asked of the database before the signature is checked must be something that it can be asked.
    return value if isinstance(value, str) and value.isascii() and value.isprintable() else ""
