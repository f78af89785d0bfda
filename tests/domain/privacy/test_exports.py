"""Copies of one's data: all of it, nobody else's, and for nobody else."""

import csv
import io
import zipfile
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import asyncpg
import orjson
import pytest

from app import clock as clocks
from app import db as database
from app.auth.actor import Role
from app.domain.privacy import copies, exports
from app.reading.run import Absent
from tests.conftest import NOON, TestClock
from tests.domain.privacy.subject import Subject, make_subject, work
from tests.full import NOMINATION
from tests.outcomes import refused
from tests.workers.steps import row, rows_of
from tests.world import World, found_world


@dataclass
class Files:
    """An export that was downloaded, and whose it is."""

    subject: Subject
    texts: dict[str, str]

    def rows(self, name: str) -> Any:
        """What a JSON file holds."""
        return orjson.loads(self.texts[name])


async def exported(world: World, by: str = "mentor", of: str = "mentor") -> str:
    """An export that is ready; its id."""
    operation = await world.do(by, "request_export", person_id=world.people[of])
    await work()
    return str(operation["subject_ids"][0])


async def contents(world: World, export_id: str, by: str = "mentor") -> dict[str, Any]:
    """The files of an export, by name."""
    archive = zipfile.ZipFile(io.BytesIO(await exports.content(world.actors[by], export_id)))
    return {name: archive.read(name).decode() for name in archive.namelist()}


@pytest.fixture(scope="module")
async def files(opened: database.Database) -> AsyncIterator[Files]:
    """The export of somebody with all that a mentor can have: made once for the tests that only look."""
    clocks.use(lambda: NOON)
    subject = await make_subject(await found_world())
    world, objects = subject.world, subject.full.objects
    note: dict[str, Any] = {"session_id": objects["session"], "text": "Between me and my diary"}
    await world.do("mentee", "create_note", **note, tier="author_only")
    given: dict[str, Any] = {"pairing_id": objects["pairing"], "type": "partner", "text": "Not for the mentor"}
    await world.do("mentee", "give_feedback", **given, audience="private")
    await world.do("mentee", "give_feedback", **given, audience="aggregate")
    await world.do("mentor", "nominate_person", programme_id=objects["programme"], **NOMINATION)
    said: dict[str, Any] = {"session_id": objects["session"], "tier": "pair"}
    await world.do("mentor", "create_note", **said, text="Mentee Doe asked, Doe answered")
    yield Files(subject, await contents(world, await exported(world)))
    clocks.use(None)


def test_an_export_holds_all_of_ones_data_and_nothing_private_of_the_partner(files: Files) -> None:
    subject = files.subject

    found = {name.removesuffix(".json"): files.rows(name) for name in files.texts if name.endswith(".json")}

    assert {
        *("people", "api_keys", "enrolments", "pairings", "agreements", "signatures", "sessions", "attendances"),
        *("agenda_items", "session_links", "action_items", "notes", "goals", "goal_milestones", "wins", "feedback"),
        *(
            "consents",
            "exports",
            "sponsorships",
            "check_ins",
            *("readiness_assessments", "training_assignments", "circles", "circle_members", "circle_meetings"),
            "concerns",
            "nominations",
            "farewells",
            "competency_ratings",
            "calendar_feeds",
            "audit_entries",
            "matching_preferences",
            "match_proposals",
        ),
    } == set(found)
    assert [person["id"] for person in found["people"]] == [subject.person_id]
    assert f"note {subject.mark}" in [note["text"] for note in found["notes"]]
    assert {given["text"] for given in found["feedback"]} >= {f"feedback {subject.mark}", "Thanks"}
    everything = "".join(files.texts.values())
    people = subject.world.people
    for hidden in ("Between me and my diary", "Not for the mentor", people["mentee"], people["admin"]):
        assert hidden not in everything


