"""Key-encryption keys: the first wraps, all unwrap, and what does not fit is said without being shown."""

import base64

import pytest
from cryptography.exceptions import InvalidTag
from pydantic import SecretStr

from app.config import Settings
from app.sealing import wrapping
from app.sealing.wrapping import DERIVED, Keyring, KeysUnfit, keyring

OLD, NEW, DATA = bytes([1] * 32), bytes([2] * 32), bytes([3] * 32)


def text(**keys: bytes) -> SecretStr:
    """Keys as an operator names them."""
    return SecretStr(", ".join(f"{name}:{base64.b64encode(key).decode()}" for name, key in keys.items()))


async def test_the_first_key_wraps_and_every_key_unwraps() -> None:
    old = await Keyring({"old": OLD}).wrap(DATA, b"here")
    ring = Keyring({"new": NEW, "old": OLD})

    new = await ring.wrap(DATA, b"here")

    assert ring.kek_id == "new"
    assert [await ring.unwrap(wrapped, b"here") for wrapped in (old, new)] == [DATA, DATA]
    assert DATA not in new
    assert new != await ring.wrap(DATA, b"here")


async def test_a_wrapped_key_opens_nowhere_else() -> None:
    ring = Keyring({"only": OLD})

    with pytest.raises(KeysUnfit):
        await ring.unwrap(await ring.wrap(DATA, b"here"), b"there")


async def test_a_key_that_is_missing_is_named() -> None:
    wrapped = await Keyring({"old": OLD}).wrap(DATA, b"here")

    with pytest.raises(KeysUnfit, match="'old', which this process does not have"):
        await Keyring({"new": NEW}).unwrap(wrapped, b"here")


@pytest.mark.parametrize(("kek_id", "setting"), [("old", "FLIPSIDE_KEY_ENCRYPTION_KEYS"), (DERIVED, "SECRET_KEY")])
async def test_a_key_of_the_same_name_that_is_another_is_told_from_it(kek_id: str, setting: str) -> None:
    wrapped = await Keyring({kek_id: OLD}).wrap(DATA, b"here")

    with pytest.raises(KeysUnfit, match=f"another than the one.*{setting}") as caught:
        await Keyring({kek_id: NEW}).unwrap(wrapped, b"here")
    assert not isinstance(caught.value.__cause__, InvalidTag)


async def test_without_any_named_the_secret_key_gives_one_and_it_stays_behind_those_that_are(
    settings: Settings,
) -> None:
    derived = keyring(settings)
    named = keyring(settings.model_copy(update={"key_encryption_keys": text(b=NEW, a=OLD)}))

    assert (derived.kek_id, named.kek_id) == (DERIVED, "b")
    assert await named.unwrap(await derived.wrap(DATA, b"here"), b"here") == DATA


@pytest.mark.parametrize(
    "given",
    [
        "2026a",
        ":" + "A" * 43 + "=",
        "2026a:" + "A" * 42 + "==",
        "2026a:" + "*" * 44,
        "2026é:" + "A" * 43 + "=",
        "x" * 65 + ":" + "A" * 43 + "=",
        DERIVED + ":" + "A" * 43 + "=",
        "a:" + "A" * 43 + "=,a:" + "B" * 43 + "=",
        ",",
    ],
)
def test_malformed_keys_are_refused_by_their_place_and_not_shown(settings: Settings, given: str) -> None:
    with pytest.raises(KeysUnfit, match=r"Entry \d of FLIPSIDE_KEY_ENCRYPTION_KEYS") as caught:
        keyring(settings.model_copy(update={"key_encryption_keys": SecretStr(given)}))
    assert "AAAA" not in str(caught.value)


def test_another_wrapper_can_take_the_place_of_the_built_in_one() -> None:
    built_in, other = wrapping.current(), Keyring({"kms": NEW})

    before = wrapping.use(other)
    assert wrapping.current() is other
    wrapping.use(before)

    assert wrapping.current() is built_in
