"""Runs and proposals without a database: every legal and every illegal move."""

from typing import Any

import pytest

from app.domain.matching.models import MATCH_RUN, MatchRun, RunMode, RunStatus
from app.domain.matching.proposals import MATCH_PROPOSAL, MatchProposal, ProposalStatus
from app.states import IllegalMove
from tests.conftest import NOON
from tests.machines import arrows, steps
from tests.outcomes import refused

RUN_ARROWS = {
    "queued start running",
    "running propose proposed",
    "proposed approve approved",
    "proposed discard discarded",
    "proposed supersede superseded",
    "queued fail failed",
    "running fail failed",
    "queued cancel cancelled",
    "running cancel cancelled",
}
PROPOSAL_ARROWS = {
    "suggested offer offered",
    "offered accept_first half_accepted",
    "half_accepted accept_last confirmed",
    "offered decline declined",
    "half_accepted decline declined",
    "offered expire expired",
    "half_accepted expire expired",
    *(f"{state} veto vetoed" for state in ("suggested", "offered", "half_accepted")),
    *(f"{state} supersede superseded" for state in ("suggested", "offered", "half_accepted")),
}


def run(**fields: Any) -> MatchRun:
    given = dict[str, Any](organisation_id="org_a", id="mru_a", programme_id="prg_a", mode=RunMode.FULL, seed=0)
    return MatchRun(**(given | {"policy": {}, "requested_by": "per_a"} | fields))


def proposal(**fields: Any) -> MatchProposal:
    given = dict[str, Any](organisation_id="org_a", id="mpr_a", mentor_id="per_mentor", mentee_id="per_mentee")
    return MatchProposal(**(given | {"score": 1} | fields))


def test_these_are_the_legal_moves_and_no_others() -> None:
    assert arrows(MATCH_RUN) == RUN_ARROWS
    assert arrows(MATCH_PROPOSAL) == PROPOSAL_ARROWS


@pytest.mark.parametrize(("state", "move"), steps(MATCH_RUN, RunStatus))
def test_a_run_takes_every_legal_step_and_refuses_the_rest(state: RunStatus, move: str) -> None:
    one = run(status=state)
    target = next((arrow.split()[2] for arrow in RUN_ARROWS if arrow.startswith(f"{state} {move} ")), None)

    if target is None:
        with pytest.raises(IllegalMove):
            one.step(move)
    else:
        one.step(move)

    assert one.status == (target or state)


@pytest.mark.parametrize(("state", "move"), steps(MATCH_PROPOSAL, ProposalStatus))
def test_a_proposal_takes_every_legal_step_and_refuses_the_rest(state: ProposalStatus, move: str) -> None:
    one = proposal(status=state)
    target = next((arrow.split()[2] for arrow in PROPOSAL_ARROWS if arrow.startswith(f"{state} {move} ")), None)

    if target is None:
        with pytest.raises(IllegalMove):
            one.step(move)
    else:
        one.step(move)

    assert one.status == (target or state)


def test_the_second_yes_confirms_whoever_said_the_first() -> None:
    one, other = proposal(status=ProposalStatus.OFFERED), proposal(status=ProposalStatus.OFFERED)

    one.accept("per_mentor", NOON)
    one.accept("per_mentee", NOON)
    other.accept("per_mentee", NOON)

    assert (one.status, one.mentor_accepted_at, one.mentee_accepted_at, one.closed_at) == ("confirmed", *[NOON] * 3)
    assert (other.status, other.mentor_accepted_at, other.mentee_accepted_at) == ("half_accepted", None, NOON)


def test_nobody_says_yes_twice() -> None:
    one = proposal(status=ProposalStatus.OFFERED)
    one.accept("per_mentor", NOON)

    with refused("already_accepted"):
        one.accept("per_mentor", NOON)


def test_who_said_yes_cannot_do_so_to_what_is_over() -> None:
    one = proposal(status=ProposalStatus.DECLINED, mentor_accepted_at=NOON)

    with refused("match_proposal_state_conflict"):
        one.accept("per_mentor", NOON)


def test_a_run_that_ended_is_in_no_phase() -> None:
    one = run(status=RunStatus.RUNNING, phase="solve")

    one.finish("propose", NOON)

    assert (one.phase, one.finished_at, one.is_live) == (None, NOON, False)


@pytest.mark.parametrize("mode", RunMode)
def test_what_is_only_looked_at_binds_nobody(mode: RunMode) -> None:
    assert run(mode=mode).is_binding == (mode in ("full", "incremental"))
