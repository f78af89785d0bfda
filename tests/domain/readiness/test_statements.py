"""What answers come to, and what helps."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as some

from app.domain.enrolments.models import EnrolmentRole
from app.domain.readiness.statements import STATEMENTS, Band, Statement, actions, band, of_role

PAGE = (Path(__file__).parents[3] / "docs/readiness.md").read_text(encoding="utf-8")
_ORDER = (Band.SUPPORT, Band.GROWING, Band.READY)
ratings = some.builds(
    lambda role, values: dict(zip(of_role(role), values, strict=True)),
    some.sampled_from(EnrolmentRole),
    some.lists(some.integers(1, 5), min_size=6, max_size=6),
)


def rated(*values: int) -> dict[Statement, int]:
    return dict(zip(of_role(EnrolmentRole.MENTOR), values, strict=True))


def test_each_statement_is_put_to_one_role_six_to_each() -> None:
    asked = [of_role(role) for role in EnrolmentRole]

    assert [len(statements) for statements in asked] == [6, 6]
    assert {name for statements in asked for name in statements} == set(Statement) == set(STATEMENTS)
    assert len({wording.action for wording in STATEMENTS.values()}) == len(Statement)


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ((4, 4, 4, 4, 4, 4), Band.READY),
        ((5, 5, 5, 3, 3, 3), Band.READY),
        ((5, 5, 5, 5, 5, 2), Band.GROWING),
        ((4, 4, 4, 4, 4, 3), Band.GROWING),
        ((3, 3, 3, 3, 3, 3), Band.GROWING),
        ((5, 5, 5, 5, 2, 2), Band.SUPPORT),
        ((3, 3, 3, 3, 3, 2), Band.SUPPORT),
    ],
)
def test_the_bounds_of_the_bands(values: tuple[int, ...], expected: Band) -> None:
    assert band(rated(*values)) is expected


@pytest.mark.parametrize("name", Statement)
def test_the_page_repeats_the_words(name: Statement) -> None:
    wording = STATEMENTS[name]

    assert f"| `{name}` | {wording.text} | {wording.action} |" in PAGE


@given(ratings, some.data())
def test_a_better_answer_never_leads_to_a_lower_band(answers: dict[Statement, int], data: some.DataObject) -> None:
    name = data.draw(some.sampled_from(sorted(answers)))
    better = answers | {name: min(answers[name] + 1, 5)}

    assert _ORDER.index(band(better)) >= _ORDER.index(band(answers))


@given(ratings)
def test_what_helps_is_of_the_lowest_answers(answers: dict[Statement, int]) -> None:
    helped = actions(answers)

    weak = sorted(rating for rating in answers.values() if rating <= 3)
    assert [answers[name] for name in helped] == weak[:3]
    assert len(set(helped)) == len(helped)
