"""Where the client beneath gets its connections from: sockets that are opened here, to addresses that were checked."""

import asyncio
import os
import socket
from collections.abc import Awaitable, Callable
from typing import Any, Final, cast

import aiohappyeyeballs
import aiohttp

# Of several addresses the next one is tried after so long, beside the first (RFC 8305).
HEAD_START_SECONDS: Final = 0.25

Info = aiohappyeyeballs.AddrInfoType
Open = Callable[[list[Info]], Awaitable[socket.socket]]


class Connector(aiohttp.TCPConnector):
    """Connects over sockets that `open_to` opens to one of the addresses it is given."""

    def __init__(self, open_to: Open, **wishes: Any) -> None:
        super().__init__(**wishes)
        self._open_to = open_to

    # The one place at which the client beneath opens a socket; the connections of both schemes come from here.
    async def _wrap_create_connection(self, *args: Any, addr_infos: list[Info], req: Any, **wishes: Any) -> Any:
        try:
            led = await self._open_to(addr_infos)
        except OSError as error:
            # All of them were tried: nothing is left to be tried again.
            addr_infos.clear()
            raise aiohttp.ClientConnectorError(req.connection_key, error) from error
        return await self._wrap_existing_connection(*args, req=req, sock=led, **wishes)


async def raced(infos: list[Info], make: Callable[[Info], socket.socket]) -> socket.socket:
    """A socket made by `make` that leads to whichever of the addresses answered first."""
    return await aiohappyeyeballs.start_connection(
        infos,
        happy_eyeballs_delay=HEAD_START_SECONDS,
        loop=cast("asyncio.AbstractEventLoop", _Straight),
        socket_factory=make,
    )


class _Straight:
    """What of an event loop opens sockets, without its resolver.

    uvloop hands every address to getaddrinfo on one of four threads, also one that is written in numbers.
    """

    @staticmethod
    async def sock_connect(made: socket.socket, address: tuple[Any, ...]) -> None:
        loop = asyncio.get_running_loop()
        try:
            made.connect(address)
        except BlockingIOError:
            pass
        else:
            return
        is_writable = loop.create_future()
        loop.add_writer(made, _resolve, is_writable)
        try:
            await is_writable
        finally:
            loop.remove_writer(made)
        if error := made.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR):
            raise OSError(error, os.strerror(error))


def _resolve(future: "asyncio.Future[None]") -> None:
    if not future.done():
        future.set_result(None)
