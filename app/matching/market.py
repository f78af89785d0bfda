"""What a matching run works on: seats, the lines between their people, and what was said about pairs.

A market is immutable and knows no database. Its bytes are canonical: whoever lists the same facts in another order
gets the same bytes, the same digest and so the same plan.
"""

import hashlib
import json
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import date
from functools import cached_property, lru_cache
from typing import Any

import orjson

# (weekday 0-6 from Monday, start minute, end minute), local to the seat's zone; the end may be 1440.
Interval = tuple[int, int, int]
Pair = tuple[str, str]


@dataclass(frozen=True)
class Seat:
    """One enrolment with places left. What is missing is None or empty, and counts as unknown, not as none."""

    id: str
    person_id: str
    rank: int
    places: int = 1
    department: str | None = None
    division: str | None = None
    location: str | None = None
    languages: tuple[str, ...] = ()
    zone: str = "UTC"
    availability: tuple[Interval, ...] = ()
    offers: Mapping[str, int] = field(default_factory=dict)
    seeks: Mapping[str, int] = field(default_factory=dict)
    out_of_scope: frozenset[str] = frozenset()
    interests: tuple[str, ...] = ()
    style: Mapping[str, int] = field(default_factory=dict)
    waiting_days: int = 0
    has_consented: bool = True


@dataclass(frozen=True)
class Market:
    """All that decides a plan, apart from the policy and the seed.

    `managers` names everybody's manager, up to the roots. `barred` holds ordered pairs of people, `earlier` pairs of
    (mentor, mentee) people, `rankings` the place 1-10 that an author's seat gives another seat, `pins` and `current`
    pairs of (mentor, mentee) seats, `weeks` the Mondays of the programme.
    """

    mentors: tuple[Seat, ...]
    mentees: tuple[Seat, ...]
    managers: Mapping[str, str | None] = field(default_factory=dict)
    barred: frozenset[Pair] = frozenset()
    earlier: frozenset[Pair] = frozenset()
    rankings: Mapping[Pair, int] = field(default_factory=dict)
    pins: tuple[Pair, ...] = ()
    current: frozenset[Pair] = frozenset()
    weeks: tuple[date, ...] = ()

    def to_bytes(self) -> bytes:
        """Canonical JSON: independent of the order in which anything was listed."""
        # Seat by seat: no call holds the interpreter for as long as all of them take.
        members = (b'"%s":%s' % (name.encode(), _json(value)) for name, value in sorted(_plain(self).items()))
        return b"{" + b",".join(members) + b"}"

    @classmethod
    def from_bytes(cls, raw: bytes) -> "Market":
        """The market that `to_bytes` wrote. Raises `ValueError`, `KeyError` or `TypeError` for anything else."""
        # Not by orjson, which ends the process where there is no memory; a worker has a limit. Seats are made while
        # they are read: all of them as plain objects first would be half of the memory that a large market takes.
        plain = json.loads(raw, object_hook=_read)
        market = cls(
            mentors=_seats(plain["mentors"]),
            mentees=_seats(plain["mentees"]),
            managers=dict(plain["managers"]),
            barred=_pairs(plain["barred"]),
            earlier=_pairs(plain["earlier"]),
            rankings={(author, other): place for author, other, place in plain["rankings"]},
            pins=tuple(sorted(_pairs(plain["pins"]))),
            current=_pairs(plain["current"]),
            weeks=tuple(date.fromisoformat(each) for each in plain["weeks"]),
        )
        # As `cached_property` would keep it: writing the bytes again takes longer than reading them.
        market.__dict__["digest"] = hashlib.sha256(raw).hexdigest()
        return market

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the canonical bytes, in hexadecimal."""
        return hashlib.sha256(self.to_bytes()).hexdigest()


_FACTS = tuple(each.name for each in fields(Seat))


def _plain(market: Market) -> dict[str, Any]:
    return {
        "mentors": sorted((_plain_seat(seat) for seat in market.mentors), key=_by_id),
        "mentees": sorted((_plain_seat(seat) for seat in market.mentees), key=_by_id),
        "managers": dict(market.managers),
        "barred": sorted(market.barred),
        "earlier": sorted(market.earlier),
        "rankings": sorted((*pair, place) for pair, place in market.rankings.items()),
        "pins": sorted(market.pins),
        "current": sorted(market.current),
        "weeks": sorted(week.isoformat() for week in market.weeks),
    }


def _json(value: Any) -> bytes:
    if isinstance(value, list):
        return b"[" + b",".join(map(_json, value)) + b"]"
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)


def _plain_seat(seat: Seat) -> dict[str, Any]:
    # Not `asdict`: it copies every number of every diary, and takes longer than the plan.
    plain = {name: getattr(seat, name) for name in _FACTS}
    for name in ("languages", "availability", "out_of_scope", "interests"):
        plain[name] = sorted(set(plain[name]))
    for name in ("offers", "seeks", "style"):
        plain[name] = dict(plain[name])
    return plain


def _by_id(plain: dict[str, Any]) -> str:
    return str(plain["id"])


def _read(plain: dict[str, Any]) -> Seat | dict[str, Any]:
    """A seat, or else what it was: skills and traits come with numbers, and no person's id is that word."""
    return _seat(plain) if isinstance(plain.get("person_id"), str) else plain


def _seats(read: list[Seat]) -> tuple[Seat, ...]:
    if not all(isinstance(each, Seat) for each in read):
        raise ValueError("a seat has no person")
    return tuple(read)


def _seat(plain: dict[str, Any]) -> Seat:
    unknown = plain.keys() - set(_FACTS)
    if unknown:
        raise ValueError(f"a seat knows no {sorted(unknown)}")
    # What many say is held once: that is a fifth of the memory of a large market.
    names = {name: plain[name] and sys.intern(plain[name]) for name in ("department", "division", "location", "zone")}
    tuples = {name: tuple(map(sys.intern, plain[name])) for name in ("languages", "interests")}
    intervals = tuple([_interval(day, start, end) for day, start, end in plain["availability"]])
    return Seat(
        **{**plain, **names, **tuples, "availability": intervals, "out_of_scope": frozenset(plain["out_of_scope"])},
    )


@lru_cache(maxsize=65536)
def _interval(weekday: int, start: int, end: int) -> Interval:
    return weekday, start, end


def _pairs(plain: list[list[str]]) -> frozenset[Pair]:
    return frozenset((first, second) for first, second in plain)
