"""Announcements without a database: every legal and every illegal move."""

from datetime import UTC, datetime

import pytest

from app.domain.announcements.models import ANNOUNCEMENT, Announcement, AnnouncementStatus
from app.states import IllegalMove
from tests.machines import arrows, steps

NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


def make(status: AnnouncementStatus = AnnouncementStatus.DRAFT) -> Announcement:
    return Announcement(
        organisation_id="org_a", id="ann_a", programme_id="prg_a", title="We begin", text="Soon.", status=status
    )


def test_the_machine_of_announcements_has_these_arrows_and_no_others() -> None:
    assert arrows(ANNOUNCEMENT) == {
        "draft revise draft",
        "draft publish published",
        "draft withdraw withdrawn",
        "published withdraw withdrawn",
    }


@pytest.mark.parametrize(("status", "move"), steps(ANNOUNCEMENT, AnnouncementStatus))
def test_an_announcement_takes_legal_steps_and_refuses_all_others(status: AnnouncementStatus, move: str) -> None:
    announcement = make(status)

    if status in ANNOUNCEMENT.moves[move].sources:
        announcement.step(move)
        assert announcement.status is ANNOUNCEMENT.moves[move].target
    else:
        with pytest.raises(IllegalMove) as refused:
            announcement.step(move)
        assert refused.value.code == "announcement_state_conflict"
        assert announcement.status is status


def test_what_is_told_is_told_at_a_time() -> None:
    announcement = make()

    announcement.publish(NOW)

    assert (announcement.status, announcement.published_at) == (AnnouncementStatus.PUBLISHED, NOW)
