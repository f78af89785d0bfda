"""`flipside data-keys`, and what is said when the key-encryption keys do not fit."""

import asyncio
import base64

import pytest
from pydantic import SecretStr

from app import db as database
from app.commands import doctor, hosting
from app.config import Settings
from app.sealing import keeping, wrapping
from app.sealing.models import ORGANISATION
from tests.commanding import Choose, Command
from tests.commands.test_keys import found

OTHER = SecretStr("2026b:" + base64.b64encode(bytes([9] * 32)).decode())


@pytest.fixture
def organisation(choose: Choose, address: str, flipside: Command) -> str:
    """An organisation with a data key of its own and one that was shredded, and an operator before it; its id."""
    settings = choose(database_url=address)
    organisation_id, person_id, _ = found(flipside)

    async def seal() -> None:
        async with hosting.opened(address, settings), database.current().writing(organisation_id) as db:
            await keeping.current(db, ORGANISATION)
            await keeping.shred(db, person_id)

    asyncio.run(seal())
    return organisation_id


def test_the_keys_of_an_organisation_are_listed_and_renewed(flipside: Command, organisation: str) -> None:
    renewed = flipside("data-keys", "rotate", "--organisation", organisation)
    listed = flipside("data-keys", "list", "--organisation", organisation).out

    assert renewed.out.startswith("1 new data keys")
    assert listed.count("dky_") == 3
    assert listed.count("derived") == listed.count("organisation") == 2


def test_an_organisation_that_is_not_there_is_named(flipside: Command, organisation: str) -> None:
    said = flipside("data-keys", "list", "--organisation", "org_01hzzzzzzzzzzzzzzzzzzzzzzz")

    assert (said.code, said.err.count("\n")) == (1, 1)


def test_all_keys_are_wrapped_anew(
    flipside: Command, organisation: str, choose: Choose, address: str, settings: Settings
) -> None:
    ring = wrapping.keyring(choose(database_url=address, key_encryption_keys=OTHER))
    before = wrapping.use(ring)
    said = flipside("data-keys", "rewrap")
    listed = flipside("data-keys", "list", "--organisation", organisation).out
    ring.kek_id = wrapping.DERIVED
    back = flipside("data-keys", "rewrap")
    wrapping.use(before)

    assert "wrapped anew, by the key-encryption key '2026b'" in said.out
    assert listed.count("2026b") == 1
    assert said.out.split()[0] == back.out.split()[0]


def test_keys_that_do_not_fit_are_said_before_anything_is_served(
    flipside: Command, organisation: str, choose: Choose, address: str
) -> None:
    settings = choose(database_url=address, secret_key=SecretStr("another secret than that of the test run"))

    said = flipside("worker")

    assert said.code == 1
    assert said.err.startswith("flipside: The key-encryption key 'derived' is another")
    findings = {finding.name: finding for finding in doctor.examine(settings)}
    assert "FLIPSIDE_SECRET_KEY" in (findings["data keys"].cure or "")


def test_the_doctor_says_which_key_wraps(organisation: str, choose: Choose, address: str) -> None:
    findings = {finding.name: finding for finding in doctor.examine(choose(database_url=address))}

    assert findings["data keys"].is_well
    assert "'derived' wraps" in findings["data keys"].seen
