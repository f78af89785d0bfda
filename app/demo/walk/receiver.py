"""The other side of the webhooks: a small service that believes nothing it cannot verify."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field

import orjson
import uvicorn
from standardwebhooks.webhooks import Webhook, WebhookVerificationError
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from app.commands.serving import listen

_PATIENCE_SECONDS = 10.0


@dataclass
class Inbox:
    """What one endpoint received. Its secret comes after the first delivery may: that one waits."""

    secret: asyncio.Future[str]
    # By event id: what is delivered twice counts once.
    types: dict[str, str] = field(default_factory=dict)
    failed: int = 0
    repeated: int = 0

    async def take(self, headers: dict[str, str], body: bytes) -> bool:
        """Note a delivery, if it is what it says it is."""
        try:
            async with asyncio.timeout(_PATIENCE_SECONDS):
                secret = await asyncio.shield(self.secret)
            Webhook(secret).verify(body, headers, json_parse=False)
        except (WebhookVerificationError, TimeoutError, ValueError):
            self.failed += 1
            return False
        self.repeated += headers["webhook-id"] in self.types
        self.types[headers["webhook-id"]] = orjson.loads(body)["type"]
        return True


class Receiver:
    """Inboxes by name, behind one port."""

    def __init__(self) -> None:
        self.address = ""
        self.inboxes: dict[str, Inbox] = {}

    def open_inbox(self, name: str) -> Inbox:
        """An inbox at `/name`."""
        self.inboxes[name] = inbox = Inbox(asyncio.get_running_loop().create_future())
        return inbox

    @property
    def verified(self) -> Counter[str]:
        """How many events of each type came, each counted once."""
        return Counter(kind for inbox in self.inboxes.values() for kind in inbox.types.values())

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one delivery."""
        request = Request(scope, receive)
        inbox = self.inboxes[request.url.path.removeprefix("/")]
        is_good = await inbox.take(dict(request.headers), await request.body())
        await Response(status_code=204 if is_good else 401)(scope, receive, send)


class _Server(uvicorn.Server):
    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave Ctrl-C to the demonstration as a whole."""
        yield


@asynccontextmanager
async def receiving() -> AsyncIterator[Receiver]:
    """A receiver on a free port of this machine."""
    receiver = Receiver()
    with listen("127.0.0.1", 0) as listener:
        receiver.address = f"http://127.0.0.1:{listener.getsockname()[1]}"
        config = uvicorn.Config(receiver, lifespan="off", log_config=None, access_log=False, timeout_keep_alive=75)
        server = _Server(config)
        serving = asyncio.create_task(server.serve([listener]))
        try:
            yield receiver
        finally:
            server.should_exit = True
            await serving
