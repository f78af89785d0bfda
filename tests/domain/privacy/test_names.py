"""Taking somebody's name out of what others wrote, and nothing else."""

from typing import Any

import pytest

from app.domain.people.models import Person
from app.domain.privacy.names import Crowd, Names


def a_person(**fields: Any) -> Person:
    """Someone who is not stored."""
    facts = {
        "given_name": "Anna",
        "family_name": "Kern",
        "display_name": "Anna K. Kern",
        "rank_level": 3,
        "zone": "UTC",
    }
    return Person(**{"organisation_id": "org_a", "id": "per_a", **facts, **fields})


FULL = Names.full(a_person(work_email="anna.kern@example.com", login="akern", external_id="E-42"))
FAMILIAR = Names.familiar(a_person(external_id="E-42"))


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("Ask Anna Kern.", "Ask ●."),
        ("ask ANNA K. KERN today", "ask ● today"),
        ("mail anna.kern@example.com, or akern", "mail ●, or ●"),
        ("E-42 is theirs, E-421 is not", "● is theirs, E-421 is not"),
        ("Anna from sales", "Anna from sales"),
        ("Marianna Kernighan", "Marianna Kernighan"),
    ],
)
def test_whole_names_and_ids_are_taken_out_and_nobody_elses(text: str, left: str) -> None:
    assert FULL.out_of(text, "●") == left


def test_partners_call_each_other_by_one_name() -> None:
    assert FAMILIAR.out_of("Anna, and Kern's idea; Annabel stays", "●") == "●, and ●'s idea; Annabel stays"


def test_json_is_searched_in_every_depth_and_keeps_its_form() -> None:
    value = {"Anna": [1, None, True, "by Anna", {"text": "E-42"}]}

    assert FAMILIAR.out_of(value, "●") == {"Anna": [1, None, True, "by ●", {"text": "●"}]}


def test_one_letter_is_no_name() -> None:
    names = Names.familiar(a_person(given_name="A", family_name="Kern", display_name="Kern", login="k"))

    assert set(names.words) == {"A Kern", "Kern"}


def test_the_expression_finds_names_as_they_stand_in_json() -> None:
    names = Names.full(a_person(display_name='Anna "Ann" Kern'))

    assert r"Anna\ \\\"Ann\\\"\ Kern" in names.expression.replace('\\"', '\\"') or r"\\" in names.expression


CROWD = Crowd(
    {
        "person-1": ("per_b", "Anna Kern", "Anna", "anna.kern@example.com"),
        "person-2": ("per_c", "Anna", "I\u015f\u0131k", 'Bo "B" Li', "E-42"),
        "person-3": ("per_d", "Person"),
    }
)


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("per_b, per_c and per_bc", "person-1, person-2 and per_bc"),
        ("ANNA KERN wrote to anna.kern@example.com", "person-1 wrote to person-1"),
        ("Anna met I\u015eIK; Annabel stayed", "person-1 met person-2; Annabel stayed"),
        ('{"by": "Bo \\"B\\" Li"}, E-42, E-421', '{"by": "person-2"}, person-2, E-421'),
        ("Anna Kern is a person", "person-1 is a person-3"),
    ],
)
def test_of_many_people_each_has_a_name_of_their_own(text: str, left: str) -> None:
    assert CROWD.out_of([text, {"Anna": text}, 1]) == [left, {"Anna": left}, 1]


def test_what_begins_with_a_gap_names_nobody() -> None:
    assert Crowd({"person-1": (" ", "Anna")}).out_of("  Anna") == "  person-1"


def test_nobody_is_found_where_nobody_is() -> None:
    assert Crowd({}).out_of({"text": "Anna Kern"}) == {"text": "Anna Kern"}
