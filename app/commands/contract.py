"""`flipside contract`: the contract and the pages that are made from the code, and what of it was promised before."""

from pathlib import Path
from typing import Annotated

import typer

from app.commands import pages

_ROOT = Path(__file__).resolve().parents[2]
_RELEASED = _ROOT / "openapi" / "released"
Folder = Annotated[Path, typer.Option(help="The folder in which a released contract is kept.")]

contract = typer.Typer(help="Write the contract, or hold it to what was released.", invoke_without_command=True)


@contract.callback()
def write(
    context: typer.Context,
    root: Annotated[Path, typer.Option(help="The folder in which openapi/ and docs/ lie.")] = _ROOT,
) -> None:
    """Write the contract of the API, and the pages that are made from the code; the diff is for review."""
    if context.invoked_subcommand is not None:
        return
    from app.contract import files  # noqa: PLC0415 - builds both doors, which no other command needs

    written = files.write(root / "openapi")
    pages.write(root / "docs")
    typer.echo(f"{len(written)} files in openapi/, {len(pages.pages())} pages in docs/")


@contract.command()
def check(against: Folder = _RELEASED) -> None:
    """Name everything that breaks those who rely on the released contract; the exit code is 1 if anything does."""
    from app.contract import released  # noqa: PLC0415 - as above

    broken = released.breaks(against)
    for line in broken:
        typer.echo(line)
    if broken:
        typer.echo(f"{len(broken)} breaking changes since the release in {against}", err=True)
        raise typer.Exit(1)
    typer.echo(f"Nothing breaks what was released in {against}.")


@contract.command()
def release(into: Folder = _RELEASED) -> None:
    """Keep the contract as it is now: from here on, this is what was promised."""
    from app.contract import released  # noqa: PLC0415 - as above

    typer.echo(f"{len(released.write(into))} files in {into}")
