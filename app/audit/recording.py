"""Writing the audit trail: in the transaction of an act, or apart from any for a refusal and for a watched read."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from app import changing, clock, ids, logs
from app import db as database
from app.audit import chain
from app.audit.models import AuditEntry, AuditOutcome, AuditSubject
from app.auth.actor import Actor, Role
from app.db import Db

# A lost connection lets the read lane send a statement twice: the second then finds the entry there.
# In place of a credential, where an entry keeps to itself whose it was.
WITHHELD = "withheld"
_APART = """
    with entry as ({insert} on conflict do nothing)
    insert into audit_subject (organisation_id, entry_id, person_id) select $1, $2, unnest(${subjects}::text[])
    on conflict do nothing
"""


@dataclass(frozen=True, slots=True)
class Entry:
    """Who did what: `members` are the names of what was given, `subjects` the people whose data it is about."""

    actor: Actor
    action: str
    resource: str
    object_id: str | None = None
    objects: int = 1
    members: Iterable[str] = ()
    outcome: AuditOutcome = AuditOutcome.DONE
    code: str | None = None
    subjects: Iterable[str] = ()
    # Whether it keeps to itself who it was, and about what.
    discreet: bool = False


def record(db: Db, entry: Entry) -> None:
    """Add an entry to the writes of this transaction."""
    values, subjects = _written(entry)
    db.write_down(AuditEntry, **values)
    for person_id in subjects:
        db.write_down(
            AuditSubject, organisation_id=values["organisation_id"], person_id=person_id, entry_id=values["id"]
        )


async def record_apart(entry: Entry) -> None:
    """Write an entry at once, whatever becomes of any transaction: one statement, one round trip."""
    values, subjects = _written(entry)
    insert, bound = changing.statement([(AuditEntry, values)])
    sql = _APART.format(insert=insert, subjects=len(bound) + 1)
    await database.current().reads.change(entry.actor.organisation_id, sql, (*bound, subjects))


def _written(entry: Entry) -> tuple[dict[str, Any], list[str]]:
    """The values of an entry's row, and its subjects in their order."""
    actor, subjects = entry.actor, [] if entry.discreet else sorted(set(entry.subjects))
    values = {
        "organisation_id": actor.organisation_id,
        "id": ids.new(AuditEntry.prefix),
        "occurred_at": clock.now(),
        "principal": WITHHELD if entry.discreet else actor.principal,
        "actor_id": None if entry.discreet else actor.person_id,
        # Of few it would tell who.
        "role": Role.PARTICIPANT if entry.discreet else actor.role,
        "action": entry.action,
        "resource": entry.resource,
        # Whoever asks may name anything as an id: what is none is no business of the trail.
        "object_id": entry.object_id if ids.prefix_of(entry.object_id or "") and not entry.discreet else None,
        "objects": entry.objects,
        "members": sorted(entry.members),
        "outcome": entry.outcome,
        "code": entry.code,
        "request_id": None if entry.discreet else logs.request_id(),
    }
    return {**values, "mac": chain.mac({**values, "subjects": subjects})}, subjects
