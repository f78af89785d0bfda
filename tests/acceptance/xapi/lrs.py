"""Ralph on a free port, which it prints: python lrs.py FOLDER. Runs in Ralph's own environment.

As shipped, its backend of files creates a file with the first statements and refuses the next; here it appends.
"""

import socket
import sys

import uvicorn
from ralph.backends.data.base import BaseOperationType  # type: ignore[import-not-found]
from ralph.backends.lrs.fs import FSLRSBackend  # type: ignore[import-not-found]

FSLRSBackend.default_operation_type = BaseOperationType.APPEND

if __name__ == "__main__":
    from ralph.api import app  # type: ignore[import-not-found]

    with socket.create_server(("127.0.0.1", 0)) as listening:
        sys.stdout.write(f"{listening.getsockname()[1]}\n")
        sys.stdout.flush()
        uvicorn.Server(uvicorn.Config(app, log_level="error")).run(sockets=[listening])
