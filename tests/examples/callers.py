"""Calls a receiver as Flipside does, and as it never would; its answers have to be right."""

import sys

import httpx
import orjson

from app import clock
from app.webhooks import signing

GOOD, UNSIGNED = 204, 401


def delivery(secret: str, sequence: int, *signers: str) -> tuple[bytes, dict[str, str]]:
    """The body and the headers of an event about one goal, signed with `signers`, or else with the secret."""
    event_id = f"evt_{sequence}"
    event = {
        "id": event_id,
        "type": "goal.progressed",
        "sequence": sequence,
        "subject": "gol_1",
        "data": {"n": sequence},
    }
    body = orjson.dumps(event)
    return body, signing.headers(event_id, clock.now(), body, signers or [secret])


def call(url: str, secret: str) -> None:
    """Send what is in order, repeated, late, rotated and forged."""
    with httpx.Client(transport=httpx.HTTPTransport(retries=5)) as client:

        def answer(sequence: int, *signers: str, spoilt: bool = False) -> int:
            body, headers = delivery(secret, sequence, *signers)
            return client.post(url, content=body + b" " * spoilt, headers=headers).status_code

        strange = signing.new_secret()
        assert [answer(1), answer(3), answer(3), answer(2)] == [GOOD] * 4
        assert answer(4, strange, secret) == GOOD, "one of two signatures is enough while a secret is replaced"
        assert [answer(5, strange), answer(6, spoilt=True)] == [UNSIGNED] * 2
        assert client.post(url, content=b"{}").status_code == UNSIGNED


if __name__ == "__main__":
    call(*sys.argv[1:])
