"""What every import does alike: read its rows, and take them some at a time, each on its own merits."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager

from app.db import Db
from app.domain.imports.schemas import ImportFormat
from app.domain.imports.sheets import Row, Sheet
from app.domain.operations import inputs
from app.domain.operations.work import Work
from app.errors import DomainError

AT_ONCE = 1000
Handle = Callable[[Db, Work, Sequence[Row]], Awaitable[None]]


async def read(work: Work, sheet: Sheet) -> list[Row]:
    """The rows that were sent."""
    async with work.chunk() as db:
        text = (await inputs.of(db, work.operation_id)).decode()
    return await asyncio.to_thread(sheet.rows, text, ImportFormat(work.parameters["format"]))


async def handle(work: Work, rows: Sequence[Row], by: Handle) -> None:
    """Let `by` take the rows that are left, a chunk in each transaction."""
    for start in range(work.report.done, len(rows), AT_ONCE):
        some = rows[start : start + AT_ONCE]
        async with work.chunk() as db:
            readable = []
            for row in some:
                if row.fault is None:
                    readable.append(row)
                else:
                    work.refuse(row.number, row.fault)
            await by(db, work, readable)
            work.progress(start + len(some))


@contextmanager
def on_its_own(work: Work, row: Row) -> Iterator[None]:
    """Whatever the rules refuse in this block is refused of this row alone. Nothing may have been changed by then."""
    try:
        yield
    except DomainError as error:
        work.refuse(row.number, error)
