"""Enrolments without a database: every legal and every illegal move, rests, seats."""

from typing import Any

import pytest

from app.domain.enrolments.events import STEPS
from app.domain.enrolments.models import (
    ENROLMENT,
    LIVE,
    CapacityReached,
    Enrolment,
    EnrolmentRole,
    EnrolmentStatus,
)
from app.states import IllegalMove
from tests.machines import arrows, steps
from tests.outcomes import refused

ARROWS = {
    "invited accept under_review",
    "invited review under_review",
    "invited expire expired",
    *(f"{state} invite_again invited" for state in ("expired", "declined", "withdrawn")),
    "applied review under_review",
    "under_review approve approved",
    "waitlisted approve approved",
    "under_review decline declined",
    "under_review waitlist waitlisted",
    "approved ready ready",
    "ready match matched",
    "matched match matched",
    "matched release ready",
    "matched complete completed",
    "ready complete completed",
    "approved pause paused",
    "ready pause paused",
    "matched pause paused",
    "paused resume_approved approved",
    "paused resume_ready ready",
    "paused resume_matched matched",
}
GONE = ("completed", "declined", "withdrawn", "removed", "expired")
PAUSABLE = ("approved", "ready", "matched")


def an_enrolment(status: str, **fields: Any) -> Enrolment:
    """An enrolment that is not stored."""
    facts = {"programme_id": "prg_a", "person_id": "per_a", "role": EnrolmentRole.MENTOR, "zone": "UTC"}
    return Enrolment(
        **{"organisation_id": "org_a", "id": "enr_a", "status": EnrolmentStatus(status), **facts, **fields}
    )


def test_the_machine_has_these_arrows_and_no_others() -> None:
    leaving = {
        f"{status} {move}"
        for status in sorted(set(EnrolmentStatus) - set(GONE))
        for move in ("withdraw withdrawn", "remove removed")
    }

    assert arrows(ENROLMENT) == ARROWS | leaving


@pytest.mark.parametrize(("status", "move"), steps(ENROLMENT, EnrolmentStatus))
def test_only_legal_steps_change_the_status(status: EnrolmentStatus, move: str) -> None:
    enrolment = an_enrolment(status)
    legal = [arrow for arrow in arrows(ENROLMENT) if arrow.startswith(f"{status} {move} ")]

    if legal:
        enrolment.step(move)
        assert legal == [f"{status} {move} {enrolment.status}"]
    else:
        with refused("enrolment_state_conflict"):
            enrolment.step(move)
        assert enrolment.status is status


@pytest.mark.parametrize("status", EnrolmentStatus)
def test_an_enrolment_lives_until_it_is_over(status: EnrolmentStatus) -> None:
    assert an_enrolment(status).is_live is (status not in GONE)
    assert (status in LIVE) is (status not in GONE)


def test_every_step_that_people_take_is_told() -> None:
    of_pairings = {"match", "release", "complete"}
    rests = {move for move in ENROLMENT.moves if move.startswith(("pause", "resume"))}

    assert set(STEPS) == set(ENROLMENT.moves) - of_pairings - rests


@pytest.mark.parametrize("status", PAUSABLE)
def test_a_rest_leads_back_to_where_it_began(status: str) -> None:
    enrolment = an_enrolment(status, live_pairings=1)

    enrolment.pause()
    assert (enrolment.status, enrolment.paused_from) == ("paused", status)
    enrolment.resume()

    assert (enrolment.status, enrolment.paused_from) == (status, None)


@pytest.mark.parametrize("status", sorted(set(EnrolmentStatus) - set(PAUSABLE)))
def test_only_the_approved_can_rest(status: EnrolmentStatus) -> None:
    with refused("enrolment_state_conflict"):
        an_enrolment(status).pause()


@pytest.mark.parametrize("status", sorted(set(EnrolmentStatus) - {EnrolmentStatus.PAUSED}))
def test_only_who_rests_can_go_on(status: EnrolmentStatus) -> None:
    with pytest.raises(IllegalMove, match="cannot take the step “resume”"):
        an_enrolment(status).resume()


def test_a_seat_is_taken_for_each_pairing_up_to_the_capacity() -> None:
    enrolment = an_enrolment("ready", capacity=2)

    enrolment.take_seat()
    assert (enrolment.status, enrolment.live_pairings) == ("matched", 1)
    enrolment.take_seat()
    with pytest.raises(CapacityReached):
        enrolment.take_seat()

    assert (enrolment.status, enrolment.live_pairings) == ("matched", 2)


@pytest.mark.parametrize("status", sorted(set(EnrolmentStatus) - {EnrolmentStatus.READY, EnrolmentStatus.MATCHED}))
def test_no_seat_is_taken_before_someone_is_ready(status: EnrolmentStatus) -> None:
    enrolment = an_enrolment(status)

    with refused("enrolment_state_conflict"):
        enrolment.take_seat()

    assert enrolment.live_pairings == 0


def test_the_last_pairing_that_ends_makes_ready_for_another() -> None:
    enrolment = an_enrolment("matched", capacity=2, live_pairings=2)

    enrolment.free_seat()
    assert (enrolment.status, enrolment.live_pairings) == ("matched", 1)
    enrolment.free_seat()

    assert (enrolment.status, enrolment.live_pairings) == ("ready", 0)


def test_who_rests_while_the_last_pairing_ends_goes_on_as_ready() -> None:
    enrolment = an_enrolment("matched", live_pairings=1)

    enrolment.pause()
    enrolment.free_seat()
    assert enrolment.status == "paused"
    enrolment.resume()

    assert enrolment.status == "ready"


def test_who_rests_with_a_pairing_left_goes_on_as_matched() -> None:
    enrolment = an_enrolment("matched", capacity=2, live_pairings=2)

    enrolment.pause()
    enrolment.free_seat()
    enrolment.resume()

    assert enrolment.status == "matched"


@pytest.mark.parametrize("status", ["withdrawn", "removed", "completed"])
def test_a_seat_that_is_freed_brings_nobody_back(status: str) -> None:
    enrolment = an_enrolment(status, live_pairings=1)

    enrolment.free_seat()

    assert (enrolment.status, enrolment.live_pairings) == (status, 0)
