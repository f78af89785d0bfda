"""Encrypted columns: a ciphertext opens where it was written, unchanged, and nowhere else."""

import pytest
from cryptography.exceptions import InvalidTag
from hypothesis import given
from hypothesis import strategies as st

from app.auth.sealing import seal, unseal
from app.config import Settings

pytestmark = pytest.mark.usefixtures("settings")
PLACE = ("webhook_secret", "org_1", "whe_1")
places = st.lists(st.text(max_size=5), max_size=4).map(tuple)


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


def test_the_same_text_is_never_sealed_alike() -> None:
    assert len({seal(b"secret", *PLACE) for _ in range(1000)}) == 1000


def test_a_ciphertext_shows_nothing_of_its_text(settings: Settings) -> None:
    assert settings.secret_key is not None
    assert b"secret" not in seal(b"secret" * 10, *PLACE)
