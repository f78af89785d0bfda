"""How long an organisation keeps what: one policy for each class of data, inside bounds."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar

from sqlmodel import Field

from app import ids
from app.errors import Fault, Invalid
from app.table import Row, check, of_organisation, text_enum, unique


class DataClass(StrEnum):
    """What is kept alike."""

    NOTES = "notes"
    FEEDBACK = "feedback"
    SESSIONS = "sessions"
    EVENTS = "events"
    DELIVERIES = "deliveries"
    KEPT_ANSWERS = "kept_answers"


@dataclass(frozen=True)
class Bounds:
    """How long in days, unless the organisation decides otherwise; how little and how much it may decide."""

    default: int
    least: int
    most: int


# Notes and feedback count from the end of their programme, sessions from their own.
BOUNDS: Mapping[DataClass, Bounds] = {
    DataClass.NOTES: Bounds(90, 30, 365),
    DataClass.FEEDBACK: Bounds(90, 30, 365),
    DataClass.SESSIONS: Bounds(730, 365, 1825),
    # An event that is still owed to an endpoint stays beyond its time.
    DataClass.EVENTS: Bounds(90, 1, 365),
    DataClass.DELIVERIES: Bounds(90, 1, 365),
    # Less than a day would break retries, more than a week nobody's contract.
    DataClass.KEPT_ANSWERS: Bounds(3, 1, 7),
}


class OutOfBounds(Invalid):
    """The data must be kept for longer, or shorter, than that."""

    code = "retention_out_of_bounds"

    def __init__(self, bounds: Bounds) -> None:
        super().__init__(
            "The law and the service set bounds to how long this is kept.",
            faults=(Fault(f"must be from {bounds.least} to {bounds.most} days", self.code, pointer="/keep_days"),),
        )


class RetentionPolicy(Row, table=True):
    """How long data of one class is kept, in days."""

    __tablename__ = "retention_policy"
    __table_args__ = (
        of_organisation(),
        unique("data_class", name="uq_retention_policy_class"),
        check("keep_days", "keep_days between 1 and 1825"),
    )
    prefix: ClassVar[str] = "rtn"

    data_class: DataClass = Field(sa_type=text_enum(DataClass))
    keep_days: int

    def keep_for(self, days: int) -> None:
        """Keep it for so many days. Raises `OutOfBounds`."""
        bounds = BOUNDS[self.data_class]
        if not bounds.least <= days <= bounds.most:
            raise OutOfBounds(bounds)
        self.keep_days = days


def defaults(organisation_id: str) -> Iterator[RetentionPolicy]:
    """What a new organisation begins with."""
    for data_class, bounds in BOUNDS.items():
        yield RetentionPolicy(
            organisation_id=organisation_id,
            id=ids.new(RetentionPolicy.prefix),
            data_class=data_class,
            keep_days=bounds.default,
        )
