"""An event as an endpoint reads it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import orjson

from app.webhooks.catalogue import API_VERSION


def native(event: Mapping[str, Any], base_url: str) -> bytes:
    """Our own envelope: the facts in `data`, everything about them beside it; the same bytes on every try.

    `event` is a row of the outbox with `data` and `changed` as JSON values.
    """
    return orjson.dumps(
        {
            "id": event["id"],
            "type": event["type"],
            "timestamp": _instant(event["occurred_at"]),
            "sequence": event["sequence"],
            "api_version": API_VERSION,
            "organisation": event["organisation_id"],
            "subject": event["subject"],
            "actor": event["actor"],
            "changed": event["changed"],
            "data": event["data"],
            "url": f"{base_url}/v1/nodes/{event['subject']}",
        }
    )


def _instant(value: datetime) -> str:
    return value.isoformat().replace("+00:00", "Z")
