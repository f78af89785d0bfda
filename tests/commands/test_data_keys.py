"""`flipside data-keys`, and what is said when the key-encryption keys do not fit."""

import base64

import pytest
from pydantic import SecretStr

from tests.commanding import Choose, Command
from tests.commands.test_keys import found

OTHER = SecretStr("2026b:" + base64.b64encode(bytes([9] * 32)).decode())


@pytest.fixture(autouse=True)
def operating(choose: Choose, address: str) -> None:
    """An operator at the command line, over the database of the test run."""
    choose(database_url=address)


def with_secret(flipside: Command) -> str:
    """An organisation that has a data key, since an answer was kept; its id."""
    organisation_id, _, _ = found(flipside)
    said = flipside("data-keys", "rotate", "--organisation", organisation_id)
    assert said.out.startswith("0 new data keys")
    return organisation_id


def test_the_keys_of_an_organisation_are_listed_and_renewed(flipside: Command) -> None:
    organisation_id = with_secret(flipside)

    said = flipside("data-keys", "list", "--organisation", organisation_id)

    assert said.code == 0
    assert "wrapped by" in said.out


def test_an_organisation_that_is_not_there_is_named(flipside: Command) -> None:
    said = flipside("data-keys", "list", "--organisation", "org_01hzzzzzzzzzzzzzzzzzzzzzzz")

    assert (said.code, said.err.count("\n")) == (1, 1)
