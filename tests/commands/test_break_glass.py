"""`flipside operators` and `flipside break-glass`, from two operators to the end of a look."""

import re

import pytest

from app.config import Settings
from tests.commanding import Choose, Command


@pytest.fixture(autouse=True)
def operating(choose: Choose, address: str) -> Settings:
    """An operator at the command line, over the database of the test run."""
    return choose(database_url=address)


def operator(flipside: Command, name: str) -> tuple[str, str]:
    """A new operator: their id and token."""
    operator_id, token = re.findall(r"\b(opr_\w+|fso_[\w-]+)", flipside("operators", "add", name).out)
    return operator_id, token


def test_two_operators_open_an_organisation_and_one_of_them_closes_it(flipside: Command) -> None:
    organisation_id = re.findall(r"org_\w+", flipside("organisations", "create", "Acme").out)[0]
    (_, one), (other_id, other) = operator(flipside, "Grace"), operator(flipside, "Linus")
    where = ("--organisation", organisation_id)
    asked = flipside("break-glass", "request", *where, "--as", one, "--reason", "A failed migration", "--minutes", "5")
    glass_id, key = re.findall(r"\b(brk_\w+|fsk_live_\w+)", asked.out)

    alone = flipside("break-glass", "approve", *where, "--as", one, glass_id)
    together = flipside("break-glass", "approve", *where, "--as", other, glass_id)
    over = flipside("break-glass", "revoke", *where, "--as", one, glass_id)

    assert key
    assert (alone.code, alone.err) == (1, "flipside: Another operator has to approve this.\n")
    assert together.out.startswith(f"{glass_id} is open until ")
    assert over.out == f"{glass_id} is over.\n"
    assert flipside("operators", "remove", other_id).out == f"{other_id} is removed.\n"
    listed = {line.split()[0]: line.split()[1] for line in flipside("operators", "list").out.splitlines()}
    assert listed[other_id] == "removed"
    assert flipside("break-glass", "revoke", *where, "--as", other, glass_id).code == 1


def test_no_look_is_longer_than_an_hour(flipside: Command) -> None:
    asked = flipside(
        "break-glass", "request", "--organisation", "org_x", "--as", "t", "--reason", "r", "--minutes", "61"
    )

    assert asked.code == 2
