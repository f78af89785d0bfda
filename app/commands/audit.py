"""`flipside audit`: whether the audit trail is whole, and the signed heads of its chains to keep elsewhere."""

from datetime import date
from pathlib import Path
from typing import Annotated, Any

import orjson
import typer

from app.audit import chain, verifying
from app.audit.verifying import Broken, Head
from app.commands import office
from app.commands.inside import in_database
from app.errors import Invalid

Organisation = Annotated[str | None, typer.Option(help="The organisation's id: org_… Absent: every one.")]

audit = typer.Typer(help="Verify the audit trail, and export its signed heads.", no_args_is_help=True)


@audit.command()
def verify(
    organisation: Organisation = None,
    heads: Annotated[
        Path | None, typer.Option(help="Heads that were exported earlier: the chains must still hold them.")
    ] = None,
) -> None:
    """Walk every chain; say how long each is, or what is wrong with it, and then exit with 1."""
    kept = _kept(heads)
    if not in_database(lambda: _verified(organisation, kept)):
        raise typer.Exit(1)


@audit.command("heads")
def export(organisation: Organisation = None) -> None:
    """Print the signed heads as lines of JSON, each with the Ed25519 key that verifies it."""
    for line in in_database(lambda: _heads(organisation)):
        typer.echo(line)


async def _verified(organisation: str | None, kept: list[Head]) -> bool:
    is_whole = True
    for organisation_id in await _chosen(organisation):
        try:
            found = await verifying.verify(
                organisation_id, [head for head in kept if head["organisation_id"] == organisation_id]
            )
            typer.echo(f"{organisation_id} ok {found.chained} chained, {found.waiting} waiting")
        except Broken as error:
            is_whole = False
            typer.echo(f"{organisation_id} BAD {error}")
    return is_whole


async def _heads(organisation: str | None) -> list[str]:
    lines = []
    for organisation_id in await _chosen(organisation):
        for head in await verifying.heads(organisation_id):
            exported = {name: _text(value) for name, value in head.items()} | {"public_key": chain.public_key().hex()}
            lines.append(orjson.dumps(exported).decode())
    return lines


async def _chosen(organisation: str | None) -> list[str]:
    if organisation is None:
        return await verifying.organisations()
    await office.organisation(organisation)
    return [organisation]


def _text(value: Any) -> Any:
    return value.hex() if isinstance(value, bytes) else value


def _kept(path: Path | None) -> list[Head]:
    """The heads of an exported file, as they were stored."""
    try:
        return [_head(orjson.loads(line)) for line in path.read_bytes().splitlines()] if path else []
    except (OSError, ValueError, KeyError, TypeError):
        raise Invalid("The file of heads cannot be read. Make one: flipside audit heads > heads.jsonl") from None


def _head(exported: dict[str, Any]) -> Head:
    return {
        **exported,
        "day": date.fromisoformat(exported["day"]),
        "hash": bytes.fromhex(exported["hash"]),
        "signature": bytes.fromhex(exported["signature"]),
    }