def test_the_partner_has_a_number_instead_of_a_name(files: Files) -> None:
    (pairing,) = files.rows("pairings.json")

    assert pairing["mentor_id"] == files.subject.person_id
    assert pairing["mentee_id"].startswith("person-")
    said = f"{pairing['mentee_id']} asked, {pairing['mentee_id']} answered"
    assert said in [note["text"] for note in files.rows("notes.json")]


def test_each_file_is_there_as_csv_too(files: Files) -> None:
    lines = list(csv.DictReader(io.StringIO(files.texts["wins.csv"])))

    assert [line["text"] for line in lines] == [win["text"] for win in files.rows("wins.json")]
    assert {name for name in files.texts if name.endswith(".csv")} == {
        name.replace(".json", ".csv") for name in files.texts if name.endswith(".json")
    }


async def test_long_lists_are_read_to_their_end(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(copies, "_PAGE", 1)
    for purpose in ("photo", "analytics", "recognition"):
        await world.do("mentor", "give_consent", purpose=purpose, notice_version="1")

    async with database.current().writing(world.organisation_id) as db:
        found = await copies.collected(db, world.people["mentor"])

    assert [consent["purpose"] for consent in found["consents"]] == ["photo", "analytics", "recognition"]


async def test_only_the_person_opens_it_though_an_administrator_asked(world: World, owner: asyncpg.Connection) -> None:
    export_id = await exported(world, by="admin")

    with refused("not_allowed"):
        await exports.content(world.actors["admin"], export_id)
    with pytest.raises(Absent):
        await exports.content(world.actors["mentee"], export_id)
    assert "people.json" in await contents(world, export_id)

    entries = await rows_of(owner, "audit_entry", "object_id", export_id)
    assert [(one["action"], one["actor_id"]) for one in entries] == [("download_export", world.people["mentor"])]
    stored = (await row(owner, "export", export_id))["content"]
    assert b"people.json" not in stored


async def test_it_is_asked_for_oneself_or_by_an_administrator(world: World) -> None:
    with refused("not_allowed"):
        await exported(world, by="coordinator")
    with refused("unknown_reference"):
        await exported(world, by="mentee")


async def test_it_is_not_there_before_it_is_made_nor_after_a_day(world: World, clock: TestClock) -> None:
    export_id = (await world.do("mentor", "request_export"))["subject_ids"][0]
    with refused("export_not_ready"):
        await contents(world, export_id)
    await work()
    clock.advance(hours=23.9)
    assert await contents(world, export_id)

    clock.advance(hours=0.1)

    with refused("export_expired"):
        await contents(world, export_id)


async def test_whoever_asked_sees_how_far_it_is(world: World) -> None:
    operation = await world.do("mentor", "request_export")
    await work()

    seen = await world.see("mentor", operation["id"])

    assert seen is not None
    assert (seen["status"], seen["result"], seen["done"], seen["total"]) == (
        "succeeded",
        operation["subject_ids"][0],
        1,
        1,
    )
    assert await world.seen_by(operation["subject_ids"][0]) == {"admin", "mentor"}


async def test_consent_is_ones_own_and_withdrawn_once(world: World) -> None:
    await world.newcomer("auditor", Role.AUDITOR)
    consent = await world.do("mentor", "give_consent", purpose="photo", notice_version="2026-01")
    with refused("consent_given"):
        await world.do("mentor", "give_consent", purpose="photo", notice_version="2026-02")
    with refused("not_allowed"):
        await world.do("admin", "withdraw_consent", consent["id"])
    with refused("forbidden"):
        await world.do("service", "give_consent", purpose="photo", notice_version="2026-02")

    withdrawn = await world.do("mentor", "withdraw_consent", consent["id"])
    await world.do("mentor", "give_consent", purpose="photo", notice_version="2026-02")

    assert (consent["withdrawn_at"], withdrawn["withdrawn_at"]) == (None, "2026-03-02T12:00:00+00:00")
    assert await world.seen_by(consent["id"]) == {"admin", "auditor", "mentor"}
