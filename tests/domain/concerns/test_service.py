"""Raising a concern: whom it goes to, who reads it, and that nobody else learns of it on any way."""

from typing import Any

import asyncpg
import pytest

from app.auth.actor import Role
from app.domain.concerns.resource import CONCERNS
from app.domain.programmes.resource import PROGRAMME_ROLES
from app.domain.tasks.resource import TASKS
from app.workers import sweep
from tests.outcomes import invalid, refused
from tests.reading.shapes import listed, page_of
from tests.world import World

TEXT = "He says that my next review depends on it."


class Case:
    """A pair, and case handlers who can be put in anybody's line."""

    def __init__(self, world: World, pairing: dict[str, Any]) -> None:
        self.world, self.pairing = world, pairing
        self.programme_id: str = pairing["programme_id"]

    async def handler(self, part: str, role: Role = Role.PARTICIPANT, **fields: Any) -> str:
        """Somebody with the duty."""
        person_id = await self.world.newcomer(part, role, **fields)
        await self.appoint(person_id, "case_handler")
        return person_id

    async def appoint(self, person_id: str, duty: str) -> dict[str, Any]:
        """Give somebody a duty in the programme."""
        given: dict[str, Any] = {"programme_id": self.programme_id, "person_id": person_id, "duty": duty}
        return await self.world.do("admin", "assign_programme_role", **given)

    async def report_to(self, person_id: str, manager_id: str | None) -> None:
        """Put somebody below somebody."""
        await self.world.do("admin", "update_person", person_id, manager_id=manager_id)

    async def raised(self, part: str = "mentor", **fields: Any) -> dict[str, Any]:
        """A concern about the pair."""
        given: dict[str, Any] = {"programme_id": self.programme_id, "pairing_id": self.pairing["id"], "text": TEXT}
        return await self.world.do(part, "raise_concern", **(given | fields))


@pytest.fixture
async def case(world: World) -> Case:
    """An active pair in a programme without case handlers."""
    return Case(world, await world.pairing())


async def test_a_concern_goes_to_a_case_handler_and_is_between_the_two(case: Case) -> None:
    handler_id = await case.handler("handler")
    concern = await case.raised(severity="high")

    assert (concern["handler_id"], concern["status"], concern["severity"]) == (handler_id, "raised", "high")
    assert (concern["text"], concern["notes"], concern["reporter_id"]) == (TEXT, None, case.world.people["mentor"])
    assert await case.world.seen_by(concern["id"]) == {"mentor", "handler"}
    seen = await case.world.see("handler", concern["id"])
    assert seen is not None
    assert seen["text"] == TEXT


async def test_the_one_with_the_fewest_open_concerns_is_chosen_and_of_equals_the_lower_id(case: Case) -> None:
    first, second = sorted([await case.handler("one"), await case.handler("two")])
    parts = {person_id: part for part, person_id in case.world.people.items()}

    chosen = [(await case.raised())["handler_id"] for _ in range(3)]
    assert chosen == [first, second, first]
    (concern, *_) = await listed(case.world.actors[parts[second]], page_of(CONCERNS, "id"))
    for move in ("acknowledge", "begin_review", "resolve"):
        await case.world.do(parts[second], f"{move}_concern", concern["id"])
    # One that is resolved does not count.
    assert [(await case.raised())["handler_id"] for _ in range(2)] == [second, second]


async def _above_the_mentor(case: Case, person_id: str) -> None:
    between = await case.world.person()
    await case.report_to(between, person_id)
    await case.report_to(case.world.people["mentor"], between)


async def _below_the_mentee(case: Case, person_id: str) -> None:
    between = await case.world.person()
    await case.report_to(between, case.world.people["mentee"])
    await case.report_to(person_id, between)


async def _a_sponsor(case: Case, person_id: str) -> None:
    given: dict[str, Any] = {"programme_id": case.programme_id, "person_id": person_id, "pledge": "I listen."}
    await case.world.do("coordinator", "pledge_sponsorship", **given)


async def _a_coordinator(case: Case, person_id: str) -> None:
    await case.appoint(person_id, "coordinator")


async def _on_leave(case: Case, person_id: str) -> None:
    await case.world.do("admin", "begin_leave_person", person_id)


async def _without_the_duty(case: Case, person_id: str) -> None:
    roles = await listed(case.world.actors["admin"], page_of(PROGRAMME_ROLES, "id", "person_id"))
    (role,) = [role for role in roles if role["person_id"] == person_id]
    await case.world.do("admin", "remove_programme_role", role["id"])


