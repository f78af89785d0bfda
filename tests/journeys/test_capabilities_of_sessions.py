"""What a pair does together: sessions, what is learned between them, goals, wins and words for each other."""

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from app import clock
from tests.journeys.capabilities import shows
from tests.journeys.conftest import Company


async def meeting(company: Company, days: float = 7, **more: Any) -> dict[str, Any]:
    """A session of a pair, scheduled by its mentor."""
    pairing = await company.world.pairing()
    starts_at = (clock.now() + timedelta(days=days)).isoformat()
    made: dict[str, Any] = await company.call(
        "POST", "/v1/sessions", "mentor", 201, pairing_id=pairing["id"], starts_at=starts_at, **more
    )
    return made


async def added(
    company: Company, path: str, session: dict[str, Any], part: str = "mentor", **more: Any
) -> dict[str, Any]:
    """Something that belongs to a session."""
    made: dict[str, Any] = await company.call("POST", path, part, 201, session_id=session["id"], **more)
    return made


@shows(38)
async def test_a_session_is_scheduled_moved_and_held(company: Company) -> None:
    session = await meeting(company)
    later = (clock.now() + timedelta(days=9)).isoformat()

    moved = await company.call("POST", f"/v1/sessions/{session['id']}/reschedule", "mentee", starts_at=later)

    assert (moved["reschedule_count"], moved["calendar_sequence"]) == (1, 1)
    assert await company.told(session["id"]) == ["session.scheduled", "session.rescheduled"]
    nobody = await company.call("POST", f"/v1/sessions/{session['id']}/complete", "mentor", 409)
    assert nobody["code"] == "session_not_begun"


@shows(38)
@shows(28)
async def test_the_two_find_a_time_and_meet_every_other_week_at_the_same_hour(company: Company) -> None:
    pairing = await company.world.pairing()
    query = "query($id: ID!) { pairingSlots(id: $id) { reason slots { startsAt mentorLocal menteeLocal } } }"

    found = (await company.gql.data(query, "mentee", id=pairing["id"]))["pairingSlots"]
    day, hour = found["slots"][0]["mentorLocal"][:10], found["slots"][0]["mentorLocal"][11:16]
    given = {"pairing_id": pairing["id"], "starts_on": day, "local_time": hour, "count": 4, "every_weeks": 2}
    made = await company.call("POST", "/v1/recurring-sessions", "mentee", 201, **given)

    assert found["reason"] is None
    path = f"/v1/sessions?series_id={made['id']}&sort=starts_at"
    starts = [one["starts_at"] for one in (await company.call("GET", path, "mentor"))["items"]]
    assert datetime.fromisoformat(starts[0]) == datetime.fromisoformat(found["slots"][0]["startsAt"])
    local = [datetime.fromisoformat(at).astimezone(ZoneInfo(made["zone"])) for at in starts]
    assert {f"{at:%H:%M}" for at in local} == {hour}
    # Clocks went forward in between.
    assert len({at.utcoffset() for at in local}) == 2


@shows(38)
async def test_a_junior_asks_for_an_hour_and_the_senior_says_yes(company: Company) -> None:
    pairing = await company.world.pairing()
    at = (clock.now() + timedelta(days=9)).isoformat()
    asked = await company.call("POST", "/v1/proposed-sessions", "mentor", 201, pairing_id=pairing["id"], starts_at=at)
    (task,) = (await company.call("GET", "/v1/tasks?kind=answer_session", "mentee"))["items"]

    agreed = await company.call("POST", f"/v1/sessions/{task['session_id']}/accept", "mentee")

    assert (asked["status"], agreed["status"]) == ("proposed", "scheduled")
    assert await company.told(asked["id"]) == ["session.proposed", "session.scheduled"]


@shows(39)
async def test_the_mentor_prepares_a_plan(company: Company) -> None:
    session = await meeting(company, topic="Short video")
    made = await added(company, "/v1/agenda-items", session, title="Cut one minute", minutes=30)

    seen = await company.call("GET", f"/v1/agenda-items?session_id={session['id']}", "mentee")

    assert [(each["id"], each["title"], each["minutes"]) for each in seen["items"]] == [
        (made["id"], "Cut one minute", 30)
    ]


@shows(34)
async def test_a_part_of_the_session_is_the_seniors(company: Company) -> None:
    session = await meeting(company)

    made = await added(company, "/v1/agenda-items", session, title="How a budget is made", segment="reciprocal")

    assert made["segment"] == "reciprocal"


@shows(40)
async def test_focus_is_rated_and_what_was_planned_is_ticked_off(company: Company) -> None:
    session = await meeting(company, days=-1 / 24)
    item = await added(company, "/v1/agenda-items", session, title="Cut one minute")
    await company.call("PATCH", f"/v1/agenda-items/{item['id']}", "mentor", is_covered=True)
    await company.call("POST", f"/v1/sessions/{session['id']}/complete", "mentor")

    rated = await company.call("POST", f"/v1/sessions/{session['id']}/rate", "mentee", focus_rating=4)

    assert (rated["status"], rated["focus_rating"]) == ("completed", 4)


@shows(41)
async def test_what_was_learned_is_tried_at_work(company: Company) -> None:
    session = await meeting(company)
    owner = {"owner_id": company.world.people["mentee"], "text": "Answer one comment in public"}
    item = await added(company, "/v1/action-items", session, **owner)
    waiting = await company.call("GET", "/v1/tasks?kind=apply_action_item", "mentee")

    applied = await company.call("POST", f"/v1/action-items/{item['id']}/apply", "mentee")

    assert [task["action_item_id"] for task in waiting["items"]] == [item["id"]]
    assert applied["applied_at"] is not None


