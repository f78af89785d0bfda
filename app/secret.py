"""The one secret of an installation, and the keys that are derived from it."""

import hashlib
import hmac
import os
import secrets
from contextlib import suppress

from app.config import Settings

_FEWEST_CHARACTERS = 32


class SecretMissing(RuntimeError):
    """Production without `FLIPSIDE_SECRET_KEY`."""


def master(settings: Settings) -> bytes:
    """The secret key of the settings, or in development one that is made once and kept in the data folder."""
    if settings.secret_key is not None:
        text = settings.secret_key.get_secret_value()
        if len(text) < _FEWEST_CHARACTERS:
            raise SecretMissing(
                f"FLIPSIDE_SECRET_KEY needs at least {_FEWEST_CHARACTERS} characters. Make one: openssl rand -base64 48"
            )
        return text.encode()
    if not settings.is_development:
        raise SecretMissing("FLIPSIDE_SECRET_KEY is not set. Make one: openssl rand -base64 48")
    path = settings.data_dir / "secret.key"
    path.parent.mkdir(parents=True, exist_ok=True)
    # O_EXCL: of several processes that start at once, one writes and all read the same.
    with suppress(FileExistsError):
        staged = path.with_suffix(f".{os.getpid()}")
        staged.touch(mode=0o600)
        staged.write_bytes(secrets.token_urlsafe(48).encode())
        os.link(staged, path)
    with suppress(FileNotFoundError):
        path.with_suffix(f".{os.getpid()}").unlink()
    return path.read_bytes()


def derive(settings: Settings, purpose: str) -> bytes:
    """32 bytes for one purpose (HMAC-SHA256 as a key derivation function, NIST SP 800-108)."""
    return hmac.new(master(settings), b"flipside/" + purpose.encode(), hashlib.sha256).digest()
