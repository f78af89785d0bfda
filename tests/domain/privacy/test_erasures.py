"""Who may ask that somebody be forgotten, who decides, and what stands in the way."""

from collections.abc import Awaitable
from typing import Any

import asyncpg
import pytest

from app.auth.actor import Role
from app.domain.privacy import erasing
from tests import outcomes
from tests.domain.privacy.subject import work
from tests.workers.steps import row
from tests.world import World


@pytest.fixture
async def office(world: World) -> World:
    """A world with a second administrator."""
    await world.newcomer("other admin", Role.ORGANISATION_ADMIN)
    return world


async def refused(call: Awaitable[Any], code: str) -> None:
    """The call is refused with this code."""
    with outcomes.refused(code):
        await call


async def asked(world: World, by: str, of: str = "mentor") -> str:
    """A request to forget somebody; its id."""
    return str((await world.do(by, "request_erasure", person_id=world.people[of]))["id"])


async def status(world: World, erasure_id: str) -> Any:
    """Where a request stands."""
    seen = await world.see("admin", erasure_id)
    return seen and seen["status"]


async def test_anybody_asks_for_themselves_and_an_administrator_decides(office: World) -> None:
    mine = await office.do("mentor", "request_erasure")

    decided = await office.do("admin", "approve_erasure", mine["id"])

    assert (mine["person_id"], mine["status"]) == (office.people["mentor"], "requested")
    assert (decided["status"], decided["decided_by"]) == ("approved", office.people["admin"])
    assert decided["operation_id"].startswith("opn_")


@pytest.mark.parametrize(
    ("by", "of", "code"),
    [
        ("mentor", "mentee", "unknown_reference"),
        ("coordinator", "mentor", "not_allowed"),
        ("service", "mentor", "forbidden"),
    ],
)
async def test_nobody_but_an_administrator_asks_for_another(office: World, by: str, of: str, code: str) -> None:
    await refused(asked(office, by, of), code)


@pytest.mark.parametrize("move", ["approve", "decline"])
async def test_nobody_decides_on_what_they_asked_for_or_what_is_about_them(office: World, move: str) -> None:
    own_request = await asked(office, "admin")
    about_oneself = await asked(office, "other admin", "admin")

    for erasure_id in (own_request, about_oneself):
        await refused(office.do("admin", f"{move}_erasure", erasure_id), "second_person_required")
        assert await status(office, erasure_id) == "requested"


async def test_a_request_is_declined_or_taken_back_by_who_made_it_alone(office: World) -> None:
    mine = await asked(office, "mentor")
    await refused(office.do("admin", "withdraw_erasure", mine), "not_requested_by_you")

    await office.do("mentor", "withdraw_erasure", mine)
    again = await asked(office, "mentor")
    await office.do("admin", "decline_erasure", again)

    assert [await status(office, found) for found in (mine, again)] == ["withdrawn", "declined"]


async def test_one_request_is_open_at_a_time(office: World) -> None:
    await asked(office, "mentor")

    await refused(asked(office, "admin"), "erasure_under_way")


async def test_a_request_is_seen_by_the_person_and_by_the_office(office: World) -> None:
    assert await office.seen_by(await asked(office, "admin")) == {"admin", "other admin", "mentor"}


@pytest.mark.parametrize("of", ["person", "programme"])
async def test_a_legal_hold_stands_in_the_way_until_it_is_lifted(office: World, of: str) -> None:
    pairing = await office.pairing()
    held: dict[str, Any] = (
        {"person_id": office.people["mentor"]} if of == "person" else {"programme_id": pairing["programme_id"]}
    )
    before = await asked(office, "mentor")
    hold = await office.do("admin", "place_legal_hold", **held, reason="A claim was filed.")

    await refused(office.do("admin", "approve_erasure", before), "legal_hold")
    await office.do("mentor", "withdraw_erasure", before)
    await refused(asked(office, "mentor"), "legal_hold")
    await office.do("other admin", "lift_legal_hold", hold["id"])

    assert await status(office, await asked(office, "mentor")) == "requested"
    await refused(office.do("admin", "lift_legal_hold", hold["id"]), "legal_hold_lifted")


async def test_a_hold_names_one_thing_and_its_reason_is_for_administrators(office: World) -> None:
    hold = await office.do("admin", "place_legal_hold", person_id=office.people["mentor"], reason="A claim.")
    await office.newcomer("auditor", Role.AUDITOR)

    seen = [await office.see(part, hold["id"]) for part in ("other admin", "auditor")]

    assert [found and found["reason"] for found in seen] == ["A claim.", None]
    assert await office.seen_by(hold["id"]) == {"admin", "other admin", "auditor"}
    faulty: tuple[dict[str, Any], ...] = ({}, {"person_id": office.people["mentor"], "programme_id": "prg_" + "0" * 26})
    for given in faulty:
        with pytest.raises(ValueError, match="name a person_id or a programme_id"):
            await office.do("admin", "place_legal_hold", **given, reason="A claim.")


async def test_what_was_approved_is_not_stopped_by_a_hold_any_more(office: World) -> None:
    await office.do("admin", "approve_erasure", await asked(office, "mentor"))

    held = office.do("admin", "place_legal_hold", person_id=office.people["mentor"], reason="Too late.")

    await refused(held, "person_erased")


async def test_somebody_who_left_before_can_be_forgotten_and_nobody_twice(office: World) -> None:
    await office.do("admin", "deactivate_person", office.people["mentor"])
    erasure_id = await asked(office, "other admin")
    await office.do("admin", "approve_erasure", erasure_id)
    await work()

    assert await status(office, erasure_id) == "completed"
    told = [event.type for event in await office.told(office.people["mentor"])]
    assert told.count("person.deactivated") == 1
    for refusal in (
        asked(office, "other admin"),
        office.do("admin", "request_export", person_id=office.people["mentor"]),
        office.do("admin", "update_person", office.people["mentor"], given_name="Back"),
        office.do("admin", "reactivate_person", office.people["mentor"]),
    ):
        await refused(refusal, "person_erased")


async def test_an_erasure_whose_operation_was_given_up_is_resumed(office: World, owner: asyncpg.Connection) -> None:
    erasure_id = await asked(office, "mentor")
    for early in ("requested", "approved"):
        await refused(office.do("other admin", "resume_erasure", erasure_id), "erasure_not_stuck")
        if early == "requested":
            await office.do("admin", "approve_erasure", erasure_id)
    first = (await row(owner, "erasure", erasure_id))["operation_id"]
    await office.do("admin", "cancel_operation", first)

    resumed = await office.do("other admin", "resume_erasure", erasure_id)
    await work()

    assert resumed["operation_id"] != first
    assert await status(office, erasure_id) == "completed"
    assert (await row(owner, "erasure", erasure_id))["steps_done"] == len(erasing.STEPS)
    await refused(office.do("admin", "resume_erasure", erasure_id), "erasure_not_stuck")
