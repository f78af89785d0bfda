"""People without a database: who works here, and how that changes."""

from datetime import date
from typing import Any

import pytest

from app.domain.people.models import EmploymentStatus, EmploymentUnchanged, Person

TODAY, EARLIER = date(2026, 3, 2), date(2025, 1, 1)
ACTIVE, ON_LEAVE, INACTIVE = EmploymentStatus


def a_person(**fields: Any) -> Person:
    """Someone who is not stored."""
    facts = {"given_name": "Ada", "family_name": "Doe", "display_name": "Ada Doe", "rank_level": 3, "zone": "UTC"}
    return Person(**{"organisation_id": "org_a", "id": "per_a", **facts, **fields})


@pytest.mark.parametrize("status", [ACTIVE, ON_LEAVE])
def test_whoever_works_here_can_leave(status: EmploymentStatus) -> None:
    person = a_person(employment_status=status)

    person.deactivate(TODAY)

    assert (person.employment_status, person.termination_date) == (INACTIVE, TODAY)


def test_nobody_leaves_twice() -> None:
    person = a_person(employment_status=INACTIVE, termination_date=EARLIER)

    with pytest.raises(EmploymentUnchanged, match="left already"):
        person.deactivate(TODAY)

    assert person.termination_date == EARLIER


@pytest.mark.parametrize("status", [ON_LEAVE, INACTIVE])
def test_whoever_is_away_can_come_back(status: EmploymentStatus) -> None:
    person = a_person(employment_status=status, termination_date=EARLIER)

    person.reactivate()

    assert (person.employment_status, person.termination_date) == (ACTIVE, None)


def test_whoever_is_here_cannot_come_back() -> None:
    with pytest.raises(EmploymentUnchanged, match="active already") as refused:
        a_person().reactivate()

    assert (refused.value.code, refused.value.status) == ("employment_transition_refused", 409)


@pytest.mark.parametrize(("status", "is_active"), [(ACTIVE, True), (ON_LEAVE, False), (INACTIVE, False)])
def test_only_the_active_may_take_part(status: EmploymentStatus, *, is_active: bool) -> None:
    assert a_person(employment_status=status).is_active is is_active


def test_a_new_person_is_active() -> None:
    assert a_person().is_active
