"""The SCIM door, examined by scim2-cli over HTTP. Exits with 1 if anything is not as it should be."""

import asyncio
import os
import re
import sys
from collections import Counter

import uvicorn

from app import config, logs
from app.commands import hosting
from app.main import create_app
from tests.services import eventually, free_port
from tests.world import found_world

# It asks more in a minute than budgets allow.
_UNLIMITED = [f"FLIPSIDE_RATE_LIMIT_{name}" for name in ("CREDENTIAL", "ORGANISATION", "OPERATION", "ADDRESS")]

_VERDICTS = {"SUCCESS", "COMPLIANT", "ACCEPTABLE", "DEVIATION", "ERROR", "CRITICAL", "SKIPPED"}


async def examined(scim2: str, port: int) -> str:
    """What scim2-cli says of a service that serves for as long as it asks."""
    world = await found_world()
    server = uvicorn.Server(uvicorn.Config(create_app(), port=port, log_level="error", lifespan="off"))
    serving = asyncio.create_task(server.serve())
    await eventually(lambda: server.started)
    asked = ("--url", f"http://127.0.0.1:{port}/scim/v2", "--header", f"Authorization: Bearer {world.keys['service']}")
    process = await asyncio.create_subprocess_exec(
        scim2, *asked, "test", "--verbose", stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
    )
    said, _ = await process.communicate()
    server.should_exit = True
    await serving
    return said.decode()


async def opened(address: str, scim2: str, port: int) -> str:
    """The same, over a database."""
    async with hosting.opened(address, config.settings()):
        return await examined(scim2, port)


def main(scim2: str) -> int:
    """Start everything, let it be examined, sum up."""
    port = free_port()
    os.environ |= dict.fromkeys(_UNLIMITED, "0") | {"FLIPSIDE_PORT": str(port)}
    logs.configure(config.settings())
    with hosting.prepared(config.settings()) as address:
        said = asyncio.run(opened(address, scim2, port))
    verdicts = Counter(word for word in re.findall(r"^[A-Z]+", said, re.MULTILINE) if word in _VERDICTS)
    if faults := verdicts.total() - verdicts["SUCCESS"]:
        sys.stdout.write(said)
    sys.stdout.write(f"scim2 test: {verdicts['SUCCESS']} of {verdicts.total()} checks succeed\n")
    return int(faults > 0 or not verdicts)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
