"""Tables in monthly partitions by id, whose rows tell their time in it; what has no month of its own lies in the rest.

The rest is there so that no row is ever refused for want of a month (docs/decisions/0023).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from app import ids


def month_of(time: datetime) -> datetime:
    """When the month of a time begins, in UTC."""
    return time.astimezone(UTC).replace(day=1, hour=0, minute=0, second=0, microsecond=0)


def next_month(month: datetime) -> datetime:
    """When the month after it begins."""
    return month_of(month + timedelta(days=31))


def months(first: datetime, last: datetime) -> Iterator[datetime]:
    """The beginnings of all months from that of one time to that of another."""
    month = month_of(first)
    while month <= last:
        yield month
        month = next_month(month)


@dataclass(frozen=True)
class Partitioned:
    """A table whose ids begin with `prefix`, divided by them. Nobody is granted anything on a partition."""

    table: str
    prefix: str

    @property
    def rest(self) -> str:
        """The partition of what has no other."""
        return f"{self.table}_rest"

    def name(self, month: datetime) -> str:
        """The partition of a month."""
        return f"{self.table}_{month:%Y_%m}"

    def has_part(self, name: str) -> bool:
        """Whether a table of this name is one of its partitions."""
        return name == self.rest or re.fullmatch(rf"{self.table}_\d{{4}}_\d\d", name) is not None

    def month(self, name: str) -> datetime | None:
        """The month of a partition; `None` of the rest."""
        if name == self.rest:
            return None
        return datetime.strptime(name, f"{self.table}_%Y_%m").replace(tzinfo=UTC)

    def begin(self) -> Iterator[str]:
        """The statements that make the rest of a table that is new."""
        yield f"create table {self.rest} partition of {self.table} default"
        yield from _closed(self.rest)

    def add(self, month: datetime) -> Iterator[str]:
        """The statements that make the partition of a month, and move there what lies in the rest of it."""
        name = self.name(month)
        first, end = (ids.first_at(self.prefix, time) for time in (month, next_month(month)))
        yield f"alter table {self.table} detach partition {self.rest}"
        # The owner of the tables, who may be no superuser, sees the rows of every organisation.
        yield f"alter table {self.rest} no force row level security"
        yield f"create table {name} partition of {self.table} for values from ('{first}') to ('{end}')"
        yield (
            f"with late as (delete from {self.rest} where id >= '{first}' and id < '{end}' returning *) "  # noqa: S608
            f"insert into {name} select * from late"
        )
        yield from _closed(name)
        yield f"alter table {self.table} attach partition {self.rest} default"
        yield f"alter table {self.rest} force row level security"

    def drop(self, month: datetime) -> str:
        """The statement that lets go of a month, whatever is in it."""
        return f"drop table {self.name(month)}"


ATTEMPTS = Partitioned("attempt", "tri")


def _closed(name: str) -> Iterator[str]:
    """A partition is read through its table alone: whoever came to it directly would find no row."""
    yield f"alter table {name} enable row level security"
    yield f"alter table {name} force row level security"
