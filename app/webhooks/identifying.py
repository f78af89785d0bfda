"""Who an endpoint's deliveries say they come from, as the worker finds it beside the endpoint's address."""

from collections.abc import Mapping
from typing import Any

from app.sealing import keeping
from app.sealing.envelope import KEY_ID_SQL

# Of an endpoint `w`, with the wrapped key of its sealed client certificate.
COLUMNS = f"""
    w.sealed_identity, (
        select i.wrapped from data_key i
        where i.organisation_id = w.organisation_id and i.id = {KEY_ID_SQL.format("w.sealed_identity")}
    ) as identity_wrapped
"""  # noqa: S608


async def of(row: Mapping[str, Any]) -> str | None:
    """The client certificate in a row of `COLUMNS` and the endpoint's ids, as `identities.context` reads it."""
    if row["sealed_identity"] is None:
        return None
    place = row["organisation_id"], "webhook_endpoint", row["id"], "sealed_identity"
    return (await keeping.opened(row["sealed_identity"], row["identity_wrapped"], *place)).decode()
