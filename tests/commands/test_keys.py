"""`flipside organisations` and `flipside keys`, from the founding to the revoked key."""

import asyncio
import re

import pytest

from app.auth import bearer
from app.auth.actor import Actor, Role
from app.auth.bearer import authenticate
from app.auth.credentials import BadCredential
from app.auth.scopes import EVERY, Scope
from app.commands import hosting
from app.config import Settings
from tests.commanding import Choose, Command


@pytest.fixture(autouse=True)
def operating(choose: Choose, address: str) -> Settings:
    """An operator at the command line, over the database of the test run."""
    return choose(database_url=address)


def behind(settings: Settings, key: str) -> Actor:
    """Who a key makes its holder."""

    async def ask() -> Actor:
        async with hosting.opened(settings.database_url or "", settings):
            return await authenticate(f"Bearer {key}")

    bearer.forget()
    return asyncio.run(ask())


def found(flipside: Command, name: str = "Acme") -> tuple[str, str, str]:
    """A new organisation: its id, its administrator's and their key."""
    said = flipside("organisations", "create", name)
    assert said.code == 0
    organisation_id, person_id, key = re.findall(r"\b(org_\w+|per_\w+|fsk_live_\w+)", said.out)
    return organisation_id, person_id, key


def test_a_founded_organisation_has_an_administrator_whose_key_works(flipside: Command, operating: Settings) -> None:
    organisation_id, person_id, key = found(flipside)

    actor = behind(operating, key)

    assert (actor.organisation_id, actor.person_id) == (organisation_id, person_id)
    assert actor.role is Role.ORGANISATION_ADMIN
    assert actor.scopes == EVERY


def test_an_organisation_needs_a_name(flipside: Command) -> None:
    said = flipside("organisations", "create", " ")

    assert said.code == 1
    assert said.err.startswith("flipside: name: ")
    assert said.err.count("\n") == 1


def test_a_key_for_a_service_has_the_scopes_and_the_end_that_were_asked_for(
    flipside: Command, operating: Settings
) -> None:
    organisation_id, _, _ = found(flipside)

    wanted = ("--service-account", "hris", "--scope", "directory:read", "--expires-days", "30")
    said = flipside("keys", "create", "--organisation", organisation_id, *wanted)

    actor = behind(operating, re.findall(r"fsk_live_\w+", said.out)[0])
    assert actor.role is Role.SERVICE_ACCOUNT
    assert actor.scopes == frozenset({Scope.DIRECTORY_READ})
    assert "live until" in flipside("keys", "list", "--organisation", organisation_id).out


def test_a_key_for_a_person_is_a_participants_with_every_scope_unless_said_otherwise(
    flipside: Command, operating: Settings
) -> None:
    organisation_id, person_id, _ = found(flipside)

    said = flipside("keys", "create", "--organisation", organisation_id, "--person", person_id)

    actor = behind(operating, re.findall(r"fsk_live_\w+", said.out)[0])
    assert (actor.role, actor.person_id, actor.scopes) == (Role.PARTICIPANT, person_id, EVERY)


def test_the_list_shows_every_key_and_no_text_of_one(flipside: Command) -> None:
    organisation_id, person_id, key = found(flipside)

    said = flipside("keys", "list", "--organisation", organisation_id)

    assert person_id in said.out
    assert "organisation_admin" in said.out
    assert key not in said.out
    assert key.split("_")[2] in said.out


def test_a_revoked_key_is_listed_and_opens_nothing(flipside: Command, operating: Settings) -> None:
    organisation_id, _, key = found(flipside)
    listed = flipside("keys", "list", "--organisation", organisation_id).out
    key_id = re.findall(r"key_\w+", listed)[0]

    said = flipside("keys", "revoke", "--organisation", organisation_id, key_id)

    assert said.code == 0
    assert "revoked 20" in flipside("keys", "list", "--organisation", organisation_id).out
    with pytest.raises(BadCredential):
        behind(operating, key)


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (("--person", "per_nobody"), "person_id: String should match pattern"),
        (("--person", "per_01m80000000000000000000000"), "The request refers to an object that does not exist"),
        (("--role", "coordinator", "--service-account", "x"), "service accounts name a service_account"),
        ((), "service accounts name a service_account"),
    ],
)
def test_what_cannot_be_is_refused_in_a_line(flipside: Command, arguments: tuple[str, ...], complaint: str) -> None:
    organisation_id, _, _ = found(flipside)

    said = flipside("keys", "create", "--organisation", organisation_id, *arguments)

    assert said.code == 1
    assert complaint in said.err
    assert said.err.count("\n") == 1


def test_a_third_live_key_of_one_client_is_refused(flipside: Command) -> None:
    organisation_id, _, _ = found(flipside)
    create = ("keys", "create", "--organisation", organisation_id, "--service-account", "hris")

    codes = [flipside(*create).code for _ in range(3)]

    assert codes == [0, 0, 1]


@pytest.mark.parametrize("organisation_id", ["org_01m80000000000000000000000", "nonsense"])
def test_an_organisation_that_is_not_there_is_named(flipside: Command, organisation_id: str) -> None:
    said = flipside("keys", "list", "--organisation", organisation_id)

    assert said.code == 1
    assert said.err == f"flipside: There is no organisation {organisation_id} in this database.\n"
