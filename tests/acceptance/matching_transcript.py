"""Writes docs/matching-transcript.md: why, why not and why nobody, as coordinator, mentor and mentee are told.

`python -m tests.acceptance.matching_transcript` starts a service of its own, lets the demonstration's company be
matched by a run, and asks. Nothing on the page is written by hand but the headings.
"""

import asyncio
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import orjson
from rich.progress import Progress

from app import clock, config
from app.commands import hosting
from app.config import Settings
from app.demo.walk.caller import Api, Caller
from app.demo.walk.cast import Cast
from app.demo.walk.company import Scale
from app.demo.walk.matching import Matching
from app.demo.walk.own_server import own_database, own_process
from app.demo.walk.steps import Steps
from app.domain.access import founding

PAGE = Path(__file__).parents[2] / "docs" / "matching-transcript.md"
_SCALE = Scale(people=240, pairs=5)
_HEAD = """\
# Why, why not, and why nobody: what each is told

Written by `python -m tests.acceptance.matching_transcript` from the answers of a running service: the demonstration's
company was matched by a run, which was approved. The same question is asked by the coordinator of the programme and by
the two whom it is about. [matching.md](matching.md) says who is told what, and why.
"""


async def write(owner: str, settings: Settings) -> None:
    """Match, ask, and write the page."""
    async with own_database(owner) as address, own_process(address) as base_url:
        async with hosting.opened(address, settings):
            founded = await founding.found("The demonstration company")
        async with httpx.AsyncClient(base_url=base_url, timeout=60) as client:
            api = Api(client, at_once=8)
            starts_on = clock.now().date() - timedelta(days=60)
            cast = Cast(api, api.by(founded.key), Steps(Progress(disable=True)), _SCALE, starts_on)
            await cast.gather()
            matching = Matching(cast.coordinator, cast.hris, cast.callers, cast.steps)
            await matching.pairs(cast.programme_id)
            PAGE.write_text(_HEAD + "".join([text async for text in _asked(cast)]))


async def _asked(cast: Cast) -> Any:
    coordinator, here = cast.coordinator, {"programme_id": cast.programme_id}
    enrolments = [each async for each in coordinator.every("/v1/enrolments", **here)]
    proposals = [each async for each in coordinator.every("/v1/match-proposals", **here, status="confirmed")]
    names = dict(_names(enrolments))
    one, other = proposals[0], proposals[1]
    readers = _readers(cast, one["mentor_id"], one["mentee_id"])
    yield await _section("Why this pair?", f"/v1/match-proposals/{one['id']}/why", readers, names)
    crossed = {"other_enrolment_id": other["mentee_enrolment_id"]}
    path = f"/v1/enrolments/{one['mentor_enrolment_id']}/why-not"
    yield await _section("Why not that pair?", path, readers[:2], names, **crossed)
    run = await coordinator.get(f"/v1/match-runs/{one['match_run_id']}")
    paired = {each[f"{side}_enrolment_id"] for each in await _all(cast, run["id"]) for side in ("mentor", "mentee")}
    for enrolment in (each for each in enrolments if each["id"] not in paired):
        own = [("The coordinator", coordinator), (f"The {enrolment['role']}", cast.callers[enrolment["person_id"]])]
        path = f"/v1/enrolments/{enrolment['id']}/why-unmatched"
        yield await _section(f"Why has this {enrolment['role']} nobody?", path, own, names)


async def _all(cast: Cast, run_id: str) -> list[dict[str, Any]]:
    return [each async for each in cast.coordinator.every("/v1/match-proposals", match_run_id=run_id)]


def _readers(cast: Cast, mentor_id: str, mentee_id: str) -> list[tuple[str, Caller]]:
    return [
        ("The coordinator", cast.coordinator),
        ("The mentor", cast.callers[mentor_id]),
        ("The mentee", cast.callers[mentee_id]),
    ]


def _names(enrolments: list[dict[str, Any]]) -> Iterator[tuple[str, str]]:
    counts = {"mentor": 0, "mentee": 0}
    for enrolment in sorted(enrolments, key=lambda each: str(each["id"])):
        counts[enrolment["role"]] += 1
        yield enrolment["id"], f"{enrolment['role']}-{counts[enrolment['role']]}"


async def _section(
    title: str, path: str, readers: list[tuple[str, Caller]], names: dict[str, str], **query: str
) -> str:
    asked = "?".join(filter(None, (path, "&".join(f"{name}={value}" for name, value in query.items()))))
    parts = [f"\n## {title}\n\n`GET {_plain(asked, names)}`\n"]
    for reader, caller in readers:
        told = orjson.dumps(await caller.get(path, **query), option=orjson.OPT_INDENT_2).decode()
        parts.append(f"\n### {reader}\n\n```json\n{_plain(told, names)}\n```\n")
    return "".join(parts)


def _plain(text: str, names: dict[str, str]) -> str:
    """The text with readable names in the place of ids, which are others every time."""
    text = re.sub(r"enr_[0-9a-z]{26}", lambda found: names[found[0]], text)
    return re.sub(r"(mpr|mru)_[0-9a-z]{26}", lambda found: {"mpr": "proposal", "mru": "run"}[found[1]], text)


if __name__ == "__main__":
    with hosting.hosted(config.settings()) as address:
        asyncio.run(write(address, config.settings()))
