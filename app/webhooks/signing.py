"""The signature headers of a webhook, after the Standard Webhooks specification."""

import base64
import hmac
import secrets as randomness
from collections.abc import Mapping, Sequence
from datetime import datetime

from standardwebhooks.webhooks import EmptyWebhookSecretError, Webhook, WebhookVerificationError

PREFIX = "whsec_"
KEY_BYTES = 32


def new_secret() -> str:
    """A fresh signing secret; shown to its owner once, stored sealed."""
    return PREFIX + base64.b64encode(randomness.token_bytes(KEY_BYTES)).decode()


def headers(message_id: str, at: datetime, body: bytes, secrets: Sequence[str]) -> dict[str, str]:
    """The three headers that prove where `body` came from; one signature for each live secret, in the order given.

    Hand the secrets over newest first: a receiver that checks only the first entry then survives a rotation.
    """
    # A dot separates the signed parts, so an id that holds one could be read as another id and time.
    if not message_id or "." in message_id:
        raise ValueError("a message id is not empty and holds no dot")
    if at.tzinfo is None:
        raise ValueError("a webhook is signed at an aware time")
    if not secrets:
        raise ValueError("a webhook is never sent unsigned")
    timestamp = str(int(at.timestamp()))
    signed = b".".join((message_id.encode(), timestamp.encode(), body))
    return {
        "webhook-id": message_id,
        "webhook-timestamp": timestamp,
        "webhook-signature": " ".join(_signature(secret, signed) for secret in secrets),
    }


def verify(headers: Mapping[str, str], body: bytes, secret: str) -> bool:
    """Whether `body` was signed with `secret` in the last five minutes, by the wall clock.

    The judge is the reference library that our receivers are told to use, not the code above.
    """
    try:
        Webhook(secret).verify(body, dict(headers), json_parse=False)
    # Malformed entries, wrong base64 and a body that is no text leave the library as ValueError.
    except (WebhookVerificationError, EmptyWebhookSecretError, ValueError):
        return False
    return True


def _signature(secret: str, signed: bytes) -> str:
    # Ours rather than the library's: it stamps an aware time that is not UTC wrongly, and signs text only.
    digest = hmac.digest(_key(secret), signed, "sha256")
    return f"v1,{base64.b64encode(digest).decode()}"


def _key(secret: str) -> bytes:
    if not secret.startswith(PREFIX):
        raise ValueError("a webhook secret starts with whsec_")
    key = base64.b64decode(secret.removeprefix(PREFIX), validate=True)
    if not key:
        raise ValueError("a webhook secret is not empty")
    return key
