"""`flipside hris`: what an export of the HR system would change, before it changes anything."""

import asyncio
from pathlib import Path
from typing import Annotated, Any

import typer
from rich import box
from rich.table import Table

from app.commands import office
from app.commands.keys import Organisation, in_organisation, show
from app.domain.imports import comparing
from app.domain.imports.schemas import MOST_CHARACTERS, ImportFormat
from app.domain.operations.models import LIVE
from app.domain.syncs.resource import SYNC_DIFFERENCES, SYNC_RUNS
from app.errors import Invalid
from app.workers.operate import Operator

# Another process may have taken the work up.
_LOOK_SECONDS = 0.2
_COUNTS = "created updated leaving unchanged planned refused".split()
_NAMED = "external_id kind member before after".split()

hris = typer.Typer(help="Hold the directory against the HR system.", no_args_is_help=True)


@hris.callback()
def _together() -> None:
    """With a callback, a single command keeps its name."""


@hris.command()
def diff(
    file: Annotated[Path, typer.Argument(help="A full export as for an import of people: .csv, or JSON lines.")],
    organisation: Organisation,
) -> None:
    """Say what an export would change: how many, who, and in what. Nothing is changed."""
    form = ImportFormat.CSV if file.suffix == ".csv" else ImportFormat.NDJSON
    run, differences = in_organisation(organisation, lambda: _compared(organisation, form, _text(file)))
    typer.echo(f"{run['id']} {run['status']} {run['failure_detail'] or ''}".rstrip())
    typer.echo(", ".join(f"{name} {'unknown' if run[name] is None else run[name]}" for name in _COUNTS))
    for error in run["errors"]:
        typer.echo(f"row {error['row']} {error['pointer']} {error['code']}: {error['detail']}")
    table = Table(*_NAMED, box=box.SIMPLE_HEAD)
    for difference in differences:
        table.add_row(*(difference[name] for name in _NAMED))
    show(table)


def _text(file: Path) -> str:
    """What a file says. Raises `Invalid`."""
    try:
        if file.stat().st_size <= MOST_CHARACTERS:
            return file.read_text(encoding="utf-8")
    except (OSError, ValueError):
        raise Invalid("The file cannot be read as UTF-8 text.") from None
    raise Invalid("The file is larger than 10 MiB.")


async def _compared(organisation_id: str, form: ImportFormat, text: str) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """The run of a comparison that was made here, or by whichever worker was faster, and what it found."""
    actor = office.operator(organisation_id)
    operation = await office.act(actor, "begin_reconciliation", format=form, text=text)
    operator = Operator({comparing.JOB: comparing.run})
    while True:
        (run,) = await office.every(actor, SYNC_RUNS, operation_id=operation["id"])
        if run["status"] not in LIVE:
            return run, await office.every(actor, SYNC_DIFFERENCES, sync_run_id=run["id"])
        if not await operator.step():
            await asyncio.sleep(_LOOK_SECONDS)
