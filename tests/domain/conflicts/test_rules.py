"""Rules without a database: which a pair breaks, and whose record made it so."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from app.domain.conflicts import rules
from app.domain.conflicts.models import ConflictRule
from app.domain.conflicts.rules import Pair, Side

R = ConflictRule
MENTOR = Side("mentor", 2, "Sales", "Lyon")
MENTEE = Side("mentee", 7, "Legal", "Bonn")
PAIR = Pair(
    pairing_id="pai_a",
    programme_id="prg_a",
    min_rank_gap=2,
    is_cross_department=True,
    site_groups=(("Lyon", "Bonn"),),
    deadline_days=14,
    has_waiver=False,
    mentor=MENTOR,
    mentee=MENTEE,
)
APART: Mapping[str, str | None] = {"mentor": "one", "mentee": "other", "one": None, "other": None}


def broken(managers: Mapping[str, str | None] = APART, pair: Pair = PAIR, **fields: Any) -> dict[str, list[str]]:
    """The rules that a pair breaks, with those whose records they come of."""
    return {rule.value: list(links) for rule, links in rules.broken(replace(pair, **fields), managers).items()}


def test_a_pair_of_two_lines_breaks_no_rule() -> None:
    assert broken() == {}


@pytest.mark.parametrize(
    ("managers", "links"),
    [
        ({"mentor": "mentee", "mentee": None}, ["mentor"]),
        ({"mentor": "a", "a": "b", "b": "mentee", "mentee": None}, ["mentor", "a", "b"]),
        ({"mentee": "a", "a": "mentor", "mentor": None}, ["mentee", "a"]),
        # A shared manager is no matter beside it.
        ({"mentor": "mentee", "mentee": "mentee"}, ["mentor"]),
    ],
)
def test_one_above_the_other_at_any_depth_is_one_line(managers: dict[str, str | None], links: list[str]) -> None:
    assert broken(managers) == {"reporting_line": links}


def test_a_cycle_that_slipped_in_is_walked_once() -> None:
    assert broken({"mentor": "a", "a": "b", "b": "a", "mentee": None}) == {}


def test_a_shared_manager_is_one_unless_it_was_waived() -> None:
    managers: dict[str, str | None] = {"mentor": "chief", "mentee": "chief", "chief": None}

    assert broken(managers) == {"shared_manager": ["mentor", "mentee"]}
    assert broken(managers, has_waiver=True) == {}


@pytest.mark.parametrize(("rank", "is_broken"), [(5, False), (6, True), (8, True)])
def test_the_mentor_stands_far_enough_below(rank: int, is_broken: bool) -> None:
    assert ("rank_gap" in broken(mentor=replace(MENTOR, rank=rank))) is is_broken


def test_a_department_is_shared_where_the_programme_asks_for_two() -> None:
    same = replace(MENTEE, department="Sales")

    assert broken(mentee=same) == {"same_department": ["mentor", "mentee"]}
    assert broken(mentee=same, is_cross_department=False) == {}
    assert broken(mentor=replace(MENTOR, department=None), mentee=replace(MENTEE, department=None)) == {}


def test_sites_are_those_that_the_programme_pairs() -> None:
    assert broken(mentee=replace(MENTEE, location="Oslo")) == {"site": ["mentor", "mentee"]}
    assert broken(mentee=replace(MENTEE, location="Oslo"), site_groups=()) == {}


def test_the_cause_is_the_first_of_the_line_whose_manager_changed() -> None:
    changes = {"a": {"rank_level"}, "b": {"manager_id", "department"}, "c": {"manager_id"}}

    assert rules.cause(R.REPORTING_LINE, ["mentor", "a", "b", "c"], changes) == "b"
    assert rules.cause(R.RANK_GAP, ["mentor", "a"], changes) == "a"
    assert rules.cause(R.SITE, ["mentor", "a", "b"], changes) is None
