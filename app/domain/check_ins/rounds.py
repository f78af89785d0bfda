"""When a pair is asked how it is: by rule, from the day on which it began to meet. Nothing of it is stored."""

from datetime import datetime, timedelta

FIRST_AFTER, EVERY = timedelta(days=30), timedelta(days=60)


def open_round(activated_at: datetime, at: datetime) -> int | None:
    """The number of the round that can be answered at an instant; `None` before the first."""
    waited = at - activated_at - FIRST_AFTER
    return None if waited < timedelta() else waited // EVERY + 1


def due_at(activated_at: datetime, number: int) -> datetime:
    """When a round opens; the one before it closes then."""
    return activated_at + FIRST_AFTER + (number - 1) * EVERY
