"""Who asks: a person, or a service account that is nobody."""

import pytest

from app.auth.actor import Actor, Role, ScopeMissing
from app.auth.scopes import EVERY, READ_ONLY, Scope
from app.errors import Forbidden
from tests.outcomes import refused

PERSON = Actor("org_1", "key_1", Role.PARTICIPANT, frozenset({Scope.GOALS_READ}), person_id="per_1")
SERVICE = Actor("org_1", "key_2", Role.SERVICE_ACCOUNT, EVERY)


def test_a_person_is_named_as_the_cause_of_what_they_do() -> None:
    assert (PERSON.id, PERSON.as_person()) == ("per_1", "per_1")


def test_a_service_account_is_nobody_but_its_key() -> None:
    assert SERVICE.id == "key_2"
    with refused("forbidden"):
        SERVICE.as_person()


def test_a_scope_that_the_credential_carries_is_enough() -> None:
    PERSON.require(Scope.GOALS_READ)


def test_a_missing_scope_is_named() -> None:
    with pytest.raises(ScopeMissing, match="goals:write") as caught:
        PERSON.require(Scope.GOALS_WRITE)

    assert isinstance(caught.value, Forbidden)
    assert (caught.value.code, caught.value.status) == ("scope_missing", 403)


def test_no_scope_opens_the_notes_or_feedback_of_others() -> None:
    assert not any("note" in scope for scope in EVERY)
    assert all(scope.endswith(":read") for scope in READ_ONLY)
