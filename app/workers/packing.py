"""A delivery's body and headers, with the subject as the endpoint's owner sees it now where that is asked for."""

from typing import Any

import orjson

from app import clock, config, ids
from app.auth import keys
from app.auth.scopes import Scope
from app.declared import BY_PREFIX
from app.reading import run
from app.reading.run import Absent
from app.reading.shape import everything
from app.webhooks import formats, participants
from app.webhooks.formats import Event, Message, Style
from app.webhooks.models import Format


async def pack(style: Style, event: Event) -> Message:
    """What is sent of an event to an endpoint of this style."""
    if style.format is Format.XAPI:
        return formats.statements(event, style, config.settings().base_url, await participants.of(event))
    shown = None if style.registered_by is None else await _shown(event, style.registered_by)
    return formats.build(event, style, config.settings().base_url, shown=shown)


async def _shown(event: Event, key_id: str) -> Any:
    """The subject, read as whoever registered the endpoint may read it now; `None` if they may not any more.

    As of sending, not of the event: what was withdrawn or erased since is not told, and a retry tells the latest.
    """
    resource = BY_PREFIX.get(ids.prefix_of(event["subject"]) or "")
    if resource is None:
        return None
    needed = {Scope.EVENTS_FULL, resource.scope}
    actors = await keys.of_client(event["organisation_id"], key_id, clock.now())
    actor = next((actor for actor in actors if needed <= actor.scopes), None)
    if actor is None:
        return None
    try:
        answer = await run.one(actor, everything(resource), event["subject"])
    except Absent:
        return None
    return orjson.loads(answer.body)
