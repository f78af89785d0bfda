"""The demonstration organisation: made once, finished if it was not, and everything that is printed works."""

import json
import stat
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from app import config
from app.auth import bearer
from app.auth.actor import Role
from app.commands import office, serving
from app.config import Settings
from app.db import Database
from app.declared import RESOURCES
from app.demo import handing_out, northwind, seed
from app.demo.handing_out import Demo, StoryBroken, hand_out
from app.demo.northwind import ORGANISATION_ID
from app.domain.pairings.resource import PAIRINGS
from app.domain.sessions.resource import SESSIONS
from tests.commanding import Command
from tests.demo.conftest import Run

ROLES = ["organisation_admin", "coordinator", "mentor", "mentee", "service_account"]


async def counts() -> Counter[str]:
    """How many rows of each kind a person who sees everything would see; looking is itself on record."""
    actor = office.operator(ORGANISATION_ID)
    return Counter({it.plural: len(await office.every(actor, it)) for it in RESOURCES if it.name != "audit_entry"})


async def test_a_start_that_was_killed_half_way_is_finished_by_the_next(
    lanes: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    act, steps = office.act, 0

    async def killed(*arguments: Any, **data: Any) -> dict[str, Any]:
        nonlocal steps
        steps += 1
        if steps == 100:
            raise KeyboardInterrupt
        return await act(*arguments, **data)

    monkeypatch.setattr(office, "act", killed)
    with pytest.raises(KeyboardInterrupt):
        await seed.seed()
    halfway = (await office.organisation(ORGANISATION_ID))["name"]
    monkeypatch.undo()

    finished = await seed.seed()

    assert (halfway, finished) == (northwind.NAME_IN_THE_MAKING, True)
    assert (await office.organisation(ORGANISATION_ID))["name"] == northwind.NAME
    assert (await counts())["people"] == len(northwind.PEOPLE) + 1


async def test_a_second_start_finds_it_and_changes_nothing(demo: Demo, chosen: Settings) -> None:
    before = await counts()

    made, again = await seed.seed(), await hand_out(chosen)

    assert not made
    assert again == demo
    assert await counts() == before


async def test_it_shows_every_part_of_a_programme(demo: Demo) -> None:
    rows = await counts()
    service = replace(office.operator(ORGANISATION_ID), role=Role.SERVICE_ACCOUNT)
    pairings, sessions = await office.every(service, PAIRINGS), await office.every(service, SESSIONS)

    assert rows["people"] == 41
    for kind in ("topics", "programme_resources", "programme_milestones", "sponsorships", "programme_roles", "ranks"):
        assert rows[kind] > 0, kind
    assert Counter(pairing["status"] for pairing in pairings) == {
        "active": 5,
        "paused": 1,
        "completed": 1,
        "ended_early": 1,
        "pending_agreement": 1,
    }
    assert {"completed", "scheduled"} <= {session["status"] for session in sessions}
    assert all(session["focus_rating"] for session in sessions if session["status"] == "completed")


async def test_the_file_holds_address_organisation_and_a_key_for_each_role_and_is_ours_alone(
    demo: Demo, chosen: Settings
) -> None:
    path = chosen.data_dir / "demo.json"
    held = json.loads(path.read_bytes())

    assert held == {"base_url": "http://127.0.0.1:4321", "organisation_id": ORGANISATION_ID, "keys": demo.keys}
    assert list(demo.keys) == ROLES
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


@pytest.mark.parametrize("damage", ["gone", "torn", "foreign"])
async def test_when_the_file_is_gone_or_wrong_new_keys_take_the_place_of_the_old(
    demo: Demo, chosen: Settings, damage: str
) -> None:
    path = chosen.data_dir / "demo.json"
    if damage == "gone":
        path.unlink()
    else:
        held = {"keys": dict.fromkeys(ROLES, "fsk_live_nobodys")}
        path.write_text("{" if damage == "torn" else json.dumps(held))

    again = await hand_out(chosen)

    bearer.forget()
    assert set(again.keys.values()).isdisjoint(demo.keys.values())
    listed = [key for key in await office.keys(ORGANISATION_ID) if key["revoked_at"] is None]
    assert len(listed) == len(ROLES)
    assert await handing_out.all_good(again.keys)
    assert not await handing_out.all_good(demo.keys)


async def test_people_who_came_later_are_in_nobodys_way(demo: Demo, chosen: Settings) -> None:
    newcomer: dict[str, Any] = {"given_name": "Aiko", "family_name": "Tanaka", "rank_level": 3}
    await office.act(office.operator(ORGANISATION_ID), "create_person", external_id="E-10042", **newcomer)
    (chosen.data_dir / "demo.json").unlink()

    again = await hand_out(chosen)

    assert await handing_out.all_good(again.keys)


async def test_without_the_people_of_the_story_it_says_how_to_begin_anew(
    demo: Demo, chosen: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(northwind, "ADMINISTRATOR", 9_999)
    (chosen.data_dir / "demo.json").unlink()

    with pytest.raises(StoryBroken, match="FLIPSIDE_DATA_DIR"):
        await hand_out(chosen)


async def test_another_port_changes_the_address_and_keeps_the_keys(demo: Demo, chosen: Settings) -> None:
    moved = await hand_out(chosen.model_copy(update={"port": 4322}))

    assert moved.base_url == "http://127.0.0.1:4322"
    assert moved.keys == demo.keys


async def test_every_printed_command_works(demo: Demo, chosen: Settings, run: Run) -> None:
    printed = handing_out.next_steps(demo, chosen.data_dir / "demo.json")
    commands = [line.strip() for line in printed.splitlines() if line.strip().startswith("curl ")]

    rest, graphql = [await run(command) for command in commands]

    assert rest.status_code == 200
    assert all(pairing["mentor"] and pairing["sessions"]["items"] for pairing in rest.json()["items"])
    assert "errors" not in graphql.json()
    [programme] = graphql.json()["data"]["programmes"]["nodes"]
    assert len(programme["pairings"]["nodes"]) == len(northwind.STORIES) + 1
    assert all(key in printed for key in demo.keys.values())


async def test_every_key_opens_the_door_for_its_role(demo: Demo, run: Run) -> None:
    seen = {}
    for role, key in demo.keys.items():
        answer = await run(f"curl -s http://here/v1/pairings -H 'Authorization: Bearer {key}'")
        seen[role] = len(answer.json()["items"])

    assert seen == {"organisation_admin": 9, "coordinator": 9, "mentor": 1, "mentee": 1, "service_account": 9}


def test_serving_with_demonstration_data_says_what_to_try(
    flipside: Command, own_address: str, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def end_at_once(*_: object) -> None:
        pass

    chosen = settings.model_copy(update={"data_dir": tmp_path, "database_url": own_address, "port": 0})
    monkeypatch.setattr(config, "settings", lambda: chosen)
    monkeypatch.setattr(serving, "serve_both", end_at_once)

    said = flipside("serve", "--demo-data")

    assert said.code == 0
    assert "Northwind Mutual is there to look at." in said.out
    assert said.out.count("fsk_live_") == len(ROLES) + 2
    assert (tmp_path / "demo.json").is_file()
