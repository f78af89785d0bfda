"""Requests to be forgotten, consents and holds without a database."""

from datetime import UTC, datetime
from typing import Any

import pytest

from app.domain.people.models import EmploymentStatus, Person, PersonErased
from app.domain.privacy.models import (
    ERASURE,
    Consent,
    ConsentWithdrawn,
    Erasure,
    ErasureStatus,
    HoldLifted,
    LegalHold,
    Purpose,
)
from app.states import IllegalMove
from tests.machines import arrows, steps

NOW, LATER = datetime(2026, 3, 2, 12, 0, tzinfo=UTC), datetime(2026, 3, 3, tzinfo=UTC)
KEYS: dict[str, Any] = {"organisation_id": "org_a", "id": "xxx_a"}


def test_the_machine_of_erasures_has_these_arrows_and_no_others() -> None:
    assert arrows(ERASURE) == {
        "requested withdraw withdrawn",
        "requested decline declined",
        "requested approve approved",
        "approved complete completed",
    }


@pytest.mark.parametrize(("status", "move"), steps(ERASURE, ErasureStatus))
def test_an_erasure_takes_legal_steps_and_refuses_all_others(status: ErasureStatus, move: str) -> None:
    erasure = Erasure(**KEYS, person_id="per_a", requested_by="per_a", status=status)

    if status in ERASURE.moves[move].sources:
        erasure.step(move)
        assert erasure.status is ERASURE.moves[move].target
    else:
        with pytest.raises(IllegalMove) as refused:
            erasure.step(move)
        assert refused.value.code == "erasure_state_conflict"


def test_a_consent_is_withdrawn_once() -> None:
    consent = Consent(**KEYS, person_id="per_a", purpose=Purpose.PHOTO, notice_version="1", given_at=NOW)
    consent.withdraw(NOW)

    with pytest.raises(ConsentWithdrawn):
        consent.withdraw(LATER)

    assert consent.withdrawn_at == NOW


def test_a_hold_is_lifted_once() -> None:
    hold = LegalHold(**KEYS, person_id="per_a", placed_by="per_b")
    hold.lift("per_c", NOW)

    with pytest.raises(HoldLifted):
        hold.lift("per_d", LATER)

    assert (hold.lifted_by, hold.lifted_at) == ("per_c", NOW)


def test_nobody_is_erased_twice_nor_comes_back() -> None:
    names: dict[str, Any] = {"given_name": "A", "family_name": "B", "display_name": "A B"}
    person = Person(**KEYS, **names, rank_level=1, zone="UTC", employment_status=EmploymentStatus.INACTIVE)
    person.begin_erasure(NOW)

    for change in (person.reactivate, lambda: person.begin_erasure(LATER)):
        with pytest.raises(PersonErased):
            change()

    assert (person.erased_at, person.is_active) == (NOW, False)
