"""Who asks, and what their credential allows."""

import pytest

from app.auth.actor import Actor, Role, ScopeMissing
from app.auth.scopes import Scope
from app.errors import Forbidden

PERSON = Actor("org_a", "key_a", Role.PARTICIPANT, frozenset({Scope.GOALS_READ}), "per_a")
SERVICE = Actor("org_a", "key_b", Role.SERVICE_ACCOUNT, frozenset())


def test_an_event_names_the_person_and_for_a_service_account_its_credential() -> None:
    assert (PERSON.id, SERVICE.id) == ("per_a", "key_b")


def test_a_service_account_is_nobody() -> None:
    assert PERSON.as_person() == "per_a"
    with pytest.raises(Forbidden):
        SERVICE.as_person()


def test_a_credential_is_good_for_its_scopes_alone() -> None:
    PERSON.require(Scope.GOALS_READ)
    with pytest.raises(ScopeMissing, match="goals:write") as refused:
        PERSON.require(Scope.GOALS_WRITE)
    assert refused.value.code == "scope_missing"
