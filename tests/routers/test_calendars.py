"""A calendar feed as a calendar reads it: by its address alone, and again only when something has changed."""

from datetime import timedelta
from typing import Any

import asyncpg
import httpx
import pytest
from icalendar import Calendar

from app.domain.calendars.models import MOST_FEEDS
from app.workers.reactions import react
from tests.circles import circle, meeting
from tests.conftest import TestClock
from tests.outcomes import refused
from tests.routers.conftest import Api
from tests.world import World, found_world


async def made(world: World, part: str = "mentor", **more: Any) -> tuple[str, str]:
    """A feed of somebody's: its id and its address, as a path."""
    feed = await world.do(part, "create_calendar_feed", **(dict[str, Any](name="Phone") | more))
    return feed["id"], path_of(feed["secret"])


@pytest.fixture
def client(api: Api) -> httpx.AsyncClient:
    """A calendar: it holds no key."""
    return api()


def path_of(address: str) -> str:
    return httpx.URL(address).path


def events(answer: httpx.Response) -> list[dict[str, str]]:
    """The entries of a calendar, as their readers see them."""
    assert answer.status_code == 200, answer.text
    calendar = Calendar.from_ical(answer.text)
    names = ("UID", "SEQUENCE", "SUMMARY", "STATUS", "CLASS")
    return [{name: str(entry[name]) for name in names} for entry in calendar.walk("VEVENT")]


def guess(path: str) -> str:
    """A path whose secret is as long, and another."""
    before, _, secret = path.rpartition("/")
    return f"{before}/{secret.removesuffix('.ics').swapcase()}.ics"


async def test_a_feed_holds_ones_sessions_and_says_nothing_of_what_they_are_about(
    world: World, client: httpx.AsyncClient
) -> None:
    pairing = await world.pairing()
    session = await world.session(pairing["id"], topic="How to fail")
    _, path = await made(world)

    answer = await client.get(path)

    assert answer.headers["content-type"] == "text/calendar; charset=utf-8"
    assert answer.headers["cache-control"] == "private, no-cache"
    assert events(answer) == [
        {
            "UID": session["calendar_uid"],
            "SEQUENCE": "0",
            "SUMMARY": "Session",
            "STATUS": "CONFIRMED",
            "CLASS": "PRIVATE",
        }
    ]
    for word in ("How to fail", "Mentee Doe", "ATTENDEE", "ORGANIZER"):
        assert word not in answer.text
    for line in ("METHOD:PUBLISH", "REFRESH-INTERVAL;VALUE=DURATION:PT1H", "X-PUBLISHED-TTL:PT1H", "NAME:Phone"):
        assert line in answer.text


async def test_what_is_only_proposed_stands_in_no_calendar(
    world: World, client: httpx.AsyncClient, clock: TestClock
) -> None:
    pairing = await world.pairing()
    at = clock.time + timedelta(days=3)
    session = await world.do("mentor", "propose_session", pairing_id=pairing["id"], starts_at=at)
    _, path = await made(world)
    assert events(await client.get(path)) == []

    await world.do("mentee", "accept_session", session["id"])

    assert [event["UID"] for event in events(await client.get(path))] == [session["calendar_uid"]]


async def test_whoever_wants_it_finds_the_partner_in_the_title(world: World, client: httpx.AsyncClient) -> None:
    await world.session((await world.pairing())["id"])
    _, path = await made(world, "mentee", names_partner=True)

    assert [event["SUMMARY"] for event in events(await client.get(path))] == ["Session 1 with Mentor Doe"]


async def test_a_calendar_that_has_it_is_told_so_until_something_changes(
    world: World, client: httpx.AsyncClient, clock: TestClock
) -> None:
    session = await world.session((await world.pairing())["id"])
    _, path = await made(world)
    tag = (await client.get(path)).headers["etag"]

    for given in (tag, f'"other", W/{tag}', "*"):
        again = await client.get(path, headers={"If-None-Match": given})
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
    clock.advance(minutes=1)
    await world.do("mentee", "cancel_session", session["id"])

    changed = await client.get(path, headers={"If-None-Match": tag})
    assert [(event["STATUS"], event["SEQUENCE"]) for event in events(changed)] == [("CANCELLED", "1")]
    assert changed.headers["etag"] != tag


