"""The five minutes of the README, command by command."""

import re
from pathlib import Path
from string import Template

from app import clock
from app.demo.handing_out import Demo
from tests.demo.conftest import Run

README = (Path(__file__).parent.parent.parent / "README.md").read_text(encoding="utf-8")
STATUSES = [200, 200, 409, 201, 201, 200, 200, 201, 202, 200]


def as_typed(line: str, variables: dict[str, str]) -> str:
    """A line as the shell would hand it on: variables and the date in their places."""
    dated = line.replace("$(date -u +%Y-%m-%d)", clock.now().date().isoformat())
    return Template(dated.replace("\\$", "$$")).substitute(variables)


async def test_every_command_of_the_tour_answers_as_the_readme_says(demo: Demo, run: Run) -> None:
    variables = {"COORDINATOR": demo.keys["coordinator"], "MENTOR": demo.keys["mentor"]}
    variables["ADMIN"] = demo.keys["organisation_admin"]
    own = await run(
        as_typed('curl -s "http://here/v1/pairings?fields=id" -H "Authorization: Bearer $MENTOR"', variables)
    )
    variables["PAIRING"] = own.json()["items"][0]["id"]
    lines = re.findall(r"^curl .*", README, re.MULTILINE)

    answers = [await run(as_typed(line, variables)) for line in lines]

    assert [answer.status_code for answer in answers] == STATUSES
    pairs, own_pair, too_soon, made, again, asked, changed, endpoint, begun, operations = answers
    assert len(pairs.json()["items"]) == 5
    assert [pair["id"] for pair in own_pair.json()["items"]] == [variables["PAIRING"]]
    assert too_soon.json()["code"] == "session_too_soon"
    assert (made.json()["id"], again.headers["idempotency-replayed"]) == (again.json()["id"], "true")
    assert asked.json()["data"]["pairings"]["nodes"][0]["goals"]["nodes"]
    assert changed.json()["data"]["celebrateWin"]["text"] == "A first draft without help"
    assert begun.json()["kind"] == "people_import"
    assert operations.json()["items"][-1]["status"] == "queued"
    assert endpoint.json()["secret"].startswith("whsec_")


def test_the_readme_names_every_command_and_folder() -> None:
    for name in ("serve", "api", "worker", "migrate", "organisations", "keys", "doctor"):
        assert f"`flipside {name}" in README
    for folder in ("routers", "graphql", "workers", "webhooks", "domain", "acting", "reading", "events", "auth"):
        assert f"{folder}/" in README
