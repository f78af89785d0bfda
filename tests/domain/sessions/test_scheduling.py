"""When a pair meets: what a session is made of, who may schedule one, and when none can be."""

from datetime import UTC, datetime

import pytest

from tests.outcomes import refused
from tests.world import World


async def test_a_session_takes_its_length_and_zone_from_programme_and_mentor(world: World) -> None:
    await world.do("admin", "update_person", world.people["mentor"], zone="Asia/Tokyo")
    pairing = await world.pairing()

    session = await world.session(pairing["id"], days=7)

    assert (session["starts_at"], session["ends_at"]) == ("2026-03-09T12:00:00+00:00", "2026-03-09T13:00:00+00:00")
    assert (session["zone"], session["mode"], session["topic"]) == ("Asia/Tokyo", "remote", None)
    assert (session["status"], session["number"]) == ("scheduled", 1)
    assert session["programme_id"] == pairing["programme_id"]
    assert (session["calendar_uid"], session["calendar_sequence"]) == (f"{session['id']}@flipside", 0)


async def test_a_session_can_be_given_a_length_zone_mode_and_topic_of_its_own(world: World) -> None:
    pairing = await world.pairing()

    session = await world.session(
        pairing["id"], days=7, duration_minutes=90, zone="America/Lima", mode="in_person", topic="Short videos"
    )

    assert session["ends_at"] == "2026-03-09T13:30:00+00:00"
    assert (session["zone"], session["mode"], session["topic"]) == ("America/Lima", "in_person", "Short videos")


async def test_sessions_of_a_pair_are_numbered_in_the_order_of_scheduling(world: World) -> None:
    pairing = await world.pairing()

    numbers = [(await world.session(pairing["id"], days=days))["number"] for days in (40, 7, -20)]

    assert numbers == [1, 2, 3]


async def test_a_scheduled_session_is_told_with_all_that_calendars_need(world: World) -> None:
    pairing = await world.pairing()

    session = await world.session(pairing["id"], topic="A secret topic")

    (event,) = await world.told(session["id"])
    assert (event.type, event.visibility, event.changed) == ("session.scheduled", "programme", [])
    assert event.actor == world.people["mentor"]
    assert event.data == {
        "session_id": session["id"],
        "pairing_id": pairing["id"],
        "programme_id": pairing["programme_id"],
        "series_id": None,
        "mentor_id": world.people["mentor"],
        "mentee_id": world.people["mentee"],
        "number": 1,
        "status": "scheduled",
        "starts_at": "2026-03-09T12:00:00Z",
        "ends_at": "2026-03-09T13:00:00Z",
        "minutes": 60,
        "zone": "Europe/Paris",
        "mode": "remote",
        "calendar_uid": session["calendar_uid"],
        "calendar_sequence": 0,
    }


@pytest.mark.parametrize("part", ["mentor", "mentee", "service"])
async def test_the_pair_and_calendars_schedule(world: World, part: str) -> None:
    pairing = await world.pairing()

    assert (await world.session(pairing["id"], by=part))["status"] == "scheduled"


@pytest.mark.parametrize("part", ["coordinator", "admin"])
async def test_the_office_schedules_nothing_for_a_pair(world: World, part: str) -> None:
    pairing = await world.pairing()

    with refused("not_allowed"):
        await world.session(pairing["id"], by=part)


async def test_an_outsider_finds_no_pair_to_meet(world: World) -> None:
    pairing = await world.pairing()
    await world.key_for(await world.person(), "outsider")

    with refused("unknown_reference", "/pairing_id"):
        await world.session(pairing["id"], by="outsider")


@pytest.mark.parametrize("moves", [(), ("pause_pairing",), ("end_pairing_early",)])
async def test_a_pair_meets_only_while_it_is_active(world: World, moves: tuple[str, ...]) -> None:
    pairing = await world.pairing(status="active" if moves else "pending_agreement")
    for move in moves:
        await world.do("coordinator", move, pairing["id"])

    with refused("pairing_not_active"):
        await world.session(pairing["id"])


async def test_a_pair_that_is_closing_still_meets(world: World) -> None:
    pairing = await world.pairing()
    await world.do("mentor", "begin_closing_pairing", pairing["id"])

    assert (await world.session(pairing["id"]))["status"] == "scheduled"


async def test_no_pair_meets_while_its_programme_rests(world: World) -> None:
    pairing = await world.pairing()
    session = await world.session(pairing["id"])
    await world.do("coordinator", "pause_programme", pairing["programme_id"])

    with refused("pairing_not_active"):
        await world.session(pairing["id"], days=30)
    with refused("pairing_not_active"):
        await world.do("mentor", "reschedule_session", session["id"], starts_at=datetime(2026, 3, 20, tzinfo=UTC))
