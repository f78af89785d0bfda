"""Ids: one form everywhere, in the order of their making, each kind with its prefix."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typeid import TypeID

from app import ids
from app.declared import RESOURCES

KNOWN = "pai_01jd0a0a0a0a0a0a0a0a0a0a0a"


def test_an_id_is_a_typeid() -> None:
    made = ids.new("pai")

    assert len(made) == len(KNOWN)
    assert TypeID.from_string(made).uuid.version == 7


def test_an_untimed_id_does_not_tell_when_it_was_made() -> None:
    made = ids.new_untimed("not")

    assert ids.prefix_of(made) == "not"
    assert TypeID.from_string(made).uuid.version == 4


def test_ids_sort_by_the_time_of_their_making() -> None:
    made = [ids.new("evt") for _ in range(1000)]

    assert made == sorted(made)
    assert len(set(made)) == len(made)


def test_the_prefix_of_a_well_formed_id() -> None:
    assert ids.prefix_of(KNOWN) == "pai"
    assert re.search(ids.pattern("pai"), KNOWN)
    assert not re.search(ids.pattern("per"), KNOWN)


@pytest.mark.parametrize(
    "text",
    ["", "pai", KNOWN[:-1], KNOWN + "0", KNOWN + "\n", " " + KNOWN, KNOWN.upper(), "pa_" + KNOWN[4:], "p4i" + KNOWN[3:]]
    + [KNOWN[:4] + "8" + KNOWN[5:]]  # more than 128 bits
    + [KNOWN[:-1] + letter for letter in "ilou-é٣"],
)
def test_what_is_no_id(text: str) -> None:
    assert ids.prefix_of(text) is None


@given(st.text())
def test_no_text_breaks_the_look_at_its_prefix(text: str) -> None:
    assert ids.prefix_of(text) in {None, text[:3]}


def test_every_kind_of_object_has_a_prefix_of_its_own() -> None:
    prefixes = [resource.prefix for resource in RESOURCES]

    assert len(set(prefixes)) == len(prefixes)
    assert all(re.fullmatch("[a-z]{3}", prefix) for prefix in prefixes)