async def test_it_holds_the_meetings_of_ones_circles(world: World, client: httpx.AsyncClient, clock: TestClock) -> None:
    programme = await world.programme(allows_late_intake=True)
    own = await world.enrolment(programme, world.people["mentor"], "mentor", status="approved")
    of = await circle(world, programme, own)
    first = await meeting(world, of["id"], agenda="What was hard?", duration_minutes=30)
    _, path = await made(world, names_partner=True)
    _, plain = await made(world)

    answer = await client.get(path)

    assert [(event["UID"], event["SUMMARY"]) for event in events(answer)] == [
        (first["calendar_uid"], "Circle: First Thursdays")
    ]
    assert "hard" not in answer.text
    assert [event["SUMMARY"] for event in events(await client.get(plain))] == ["Circle"]
    clock.advance(minutes=1)
    await world.do("coordinator", "cancel_circle_meeting", first["id"])
    changed = await client.get(path, headers={"If-None-Match": answer.headers["etag"]})
    assert [event["STATUS"] for event in events(changed)] == ["CANCELLED"]


async def test_what_is_long_past_is_left_out(world: World, client: httpx.AsyncClient, clock: TestClock) -> None:
    pairing = await world.pairing()
    await world.session(pairing["id"], days=-2)
    _, path = await made(world)
    assert len(events(await client.get(path))) == 1

    clock.advance(days=89)

    assert events(await client.get(path)) == []


async def test_a_renewed_a_deleted_and_a_wrong_address_open_nothing(world: World, client: httpx.AsyncClient) -> None:
    feed_id, path = await made(world)
    renewed = path_of((await world.do("mentor", "renew_calendar_feed", feed_id))["secret"])
    assert (await client.get(path)).status_code == 404
    assert (await client.get(renewed)).status_code == 200
    _, organisation_id, _, _ = renewed.removeprefix("/").split("/")
    rival = await found_world("Rival")

    wrong = [
        renewed.replace(organisation_id, rival.organisation_id),
        renewed.replace(feed_id, f"cal_{'0' * 26}"),
        renewed.replace(feed_id, "x" * 3000),
        guess(renewed),
        renewed.replace(".ics", "%00.ics"),
        f"/calendars/{organisation_id}/{feed_id}/.ics",
    ]
    for path in wrong:
        answer = await client.get(path)
        assert answer.status_code in (404, 414), path
        assert feed_id not in answer.text
    await world.do("mentor", "delete_calendar_feed", feed_id)
    assert (await client.get(renewed)).status_code == 404


async def test_whoever_leaves_loses_it(world: World, client: httpx.AsyncClient) -> None:
    await world.session((await world.pairing())["id"])
    _, path = await made(world)
    await world.do("admin", "deactivate_person", world.people["mentor"])
    await react(world.organisation_id, "person.deactivated", world.people["mentor"])

    assert (await client.get(path)).status_code == 404


async def test_the_secret_is_kept_nowhere_and_told_once(
    world: World, client: httpx.AsyncClient, owner: asyncpg.Connection
) -> None:
    feed_id, path = await made(world)
    secret = path.rpartition("/")[2].removesuffix(".ics")

    kept = await owner.fetchval("select secret_hash from calendar_feed where id = $1", feed_id)

    assert len(secret) == 43
    assert secret.encode() not in kept
    seen = await world.see("mentor", feed_id)
    assert seen is not None
    assert "secret" not in " ".join(seen)
    assert await world.seen_by(feed_id) == {"mentor"}


async def test_an_address_that_opens_nothing_stands_in_no_log_and_no_answer(
    world: World, client: httpx.AsyncClient, capsys: pytest.CaptureFixture[str]
) -> None:
    _, path = await made(world)
    guessed = guess(path)

    answer = await client.get(guessed)

    assert answer.json()["instance"] == "/calendars/*"
    assert guessed.rpartition("/")[2] not in answer.text + capsys.readouterr().out


async def test_there_are_so_many_feeds_and_no_more(world: World) -> None:
    for _ in range(MOST_FEEDS):
        await made(world)

    with refused("too_many_calendar_feeds"):
        await made(world)
    await made(world, "mentee")
