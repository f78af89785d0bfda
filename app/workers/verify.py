"""Asking addresses whether they want what we send, before anything is sent to them."""

import asyncio
import secrets
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from app import clock, config, logs
from app import db as database
from app.webhooks import handshake, identifying, service
from app.webhooks.sender import Failure, Sender

AT_ONCE = 10
# Disabled as they are, no lane wants these endpoints: their lease is free for us, and runs out if we die.
_ASKED = f"""
    with due as materialized (
        select organisation_id, id from webhook_endpoint
        where verification = 'pending' and (lease_until is null or lease_until <= $1)
        order by lease_until nulls first, id limit $2 for no key update skip locked
    )
    update webhook_endpoint w set lease_until = $3, lease_by = $4
    from due where w.organisation_id = due.organisation_id and w.id = due.id
    returning w.organisation_id, w.id, w.url, w.rate_limit, {identifying.COLUMNS}
"""  # noqa: S608

log = logs.get(__name__)


class Verifier:
    """Asks a few addresses at once, none of them in a transaction."""

    def __init__(self, sender: Sender) -> None:
        self._sender = sender
        self._name = f"verifier-{secrets.token_hex(8)}"

    async def step(self) -> bool:
        """Ask those whose turn it is; whether there were any."""
        now, lease = clock.now(), timedelta(seconds=config.settings().webhook_timeout_seconds + 10)
        async with database.current().queueing() as connection:
            asked = await connection.fetch(_ASKED, now, AT_ONCE, now + lease, self._name)
        await asyncio.gather(*(self._ask(endpoint) for endpoint in asked))
        return bool(asked)

    async def _ask(self, endpoint: Mapping[str, Any]) -> None:
        settings, url = config.settings(), endpoint["url"]
        headers = handshake.headers(settings.base_url, endpoint["rate_limit"])
        identity = await identifying.of(endpoint)
        outcome = await self._sender.ask(
            "OPTIONS", url, headers, timeout=settings.webhook_timeout_seconds, identity=identity
        )
        if outcome.error is Failure.EGRESS_PROXY:
            # Nobody was asked. The lease runs out, and the address is asked again.
            log.warning("endpoint.not_asked", endpoint_id=endpoint["id"], error=outcome.error.value)
            return
        answer = handshake.judge(outcome, settings.base_url)
        async with database.current().writing(endpoint["organisation_id"]) as db:
            db.actor_id = None
            await service.conclude(db, endpoint["id"], url, answer)
        log.info("endpoint.asked", endpoint_id=endpoint["id"], status=outcome.status, error=answer.error)
