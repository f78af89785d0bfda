"""The `flipside` command: the roles of the service, and what an operator needs around them."""

import asyncio
import os
import socket
import sys
from typing import Annotated

import typer

from app import secret
from app.brokers.choosing import ExtraMissing
from app.commands import doctor as doctors
from app.commands import hosting, serving, settings_table
from app.commands.audit import audit
from app.commands.break_glass import break_glass, operators
from app.commands.chosen import WrongSettings, chosen
from app.commands.contract import contract
from app.commands.data_keys import data_keys
from app.commands.following import Unanswered
from app.commands.hosting import DatabaseMissing, DataFolderUnusable, MigrationFailed, SchemaBehind
from app.commands.hris import hris
from app.commands.keys import keys, organisations
from app.commands.listen import follow, listen
from app.commands.serving import PortTaken
from app.commands.supervising import ProcessFailed, Supervisor
from app.config import Settings
from app.contract import NothingReleased
from app.demo import handing_out, seed
from app.demo.handing_out import StoryBroken
from app.demo.walk.caller import Refused
from app.demo.walk.company import Scale
from app.demo.walk.walk import walk
from app.demo.year.simulate import simulate as play
from app.domain.organisations.retention import BOUNDS, DataClass
from app.embedded import PostgresFailed, PostgresMissing
from app.errors import DomainError
from app.sealing.wrapping import KeysUnfit
from app.secret import SecretMissing
from app.storage import DatabaseUnreachable
from app.workers import partitions

# What an operator can mend: said in a line, without a traceback.
_EXPECTED = (
    WrongSettings,
    DatabaseMissing,
    DatabaseUnreachable,
    DataFolderUnusable,
    ExtraMissing,
    KeysUnfit,
    MigrationFailed,
    NothingReleased,
    PostgresFailed,
    PostgresMissing,
    PortTaken,
    ProcessFailed,
    Refused,
    SchemaBehind,
    SecretMissing,
    StoryBroken,
    Unanswered,
    DomainError,
)

cli = typer.Typer(
    help="Flipside, the API service for reverse mentoring programmes.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
cli.add_typer(audit, name="audit")
cli.add_typer(contract, name="contract")
cli.add_typer(hris, name="hris")
cli.add_typer(keys, name="keys")
cli.add_typer(data_keys, name="data-keys")
cli.add_typer(organisations, name="organisations")
cli.add_typer(operators, name="operators")
cli.add_typer(break_glass, name="break-glass")
cli.command()(listen)
cli.command()(follow)


@cli.command()
def serve(
    demo_data: Annotated[bool, typer.Option("--demo-data", help="Fill in a demonstration organisation first.")] = False,
) -> None:
    """Serve API and worker in one process. The database is migrated on the way; without one, PostgreSQL comes along."""
    settings = chosen()
    secret.master(settings)
    serving.configure_log(settings)
    with serving.listen(settings.host, settings.port) as listener, hosting.hosted(settings) as owner:
        hosting.migrate(owner)
        hosting.require_keys(owner, settings)
        address = hosting.plain(settings.app_database_url or owner)
        if demo_data:
            typer.echo(asyncio.run(_demonstration(settings, address)))
        typer.echo(f"Flipside listens on {settings.base_url}. Ctrl-C stops it.")
        serving.run(serving.serve_both(settings, address, listener))


@cli.command()
def api(
    workers: Annotated[int, typer.Option(min=1, max=64, help="Processes that share the port.")] = 1,
    on_socket: Annotated[int | None, typer.Option(hidden=True)] = None,
) -> None:
    """Serve the API alone."""
    settings = chosen()
    secret.master(settings)
    serving.configure_log(settings)
    inherited = None if on_socket is None else socket.socket(fileno=on_socket)
    with inherited or serving.listen(settings.host, settings.port) as listener, hosting.prepared(settings) as address:
        if workers > 1:
            serving.run(Supervisor(listener, workers, settings.drain_seconds).run())
        else:
            serving.run(serving.serve_api(settings, address, listener, parented=inherited is not None))


@cli.command()
def worker() -> None:
    """Relay events, deliver webhooks, tell the broker and chain the audit trail; any number of these may run."""
    settings = chosen()
    secret.master(settings)
    serving.configure_log(settings)
    with hosting.prepared(settings) as address:
        serving.run(serving.serve_worker(settings, address))


@cli.command()
def migrate(revision: Annotated[str, typer.Option(help="The migration to go up to.")] = "head") -> None:
    """Bring the database up to this version's schema."""
    settings = chosen()
    serving.configure_log(settings)
    with hosting.hosted(settings) as owner:
        hosting.migrate(owner, revision)
        if revision == "head":
            asyncio.run(partitions.divide(owner, BOUNDS[DataClass.DELIVERIES].most))
        typer.echo(f"The database stands at {asyncio.run(hosting.revision(owner))}.")


@cli.command()
def doctor(
    settings: Annotated[bool, typer.Option("--settings", help="Print the table of settings as Markdown.")] = False,
) -> None:
    """Say what this machine has, what is missing, and how to get it."""
    if settings:
        typer.echo(settings_table.table(), nl=False)
        return
    for name in doctors.unknown(os.environ):
        typer.echo(f"note  {name} is no setting of ours; is it misspelt?")
    findings = list(doctors.examine(chosen()))
    for finding in findings:
        typer.echo(f"{'ok   ' if finding.is_well else 'FAIL '} {finding.name}: {finding.cure or finding.seen}")
    if not all(finding.is_well for finding in findings):
        raise typer.Exit(1)


@cli.command()
def demo() -> None:
    """Walk through a whole programme over the public API, on a server of its own that is gone afterwards."""
    if not walk(chosen(), Scale()):
        raise typer.Exit(1)


@cli.command()
def simulate(
    pairs: Annotated[int, typer.Option(min=2, max=2000, help="How many pairs the programme makes.")] = 500,
    months: Annotated[int, typer.Option(min=3, max=18, help="How long it runs.")] = 12,
    seed: Annotated[int, typer.Option(min=0, help="What people do, and when.")] = 7,
) -> None:
    """Play a programme of many months in minutes, under a clock that moves, and check what came of it."""
    # A year of requests comes in minutes.
    os.environ |= {f"FLIPSIDE_RATE_LIMIT_{name}": "0" for name in ("CREDENTIAL", "ORGANISATION", "OPERATION")}
    settings = chosen()
    secret.master(settings)
    if not play(settings, pairs=pairs, months=months, seed=seed):
        raise typer.Exit(1)


async def _demonstration(settings: Settings, address: str) -> str:
    """Make the demonstration organisation, unless it is there, and say what to do with it."""
    async with hosting.opened(address, settings):
        await seed.seed()
        demo = await handing_out.hand_out(settings)
    return handing_out.next_steps(demo, settings.data_dir / "demo.json")


def _complain(said: str) -> None:
    typer.echo(f"flipside: {said}", err=True)
    sys.exit(1)


def main() -> None:
    """The console script: what an operator can mend is said in one line, and the exit code is 1."""
    try:
        with serving.stoppable():
            cli()
    except DomainError as error:
        _complain(
            "; ".join((error.detail, *(f"{fault.pointer or fault.code} {fault.detail}" for fault in error.faults)))
        )
    except _EXPECTED as error:
        _complain(str(error))


if __name__ == "__main__":
    main()