@pytest.mark.parametrize(
    "kind",
    [
        pytest.param("video", marks=shows(42)),
        pytest.param("screen_share", marks=shows(42)),
        pytest.param("whiteboard", marks=shows(43)),
        pytest.param("board", marks=shows(43)),
        pytest.param("chat", marks=shows(44)),
        pytest.param("document", marks=shows(44)),
    ],
)
async def test_a_link_opens_what_they_share(company: Company, kind: str) -> None:
    session = await meeting(company)
    made = await added(company, "/v1/session-links", session, kind=kind, url="https://meet.example.com/1")

    seen = await company.call("GET", f"/v1/session-links/{made['id']}", "mentee")

    assert (seen["kind"], seen["url"]) == (kind, "https://meet.example.com/1")


@shows(46)
@pytest.mark.parametrize(("part", "owner"), [("mentor", "mentor"), ("mentee", "mentee"), ("mentee", "pair")])
async def test_each_side_and_the_pair_set_goals(company: Company, part: str, owner: str) -> None:
    pairing = await company.world.pairing()
    wish = {"title": "Present a dashboard", "measure": "Without help", "owner": owner}

    made = await company.call("POST", "/v1/goals", part, 201, pairing_id=pairing["id"], **wish)

    assert {name: made[name] for name in wish} == wish
    assert await company.world.seen_by(made["id"]) == {"mentor", "mentee", "service"}


@shows(46)
async def test_a_goal_is_drafted_alone_then_shared_and_serves_the_programme(company: Company) -> None:
    pairing = await company.world.pairing()
    aims = [{"type": "culture", "description": "Leaders hear what juniors see."}]
    await company.world.do("coordinator", "update_programme", pairing["programme_id"], objectives=aims)
    wish = {"title": "Ask one question a week", "objective": "culture", "is_draft": True}
    made = await company.call("POST", "/v1/goals", "mentee", 201, pairing_id=pairing["id"], **wish)
    await company.call("GET", f"/v1/goals/{made['id']}", "mentor", 404)

    await company.call("POST", f"/v1/goals/{made['id']}/activate", "mentee")

    seen = await company.call("GET", f"/v1/goals/{made['id']}", "mentor")
    assert (seen["status"], seen["objective"]) == ("active", "culture")
    assert await company.told(made["id"]) == ["goal.set"]


@shows(47)
async def test_progress_is_tracked_to_the_end(company: Company) -> None:
    pairing = await company.world.pairing()
    goal = await company.call("POST", "/v1/goals", "mentee", 201, pairing_id=pairing["id"], title="Write a query")

    half = await company.call("POST", f"/v1/goals/{goal['id']}/progress", "mentee", progress=50)
    whole = await company.call("POST", f"/v1/goals/{goal['id']}/achieve", "mentor")

    assert (half["progress"], whole["progress"], whole["status"]) == (50, 100, "achieved")
    assert (await company.told(goal["id"]))[-2:] == ["goal.progressed", "goal.achieved"]


@shows(47)
async def test_what_came_on_is_told_at_once_by_either_door(company: Company) -> None:
    pairing = await company.world.pairing()
    goal = await company.call("POST", "/v1/goals", "mentee", 201, pairing_id=pairing["id"], title="Write a query")
    await company.call("POST", f"/v1/goals/{goal['id']}/progress", "mentee", progress=50)
    mentor_id = company.world.people["mentor"]

    told = await company.call("GET", f"/v1/people/{mentor_id}/digest", "mentor")
    query = "query($id: ID!) { personDigest(id: $id) { goals { id progress status } } }"
    asked = (await company.gql.data(query, "mentor", id=mentor_id))["personDigest"]

    assert [(each["id"], each["progress"]) for each in told["goals"]] == [(goal["id"], 50)]
    assert asked["goals"] == [{"id": goal["id"], "progress": 50, "status": "ACTIVE"}]


@shows(48)
async def test_a_small_win_is_celebrated(company: Company) -> None:
    pairing = await company.world.pairing()

    goal = await company.call("POST", "/v1/goals", "mentee", 201, pairing_id=pairing["id"], title="Write a query")
    said = {"pairing_id": pairing["id"], "goal_id": goal["id"], "text": "She did it alone."}

    win = await company.call("POST", "/v1/wins", "mentor", 201, **said)

    seen = await company.call("GET", f"/v1/wins/{win['id']}", "mentee")
    assert {name: seen[name] for name in said} == said
    assert await company.told(win["id"]) == ["win.celebrated"]


@shows(50)
@pytest.mark.parametrize(("author", "reader"), [("mentor", "mentee"), ("mentee", "mentor")])
async def test_partners_tell_each_other_and_nobody_else(company: Company, author: str, reader: str) -> None:
    pairing = await company.world.pairing()
    word = {"type": "partner", "audience": "partner", "rating": 5, "text": "You ask good questions."}

    made = await company.call("POST", "/v1/feedback", author, 201, pairing_id=pairing["id"], **word)

    assert (await company.call("GET", f"/v1/feedback/{made['id']}", reader))["text"] == word["text"]
    assert await company.world.seen_by(made["id"]) == {author, reader}
    assert [set(told.data) & {"text", "rating"} for told in await company.world.told(made["id"])] == [set()]


@shows(51)
async def test_the_senior_tells_how_the_mentoring_lands(company: Company) -> None:
    session = await meeting(company, days=-1 / 24)
    await company.call("POST", f"/v1/sessions/{session['id']}/complete", "mentee")
    word = {"type": "mentoring_skill", "audience": "partner", "rating": 4, "session_id": session["id"]}

    made = await company.call("POST", "/v1/feedback", "mentee", 201, pairing_id=session["pairing_id"], **word)

    assert (await company.call("GET", f"/v1/feedback/{made['id']}", "mentor"))["rating"] == 4
