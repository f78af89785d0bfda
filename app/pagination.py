"""Pages and cursors. A cursor is opaque, signed, and good only for the list that gave it out.

It is base64url over a 16-byte MAC and the last row's sort keys as JSON text. The MAC is HMAC-SHA256
(RFC 2104) cut to half (section 5), spelt so that one SQL expression makes the same bytes: nested lists
get their cursors inside the statement that reads them.
"""

import base64
import binascii
import hashlib
import hmac
from functools import cache

import orjson

from app import config, secret
from app.errors import Fault, Invalid

MAX_LIMIT = 100
DEFAULT_LIMIT = 25
_MAC_BYTES = 16
# Of a display name of the greatest length, in the letters that take most bytes. An address has room for it.
LONGEST = 6656


class BadCursor(Invalid):
    """A cursor that we did not give out, or gave out for another list."""

    code, status, title = "bad_cursor", 400, "Bad cursor"

    def __init__(self, parameter: str = "cursor") -> None:
        super().__init__(
            "The cursor was not given out for this list. Start again without it.",
            faults=(Fault("is not a cursor of this list", code="bad_cursor", parameter=parameter),),
        )


@cache
def _pads() -> tuple[bytes, bytes]:
    key = secret.derive(config.settings(), "cursor").ljust(64, b"\0")
    return bytes(b ^ 0x36 for b in key), bytes(b ^ 0x5C for b in key)


def pads() -> tuple[bytes, bytes]:
    """Inner and outer padded key of HMAC, for the SQL twin of `seal`."""
    return _pads()


def seal(scope: str, payload: str) -> str:
    """The cursor for the row whose sort keys are `payload` (a JSON array as text) in the list named by `scope`."""
    inner, outer = _pads()
    message = f"{scope}\n{payload}".encode()
    mac = hashlib.sha256(outer + hashlib.sha256(inner + message).digest()).digest()[:_MAC_BYTES]
    return base64.urlsafe_b64encode(mac + payload.encode()).rstrip(b"=").decode()


def unseal(scope: str, cursor: str, parameter: str = "cursor") -> list[str]:
    """The sort keys inside a cursor, or `BadCursor`."""
    if len(cursor) > LONGEST or not cursor.isascii():
        raise BadCursor(parameter)
    try:
        raw = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        payload = raw[_MAC_BYTES:].decode()
    except (binascii.Error, UnicodeDecodeError):
        raise BadCursor(parameter) from None
    if not hmac.compare_digest(seal(scope, payload), cursor):
        raise BadCursor(parameter)
    return [str(key) for key in orjson.loads(payload)]
