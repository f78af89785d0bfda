"""Pairings and agreements without a database: every legal and every illegal move."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from app.domain.pairings.agreements import AGREEMENT, Agreement, AgreementStatus
from app.domain.pairings.models import LIVE, PAIRING, EndReason, Pairing, PairingStatus
from app.states import IllegalMove
from tests.machines import arrows, steps

NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


def make_pairing(**fields: Any) -> Pairing:
    facts = {"mentor_id": "per_a", "mentee_id": "per_b", "starts_on": date(2026, 1, 1), "ends_on": date(2026, 6, 30)}
    return Pairing(**{"organisation_id": "org_a", "id": "pai_a", "programme_id": "prg_a", **facts, **fields})


def make_agreement(**fields: Any) -> Agreement:
    facts = {"pairing_id": "pai_a", "edition": 1, "clauses": []}
    return Agreement(**{"organisation_id": "org_a", "id": "agr_a", **facts, **fields})


def test_the_machine_of_pairings_has_these_arrows_and_no_others() -> None:
    assert arrows(PAIRING) == {
        "pending_agreement activate active",
        "active pause paused",
        "paused resume active",
        "active begin_closing closing",
        "closing complete completed",
        "completed continue_informally informal",
        "informal end ended",
        "pending_agreement end_early ended_early",
        "active end_early ended_early",
        "paused end_early ended_early",
        "pending_agreement dissolve dissolved",
        "active dissolve dissolved",
        "paused dissolve dissolved",
    }


def test_the_machine_of_agreements_has_these_arrows_and_no_others() -> None:
    assert arrows(AGREEMENT) == {
        "proposed sign_first half_signed",
        "half_signed sign_last in_force",
        "proposed supersede superseded",
        "half_signed supersede superseded",
        "in_force supersede superseded",
        "proposed terminate terminated",
        "half_signed terminate terminated",
        "in_force terminate terminated",
    }


@pytest.mark.parametrize(("status", "move"), steps(PAIRING, PairingStatus))
def test_a_pairing_takes_legal_steps_and_refuses_all_others(status: PairingStatus, move: str) -> None:
    pairing = make_pairing(status=status)

    if status in PAIRING.moves[move].sources:
        pairing.step(move)
        assert pairing.status is PAIRING.moves[move].target
    else:
        with pytest.raises(IllegalMove) as refused:
            pairing.step(move)
        assert refused.value.code == "pairing_state_conflict"
        assert pairing.status is status


@pytest.mark.parametrize(("status", "move"), steps(AGREEMENT, AgreementStatus))
def test_an_agreement_takes_legal_steps_and_refuses_all_others(status: AgreementStatus, move: str) -> None:
    agreement = make_agreement(status=status)

    if status in AGREEMENT.moves[move].sources:
        agreement.step(move)
        assert agreement.status is AGREEMENT.moves[move].target
    else:
        with pytest.raises(IllegalMove) as refused:
            agreement.step(move)
        assert refused.value.code == "agreement_state_conflict"
        assert agreement.status is status


def test_a_pairing_remembers_when_it_became_active() -> None:
    pairing = make_pairing()

    pairing.activate(NOW)

    assert pairing.activated_at == NOW


def test_a_pairing_remembers_when_and_why_it_ended() -> None:
    pairing = make_pairing(status=PairingStatus.ACTIVE)

    pairing.finish("end_early", NOW, EndReason.FIT)

    assert (pairing.ended_at, pairing.end_reason) == (NOW, EndReason.FIT)


def test_a_refused_end_leaves_no_trace() -> None:
    pairing = make_pairing(status=PairingStatus.COMPLETED)

    with pytest.raises(IllegalMove):
        pairing.finish("end_early", NOW, EndReason.FIT)

    assert (pairing.ended_at, pairing.end_reason) == (None, None)


def test_the_members_of_a_pairing_are_mentor_and_mentee() -> None:
    assert make_pairing().members == ("per_a", "per_b")


@pytest.mark.parametrize("status", PairingStatus)
def test_a_pairing_takes_seats_until_it_has_ended(status: PairingStatus) -> None:
    ended = {"completed", "informal", "ended", "ended_early", "dissolved"}

    assert make_pairing(status=status).is_live is (status.value not in ended)
    assert (status in LIVE) is (status.value not in ended)


def test_the_second_signature_puts_an_agreement_in_force() -> None:
    agreement = make_agreement()

    agreement.sign(NOW)
    assert (agreement.status, agreement.in_force_at) == (AgreementStatus.HALF_SIGNED, None)

    agreement.sign(NOW)
    assert (agreement.status, agreement.in_force_at) == (AgreementStatus.IN_FORCE, NOW)


def test_an_agreement_in_force_takes_no_third_signature() -> None:
    agreement = make_agreement(status=AgreementStatus.IN_FORCE, in_force_at=NOW)

    with pytest.raises(IllegalMove):
        agreement.sign(NOW)
