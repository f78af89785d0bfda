"""The signature headers of a webhook, after the Standard Webhooks specification.

What signs is text whose prefix says how: a secret (`whsec_`, HMAC-SHA256, `v1`) that both sides hold, or a private key
(`whsk_`, Ed25519, `v1a`) whose public half (`whpk_`) anybody may know.
"""

import base64
import hmac
import secrets as randomness
from collections.abc import Mapping, Sequence
from datetime import datetime

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from standardwebhooks.webhooks import EmptyWebhookSecretError, Webhook, WebhookVerificationError

PREFIX, PRIVATE_PREFIX, PUBLIC_PREFIX = "whsec_", "whsk_", "whpk_"
KEY_BYTES = 32


def new_secret() -> str:
    """A fresh signing secret; shown to its owner once, stored sealed."""
    return PREFIX + base64.b64encode(randomness.token_bytes(KEY_BYTES)).decode()


def new_key_pair() -> tuple[str, str]:
    """A fresh private key, to be stored sealed, and its public half."""
    private = Ed25519PrivateKey.generate()
    halves = (PRIVATE_PREFIX, private.private_bytes_raw()), (PUBLIC_PREFIX, private.public_key().public_bytes_raw())
    first, second = (prefix + base64.b64encode(half).decode() for prefix, half in halves)
    return first, second


def jwk(key_id: str, public_key: str) -> dict[str, str]:
    """A public key as a member of a key set (RFC 8037)."""
    raw = _key(PUBLIC_PREFIX, public_key)
    x = base64.urlsafe_b64encode(raw).decode().rstrip("=")
    return {"kty": "OKP", "crv": "Ed25519", "use": "sig", "kid": key_id, "x": x}


def headers(message_id: str, at: datetime, body: bytes, secrets: Sequence[str]) -> dict[str, str]:
    """The three headers that prove where `body` came from; one signature for each secret or key, in the order given.

    Hand secrets over before keys, and newest first: a receiver that checks only the first entry survives a rotation.
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
    if secret.startswith(PRIVATE_PREFIX):
        key = Ed25519PrivateKey.from_private_bytes(_key(PRIVATE_PREFIX, secret))
        return f"v1a,{base64.b64encode(key.sign(signed)).decode()}"
    # Ours rather than the library's: it stamps an aware time that is not UTC wrongly, and signs text only.
    digest = hmac.digest(_key(PREFIX, secret), signed, "sha256")
    return f"v1,{base64.b64encode(digest).decode()}"


def _key(prefix: str, text: str) -> bytes:
    if not text.startswith(prefix):
        raise ValueError(f"a key of this kind starts with {prefix}")
    key = base64.b64decode(text.removeprefix(prefix), validate=True)
    if not key:
        raise ValueError("a key is not empty")
    return key
