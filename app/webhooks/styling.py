"""How an endpoint wants its deliveries written, as the worker finds it beside the endpoint's address."""

from collections.abc import Mapping
from typing import Any

import orjson

from app.sealing import keeping
from app.sealing.envelope import KEY_ID_SQL
from app.webhooks.credentials import LrsAuth
from app.webhooks.formats import Style
from app.webhooks.models import Format, Payload, XapiVersion
from app.webhooks.transforms import Transformation

# Of an endpoint `w`, with the wrapped keys of what is sealed.
COLUMNS = """
    w.format, w.payload, w.transform, w.registered_by, w.sealed_headers, k.wrapped as headers_key,
    w.xapi_version, w.sealed_auth, a.wrapped as auth_key
"""
JOIN = f"""
    left join data_key k on k.organisation_id = w.organisation_id and k.id = {KEY_ID_SQL.format("w.sealed_headers")}
    left join data_key a on a.organisation_id = w.organisation_id and a.id = {KEY_ID_SQL.format("w.sealed_auth")}
"""


async def of(organisation_id: str, row: Mapping[str, Any]) -> Style:
    """The style in a row of `COLUMNS` and the endpoint's id."""
    headers = await _opened(organisation_id, row, "headers")
    auth = await _opened(organisation_id, row, "auth")
    return Style(
        format=Format(row["format"]),
        payload=Payload(row["payload"]),
        transform=tuple(Transformation.model_validate(step) for step in orjson.loads(row["transform"])),
        headers={} if headers is None else orjson.loads(headers),
        registered_by=row["registered_by"],
        xapi_version=None if row["xapi_version"] is None else XapiVersion(row["xapi_version"]),
        auth=None if auth is None else LrsAuth.model_validate_json(auth),
    )


async def _opened(organisation_id: str, row: Mapping[str, Any], name: str) -> bytes | None:
    column = f"sealed_{name}"
    if row[column] is None:
        return None
    place = organisation_id, "webhook_endpoint", row["id"], column
    return await keeping.opened(row[column], row[f"{name}_key"], *place)
