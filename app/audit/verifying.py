"""Walking an organisation's audit trail from end to end: nothing changed, missing, out of order or unsigned."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from app import db as database
from app.audit import chain, trail

_HEADS = (
    "select organisation_id, day, sequence, hash, signature from audit_head where organisation_id = $1 order by day"
)
_ORGANISATIONS = "select organisation_id from event_counter order by organisation_id"
Head = Mapping[str, Any]


class Broken(Exception):
    """What is wrong with a trail, and where: the first thing that was found."""


@dataclass(frozen=True, slots=True)
class Counted:
    """How many entries of a sound trail have their place in the chain, and how many wait for it."""

    chained: int
    waiting: int


async def organisations() -> list[str]:
    """Every organisation."""
    async with database.current().queueing() as connection:
        return [row[0] for row in await connection.fetch(_ORGANISATIONS)]


async def heads(organisation_id: str) -> list[Head]:
    """The signed heads of an organisation's chain, one for each day on which it grew."""
    async with database.current().queueing() as connection:
        return list(await connection.fetch(_HEADS, organisation_id))


async def verify(organisation_id: str, kept: Iterable[Head] = ()) -> Counted:
    """Check a whole trail, also against heads that were kept elsewhere. Raises `Broken`."""
    async with database.current().queueing() as connection:
        # One view of everything, while entries are added and chained.
        await connection.execute("set transaction isolation level repeatable read")
        stored = await connection.fetch(_HEADS, organisation_id)
        expected = _expected([*stored, *kept])
        chained, previous = 0, chain.GENESIS
        async for entry in trail.all_chained(connection, organisation_id):
            chained += 1
            _check(entry, chained, previous)
            if expected.get(chained, {entry["hash"]}) != {entry["hash"]}:
                raise Broken(f"sequence {chained}, {entry['id']}: rewritten")
            previous = entry["hash"]
        if chained < max(expected, default=0):
            raise Broken(f"sequence {chained + 1}: missing")
        if chained > (signed := max((head["sequence"] for head in stored), default=0)):
            raise Broken(f"sequence {signed + 1}: unsigned")
        waiting = 0
        async for entry in trail.all_waiting(connection, organisation_id):
            waiting += 1
            if not chain.is_genuine(entry):
                raise Broken(f"waiting, {entry['id']}: changed")
    return Counted(chained, waiting)


def _expected(signed: Iterable[Head]) -> dict[int, set[bytes]]:
    """The hashes that heads name, by their place."""
    found: dict[int, set[bytes]] = {}
    for head in signed:
        if not chain.is_signed(head):
            raise Broken(f"head of {head['day']}: not signed by this installation")
        found.setdefault(head["sequence"], set()).add(head["hash"])
    return found


def _check(entry: trail.Entry, place: int, previous: bytes) -> None:
    """Raise `Broken` unless an entry is genuine and stands where it belongs."""
    if entry["sequence"] != place:
        raise Broken(f"sequence {place}: missing")
    if not chain.is_genuine(entry):
        raise Broken(f"sequence {place}, {entry['id']}: changed")
    if entry["prev_hash"] != previous:
        raise Broken(f"sequence {place}, {entry['id']}: reordered")
    if entry["hash"] != chain.link(previous, place, entry):
        raise Broken(f"sequence {place}, {entry['id']}: changed")