BARS = [_above_the_mentor, _below_the_mentee, _a_sponsor, _a_coordinator, _on_leave, _without_the_duty]


@pytest.mark.parametrize("bar", BARS)
async def test_whoever_may_not_look_after_it_is_not_chosen(case: Case, bar: Any) -> None:
    barred, fit = await case.handler("barred"), await case.handler("fit")
    await bar(case, barred)

    # Two, since the first would go to either by its id.
    assert {(await case.raised())["handler_id"] for _ in range(2)} == {fit}


@pytest.mark.parametrize("bar", BARS)
async def test_whoever_may_not_look_after_it_any_more_has_lost_it_at_once(case: Case, bar: Any) -> None:
    handler_id = await case.handler("handler")
    concern = await case.raised()
    await bar(case, handler_id)

    assert await case.world.seen_by(concern["id"]) == {"mentor"}
    with refused("not_found"):
        await case.world.do("handler", "acknowledge_concern", concern["id"])
    other = await case.handler("other")
    await sweep.sweep_one(case.world.organisation_id)

    assert (await case.world.see("mentor", concern["id"]) or {})["handler_id"] == other
    assert await case.world.seen_by(concern["id"]) == {"mentor", "other"}


async def test_whoever_is_fit_keeps_it_and_may_change_how_much_it_presses_alone(case: Case) -> None:
    handler_id = await case.handler("handler")
    concern = await case.raised()
    await case.world.do("handler", "update_concern", concern["id"], notes="Spoke to both.")
    await sweep.sweep_one(case.world.organisation_id)

    seen = await case.world.do("handler", "update_concern", concern["id"], severity="low")

    assert (seen["handler_id"], seen["severity"], seen["notes"]) == (handler_id, "low", "Spoke to both.")


async def test_the_next_handler_has_the_notes_of_the_last_and_the_reporter_has_not(case: Case) -> None:
    first = await case.handler("first")
    concern = await case.raised()
    await case.world.do("first", "acknowledge_concern", concern["id"])
    await case.world.do("first", "update_concern", concern["id"], notes="Spoke to both.", severity="high")
    await case.handler("second")
    await _above_the_mentor(case, first)
    await sweep.sweep_one(case.world.organisation_id)

    seen = await case.world.do("second", "begin_review_concern", concern["id"])

    assert (seen["notes"], seen["severity"], seen["status"]) == ("Spoke to both.", "high", "in_review")
    told = await case.world.see("mentor", concern["id"])
    assert told is not None
    assert (told["notes"], told["severity"], told["status"]) == (None, "high", "in_review")


async def test_without_anybody_fit_administrators_look_after_it_who_stand_apart(case: Case) -> None:
    concern = await case.raised()
    above = await case.world.newcomer("high admin", Role.ORGANISATION_ADMIN)
    await case.report_to(case.world.people["mentee"], above)

    assert concern["handler_id"] is None
    assert await case.world.seen_by(concern["id"]) == {"mentor", "admin"}
    assert (await case.world.do("admin", "acknowledge_concern", concern["id"]))["status"] == "acknowledged"
    await case.handler("handler")
    await sweep.sweep_one(case.world.organisation_id)
    assert await case.world.seen_by(concern["id"]) == {"mentor", "handler"}


async def test_an_administrator_who_is_the_partner_does_not_read_it_by_office(case: Case) -> None:
    await case.world.key_for(case.world.people["mentee"], "mentee as admin", Role.ORGANISATION_ADMIN)
    concern = await case.raised()

    assert await case.world.seen_by(concern["id"]) == {"mentor", "admin"}


async def test_a_member_of_the_programme_needs_no_pair(case: Case) -> None:
    handler_id = await case.handler("handler")

    concern = await case.raised("mentee", pairing_id=None)

    assert (concern["pairing_id"], concern["handler_id"]) == (None, handler_id)
    assert await case.world.seen_by(concern["id"]) == {"mentee", "handler"}


async def test_who_takes_no_part_has_nothing_to_raise_here(case: Case) -> None:
    await case.world.newcomer("outsider")

    with invalid("not_enrolled", "/programme_id"):
        await case.raised("outsider", pairing_id=None)
    with refused("unknown_reference", "/pairing_id"):
        await case.raised("outsider")
    with refused("not_allowed"):
        await case.raised("coordinator")
    with refused("forbidden"):
        await case.raised("service")


