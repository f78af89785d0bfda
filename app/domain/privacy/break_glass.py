"""Break-glass: platform staff see an organisation for at most an hour, when two of them agree, and it is told at once.

Whoever asks gets a key at once, which opens nothing until a second operator has approved it. It reads what is not
confidential, every read is on record, and the organisation hears of the beginning and of the end.
"""

from datetime import datetime, timedelta
from typing import ClassVar, Self

import sqlalchemy as sa
from sqlalchemy.exc import NoResultFound
from sqlmodel import Field, col

from app import clock, ids
from app.auth import keys
from app.auth.actor import Role
from app.auth.models import ApiKey, Credential
from app.auth.scopes import READ_ONLY
from app.db import Db
from app.errors import Conflict, Forbidden, NotFound
from app.events import outbox
from app.events.envelope import Event, Visibility
from app.reading import rows
from app.sealing import columns
from app.sealing.columns import sealed_by
from app.table import Row, check, instant, of_organisation

LONGEST_MINUTES = 60


class BreakGlass(Row, table=True):
    """One look of the platform's staff into an organisation: asked for, approved, over."""

    __tablename__ = "break_glass"
    __table_args__ = (
        of_organisation(),
        check("two_operators", "approved_by is null or approved_by <> requested_by"),
        check("minutes", f"minutes between 1 and {LONGEST_MINUTES}"),
    )
    prefix: ClassVar[str] = "brk"

    reason: bytes = sealed_by(None)
    minutes: int
    requested_by: str = Field(sa_type=sa.Text)
    approved_by: str | None = Field(default=None, sa_type=sa.Text)
    prefix_text: str = Field(sa_type=sa.Text)
    secret_hash: bytes = Field(sa_type=sa.LargeBinary)
    opened_at: datetime | None = instant(default=None)
    expires_at: datetime | None = instant(default=None)
    closed_at: datetime | None = instant(default=None)

    def open(self, by: str, at: datetime) -> None:
        """Let the key work from now on. Raises `SameOperator` and `NotWaiting`."""
        if by == self.requested_by:
            raise SameOperator("Another operator has to approve this.")
        if self.opened_at is not None or self.closed_at is not None:
            raise NotWaiting("This was approved or revoked before.")
        self.approved_by, self.opened_at = by, at
        self.expires_at = at + timedelta(minutes=self.minutes)


class SameOperator(Forbidden):
    """Two different operators are needed."""

    code = "second_operator_required"


class NotWaiting(Conflict):
    """It was approved or revoked before."""

    code = "break_glass_decided"


class BreakGlassEvent(Event):
    """A fact about one look of the platform's staff into the organisation."""

    subject: ClassVar[str] = "break_glass_id"
    visibility: ClassVar[Visibility] = Visibility.COORDINATOR

    break_glass_id: str
    expires_at: datetime | None

    @classmethod
    def of(cls, glass: BreakGlass) -> Self:
        """The event for it."""
        return cls(break_glass_id=glass.id, expires_at=glass.expires_at)


class BreakGlassOpened(BreakGlassEvent):
    """Two operators of the platform opened the organisation to one of them, read-only, until `expires_at`."""

    type = "break_glass.opened"


class BreakGlassClosed(BreakGlassEvent):
    """It is over."""

    type = "break_glass.closed"


async def request(db: Db, operator_id: str, *, reason: str, minutes: int) -> tuple[BreakGlass, str]:
    """Ask for a look into an organisation; the key that will open it once another operator approves."""
    key = keys.make()
    glass = BreakGlass(
        organisation_id=db.organisation_id,
        id=ids.new(BreakGlass.prefix),
        minutes=minutes,
        requested_by=operator_id,
        prefix_text=key.prefix,
        secret_hash=key.secret_hash,
    )
    await columns.seal(db, glass, reason=reason)
    db.add(glass)
    return glass, key.text


async def approve(db: Db, operator_id: str, glass_id: str) -> BreakGlass:
    """Let the key work, for as long as was asked for, and tell the organisation."""
    glass = await _found(db, glass_id)
    glass.open(operator_id, clock.now())
    db.add(
        ApiKey(
            organisation_id=db.organisation_id,
            id=ids.new(ApiKey.prefix),
            name="Break-glass",
            role=Role.PLATFORM_ADMIN,
            scopes=sorted(scope.value for scope in READ_ONLY),
            service_account=glass.id,
            client=glass.id,
            slot=1,
            prefix_text=glass.prefix_text,
            secret_hash=glass.secret_hash,
            expires_at=glass.expires_at,
        )
    )
    db.add(Credential(prefix_text=glass.prefix_text, organisation_id=db.organisation_id))
    outbox.record(db, BreakGlassOpened.of(glass))
    return glass


async def revoke(db: Db, glass_id: str) -> BreakGlass:
    """End it now; the key stops working within five seconds."""
    glass = await _found(db, glass_id)
    if glass.closed_at is None:
        await _close(db, glass, clock.now())
    return glass


async def close_expired(db: Db) -> None:
    """Say of every look whose time is up that it is over. The key has stopped by itself."""
    over = sa.select(BreakGlass).where(
        col(BreakGlass.organisation_id) == db.organisation_id,
        col(BreakGlass.closed_at).is_(None),
        col(BreakGlass.expires_at) <= clock.now(),
    )
    for glass in (await db.execute(over.with_for_update())).scalars():
        await _close(db, glass, clock.now())


async def _close(db: Db, glass: BreakGlass, at: datetime) -> None:
    glass.closed_at = at
    for key in await rows.every(db, ApiKey, client=glass.id):
        key.revoke(at)
    if glass.opened_at is not None:
        outbox.record(db, BreakGlassClosed.of(glass))


async def _found(db: Db, glass_id: str) -> BreakGlass:
    try:
        return await rows.by_id(db, BreakGlass, glass_id, lock=True)
    except NoResultFound:
        raise NotFound("There is no such request in this organisation.") from None
