"""What our signatures are worth: the reference verifier accepts them, and nothing else."""

import base64
import json
from datetime import UTC, datetime, timedelta, timezone

import jwt
import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from hypothesis import given
from hypothesis import strategies as st
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from app import clock
from app.webhooks import signing

# The worked example of the specification's own test suites.
EXAMPLE = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
KNOWN_AT = datetime.fromtimestamp(1614265330, UTC)
KNOWN_SIGNATURE = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="

ids = st.from_regex(r"evt_[0-9a-z]{26}", fullmatch=True)
keys = st.binary(min_size=1, max_size=64).map(lambda key: signing.PREFIX + base64.b64encode(key).decode())


def test_a_secret_is_the_prefix_and_32_random_bytes() -> None:
    first, second = signing.new_secret(), signing.new_secret()

    assert first != second
    assert first.startswith("whsec_")
    assert len(base64.b64decode(first.removeprefix("whsec_"), validate=True)) == 32


def test_the_worked_example_of_the_specification() -> None:
    headers = signing.headers("msg_p5jXN8AQM9LWM0D4loKWxJek", KNOWN_AT, b'{"test": 2432232314}', [EXAMPLE])

    assert headers == {
        "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
        "webhook-timestamp": "1614265330",
        "webhook-signature": KNOWN_SIGNATURE,
    }


@given(message_id=ids, body=st.text(max_size=200), secrets=st.lists(keys, min_size=1, max_size=5))
def test_every_live_secret_satisfies_the_reference_verifier(message_id: str, body: str, secrets: list[str]) -> None:
    headers = signing.headers(message_id, clock.now(), body.encode(), secrets)

    for secret in secrets:
        Webhook(secret).verify(body, headers, json_parse=False)
        assert signing.verify(headers, body.encode(), secret)


@given(body=st.binary(max_size=50), place=st.integers(min_value=0), change=st.integers(min_value=1, max_value=255))
def test_one_changed_byte_is_refused(body: bytes, place: int, change: int) -> None:
    secret = signing.new_secret()
    signed = b"x" + body
    headers = signing.headers("evt_1", clock.now(), signed, [secret])

    altered = bytearray(signed)
    altered[place % len(signed)] ^= change

    assert not signing.verify(headers, bytes(altered), secret)


@pytest.mark.parametrize("hours", [-11, -5, 2, 13])
def test_a_time_in_another_zone_is_stamped_with_the_same_instant(hours: int) -> None:
    secret, at = signing.new_secret(), clock.now()

    headers = signing.headers("evt_1", at.astimezone(timezone(timedelta(hours=hours))), b"{}", [secret])

    assert headers == signing.headers("evt_1", at, b"{}", [secret])
    assert signing.verify(headers, b"{}", secret)


def test_the_newest_secret_signs_first_and_each_signs_once() -> None:
    new, old = signing.new_secret(), signing.new_secret()

    both = signing.headers("evt_1", KNOWN_AT, b"{}", [new, old])["webhook-signature"]

    first, second = both.split(" ")
    assert first == signing.headers("evt_1", KNOWN_AT, b"{}", [new])["webhook-signature"]
    assert second == signing.headers("evt_1", KNOWN_AT, b"{}", [old])["webhook-signature"]


def test_a_body_that_is_no_text_can_be_signed_though_the_library_reads_text_only() -> None:
    headers = signing.headers("evt_1", clock.now(), b"\xff\x00", [EXAMPLE])

    assert headers["webhook-signature"].startswith("v1,")
    assert not signing.verify(headers, b"\xff\x00", EXAMPLE)


def test_the_secret_of_somebody_else_is_refused() -> None:
    headers = signing.headers("evt_1", clock.now(), b"{}", [signing.new_secret()])

    assert not signing.verify(headers, b"{}", signing.new_secret())


@pytest.mark.parametrize("minutes", [-6, 6])
def test_a_stale_or_future_message_is_refused(minutes: int) -> None:
    headers = signing.headers("evt_1", clock.now() + timedelta(minutes=minutes), b"{}", [EXAMPLE])

    assert not signing.verify(headers, b"{}", EXAMPLE)
    with pytest.raises(WebhookVerificationError):
        Webhook(EXAMPLE).verify(b"{}", headers)