async def test_the_pair_is_one_of_the_programme(case: Case) -> None:
    other = await case.world.programme()

    with invalid("other_programme", "/pairing_id"):
        await case.raised(programme_id=other)


async def test_the_reporter_moves_nothing(case: Case) -> None:
    await case.handler("handler")
    concern = await case.raised()

    for intent in ("acknowledge_concern", "update_concern", "resolve_concern"):
        with refused("not_allowed"):
            await case.world.do("mentor", intent, concern["id"])


async def test_it_waits_for_its_handler_until_it_is_resolved(case: Case) -> None:
    async def waits(part: str) -> list[dict[str, Any]]:
        return await listed(case.world.actors[part], page_of(TASKS, "kind", "concern_id", "pairing_id", "person_id"))

    handler_id = await case.handler("handler")
    concern = await case.raised()
    task = {
        "kind": "handle_concern",
        "concern_id": concern["id"],
        # A list of things to do is looked at over one's shoulder.
        "pairing_id": None,
        "person_id": handler_id,
    }

    assert await waits("handler") == [task]
    assert await waits("mentor") == await waits("mentee") == await waits("coordinator") == []
    for move in ("acknowledge", "begin_review", "escalate"):
        await case.world.do("handler", f"{move}_concern", concern["id"])
        assert await waits("handler") == [task]
    await case.world.do("handler", "resolve_concern", concern["id"])
    assert await waits("handler") == []


async def test_it_does_not_wait_for_a_handler_who_may_not_look_after_it_any_more(case: Case) -> None:
    handler_id = await case.handler("handler")
    await case.raised()
    await _above_the_mentor(case, handler_id)

    assert await listed(case.world.actors["handler"], page_of(TASKS, "kind")) == []


async def test_a_concern_emits_nothing(case: Case, owner: asyncpg.Connection) -> None:
    await case.handler("handler")

    async def events() -> int:
        count = "select count(*) from outbox_event where organisation_id = $1"
        return int(await owner.fetchval(count, case.world.organisation_id))

    before = await events()
    concern = await case.raised()
    for move in ("acknowledge", "begin_review", "escalate", "resolve"):
        await case.world.do("handler", f"{move}_concern", concern["id"])
    await sweep.sweep_one(case.world.organisation_id)

    assert await events() == before
    assert await case.world.told(concern["id"]) == []


async def test_the_trail_says_that_and_not_who(case: Case, owner: asyncpg.Connection) -> None:
    handler_id = await case.handler("handler")
    await owner.execute("delete from audit_subject where organisation_id = $1", case.world.organisation_id)
    concern = await case.raised()
    with refused("not_allowed"):
        await case.world.do("mentor", "acknowledge_concern", concern["id"])
    await case.world.see("mentor", concern["id"])
    await case.world.see("handler", concern["id"])
    await case.world.do("handler", "acknowledge_concern", concern["id"])

    entries = await owner.fetch(
        "select * from audit_entry where organisation_id = $1 and resource = 'concern' order by id",
        case.world.organisation_id,
    )
    done = [entry for entry in entries if entry["action"] != "read_concern"]
    assert [(entry["action"], entry["outcome"]) for entry in done] == [
        ("raise_concern", "done"),
        ("acknowledge_concern", "refused"),
        ("acknowledge_concern", "done"),
    ]
    told = ("principal", "actor_id", "role", "object_id", "request_id")
    assert {tuple(entry[name] for name in told) for entry in done} == {("withheld", None, "participant", None, None)}
    # Who looked as its handler stands there; whose it was does not. The reporter's own look is on record nowhere.
    (read,) = [entry for entry in entries if entry["action"] == "read_concern"]
    assert (read["actor_id"], read["object_id"], read["objects"]) == (handler_id, None, 1)
    ids = [entry["id"] for entry in entries]
    assert await owner.fetch("select * from audit_subject where entry_id = any($1)", ids) == []


async def test_neither_words_nor_notes_lie_in_clear(case: Case, owner: asyncpg.Connection) -> None:
    await case.handler("handler")
    concern = await case.raised()
    await case.world.do("handler", "update_concern", concern["id"], notes="She is afraid.")
    row = await owner.fetchrow("select text, notes from concern where id = $1", concern["id"])

    assert TEXT.encode() not in row["text"]
    assert b"afraid" not in row["notes"]
