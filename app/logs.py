"""Structured logs, one line a fact, each with the id of the request it belongs to."""

import logging
from contextlib import AbstractContextManager
from typing import Any

import structlog

from app.config import Settings


def configure(settings: Settings) -> None:
    """Send our logs, and those of the libraries, through one renderer."""
    level = logging.getLevelNamesMapping()[settings.log_level.upper()]
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    renderer: Any = (
        structlog.processors.JSONRenderer()
        if settings.log_format == "json"
        # Not rich's tracebacks: they print local variables, keys among them, and take minutes over large ones.
        else structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback)
    )
    structlog.configure(
        processors=[*shared, *_exceptions(settings), renderer],
        wrapper_class=structlog.make_filtering_bound_logger(level),
    )
    handler = logging.StreamHandler()
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(foreign_pre_chain=shared, processors=[_drop_record, renderer])
    )
    logging.basicConfig(level=level, handlers=[handler], force=True)
    # Each of these would repeat what we log ourselves, with addresses and query text in it.
    for noisy in ("uvicorn.access", "httpx", "httpcore", "sqlalchemy.engine", "strawberry.execution"):
        logging.getLogger(noisy).setLevel(logging.CRITICAL)


def _exceptions(settings: Settings) -> list[Any]:
    return [structlog.processors.format_exc_info] if settings.log_format == "json" else []


def _drop_record(_logger: Any, _method: str, event: Any) -> Any:
    return structlog.stdlib.ProcessorFormatter.remove_processors_meta(_logger, _method, event)


def get(name: str) -> Any:
    """The logger of a module."""
    return structlog.get_logger(name)


def request_id() -> str | None:
    """The id of the request that is being served, or of the work in hand, if any."""
    return structlog.contextvars.get_contextvars().get("request_id")


def serving(work_id: str) -> AbstractContextManager[Any]:
    """Within it `request_id` answers this: the id of an operation, or of whatever else a worker does for somebody."""
    return structlog.contextvars.bound_contextvars(request_id=work_id)


# Until `configure` has run, too: structlog's own default prints tracebacks with every local variable in them.
structlog.configure(
    processors=[
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback),
    ]
)
