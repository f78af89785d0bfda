"""`flipside operators` and `flipside break-glass`: staff of the platform, and their looks into an organisation."""

from collections.abc import Awaitable, Callable
from typing import Annotated, TypeVar

import typer

from app import db as database
from app.commands.inside import in_database
from app.commands.keys import Organisation, in_organisation
from app.db import Db
from app.domain.privacy import break_glass as glasses
from app.domain.privacy import operators as staff
from app.domain.privacy.break_glass import LONGEST_MINUTES, BreakGlass

Result = TypeVar("Result")
Token = Annotated[str, typer.Option("--as", envvar="FLIPSIDE_OPERATOR", help="The operator's own token: fso_…")]
_SHOWN_ONCE = "This is shown once; it cannot be read back."

operators = typer.Typer(help="Say who runs this installation.", no_args_is_help=True)
break_glass = typer.Typer(help="Look into an organisation: two operators, an hour at most.", no_args_is_help=True)


@operators.command("add")
def add(name: str) -> None:
    """Add an operator. Their token is printed once."""
    operator_id, token = in_database(lambda: staff.add(name))
    typer.echo(f"id    {operator_id}\ntoken {token}\n{_SHOWN_ONCE}")


@operators.command("list")
def list_operators() -> None:
    """List everybody who is or was an operator."""
    for row in in_database(staff.every):
        state = "removed" if row["removed_at"] else "active"
        typer.echo(f"{row['id']}  {state:7}  {row['name']}")


@operators.command("remove")
def remove(operator_id: str) -> None:
    """Take an operator's token from them."""
    in_database(lambda: staff.remove(operator_id))
    typer.echo(f"{operator_id} is removed.")


@break_glass.command("request")
def request(
    organisation: Organisation,
    token: Token,
    reason: Annotated[str, typer.Option(help="Why; the organisation's administrators can read it.")],
    minutes: Annotated[int, typer.Option(min=1, max=LONGEST_MINUTES)] = LONGEST_MINUTES,
) -> None:
    """Ask for a look into an organisation. The key opens nothing until another operator approves."""

    async def asked(db: Db, operator_id: str) -> tuple[str, str]:
        glass, key = await glasses.request(db, operator_id, reason=reason, minutes=minutes)
        return glass.id, key

    glass_id, key = _as_operator(organisation, token, asked)
    typer.echo(f"id  {glass_id}\nkey {key}\n{_SHOWN_ONCE}")


@break_glass.command("approve")
def approve(organisation: Organisation, token: Token, glass_id: str) -> None:
    """Approve what another operator asked for. The organisation is told."""
    glass = _as_operator(organisation, token, lambda db, operator_id: glasses.approve(db, operator_id, glass_id))
    typer.echo(f"{glass.id} is open until {glass.expires_at:%H:%M:%S} UTC.")


@break_glass.command("revoke")
def revoke(organisation: Organisation, token: Token, glass_id: str) -> None:
    """End a look before its time; the key stops working within five seconds."""

    async def ended(db: Db, _: str) -> BreakGlass:
        return await glasses.revoke(db, glass_id)

    _as_operator(organisation, token, ended)
    typer.echo(f"{glass_id} is over.")


def _as_operator(organisation_id: str, token: str, does: Callable[[Db, str], Awaitable[Result]]) -> Result:
    async def done() -> Result:
        operator_id = await staff.behind(token)
        async with database.current().writing(organisation_id) as db:
            db.actor_id = operator_id
            return await does(db, operator_id)

    return in_organisation(organisation_id, done)
