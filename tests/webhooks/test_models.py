"""How an endpoint stands with its address: every step of the handshake, and what it does to deliveries."""

import pytest

from app.states import IllegalMove
from app.webhooks.models import (
    UNVERIFIED,
    VERIFICATION,
    EndpointStatus,
    Handshake,
    Verification,
    WebhookEndpoint,
)
from tests.machines import arrows, steps


def endpoint() -> WebhookEndpoint:
    """An endpoint that was just asked."""
    made = WebhookEndpoint(organisation_id="org", id="whe", url="https://x", types=[], handshake=Handshake.CLOUDEVENTS)
    made.ask()
    return made


def test_these_steps_are_legal() -> None:
    assert arrows(VERIFICATION) == {
        *(f"{state} ask pending" for state in Verification),
        "pending confirm verified",
        "pending refuse failed",
        *(f"{state} waive none" for state in ("pending", "verified", "failed")),
    }


@pytest.mark.parametrize(("state", "move"), steps(VERIFICATION, Verification))
def test_no_other_step_is_legal(state: Verification, move: str) -> None:
    if state in VERIFICATION.moves[move].sources:
        assert VERIFICATION.step(state, move) is VERIFICATION.moves[move].target
    else:
        with pytest.raises(IllegalMove):
            VERIFICATION.step(state, move)


def test_an_endpoint_that_is_asked_is_disabled_until_the_answer_is_yes() -> None:
    asked = endpoint()
    assert (asked.status, asked.disabled_reason) == (EndpointStatus.DISABLED, UNVERIFIED)

    asked.refuse("origin")
    assert (asked.status, asked.verification_error) == (EndpointStatus.DISABLED, "origin")
    asked.ask()
    assert (asked.verification, asked.verification_error) == (Verification.PENDING, None)
    asked.confirm(120)

    assert (asked.status, asked.disabled_reason) == (EndpointStatus.ENABLED, None)
    assert asked.allowed_per_minute == 120


def test_an_answer_does_not_enable_what_somebody_disabled() -> None:
    asked = endpoint()
    asked.confirm(None)
    asked.disable("by_request")

    asked.ask()
    asked.confirm(None)
    assert asked.disabled_reason == "by_request"
    asked.waive()

    assert (asked.status, asked.disabled_reason) == (EndpointStatus.DISABLED, "by_request")
    assert (asked.verification, asked.allowed_per_minute) == (Verification.NONE, None)
