"""Phones and tokens at rest."""

import pytest
from cryptography.exceptions import InvalidTag
from hypothesis import given
from hypothesis import strategies as st

from core.cipher import Cipher, UnknownKey

CIPHER = Cipher(["the key"])


@given(st.text())
def test_what_was_sealed_can_be_read(text: str) -> None:
    assert CIPHER.decrypt(CIPHER.encrypt(text)) == text


def test_the_same_number_is_sealed_differently_and_indexed_alike() -> None:
    assert CIPHER.encrypt("254712345678") != CIPHER.encrypt("254712345678")
    assert CIPHER.index("254712345678") == CIPHER.index("254712345678") != CIPHER.index("254712345679")


def test_a_changed_letter_is_noticed() -> None:
    sealed = CIPHER.encrypt("254712345678")
    swapped = sealed[:20] + ("A" if sealed[20] != "A" else "B") + sealed[21:]
    with pytest.raises(InvalidTag):
        CIPHER.decrypt(swapped)


def test_after_a_rotation_old_texts_are_read_and_new_ones_written_with_the_first_key() -> None:
    old, both, new = Cipher(["old"]), Cipher(["new", "old"]), Cipher(["new"])
    assert both.decrypt(old.encrypt("x")) == "x" and new.decrypt(both.encrypt("x")) == "x"
    assert both.is_current(new.encrypt("x")) and not both.is_current(old.encrypt("x"))
    assert both.indexes("x") == (new.index("x"), old.index("x"))


def test_a_key_taken_away_too_early_is_named_not_guessed() -> None:
    with pytest.raises(UnknownKey):
        Cipher(["new"]).decrypt(Cipher(["old"]).encrypt("x"))


def test_keys_are_not_shown() -> None:
    assert "the key" not in repr(CIPHER) and "the key" not in repr(vars(CIPHER))
