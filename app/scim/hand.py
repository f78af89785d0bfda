"""Acting for an HR system: each intent as its chapter does it, asked of the policy and put on record."""

from dataclasses import dataclass
from typing import Any

from app.audit import recording
from app.audit.recording import Entry
from app.auth import policy
from app.auth.actor import Actor
from app.db import Db
from app.domain.groups import intents as groups
from app.domain.people import intents as people
from app.errors import Forbidden
from app.text import Input

_INTENTS = {intent.name: intent for intent in (*people.INTENTS, *groups.INTENTS)}


@dataclass(frozen=True)
class Hand:
    """An actor at work in one transaction. What they may do is the policy's; the scope was asked for at the door."""

    db: Db
    actor: Actor

    async def do(self, name: str, object_id: str | None = None, data: Input | None = None) -> Any:
        """Do one intent; the changed row. Raises what its service raises."""
        if not policy.actors(name, self.actor.role):
            raise Forbidden("Your role does not allow this operation.")
        given = [value for value in (object_id, data) if value is not None]
        row = await _INTENTS[name].does(self.db, self.actor, *given)
        self.note(name, object_id or row.id, *(data.model_fields_set if data is not None else ()))
        await self.db.flush()
        return row

    def note(self, name: str, object_id: str, *members: str) -> None:
        """Put an act on record that was done otherwise."""
        resource = _INTENTS[name].resource
        subjects = (object_id,) if resource.sensitive is not None else ()
        recording.record(self.db, Entry(self.actor, name, resource.name, object_id, members=members, subjects=subjects))
