"""What is told of one subject goes out one after another; all else goes together."""

import pytest

from app.workers.publish import waves


@pytest.mark.parametrize(
    ("subjects", "cut"),
    [("a", ["a"]), ("abc", ["abc"]), ("aab", ["a", "ab"]), ("abcad", ["abc", "ad"]), ("aaa", ["a", "a", "a"])],
)
def test_no_wave_holds_two_events_about_one_subject(subjects: str, cut: list[str]) -> None:
    made = [{"subject": subject} for subject in subjects]

    assert ["".join(event["subject"] for event in wave) for wave in waves(made)] == cut
