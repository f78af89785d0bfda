"""One opaque text id per object, the same in database, doors, events and logs.

A TypeID: a prefix that names the kind, an underscore, and 26 letters of base32 over a UUID
(https://github.com/jetify-com/typeid, version 0.3). UUIDv7 inside, so that ids sort by time; UUIDv4
where the time of writing must not show.
"""

import re
import zlib
from datetime import datetime
from uuid import uuid4

import uuid_utils
from typeid import base32

_SUFFIX = "[0-7][0-9a-hjkmnp-tv-z]{25}"
# How made-up ids begin, and what they end with.
MADE_UP, _LETTERS = "01kd3xq8v7fy2a9m4n6p0rst", "0123456789abcdefghjkmnpqrstvwxyz"
_ID = re.compile(rf"([a-z]{{3}})_{_SUFFIX}")


def new(prefix: str) -> str:
    """A new id that sorts after those made before it."""
    return f"{prefix}_{base32.encode(uuid_utils.uuid7().bytes)}"


def new_untimed(prefix: str) -> str:
    """A new id that does not tell when it was made (feedback, notes)."""
    return f"{prefix}_{base32.encode(uuid4().bytes)}"


def first_at(prefix: str, time: datetime) -> str:
    """The least id of those that are made from this time on."""
    return f"{prefix}_{base32.encode((round(time.timestamp() * 1000) << 80).to_bytes(16))}"


def prefix_of(text: str) -> str | None:
    """The prefix of a well-formed id, `None` for anything else."""
    match = _ID.fullmatch(text)
    return match[1] if match else None


def pattern(prefix: str) -> str:
    """The regular expression of ids of one kind, as JSON Schema writes it."""
    return f"^{prefix}_{_SUFFIX}$"


def made_up(prefix: str, member: str) -> str:
    """A well-formed id for examples; others for other members, so that two of one kind differ."""
    number = zlib.crc32(member.encode())
    return f"{prefix}_{MADE_UP}{_LETTERS[number % 32]}{_LETTERS[number // 32 % 32]}"
