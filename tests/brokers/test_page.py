"""The consumer of docs/brokers.md reads what the page says."""

import asyncio
import os
import re
import sys
from pathlib import Path

from app import ids
from app.brokers import choosing
from app.brokers.port import Message
from app.config import Settings
from tests.brokers.servers import NatsServer

PAGE = Path(__file__).parents[2] / "docs" / "brokers.md"


async def test_the_consumer_of_the_page_prints_what_was_published(nats: NatsServer) -> None:
    (program,) = re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    broker = choosing.broker(Settings(broker_url=nats.url))
    assert broker is not None
    await broker.open()
    subject, body = f"flipside.{ids.new('org')}", b'{"sequence": 7, "type": "session.completed", "subject": "ses_1"}'
    await broker.publish([Message(ids.new("evt"), f"{subject}.person.created", "per_1", b"{}", {})])
    await broker.publish([Message(ids.new("evt"), f"{subject}.session.completed", "ses_1", body, {})])
    await broker.close()

    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", program, env=os.environ | {"NATS": nats.url}, stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    async with asyncio.timeout(30):
        said = await process.stdout.readline()
    process.kill()
    await process.wait()

    assert said == b"7 session.completed ses_1\n"