@pytest.mark.parametrize("name", ["webhook-id", "webhook-timestamp", "webhook-signature"])
def test_a_missing_header_is_refused(name: str) -> None:
    headers = signing.headers("evt_1", clock.now(), b"{}", [EXAMPLE])

    del headers[name]

    assert not signing.verify(headers, b"{}", EXAMPLE)


@pytest.mark.parametrize("signature", ["v1", "v1,***", "v1,a", "", "v2,AAAA", "v1,é"])
def test_a_malformed_signature_is_refused_and_not_raised(signature: str) -> None:
    headers = signing.headers("evt_1", clock.now(), b"{}", [EXAMPLE])

    assert not signing.verify({**headers, "webhook-signature": signature}, b"{}", EXAMPLE)


@pytest.mark.parametrize("secret", ["", "whsec_", "whsec_*"])
def test_a_receiver_without_a_usable_secret_accepts_nothing(secret: str) -> None:
    headers = signing.headers("evt_1", clock.now(), b"{}", [EXAMPLE])

    assert not signing.verify(headers, b"{}", secret)


def test_header_names_are_read_in_any_case() -> None:
    body = json.dumps({"type": "session.completed"}).encode()
    headers = signing.headers("evt_1", clock.now(), body, [EXAMPLE])

    assert signing.verify({name.title(): value for name, value in headers.items()}, body, EXAMPLE)


@pytest.mark.parametrize("message_id", ["", "evt.1"])
def test_an_id_that_blurs_what_was_signed_is_a_mistake(message_id: str) -> None:
    with pytest.raises(ValueError, match="message id"):
        signing.headers(message_id, KNOWN_AT, b"{}", [EXAMPLE])


@pytest.mark.parametrize("secret", ["MfKQ9r8G", "whsec_", "whsec_ä", "whsec_abc", "whsk_", "whsk_AAAA", "whpk_AAAA"])
def test_a_malformed_secret_is_a_mistake(secret: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - base64 has its own words
        signing.headers("evt_1", KNOWN_AT, b"{}", [secret])


def test_a_naive_time_or_no_secret_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="aware"):
        signing.headers("evt_1", KNOWN_AT.replace(tzinfo=None), b"{}", [EXAMPLE])
    with pytest.raises(ValueError, match="unsigned"):
        signing.headers("evt_1", KNOWN_AT, b"{}", [])


def test_a_key_pair_is_two_halves_of_32_bytes_each_with_its_prefix() -> None:
    private, public = signing.new_key_pair()

    assert (private[:5], public[:5]) == ("whsk_", "whpk_")
    assert [len(base64.b64decode(half[5:], validate=True)) for half in (private, public)] == [32, 32]
    assert signing.new_key_pair() != (private, public)


@given(message_id=ids, body=st.binary(max_size=200))
def test_a_key_signs_what_a_secret_signs_and_its_public_half_proves_it(message_id: str, body: bytes) -> None:
    private, public = signing.new_key_pair()
    headers = signing.headers(message_id, KNOWN_AT, body, [EXAMPLE, private])

    symmetric, asymmetric = headers["webhook-signature"].split(" ")
    signature = base64.b64decode(asymmetric.removeprefix("v1a,"), validate=True)
    published = jwt.PyJWK(signing.jwk("wsk_1", public)).key

    assert [symmetric] == signing.headers(message_id, KNOWN_AT, body, [EXAMPLE])["webhook-signature"].split()
    assert isinstance(published, Ed25519PublicKey)
    published.verify(signature, f"{message_id}.1614265330.".encode() + body)
    with pytest.raises(InvalidSignature):
        published.verify(signature, f"{message_id}.1614265331.".encode() + body)


def test_who_knows_no_asymmetric_signature_skips_it() -> None:
    headers = signing.headers("evt_1", clock.now(), b"{}", [EXAMPLE, signing.new_key_pair()[0]])

    assert signing.verify(headers, b"{}", EXAMPLE)
    assert not signing.verify(headers, b"{}", signing.new_secret())


def test_a_published_key_names_its_kind_and_itself() -> None:
    public = "whpk_" + base64.b64encode(bytes(range(32))).decode()

    assert signing.jwk("wsk_1", public) == {
        "kty": "OKP",
        "crv": "Ed25519",
        "use": "sig",
        "kid": "wsk_1",
        "x": "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8",
    }
