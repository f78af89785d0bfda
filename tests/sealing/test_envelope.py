"""Encrypted columns: a ciphertext opens where it was written, unchanged, and nowhere else."""

import pytest
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from hypothesis import given
from hypothesis import strategies as st

from app import ids
from app.sealing import envelope
from app.sealing.envelope import Key

KEY = Key(ids.new("dky"), AESGCM(bytes(32)))
PLACE = ("org_1", "note", "not_1", "text")
places = st.lists(st.text(max_size=5), max_size=4).map(tuple)


def seal(clear: bytes, *place: str) -> bytes:
    """An envelope under the one key of these tests."""
    return envelope.seal(KEY, clear, *place)


def unseal(sealed: bytes, *place: str) -> bytes:
    """What it holds."""
    return envelope.unseal(KEY, sealed, *place)


@given(st.binary(max_size=200), places)
def test_what_is_sealed_opens_at_its_place(clear: bytes, place: tuple[str, ...]) -> None:
    assert unseal(seal(clear, *place), *place) == clear


@given(places, places)
def test_it_opens_at_no_other_place(one: tuple[str, ...], other: tuple[str, ...]) -> None:
    sealed = seal(b"secret", *one)

    if one == other:
        assert unseal(sealed, *other) == b"secret"
    else:
        with pytest.raises(InvalidTag):
            unseal(sealed, *other)


def test_places_that_read_alike_are_different_places() -> None:
    with pytest.raises(InvalidTag):
        unseal(seal(b"secret", "ab", "c"), "a", "bc")


def test_no_bit_of_a_ciphertext_can_be_changed() -> None:
    sealed = seal(b"secret", *PLACE)

    for bit in range(8 * len(sealed)):
        changed = bytearray(sealed)
        changed[bit // 8] ^= 1 << bit % 8
        with pytest.raises(InvalidTag):
            unseal(bytes(changed), *PLACE)


def test_a_ciphertext_can_neither_be_cut_nor_lengthened() -> None:
    sealed = seal(b"secret", *PLACE)

    for wrong in [sealed[:length] for length in range(len(sealed))] + [sealed + b"\x00", b"\x00" + sealed]:
        with pytest.raises(InvalidTag):
            unseal(wrong, *PLACE)


@pytest.mark.parametrize("other", [Key(KEY.id, AESGCM(bytes([1] * 32))), Key(ids.new("dky"), KEY.cipher)])
def test_no_other_key_opens_it_and_no_other_key_s_name_does(other: Key) -> None:
    sealed = seal(b"secret", *PLACE)
    renamed = sealed[:1] + other.id.encode() + sealed[31:]

    with pytest.raises(InvalidTag):
        envelope.unseal(other, renamed, *PLACE)


def test_it_says_which_key_opens_it() -> None:
    assert envelope.key_id(seal(b"secret", *PLACE)) == KEY.id


def test_the_same_text_is_never_sealed_alike_and_no_nonce_comes_twice() -> None:
    sealed = [seal(b"secret", *PLACE) for _ in range(5000)]

    assert len(set(sealed)) == len({text[31:43] for text in sealed}) == 5000


def test_a_ciphertext_shows_nothing_of_its_text() -> None:
    assert b"secret" not in seal(b"secret" * 10, *PLACE)
