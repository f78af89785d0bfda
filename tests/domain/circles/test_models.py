"""Circles and their meetings without a database: every legal and every illegal move, and that there is none of one."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from app.domain.circles.models import (
    CIRCLE,
    MEETING,
    Circle,
    CircleMeeting,
    CircleStatus,
    MeetingStatus,
)
from app.domain.enrolments.models import EnrolmentRole
from app.states import IllegalMove
from tests.conftest import NOON
from tests.machines import arrows, steps
from tests.outcomes import refused

OF_CIRCLES = {
    "forming form active",
    "active fall_apart forming",
    "forming close closed",
    "active close closed",
}
OF_MEETINGS = {"scheduled reschedule scheduled", "scheduled hold held", "scheduled cancel cancelled"}


def a_circle(status: CircleStatus = CircleStatus.FORMING, members: int = 0) -> Circle:
    """A circle that is not stored."""
    facts: dict[str, Any] = {"programme_id": "prg_a", "name": "Thursdays", "role": EnrolmentRole.MENTOR}
    return Circle(**{"organisation_id": "org_a", "id": "cir_a", "status": status, "members": members, **facts})


def a_meeting(status: MeetingStatus) -> CircleMeeting:
    """A meeting that is not stored."""
    facts: dict[str, Any] = {"circle_id": "cir_a", "zone": "UTC", "calendar_uid": "cmt_a@flipside", "starts_at": NOON}
    return CircleMeeting(**{"organisation_id": "org_a", "id": "cmt_a", "status": status, "ends_at": NOON, **facts})


def test_the_arrows_are_these_and_no_others() -> None:
    assert (arrows(CIRCLE), arrows(MEETING)) == (OF_CIRCLES, OF_MEETINGS)


@pytest.mark.parametrize(("state", "move"), steps(CIRCLE, CircleStatus))
def test_a_move_of_a_circle_is_taken_or_refused(state: CircleStatus, move: str) -> None:
    circle = a_circle(state, 2)

    if any(arrow.startswith(f"{state} {move} ") for arrow in OF_CIRCLES):
        circle.step(move)
        assert f"{state} {move} {circle.status}" in OF_CIRCLES
        return
    with pytest.raises(IllegalMove) as caught:
        circle.step(move)
    assert (circle.status, caught.value.code) == (state, "circle_state_conflict")


@pytest.mark.parametrize(("state", "move"), steps(MEETING, MeetingStatus))
def test_a_move_of_a_meeting_is_taken_or_refused(state: MeetingStatus, move: str) -> None:
    meeting = a_meeting(state)

    if any(arrow.startswith(f"{state} {move} ") for arrow in OF_MEETINGS):
        meeting.step(move)
        assert f"{state} {move} {meeting.status}" in OF_MEETINGS
        return
    with pytest.raises(IllegalMove) as caught:
        meeting.step(move)
    assert (meeting.status, caught.value.code) == (state, "circle_meeting_state_conflict")


@given(some.lists(some.sampled_from([-1, 1]), max_size=30))
def test_it_is_active_exactly_with_two_or_more(changes: list[int]) -> None:
    circle = a_circle()
    for change in changes:
        if circle.members + change >= 0:
            circle.count(change)

        assert (circle.status is CircleStatus.ACTIVE) is (circle.members >= 2)


@pytest.mark.parametrize("change", [-1, 1])
def test_nobody_comes_into_or_leaves_what_is_closed(change: int) -> None:
    circle = a_circle(CircleStatus.CLOSED, 3)

    with refused("circle_closed"):
        circle.count(change)
    assert circle.members == 3
