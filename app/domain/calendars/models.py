"""A person's sessions as a calendar that others may subscribe to, by an address that is a secret."""

import hashlib
import hmac
import secrets
from typing import ClassVar

import sqlalchemy as sa
from sqlmodel import Field

from app.errors import Conflict
from app.table import Row, belongs_to, index, of_organisation

MOST_FEEDS = 5
_SECRET_BYTES = 32


class TooManyFeeds(Conflict):
    """The caller has as many feeds as they may."""

    code = "too_many_calendar_feeds"


class CalendarFeed(Row, table=True):
    """One feed of one person. Of its secret only a digest is kept: it is random, and long."""

    __tablename__ = "calendar_feed"
    __table_args__ = (
        of_organisation(),
        belongs_to("person", "person_id"),
        index("calendar_feed_person", "person_id", "id"),
    )
    prefix: ClassVar[str] = "cal"

    person_id: str = Field(sa_type=sa.Text)
    name: str = Field(sa_type=sa.Text)
    names_partner: bool = Field(default=False)
    secret_hash: bytes = Field(sa_type=sa.LargeBinary)

    def renew(self) -> str:
        """A new secret; the one before opens nothing from now on."""
        secret = secrets.token_urlsafe(_SECRET_BYTES)
        self.secret_hash = digest(secret)
        return secret


def digest(secret: str) -> bytes:
    """What is kept of a secret (SHA-256)."""
    return hashlib.sha256(secret.encode()).digest()


def is_secret(given: str, kept: bytes) -> bool:
    """Whether somebody knows the secret, in a time that does not tell how much of it they have right."""
    return hmac.compare_digest(digest(given), kept)
