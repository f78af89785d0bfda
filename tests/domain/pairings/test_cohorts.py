"""Pairs by the intake that a partner joined with."""

from app.domain.pairings.resource import of_cohort


def test_the_contract_says_what_the_filter_keeps() -> None:
    assert "either partner" in of_cohort("mentor_enrolment_id").meaning
