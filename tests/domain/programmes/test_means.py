"""What a programme may cost, in money and in time, and who is told."""

from typing import Any

import pytest
from pydantic import ValidationError

from app.domain.programmes.money import CURRENCIES
from app.domain.programmes.schemas import ProgrammeCreate
from tests.outcomes import refused
from tests.world import World

_BUDGET: dict[str, Any] = {"budget_amount": 250_000_00, "budget_currency": "EUR"}


async def test_the_budget_is_for_those_who_run_or_sponsor_the_programme(world: World) -> None:
    programme_id = await world.programme(status="enrolling", hours_per_month=4, **_BUDGET)
    await world.do(
        "coordinator",
        "pledge_sponsorship",
        programme_id=programme_id,
        person_id=world.people["mentee"],
        pledge="I learn too.",
    )

    for part in ("coordinator", "admin", "service", "mentee"):
        seen = await world.see(part, programme_id) or {}
        assert {name: seen[name] for name in _BUDGET} == _BUDGET, part
    seen = await world.see("mentor", programme_id) or {}
    assert {name: seen[name] for name in _BUDGET} == dict.fromkeys(_BUDGET)
    assert seen["hours_per_month"] == 4


async def test_an_amount_and_its_currency_go_together(world: World) -> None:
    programme_id = await world.programme(status="draft", **_BUDGET)

    with refused("invalid", "/budget_amount"):
        await world.do("coordinator", "update_programme", programme_id, budget_currency=None)
    changed = await world.do("coordinator", "update_programme", programme_id, budget_amount=5, budget_currency="JPY")
    assert (changed["budget_amount"], changed["budget_currency"]) == (5, "JPY")
    none = await world.do("coordinator", "update_programme", programme_id, budget_amount=None, budget_currency=None)
    assert (none["budget_amount"], none["budget_currency"]) == (None, None)


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"budget_amount": 1}, "budget_incomplete"),
        ({"budget_currency": "EUR"}, "budget_incomplete"),
        ({"budget_amount": -1, "budget_currency": "EUR"}, "greater_than_equal"),
        ({"budget_amount": 1, "budget_currency": "eur"}, "unknown_currency"),
        ({"budget_amount": 1, "budget_currency": "XXX"}, "unknown_currency"),
        ({"hours_per_month": 0}, "greater_than_equal"),
        ({"hours_per_month": 101}, "less_than_equal"),
        ({"leader_rank": 101}, "less_than_equal"),
    ],
)
def test_means_that_cannot_be_are_refused(fields: dict[str, Any], code: str) -> None:
    with pytest.raises(ValidationError) as caught:
        ProgrammeCreate.model_validate({"name": "Flip", "purpose": "Learn.", "starts_on": "2026-04-01"} | fields)

    assert [error["type"] for error in caught.value.errors()] == [code]


def test_a_currency_has_three_letters() -> None:
    assert {len(code) for code in CURRENCIES} == {3}
    assert {"EUR", "USD", "JPY"} <= CURRENCIES
