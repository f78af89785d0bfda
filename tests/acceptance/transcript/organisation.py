"""A small organisation: its directory, and a key for everybody in it."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import httpx

from tests.acceptance.transcript.cast import CAST, ELSEWHERE, OFFICE, Principal
from tests.acceptance.transcript.company import Company


def found(client: httpx.Client) -> Company:
    """Found it, and another one beside it."""
    company = Company(client)
    _found_organisations(company)
    _employ(company)
    return company


def _found_organisations(company: Company) -> None:
    for who, name in ((OFFICE, "Northwind Transcript"), (ELSEWHERE, "Elsewhere")):
        said = _flipside("organisations", "create", name)
        prefix = "" if who == OFFICE else "other "
        company.keys[who] = said["key"]
        company.know(f"{prefix}organisation", said["organisation"])
        company.know(who, said["administrator"])
    company.add("person", OFFICE, own={OFFICE})


def _flipside(*words: str) -> dict[str, str]:
    """What the command `flipside` says, in the environment of the service."""
    # Beside the Python that runs this, where `make install` put it.
    command = shutil.which("flipside", path=os.pathsep.join((str(Path(sys.executable).parent), os.environ["PATH"])))
    assert command, "the command flipside is not installed"
    done = subprocess.run((command, *words), capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(done.stderr)
    return dict(re.findall(r"^(organisation|administrator|key) +(\S+)$", done.stdout, re.MULTILINE))


def _employ(company: Company) -> None:
    # From the top: whoever manages comes before whom they manage.
    for who in sorted((who for who in CAST if who.rank), key=lambda who: -who.rank):
        _employ_one(company, who)
    company.keys["service account"] = company.call(
        OFFICE,
        "POST",
        "/v1/api-keys",
        name="HR system",
        role="service_account",
        service_account="hris",
        scopes=_every_scope(company),
    )["secret"]


def _employ_one(company: Company, who: Principal) -> None:
    slug = who.name.replace("'s ", "-").replace(" ", "-")
    person_id = company.make(
        OFFICE,
        "/v1/people",
        who.name,
        given_name=who.name.capitalize(),
        family_name="Transcript",
        title=f"title of the {who.name}",
        work_email=f"{slug}@example.com",
        location="Lyon",
        rank_level=who.rank,
        manager_id=company.ids.get(f"{who.name}'s manager"),
    )
    company.keys[who.name] = company.call(
        OFFICE,
        "POST",
        "/v1/api-keys",
        name=who.name,
        role=who.role.replace(" ", "_"),
        person_id=person_id,
        scopes=_every_scope(company),
    )["secret"]
    partners = {"mentor": {"mentee", "former partner"}, "mentee": {"mentor"}, "former partner": {"mentor"}}
    company.add("person", who.name, own={who.name}, own_pair=partners.get(who.name, ()))


def _every_scope(company: Company) -> list[str]:
    """All there are, so that nothing but the policy decides; the office's key has them."""
    keys = company.call(OFFICE, "GET", "/v1/api-keys?limit=1")
    scopes: list[str] = keys["items"][0]["scopes"]
    return scopes
