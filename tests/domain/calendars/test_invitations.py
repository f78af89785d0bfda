"""Sessions as calendars read them: whose they are, when they are, and what they keep to themselves."""

from datetime import UTC, datetime, timedelta
from typing import Any

from icalendar import Calendar

from app.acting.inquiry import ask
from app.auth.scopes import Scope
from app.domain.calendars.invitations import INQUIRIES
from tests.conftest import TestClock
from tests.outcomes import refused
from tests.world import World

(INQUIRY,) = INQUIRIES


async def invited(world: World, session_id: str, part: str = "mentor") -> tuple[dict[str, Any], Any]:
    """What somebody is answered, and the entry in it as a calendar reads it."""
    answer = (await ask(world.actors[part], INQUIRY, session_id, None)).model_dump(mode="json")
    calendar = Calendar.from_ical(answer["text"])
    assert calendar["method"] == answer["method"].upper()
    (event,) = calendar.events
    return answer, event


async def test_one_of_the_two_is_invited_to_what_they_will_talk_about(world: World) -> None:
    await world.do("admin", "update_person", world.people["mentee"], work_email="mentee@example.com")
    pairing = await world.pairing()
    session = await world.session(pairing["id"], topic="Large models")
    link = {"session_id": session["id"], "kind": "video", "url": "https://meet.example.com/1"}
    await world.do("mentor", "create_session_link", **link)

    answer, event = await invited(world, session["id"])

    assert (answer["method"], answer["sequence"], answer["uid"]) == ("request", 0, session["calendar_uid"])
    assert (event["uid"], event["sequence"], event["status"]) == (session["calendar_uid"], 0, "CONFIRMED")
    assert (event["summary"], event["class"]) == ("Session 1: Mentor Doe and Mentee Doe", "PRIVATE")
    assert (event["description"], event["location"]) == ("Large models\nhttps://meet.example.com/1", link["url"])
    mentor, mentee = event["attendee"]
    assert mentor == event["organizer"] == f"urn:flipside:{world.people['mentor']}"
    assert (mentee, mentee.params["CN"]) == ("mailto:mentee@example.com", "Mentee Doe")
    assert event["url"].endswith(f"/v1/nodes/{session['id']}")


async def test_who_runs_the_programme_or_sends_its_mail_hears_of_no_topic(world: World) -> None:
    session = await world.session((await world.pairing())["id"], topic="Large models")
    await world.do(
        "mentor", "create_session_link", session_id=session["id"], kind="video", url="https://meet.example.com/1"
    )

    for part in ("coordinator", "service"):
        answer, event = await invited(world, session["id"], part)
        assert "description" not in event
        assert "Large models" not in answer["text"]
        assert "meet.example.com" not in answer["text"]


async def test_no_calendar_has_to_know_where_a_session_is_held(world: World, clock: TestClock) -> None:
    # The hour that clocks in New York pass over.
    day = datetime(2026, 3, 8, 7, 30, tzinfo=UTC)
    clock.set(day - timedelta(days=3))
    pairing = await world.pairing()
    session = await world.do(
        "mentor", "schedule_session", pairing_id=pairing["id"], starts_at=day, zone="America/New_York"
    )

    answer, event = await invited(world, session["id"])

    assert "DTSTART:20260308T073000Z" in answer["text"]
    assert event.start == day
    assert event.end - event.start == timedelta(minutes=60)


async def test_a_revision_says_so_and_a_cancellation_takes_it_out(world: World, clock: TestClock) -> None:
    session = await world.session((await world.pairing())["id"])
    starts_at = clock.advance(hours=1) + timedelta(days=9)
    await world.do("mentee", "reschedule_session", session["id"], starts_at=starts_at)

    moved, event = await invited(world, session["id"])
    await world.do("mentee", "cancel_session", session["id"], reason="illness")
    called_off, gone = await invited(world, session["id"])

    assert (moved["method"], moved["sequence"], event.start) == ("request", 1, starts_at)
    assert (called_off["method"], called_off["sequence"]) == ("cancel", 2)
    assert (gone["status"], gone["uid"], gone["transp"]) == ("CANCELLED", event["uid"], "TRANSPARENT")
    assert "illness" not in called_off["text"]
    assert gone["dtstamp"].dt >= event["dtstamp"].dt


async def test_it_is_for_those_who_see_the_session_and_may_read_the_directory(world: World) -> None:
    session = await world.session((await world.pairing())["id"])
    await world.newcomer("outsider")
    mentor = world.actors["mentor"]

    with refused("not_found"):
        await ask(world.actors["outsider"], INQUIRY, session["id"], None)
    world.actors["mentor"] = type(mentor)(
        mentor.organisation_id, mentor.principal, mentor.role, mentor.scopes - {Scope.DIRECTORY_READ}, mentor.person_id
    )
    with refused("scope_missing"):
        await ask(world.actors["mentor"], INQUIRY, session["id"], None)
