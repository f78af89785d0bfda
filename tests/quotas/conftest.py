"""What tests of the budgets stand on: budgets of their own, and callers of both doors."""

from collections.abc import Callable

import pytest

from app.config import Settings
from app.quotas import admission
from app.quotas.admission import Budgets
from tests.routers.conftest import api, transport

__all__ = ["api", "transport"]

Limit = Callable[..., Budgets]


@pytest.fixture
def limit(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Limit:
    """`limit(credential=5)`: budgets of so many units a minute for this test, and none of other kinds."""

    def limited(**units: int) -> Budgets:
        made = Budgets(settings.model_copy(update={f"rate_limit_{name}": number for name, number in units.items()}))
        monkeypatch.setattr(admission, "budgets", lambda: made)
        return made

    return limited
