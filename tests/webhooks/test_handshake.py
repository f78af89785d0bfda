"""What counts as a yes to CloudEvents' question, and what does not."""

import pytest

from app.webhooks import handshake
from app.webhooks.handshake import Answer
from app.webhooks.sender import Failure, Outcome

US = "https://API.flipside.example:8443/base"


def answered(
    origin: str | None = "*", rate: str | None = None, *, status: int | None = 200, error: Failure | None = None
) -> Outcome:
    """An answer to the question."""
    return Outcome(status, error, 1, "203.0.113.7", None, b"", allowed_origin=origin, allowed_rate=rate)


def test_the_question_says_who_asks_and_how_much_we_would_send() -> None:
    assert handshake.headers(US, 50) == {
        "webhook-request-origin": "api.flipside.example",
        "webhook-request-rate": "3000",
    }


@pytest.mark.parametrize(
    ("outcome", "answer"),
    [
        (answered(), Answer()),
        (answered("api.flipside.example"), Answer()),
        (answered(" API.Flipside.Example "), Answer()),
        (answered(rate="*"), Answer()),
        (answered(rate="120"), Answer(per_minute=120)),
        (answered(rate=" 999999999 "), Answer(per_minute=999_999_999)),
        (answered(status=204), Answer()),
        (answered(None), Answer("origin")),
        (answered(""), Answer("origin")),
        (answered("other.example"), Answer("origin")),
        (answered("*.flipside.example"), Answer("origin")),
        (answered("api.flipside.example, *"), Answer("origin")),
        (answered(rate="0"), Answer("rate")),
        (answered(rate="-1"), Answer("rate")),
        (answered(rate="many"), Answer("rate")),
        (answered(rate="1e3"), Answer("rate")),
        (answered(rate="\u0661\u0662"), Answer("rate")),
        (answered(rate="1" * 10), Answer("rate")),
        (answered(status=405), Answer("status")),
        (answered(status=307), Answer("status")),
        (answered(status=None, error=Failure.TIMEOUT), Answer("timeout")),
        (answered(status=None, error=Failure.BLOCKED_ADDRESS), Answer("blocked_address")),
        (answered(status=200, error=Failure.PROTOCOL), Answer("protocol")),
    ],
)
def test_only_a_success_that_names_us_is_a_yes(outcome: Outcome, answer: Answer) -> None:
    assert handshake.judge(outcome, US) == answer


def test_without_a_name_of_our_own_only_everybody_is_a_yes() -> None:
    assert handshake.judge(answered(""), "https:///") == Answer()
