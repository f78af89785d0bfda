"""`flipside data-keys`: the keys that texts and secrets are sealed with."""

from typing import Any

import typer
from rich import box
from rich.table import Table

from app import db as database
from app.commands.inside import in_database
from app.commands.keys import Organisation, in_organisation, show
from app.sealing import rotating, wrapping
from app.sealing.models import ORGANISATION

data_keys = typer.Typer(help="Look at the keys that seal texts and secrets, renew them.", no_args_is_help=True)


@data_keys.command("list")
def list_data_keys(organisation: Organisation) -> None:
    """List an organisation's data keys and those of its people; a shredded one opens nothing any more."""

    async def listed() -> list[Any]:
        async with database.current().writing(organisation) as db:
            return await rotating.listed(db)

    table = Table("id", "owner", "generation", "wrapped by", "made", "shredded", box=box.SIMPLE_HEAD)
    for key_id, owner, generation, kek_id, made, shredded in in_organisation(organisation, listed):
        whose = "organisation" if owner == ORGANISATION else owner
        gone = shredded.date().isoformat() if shredded else ""
        table.add_row(key_id, whose, str(generation), kek_id or "", made.date().isoformat(), gone)
    show(table)


@data_keys.command("rotate")
def rotate_data_keys(organisation: Organisation) -> None:
    """Seal what an organisation and its people write from now on with new keys; the old ones still open the rest."""

    async def rotate() -> int:
        async with database.current().writing(organisation) as db:
            return await rotating.rotate(db)

    typer.echo(f"{in_organisation(organisation, rotate)} new data keys; in use everywhere within five seconds.")


@data_keys.command("rewrap")
def rewrap_data_keys() -> None:
    """Wrap the data keys of all organisations under the first key of FLIPSIDE_KEY_ENCRYPTION_KEYS."""
    count = in_database(rotating.rewrap)
    typer.echo(f"{count} data keys were wrapped anew, by the key-encryption key {wrapping.current().kek_id!r}.")
