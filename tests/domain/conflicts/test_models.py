"""Conflicts without a database: every legal and every illegal move, and what can be done about each rule."""

from datetime import date
from typing import Any

import pytest

from app.domain.conflicts.events import detected
from app.domain.conflicts.models import (
    CAUSES,
    CONFLICT,
    ConflictOption,
    ConflictRule,
    ConflictStatus,
    PairingConflict,
)
from tests.conftest import NOON
from tests.machines import arrows, steps
from tests.outcomes import refused

ARROWS = {"open waive waived", "open cure cured", "open settle settled"}


def a_conflict(rule: ConflictRule = ConflictRule.RANK_GAP, status: str = "open") -> PairingConflict:
    """A conflict that is not stored."""
    names: dict[str, Any] = {"pairing_id": "pai_a", "programme_id": "prg_a", "cause_person_id": "per_a"}
    return PairingConflict(
        organisation_id="org_a",
        id="pcf_a",
        rule=rule,
        cause=CAUSES[rule],
        status=ConflictStatus(status),
        detected_at=NOON,
        due_on=date(2026, 3, 16),
        **names,
    )


def test_the_machine_has_these_arrows_and_no_others() -> None:
    assert arrows(CONFLICT) == ARROWS


@pytest.mark.parametrize(("status", "move"), steps(CONFLICT, ConflictStatus))
def test_only_an_open_conflict_is_resolved(status: ConflictStatus, move: str) -> None:
    conflict = a_conflict(status=status)
    if not conflict.is_open:
        with refused("pairing_conflict_state_conflict"):
            conflict.resolve(move, NOON)
        return

    conflict.resolve(move, NOON)

    assert f"open {move} {conflict.status}" in ARROWS
    assert conflict.resolved_at == NOON


@pytest.mark.parametrize("rule", ConflictRule)
def test_lines_and_the_rank_gap_are_never_waived_and_all_else_is_a_review_or_may_be(rule: ConflictRule) -> None:
    conflict = a_conflict(rule)
    always = rule in (ConflictRule.REPORTING_LINE, ConflictRule.RANK_GAP)

    assert (ConflictOption.WAIVE in conflict.options) is not always
    review = rule in (ConflictRule.SAME_DEPARTMENT, ConflictRule.SITE)
    assert detected(conflict).type == ("pairing.review_required" if review else "pairing.conflict_detected")
