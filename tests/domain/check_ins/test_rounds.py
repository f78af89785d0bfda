"""When a pair is asked how it is, to the second; in Python and in the SQL of tasks alike."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from app.domain.check_ins import rounds
from app.domain.check_ins.questions import QUESTIONS

BEGAN = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)
DAY, SECOND = timedelta(days=1), timedelta(seconds=1)


@pytest.mark.parametrize(
    ("after", "number"),
    [
        (0 * DAY, None),
        (30 * DAY - SECOND, None),
        (30 * DAY, 1),
        (90 * DAY - SECOND, 1),
        (90 * DAY, 2),
        (150 * DAY, 3),
        (365 * DAY, 6),
    ],
)
def test_a_round_is_open_from_its_hour_until_that_of_the_next(after: timedelta, number: int | None) -> None:
    assert rounds.open_round(BEGAN, BEGAN + after) == number


def test_a_round_opens_when_it_is_due() -> None:
    assert rounds.due_at(BEGAN, 1) == BEGAN + 30 * DAY
    for number in range(1, 20):
        assert rounds.open_round(BEGAN, rounds.due_at(BEGAN, number)) == number
        assert rounds.open_round(BEGAN, rounds.due_at(BEGAN, number + 1) - SECOND) == number


def test_the_page_asks_what_the_contract_asks() -> None:
    page = (Path(__file__).parents[3] / "docs" / "check-ins.md").read_text(encoding="utf-8")

    for question in QUESTIONS:
        assert f"| `{question.field}` | {question.text} | {question.least} | {question.most} |" in page
