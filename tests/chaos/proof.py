"""What must hold when workers are killed: nothing is lost, little comes twice, every line keeps its order."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import asyncpg

from tests.workers.lms import Hook

# A delivery and how often it was taken.
Taken = tuple[str, int]
# What was taken and is not written down. With its worker dead, it is taken once more.
_UNDER_WAY = "select id, attempts from delivery where endpoint_id = $1 and status = 'pending' and attempts > 0"
# The ping has no place in the order.
_ENDS = "select id, attempts, status, event_id from delivery where endpoint_id = $1 and sequence > 0"


@dataclass
class Listener:
    """An endpoint under proof, and what was under way to it at each kill."""

    ordering: str
    endpoint_id: str
    secret: str
    hooks: list[Hook]
    under_way: list[set[Taken]] = field(default_factory=list)

    async def look(self, owner: asyncpg.Connection) -> None:
        """Note what is under way, just after a worker died."""
        self.under_way.append({(one["id"], one["attempts"]) for one in await owner.fetch(_UNDER_WAY, self.endpoint_id)})


@dataclass(frozen=True)
class Account:
    """What came of one endpoint."""

    ordering: str
    sent: int
    arrived: int
    lost: int
    duplicates: int
    in_flight: int
    unsigned: int
    out_of_order: int

    @property
    def holds(self) -> bool:
        """Whether all that is promised was kept."""
        return not (self.lost or self.unsigned or self.out_of_order) and self.duplicates <= self.in_flight


async def account(owner: asyncpg.Connection, it: Listener) -> Account:
    """Hold what arrived against what was due."""
    ends: Sequence[Any] = await owner.fetch(_ENDS, it.endpoint_id)
    taken = {one["id"]: one["attempts"] for one in ends}
    hooks = [hook for hook in it.hooks if hook.event["sequence"]]
    arrived = Counter(hook.headers["webhook-id"] for hook in hooks)
    return Account(
        ordering=it.ordering,
        sent=len(ends),
        arrived=len(hooks),
        lost=sum(one["status"] != "delivered" or one["event_id"] not in arrived for one in ends),
        duplicates=arrived.total() - len(arrived),
        in_flight=sum(taken[one] > times for one, times in set[Taken]().union(*it.under_way)),
        unsigned=sum(not hook.is_signed_with(it.secret) for hook in hooks),
        out_of_order=0 if it.ordering == "none" else disorder(hooks, by_subject=it.ordering == "key"),
    )


def disorder(hooks: Iterable[Hook], *, by_subject: bool) -> int:
    """How many came after a later one of their line; the same once more is in order as long as it is the latest."""
    latest, wrong = defaultdict[str, int](int), 0
    for event in (hook.event for hook in hooks):
        line = event["subject"] if by_subject else ""
        wrong += event["sequence"] < latest[line]
        latest[line] = max(latest[line], event["sequence"])
    return wrong
