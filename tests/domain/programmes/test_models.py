"""Programmes without a database: every legal and every illegal move, and what each state allows."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from app.domain.programmes.contents import MilestoneReached, ProgrammeMilestone
from app.domain.programmes.events import STEPS
from app.domain.programmes.models import PROGRAMME, Programme, ProgrammeStatus
from tests.machines import arrows, steps
from tests.outcomes import refused

ARROWS = {
    "draft publish enrolling",
    "enrolling start_matching matching",
    "matching activate active",
    "active pause paused",
    "paused resume active",
    "active evaluate evaluating",
    "evaluating close closed",
    "closed archive archived",
    "draft cancel cancelled",
    "enrolling cancel cancelled",
    "matching cancel cancelled",
    "active cancel cancelled",
}


def a_programme(**fields: Any) -> Programme:
    """A programme that is not stored."""
    facts = {"name": "Flip", "purpose": "Learn.", "starts_on": date(2026, 1, 1), "ends_on": date(2026, 7, 1)}
    return Programme(**{"organisation_id": "org_a", "id": "prg_a", **facts, **fields})


def test_the_machine_has_these_arrows_and_no_others() -> None:
    assert arrows(PROGRAMME) == ARROWS


@pytest.mark.parametrize(("status", "move"), steps(PROGRAMME, ProgrammeStatus))
def test_only_legal_steps_change_the_status(status: ProgrammeStatus, move: str) -> None:
    programme = a_programme(status=status)
    legal = [arrow for arrow in ARROWS if arrow.startswith(f"{status} {move} ")]

    if legal:
        programme.step(move)
        assert legal == [f"{status} {move} {programme.status}"]
    else:
        with refused("programme_state_conflict"):
            programme.step(move)
        assert programme.status is status


def test_every_step_is_told() -> None:
    assert set(STEPS) == set(PROGRAMME.moves)


@pytest.mark.parametrize("status", ProgrammeStatus)
@pytest.mark.parametrize("late", [True, False])
def test_people_join_while_it_enrols_and_later_only_where_that_is_allowed(
    status: ProgrammeStatus, *, late: bool
) -> None:
    expected = {"enrolling", "matching", "active"} if late else {"enrolling"}

    assert a_programme(status=status, allows_late_intake=late).is_enrolling is (status in expected)


@pytest.mark.parametrize("status", ProgrammeStatus)
def test_pairs_are_made_while_it_matches_or_runs_and_meet_while_it_runs(status: ProgrammeStatus) -> None:
    programme = a_programme(status=status)

    assert programme.is_pairing is (status in {"matching", "active"})
    assert programme.is_running is (status == "active")


def test_a_milestone_is_reached_once() -> None:
    milestone = ProgrammeMilestone(
        organisation_id="org_a", id="pml_a", programme_id="prg_a", title="Kick-off", due_on=date(2026, 3, 1)
    )
    first, second = datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 3, 2, tzinfo=UTC)

    milestone.reach(first)
    with pytest.raises(MilestoneReached):
        milestone.reach(second)

    assert milestone.reached_at == first
