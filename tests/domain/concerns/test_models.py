"""Concerns without a database: every legal and every illegal move, and who stands apart from whom."""

import pytest

from app.domain.concerns.handlers import stands_apart
from app.domain.concerns.models import CONCERN, Concern, ConcernSeverity, ConcernStatus
from tests.conftest import NOON
from tests.machines import arrows, steps
from tests.outcomes import refused

ARROWS = {
    "raised acknowledge acknowledged",
    "acknowledged begin_review in_review",
    "in_review escalate escalated",
    "in_review resolve resolved",
    "escalated resolve resolved",
}
# Who reports to whom: ann and ben to chris, chris to dora; eve to nobody.
MANAGERS = {"ann": "chris", "ben": "chris", "chris": "dora", "dora": None, "eve": None}


def a_concern(status: ConcernStatus) -> Concern:
    """A concern that is not stored."""
    return Concern(
        organisation_id="org_a",
        id="ccn_a",
        programme_id="prg_a",
        reporter_id="per_a",
        severity=ConcernSeverity.LOW,
        status=status,
        text=b"",
    )


def test_the_machine_has_these_arrows_and_no_others() -> None:
    assert arrows(CONCERN) == ARROWS


@pytest.mark.parametrize(("status", "move"), steps(CONCERN, ConcernStatus))
def test_every_other_move_is_refused(status: ConcernStatus, move: str) -> None:
    concern, legal = a_concern(status), status in CONCERN.moves[move].sources
    if not legal:
        with refused("concern_state_conflict"):
            concern.step(move, NOON)
        return

    concern.step(move, NOON)

    assert concern.status is CONCERN.moves[move].target
    assert (concern.acknowledged_at == NOON) is (move == "acknowledge")
    assert (concern.resolved_at == NOON) is (move == "resolve")


@pytest.mark.parametrize(
    ("handler", "parties", "is_apart"),
    [
        ("eve", {"ann", "dora"}, True),
        ("ben", {"ann"}, True),
        ("ann", {"ann"}, False),
        ("chris", {"ann"}, False),
        ("dora", {"ann", "eve"}, False),
        ("ann", {"dora"}, False),
        ("eve", {"eve"}, False),
    ],
)
def test_a_handler_stands_in_no_line_with_whom_it_is_about(handler: str, parties: set[str], is_apart: bool) -> None:
    assert stands_apart(handler, parties, MANAGERS) is is_apart


def test_a_cycle_that_slipped_in_ends() -> None:
    assert not stands_apart("ann", {"ben"}, {"ann": "ben", "ben": "ann"})
