"""Doing one intent: one transaction around scope, idempotency, effect and the reading back of the answer."""

import hashlib
from dataclasses import dataclass
from typing import Any

from app import clock
from app import db as database
from app.acting.intent import Intent, Kind
from app.acting.models import IdempotencyRecord
from app.audit import recording
from app.audit.models import AuditOutcome
from app.audit.recording import Entry
from app.auth import policy
from app.auth.actor import Actor
from app.db import BY_NAME, Db
from app.errors import Conflict, Forbidden, Invalid, NotFound
from app.failures import on_violation
from app.reading import run as reading
from app.reading.shape import Wanted
from app.sealing import envelope, keeping
from app.sealing.envelope import KEY_ID_SQL
from app.sealing.models import ORGANISATION


class KeyReused(Invalid):
    """The idempotency key was used before, for another request."""

    code = "idempotency_key_reused"

    def __init__(self) -> None:
        super().__init__("This idempotency key was used for a different request. Use a new key.")


class StillRunning(Conflict):
    """The first request with this key has not finished."""

    code = "idempotency_in_progress"


_RUNNING = "A request with this idempotency key is still running. Try again in a moment."
# What is put on record; anything else is a failure of ours.
_REFUSALS = (Forbidden, NotFound, Conflict, Invalid)
# One snapshot for both: a first request that commits between snapshot and lock is not seen here, but then the
# primary key of its record stops this one, before anything of it is kept.
on_violation("pk_idempotency_record", StillRunning)
_TAKE = f"""
    select pg_try_advisory_xact_lock($1), r.request_hash, r.object_id, r.object_version, r.body, k.wrapped
    from (select) one left join idempotency_record r
        on r.organisation_id = $2 and r.principal = $3 and r.operation = $4 and r.key = $5
    left join data_key k on k.organisation_id = r.organisation_id and k.id = {KEY_ID_SQL.format("r.body")}
"""  # noqa: S608


@dataclass(frozen=True, slots=True)
class Call:
    """One wish to act: who, what, on which object, with what, and what to read back.

    `key` and `fingerprint` (the bytes that make a request the same) are given for idempotent calls.
    """

    actor: Actor
    intent: Intent
    wanted: Wanted
    values: dict[str, Any]
    object_id: str | None = None
    data: Any = None
    version: int | None = None
    key: str | None = None
    fingerprint: bytes = b""


@dataclass(frozen=True, slots=True)
class Done:
    """What came of it: the object as JSON (empty for a removed one), its id and version, a secret shown once."""

    body: bytes
    object_id: str
    version: int
    secret: str | None = None
    replayed: bool = False
    # Whether a put made the object.
    is_new: bool = False


async def perform(call: Call) -> Done:
    """Do it, or raise a `DomainError` and leave nothing behind but the record of the attempt."""
    try:
        return await _perform(call)
    except _REFUSALS as error:
        await recording.record_apart(_entry(call, call.object_id, outcome=AuditOutcome.REFUSED, code=error.code))
        raise


async def _perform(call: Call) -> Done:
    intent, actor = call.intent, call.actor
    actor.require(intent.scope)
    if not policy.actors(intent.name, actor.role):
        raise Forbidden("Your role does not allow this operation.")
    async with database.current().writing(actor.organisation_id) as db:
        db.actor_id = actor.id
        if call.key is not None and (earlier := await _earlier(db, call)):
            return earlier
        if call.version is not None:
            db.expected[call.object_id or BY_NAME] = call.version
        done = await _act(db, call)
        if call.key is not None:
            await _keep(db, call, done)
    return done


async def _act(db: Db, call: Call) -> Done:
    arguments = [value for value in (call.object_id, call.data) if value is not None]
    result = await call.intent.does(db, call.actor, *arguments)
    row, secret = result if call.intent.reveals else (result, None)
    is_new = False
    if call.intent.kind is Kind.PUT:
        row, is_new = row
    object_id = call.object_id or row.id
    recording.record(db, _entry(call, object_id, subjects=_subjects(call, row)))
    await db.flush()
    if call.intent.kind is Kind.DELETE:
        return Done(b"", object_id, 0)
    answer = await reading.one(call.actor, call.wanted, row.id, call.values, db=db)
    return Done(answer.body, row.id, answer.version, secret, is_new=is_new)


def _entry(call: Call, object_id: str | None, **more: Any) -> Entry:
    members = call.data.model_fields_set if call.data is not None else ()
    resource = call.intent.resource
    return Entry(
        call.actor, call.intent.name, resource.name, object_id, members=members, discreet=resource.discreet, **more
    )


def _subjects(call: Call, row: Any) -> tuple[str, ...]:
    """Whose data was changed, where that is watched."""
    sensitive = call.intent.resource.sensitive
    return () if sensitive is None or row is None else (getattr(row, sensitive.subject),)


async def _earlier(db: Db, call: Call) -> Done | None:
    """The answer that this key got before; takes the key for the rest of the transaction if there was none."""
    identity = _identity(call)
    digest = hashlib.sha256("\n".join(identity).encode()).digest()
    lock = int.from_bytes(digest[:8], signed=True)
    is_ours, request_hash, object_id, version, sealed, wrapped = (await db.fetch(_TAKE, lock, *identity))[0]
    if not is_ours:
        raise StillRunning(_RUNNING)
    if request_hash is None:
        return None
    if request_hash != _hash(call):
        raise KeyReused
    secret, _, body = (await keeping.opened(sealed, wrapped, *place_of(identity))).partition(b"\n")
    return Done(body, object_id, version, secret.decode() or None, replayed=True)


def _identity(call: Call) -> tuple[str, str, str, str]:
    """What makes a key the same: whose it is, and for what. The primary key of its record."""
    # A token for one endpoint shares its principal with others, and must not be shown what those were answered.
    holder = " ".join(filter(None, (call.actor.principal, call.actor.endpoint_id)))
    return call.actor.organisation_id, holder, call.intent.name, call.key or ""


def place_of(identity: tuple[str, str, str, str]) -> tuple[str, str, str, str]:
    """Where its answer is sealed: the columns of the primary key stand for the id that the row does not have."""
    organisation_id, *key = identity
    return organisation_id, "idempotency_record", "\n".join(key), "body"


async def _keep(db: Db, call: Call, done: Done) -> None:
    organisation_id, principal, operation, key = identity = _identity(call)
    sealing = await keeping.current(db, ORGANISATION)
    db.write_down(
        IdempotencyRecord,
        organisation_id=organisation_id,
        principal=principal,
        operation=operation,
        key=key,
        request_hash=_hash(call),
        object_id=done.object_id,
        object_version=done.version,
        body=envelope.seal(sealing, (done.secret or "").encode() + b"\n" + done.body, *place_of(identity)),
        created_at=clock.now(),
    )


def _hash(call: Call) -> str:
    return hashlib.sha256(f"{call.object_id}\n{call.version}\n".encode() + call.fingerprint).hexdigest()
