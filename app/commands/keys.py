"""`flipside keys` and `flipside organisations`: the first key of everything, and keys when nobody has one."""

from collections.abc import Callable, Coroutine
from datetime import timedelta
from typing import Annotated, Any, TypeVar

import typer
from pydantic import ValidationError
from rich import box
from rich.console import Console
from rich.table import Table

from app import clock
from app.auth.actor import Role
from app.auth.scopes import EVERY, Scope
from app.commands import office
from app.commands.inside import in_database
from app.domain.access import founding
from app.domain.access.schemas import ApiKeyCreate
from app.domain.organisations.schemas import OrganisationUpdate
from app.errors import Invalid
from app.text import Input

Result = TypeVar("Result")
Data = TypeVar("Data", bound=Input)
Organisation = Annotated[str, typer.Option(help="The organisation's id: org_…")]
_SHOWN_ONCE = "This is shown once; it cannot be read back."
# Nobody's terminal, but whole ids in a pipe.
_PIPE_WIDTH = 200

keys = typer.Typer(help="Hand out API keys and take them back.", no_args_is_help=True)
organisations = typer.Typer(help="Found organisations.", no_args_is_help=True)


@organisations.command("create")
def create_organisation(name: str) -> None:
    """Found an organisation: a rank ladder of ten, an administrator, and their key."""
    checked = _checked(OrganisationUpdate, {"name": name})
    founded = in_database(lambda: founding.found(checked.name))
    typer.echo(f"organisation  {founded.organisation_id}")
    typer.echo(f"administrator {founded.person_id}")
    typer.echo(f"key           {founded.key}")
    typer.echo(_SHOWN_ONCE)


@keys.command("create")
def create_key(
    organisation: Organisation,
    role: Annotated[Role | None, typer.Option(help="Absent: participant, or service_account with that option.")] = None,
    person: Annotated[str | None, typer.Option(help="Whose key it is: per_…")] = None,
    service_account: Annotated[str | None, typer.Option(help="Which service uses it.")] = None,
    scope: Annotated[list[Scope] | None, typer.Option(help="May be given again. Absent: every scope.")] = None,
    expires_days: Annotated[int | None, typer.Option(min=1, max=365, help="Absent: it does not expire.")] = None,
    network: Annotated[list[str] | None, typer.Option(help="203.0.113.0/24; may be given again. Absent: all.")] = None,
    name: Annotated[str, typer.Option(help="What it is for.")] = "made at the command line",
) -> None:
    """Make a key for a person or a service account. Its text is printed once."""
    fallback = Role.SERVICE_ACCOUNT if service_account else Role.PARTICIPANT
    wanted = {
        "name": name,
        "role": role or fallback,
        "scopes": sorted(scope or EVERY),
        "person_id": person,
        "service_account": service_account,
        "networks": network or [],
        # A minute less: the clock of the check runs on.
        "expires_at": clock.now() + timedelta(days=expires_days, minutes=-1) if expires_days else None,
    }
    checked = _checked(ApiKeyCreate, wanted).model_dump()
    made = in_organisation(organisation, lambda: office.act(office.operator(organisation), "create_api_key", **checked))
    typer.echo(f"id  {made['id']}")
    typer.echo(f"key {made['secret']}")
    typer.echo(_SHOWN_ONCE)


@keys.command("list")
def list_keys(organisation: Organisation) -> None:
    """List the keys of an organisation, without their text."""
    found = in_organisation(organisation, lambda: office.keys(organisation))
    table = Table("id", "name", "role", "holder", "prefix", "state", box=box.SIMPLE_HEAD)
    for key in found:
        holder = key["person_id"] or key["service_account"]
        table.add_row(key["id"], key["name"], key["role"], holder, key["prefix_text"], _state(key))
    show(table)


@keys.command("revoke")
def revoke_key(organisation: Organisation, key_id: str) -> None:
    """End a key for good; it stops working within five seconds."""
    in_organisation(organisation, lambda: office.act(office.operator(organisation), "revoke_api_key", key_id))
    typer.echo(f"{key_id} is revoked.")


def show(table: Table) -> None:
    """Print a table, as wide as whoever reads it can take."""
    console = Console()
    (console if console.is_terminal else Console(width=_PIPE_WIDTH)).print(table)


def _state(key: dict[str, Any]) -> str:
    if key["revoked_at"] is not None:
        return f"revoked {key['revoked_at'][:10]}"
    if key["expires_at"] is None:
        return "live"
    return f"live until {key['expires_at'][:10]}" if key["expires_at"] > clock.now().isoformat() else "expired"


def _checked(schema: type[Data], given: dict[str, Any]) -> Data:
    """What was given, as the API would take it; its faults in a line."""
    try:
        return schema.model_validate(given)
    except ValidationError as error:
        details = error.errors(include_url=False, include_context=False, include_input=False)
        said = (f"{'/'.join(map(str, item['loc'])) or 'key'}: {item['msg']}" for item in details)
        raise Invalid("; ".join(said)) from None


def in_organisation(organisation_id: str, does: Callable[[], Coroutine[Any, Any, Result]]) -> Result:
    """As `in_database`, for an organisation that exists. Raises `NoSuchOrganisation`."""

    async def checked() -> Result:
        await office.organisation(organisation_id)
        return await does()

    return in_database(checked)
