"""How an endpoint wants its deliveries written, as the worker finds it beside the endpoint's address."""

from collections.abc import Mapping
from typing import Any

import orjson

from app.sealing import keeping
from app.sealing.envelope import KEY_ID_SQL
from app.webhooks.formats import Style
from app.webhooks.models import Format, Payload
from app.webhooks.transforms import Transformation

# Of an endpoint `w`, with the wrapped key of its sealed headers.
COLUMNS = "w.format, w.payload, w.transform, w.registered_by, w.sealed_headers, k.wrapped"
JOIN = f"""
    left join data_key k on k.organisation_id = w.organisation_id and k.id = {KEY_ID_SQL.format("w.sealed_headers")}
"""


async def of(organisation_id: str, row: Mapping[str, Any]) -> Style:
    """The style in a row of `COLUMNS` and the endpoint's id."""
    sealed, headers = row["sealed_headers"], {}
    if sealed is not None:
        place = organisation_id, "webhook_endpoint", row["id"], "sealed_headers"
        headers = orjson.loads(await keeping.opened(sealed, row["wrapped"], *place))
    return Style(
        format=Format(row["format"]),
        payload=Payload(row["payload"]),
        transform=tuple(Transformation.model_validate(step) for step in orjson.loads(row["transform"])),
        headers=headers,
        registered_by=row["registered_by"],
    )
