"""`flipside listen` and `flipside follow`: events on one's own machine, sent to it or asked for."""

import asyncio
from contextlib import aclosing, suppress
from typing import Annotated

import httpx
import typer

from app.commands import following, receiving, serving
from app.commands.receiving import Mood, Receiver

Count = Annotated[int | None, typer.Option(min=1, help="Stop after so many. Absent: go on until Ctrl-C.")]
_SHARE = "Fail this share of the deliveries, 0.3 for instance, with --fail or 503."


def listen(
    secret: Annotated[str, typer.Option(envvar="WEBHOOK_SECRET", prompt="Signing secret (whsec_…)", hide_input=True)],
    host: Annotated[str, typer.Option(help="The address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="0 takes a free one.")] = 9000,
    fail: Annotated[
        int | None, typer.Option(min=300, max=599, help="Answer this instead of 204; 410 disables the endpoint.")
    ] = None,
    fail_rate: Annotated[float | None, typer.Option(min=0, max=1, help=_SHARE)] = None,
    retry_after: Annotated[int | None, typer.Option(min=0, help="Ask for so many seconds of rest.")] = None,
    delay: Annotated[float, typer.Option(min=0, help="Answer so many seconds late.")] = 0,
    count: Count = None,
) -> None:
    """Receive webhooks on this machine: verify each, print it, and answer 204, or fail on purpose.

    The exit code is 1 if anything came that was not signed with the secret.
    """
    rate = fail_rate if fail_rate is not None else float(fail is not None)
    receiver = Receiver(secret, Mood(fail or 503, rate, delay, retry_after), count)
    with serving.listen(host, port) as listener, suppress(KeyboardInterrupt):
        typer.echo(f"Listening on http://{host}:{listener.getsockname()[1]}/ for webhooks. Ctrl-C stops it.")
        asyncio.run(receiving.run(receiver, listener))
    typer.echo(f"{receiver.taken} deliveries, {receiver.unsigned} of them not signed with this secret.")
    if receiver.unsigned:
        raise typer.Exit(1)


def follow(
    url: Annotated[str, typer.Argument(help="Where the service is: https://…")],
    api_key: Annotated[str, typer.Option(envvar="API_KEY", prompt="API key (fsk_live_…)", hide_input=True)],
    types: Annotated[str, typer.Option(help="Patterns, parted by commas: session.*,win.celebrated")] = "*",
    after: Annotated[str, typer.Option(help="latest, oldest, or the cursor at which you stopped.")] = "latest",
    count: Count = None,
) -> None:
    """Print a service's events as they come, without an address that it could call: GET /v1/events."""
    with suppress(KeyboardInterrupt):
        asyncio.run(show(following.client(url, api_key), types=types, after=after, count=count))


async def show(api: httpx.AsyncClient, *, types: str, after: str, count: int | None) -> None:
    """Print events as they come, so many of them; without a number, all that ever come."""
    shown = 0
    async with api, aclosing(following.follow(api, after=after, types=types)) as events:
        async for event, _ in events:
            typer.echo(receiving.pretty(event))
            shown += 1
            if shown == count:
                return
