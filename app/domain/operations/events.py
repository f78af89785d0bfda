"""What we tell the world of operations."""

from typing import ClassVar, Self

from app.domain.operations.models import Operation
from app.events.envelope import Event, Visibility


class OperationEvent(Event):
    """A fact about one operation."""

    subject: ClassVar[str] = "operation_id"
    visibility: ClassVar[Visibility] = Visibility.COORDINATOR

    operation_id: str
    kind: str

    @classmethod
    def of(cls, operation: Operation) -> Self:
        """The event for the operation."""
        return cls(operation_id=operation.id, kind=operation.kind)


class OperationSucceeded(OperationEvent):
    """An operation came to its end. Single rows may have been refused."""

    type = "operation.succeeded"


class OperationFailed(OperationEvent):
    """An operation was given up."""

    type = "operation.failed"


class OperationCancelled(OperationEvent):
    """An operation was stopped by request; what it had done by then stays done."""

    type = "operation.cancelled"


ENDS: dict[str, type[OperationEvent]] = {
    "succeed": OperationSucceeded,
    "fail": OperationFailed,
    "cancel": OperationCancelled,
}
