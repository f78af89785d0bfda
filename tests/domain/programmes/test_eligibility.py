"""Who may join by what the directory says of them: every rule, and that age is none."""

from datetime import date
from typing import Any

import pytest
from pydantic import ValidationError

from app.domain.programmes import eligibility
from app.domain.programmes.eligibility import Counted, Eligibility, EligibilityRule
from app.domain.programmes.schemas import ProgrammeCreate

STARTS_ON = date(2026, 3, 1)
ANNA = Counted(5, date(2025, 3, 1), "Sales", "Vienna", 1)
NOBODY = Counted(5, None, None, None, 1)
_R = EligibilityRule


@pytest.mark.parametrize(
    ("rules", "unmet"),
    [
        ({}, []),
        ({"min_rank": 5, "max_rank": 5}, []),
        ({"min_rank": 6}, [_R.MIN_RANK]),
        ({"max_rank": 4}, [_R.MAX_RANK]),
        ({"min_tenure_days": 365}, []),
        ({"min_tenure_days": 366}, [_R.TENURE]),
        ({"departments": ["Law", "Sales"]}, []),
        ({"departments": ["Law"], "locations": ["Graz"]}, [_R.DEPARTMENT, _R.LOCATION]),
    ],
)
def test_a_rule_asks_what_it_says(rules: dict[str, Any], unmet: list[EligibilityRule]) -> None:
    assert eligibility.unmet(Eligibility(role="mentee", **rules), STARTS_ON, ANNA) == unmet  # type: ignore[arg-type]


def test_what_the_directory_does_not_know_is_not_met() -> None:
    side = Eligibility.model_validate(
        {"role": "mentee", "min_tenure_days": 1, "departments": ["Sales"], "locations": ["Vienna"]}
    )

    assert eligibility.unmet(side, STARTS_ON, NOBODY) == [_R.TENURE, _R.DEPARTMENT, _R.LOCATION]


@pytest.mark.parametrize("name", ["age", "max_age", "min_age_years", "birth_date", "born_after", "Date_Of_Birth"])
def test_a_rule_on_age_is_refused_by_name(name: str) -> None:
    with pytest.raises(ValidationError, match="no rule on age or date of birth") as refused:
        Eligibility.model_validate({"role": "mentee", name: 30})
    assert [error["type"] for error in refused.value.errors()] == ["rule_on_age"]


@pytest.mark.parametrize(
    ("sides", "code"),
    [
        ([{"role": "mentor", "min_rank": 3, "max_rank": 2}], "empty_rank_range"),
        ([{"role": "mentor", "auto_invite": True, "group_id": f"grp_{'0' * 26}"}], "invites_twice"),
        ([{"role": "mentor"}, {"role": "mentor"}], "repeated_role"),
        (["mentor"], "model_type"),
    ],
)
def test_rules_that_do_not_go_together_are_refused_with_a_code_of_their_own(sides: list[Any], code: str) -> None:
    with pytest.raises(ValidationError) as refused:
        ProgrammeCreate.model_validate(
            {"name": "Reverse", "purpose": "Learn.", "starts_on": "2026-03-01", "eligibility": sides}
        )
    assert [error["type"] for error in refused.value.errors()] == [code]
