"""Notices of HR systems: thin, signed, each taken once. They name people, who are fetched then."""

import base64
import hashlib
import hmac
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

import orjson
import sqlalchemy as sa
from pydantic import TypeAdapter, ValidationError
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col

from app import clock
from app import db as database
from app.auth.actor import Actor, Role
from app.auth.scopes import Scope
from app.db import Db
from app.domain.connectors import fetching, service
from app.domain.connectors.models import HrNotice, HrSource, NoticeStyle
from app.domain.connectors.schemas import MOST_NAMED
from app.domain.organisations.models import Organisation
from app.errors import Fault, Invalid, Unauthenticated
from app.ids import prefix_of
from app.reading import rows
from app.text import Slug

# As old as a notice may be whose time is signed along.
OLDEST: Final = timedelta(minutes=5)
# As long as notices are remembered. One that comes again later makes us look once more, and finds nothing new.
REMEMBERED: Final = timedelta(days=30)
# The header that holds the signature.
SIGNATURES: Final = {
    NoticeStyle.BAMBOOHR: "x-bamboohr-signature",
    NoticeStyle.HIBOB: "bob-signature",
    NoticeStyle.STANDARD_WEBHOOKS: "webhook-signature",
}
# And the one that tells a notice from all others: who sends it again may sign it anew.
_MARKS: Final = {**SIGNATURES, NoticeStyle.STANDARD_WEBHOOKS: "webhook-id"}
_NAMES: TypeAdapter[list[str]] = TypeAdapter(list[Slug])
Headers = Mapping[str, str]


class NotSigned(Unauthenticated):
    """A notice that no HR system of ours has signed lately."""

    def __init__(self) -> None:
        super().__init__("The notice is not signed as this HR system signs, or is too old.")


@dataclass(frozen=True, slots=True)
class Notice:
    """A notice that is signed as it should be: in whose name it is taken, and what tells it from others."""

    actor: Actor
    style: NoticeStyle
    mark: str
    body: bytes


async def known(organisation_id: str, source_id: str, headers: Headers, body: bytes) -> Notice:
    """Who sent a notice, and what tells it from others. Raises `NotSigned`, whatever is wrong with it."""
    if (prefix_of(organisation_id), prefix_of(source_id)) != (Organisation.prefix, HrSource.prefix):
        raise NotSigned
    async with database.current().writing(organisation_id) as db:
        found = await rows.every(db, HrSource, id=source_id, is_enabled=True)
        secret = await fetching.opened(db, source_id, "sealed_secret")
    source = next(iter(found), None)
    if source is None or secret is None or not is_signed(source.style, headers, body, secret):
        raise NotSigned
    actor = Actor(organisation_id, source_id, Role.SERVICE_ACCOUNT, frozenset({Scope.DIRECTORY_WRITE}))
    mark = hashlib.sha256(headers[_MARKS[source.style]].encode()).hexdigest()
    return Notice(actor, source.style, mark, body)


def is_signed(style: NoticeStyle, headers: Headers, body: bytes, secret: str) -> bool:
    """Whether a notice was signed with `secret` as this kind of system does it, and lately where that is signed."""
    given = headers.get(SIGNATURES[style], "").encode()
    if not headers.get(_MARKS[style]):
        return False
    if style is NoticeStyle.HIBOB:
        made = base64.b64encode(hmac.digest(secret.encode(), body, "sha512"))
        return hmac.compare_digest(given, made)
    if style is NoticeStyle.BAMBOOHR:
        time = headers.get("x-bamboohr-timestamp", "")
        made = hmac.digest(secret.encode(), body + time.encode(), "sha256").hex().encode()
        return _is_recent(time) and hmac.compare_digest(given, made)
    time = headers.get("webhook-timestamp", "")
    try:
        key = base64.b64decode(secret.removeprefix("whsec_"), validate=True)
    except ValueError:
        return False
    signed = b".".join((headers.get("webhook-id", "").encode(), time.encode(), body))
    made = b"v1," + base64.b64encode(hmac.digest(key, signed, "sha256"))
    return _is_recent(time) and any(hmac.compare_digest(each, made) for each in given.split())


def _is_recent(time: str) -> bool:
    return time.isdecimal() and abs(clock.now().timestamp() - float(time)) <= OLDEST.total_seconds()


async def take(notice: Notice) -> None:
    """Queue a fetch of whom a notice names; one that was taken already does nothing. Raises `Invalid`."""
    actor, named = notice.actor, people_named(notice.style, notice.body)
    async with database.current().writing(actor.organisation_id) as db:
        db.actor_id = actor.id
        if named and await _is_first(db, actor.principal, notice.mark):
            await service.begin(db, actor, actor.principal, named)


def people_named(style: NoticeStyle, body: bytes) -> list[str]:
    """The ids of whom a notice is about, each once; none of a test that names nobody. Raises `Invalid`."""
    try:
        said = orjson.loads(body)
    except orjson.JSONDecodeError:
        said = None
    found = [str(name) for name in _IDS[style](said if isinstance(said, dict) else {}) if isinstance(name, str | int)]
    try:
        named = sorted(set(_NAMES.validate_python(found)))
    except ValidationError:
        raise _UNREADABLE from None
    if len(named) > MOST_NAMED:
        raise _UNREADABLE
    return named


_IDS: Final[Mapping[NoticeStyle, Callable[[dict[str, Any]], Iterable[Any]]]] = {
    NoticeStyle.BAMBOOHR: lambda said: (item.get("id", item.get("employeeId")) for item in _objects(said, "employees")),
    NoticeStyle.HIBOB: lambda said: [_object(said, "data").get("employeeId", _object(said, "employee").get("id"))],
    NoticeStyle.STANDARD_WEBHOOKS: lambda said: _object(said, "data").get("ids") or (),
}
_UNREADABLE = Invalid(
    "The notice does not name people as it should.",
    faults=(Fault(f"names up to {MOST_NAMED} people by their ids", code="unreadable_notice", pointer=""),),
)


def _object(said: dict[str, Any], name: str) -> dict[str, Any]:
    found = said.get(name)
    return found if isinstance(found, dict) else {}


def _objects(said: dict[str, Any], name: str) -> list[dict[str, Any]]:
    found = said.get(name)
    return [item for item in found if isinstance(item, dict)] if isinstance(found, list) else []


async def _is_first(db: Db, source_id: str, mark: str) -> bool:
    """Whether this notice was never taken; from now on it was."""
    mine = (col(HrNotice.organisation_id) == db.organisation_id, col(HrNotice.hr_source_id) == source_id)
    await db.execute(sa.delete(HrNotice).where(*mine, col(HrNotice.received_at) < clock.now() - REMEMBERED))
    values = {"organisation_id": db.organisation_id, "hr_source_id": source_id, "mark": mark}
    taken = insert(HrNotice).values(**values, received_at=clock.now()).on_conflict_do_nothing()
    return bool(await db.scalar(taken.returning(col(HrNotice.mark))))
