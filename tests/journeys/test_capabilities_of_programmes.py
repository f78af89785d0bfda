"""Setting a programme up, and who joins it."""

from datetime import timedelta
from typing import Any

import pytest

from app import clock
from tests.journeys.capabilities import shows
from tests.journeys.conftest import Company

PURPOSE = "Leaders learn from those who are new."


async def programme(company: Company, status: str = "enrolling", **more: Any) -> dict[str, Any]:
    """A programme, led to a status."""
    starts_on = (clock.now().date() - timedelta(days=30)).isoformat()
    made = await company.call(
        "POST", "/v1/programmes", "coordinator", 201, name="Fresh eyes", purpose=PURPOSE, starts_on=starts_on, **more
    )
    if status != "draft":
        await company.call("POST", f"/v1/programmes/{made['id']}/publish", "coordinator")
    here: dict[str, Any] = await company.call("GET", f"/v1/programmes/{made['id']}", "coordinator")
    return here


async def invited(company: Company, programme_id: str, part: str, **more: Any) -> dict[str, Any]:
    """Somebody who was invited to the side of their name."""
    role = "mentee" if "mentee" in part else "mentor"
    given = {"programme_id": programme_id, "person_id": company.world.people[part], "role": role}
    made: dict[str, Any] = await company.call("POST", "/v1/enrolments", "coordinator", 201, **given, **more)
    return made


async def of_programme(company: Company, path: str, programme_id: str, **more: Any) -> dict[str, Any]:
    """Something that a programme consists of."""
    made: dict[str, Any] = await company.call("POST", path, "coordinator", 201, programme_id=programme_id, **more)
    return made


@shows(1)
@pytest.mark.parametrize("part", ["mentor", "mentee"])
async def test_the_purpose_is_told_before_one_joins(company: Company, part: str) -> None:
    here = await programme(company)
    await invited(company, here["id"], part)

    told = await company.call("GET", f"/v1/programmes/{here['id']}", part)

    assert told["purpose"] == PURPOSE


@shows(1)
async def test_what_a_programme_announces_is_read_before_one_joins(company: Company) -> None:
    here = await programme(company)
    await invited(company, here["id"], "mentee")
    said = {"title": "Why we do this", "text": "Leaders hear what juniors see.", "audience": "mentees"}
    made = await of_programme(company, "/v1/announcements", here["id"], **said)
    await company.call("GET", f"/v1/announcements/{made['id']}", "mentee", 404)

    await company.call("POST", f"/v1/announcements/{made['id']}/publish", "coordinator")

    seen = await company.call("GET", f"/v1/announcements/{made['id']}", "mentee")
    assert {name: seen[name] for name in said} == said
    await company.call("GET", f"/v1/announcements/{made['id']}", "mentor", 404)
    assert await company.told(made["id"]) == ["announcement.published"]


@shows(2)
async def test_objectives_have_types(company: Company) -> None:
    types = "digital_literacy innovation generational_understanding culture inclusion technical_skills".split()
    objectives = [{"type": each, "description": f"More {each}."} for each in (*types, "diverse_perspectives")]

    here = await programme(company, objectives=objectives)

    assert here["objectives"] == objectives
    await company.call(
        "PATCH", f"/v1/programmes/{here['id']}", "coordinator", 422, objectives=[{"type": "age", "description": "No."}]
    )


@shows(3)
async def test_an_executive_sponsors_and_takes_part_visibly(company: Company) -> None:
    here = await programme(company)
    chief = await company.world.newcomer("chief mentee", rank=9)
    pledge = {"person_id": chief, "pledge": "I learn first.", "commitments": [{"text": "Open the kick-off"}]}
    made = await of_programme(company, "/v1/sponsorships", here["id"], **pledge)
    enrolment = await invited(company, here["id"], "chief mentee")
    await company.call("POST", f"/v1/enrolments/{enrolment['id']}/accept", "chief mentee")
    await invited(company, here["id"], "mentor")

    seen = await company.call("GET", f"/v1/sponsorships/{made['id']}", "mentor")

    assert (seen["pledge"], seen["commitments"][0]["text"]) == ("I learn first.", "Open the kick-off")
    assert await company.told(made["id"]) == ["sponsorship.pledged"]


@shows(4)
@pytest.mark.parametrize("part", ["mentor", "mentee"])
async def test_each_side_reads_what_is_expected_of_it(company: Company, part: str) -> None:
    here = await programme(company)
    text = {"kind": "charter", "audience": part, "title": "Who does what", "body": "The junior partner mentors."}
    made = await of_programme(company, "/v1/programme-resources", here["id"], **text)
    await invited(company, here["id"], part)

    assert (await company.call("GET", f"/v1/programme-resources/{made['id']}", part))["body"] == text["body"]


@shows(5)
async def test_a_programme_has_a_fixed_time(company: Company) -> None:
    here = await programme(company)

    assert here["ends_on"] > here["starts_on"]
    late = {"name": "Too long", "purpose": "x", "starts_on": "2026-01-01", "ends_on": "2028-01-01"}
    problem = await company.call("POST", "/v1/programmes", "coordinator", 422, **late)
    assert problem["errors"][0]["code"] == "programme_length"


@shows(6)
async def test_cadence_and_length_of_sessions_are_set(company: Company) -> None:
    cadence: dict[str, Any] = {"cadence_min_days": 10, "cadence_target_days": 14, "cadence_max_days": 20}
    here = await programme(company, **cadence, session_minutes=45)

    pairing = await company.world.pairing()
    session = await company.world.session(pairing["id"])

    assert {name: here[name] for name in cadence} == cadence
    assert here["session_minutes"] == 45
    soon = (clock.now() + timedelta(days=9)).isoformat()
    problem = await company.call("POST", "/v1/sessions", "mentor", 409, pairing_id=pairing["id"], starts_at=soon)
    assert (session["status"], problem["code"]) == ("scheduled", "session_too_soon")


@shows(7)
async def test_milestones_are_reached_by_the_programme_and_by_a_pair(company: Company) -> None:
    here = await programme(company)
    made = await of_programme(company, "/v1/programme-milestones", here["id"], title="Kick-off", due_on="2026-04-01")
    await company.call("POST", f"/v1/programme-milestones/{made['id']}/reach", "coordinator")
    pairing = await company.world.pairing()
    goal = await company.call("POST", "/v1/goals", "mentee", 201, pairing_id=pairing["id"], title="Write a query")
    step = await company.call("POST", "/v1/goal-milestones", "mentee", 201, goal_id=goal["id"], title="The first one")

    reached = await company.call("POST", f"/v1/goal-milestones/{step['id']}/reach", "mentor")

    assert reached["reached_at"] is not None
    assert (await company.call("GET", f"/v1/programme-milestones/{made['id']}", "coordinator"))[
        "reached_at"
    ] is not None


@shows(8)
async def test_a_pair_keeps_a_cadence_of_its_own(company: Company) -> None:
    pairing = await company.world.pairing()

    changed = await company.call(
        "PATCH", f"/v1/pairings/{pairing['id']}", "coordinator", cadence_min_days=5, cadence_target_days=7
    )

    assert (changed["cadence_min_days"], changed["cadence_target_days"]) == (5, 7)


@shows(9)
async def test_whoever_takes_part_says_how_much_time_they_have(company: Company) -> None:
    here = await programme(company)

    assert (await invited(company, here["id"], "mentee", minutes_per_month=90))["minutes_per_month"] == 90


@shows(10)
async def test_topics_say_what_there_is_to_learn(company: Company) -> None:
    here = await programme(company)
    await invited(company, here["id"], "mentor")
    made = await of_programme(company, "/v1/topics", here["id"], name="Social media", description="For sales.")

    found = await company.call("GET", f"/v1/topics?programme_id={here['id']}", "mentor")

    assert [(each["id"], each["name"]) for each in found["items"]] == [(made["id"], "Social media")]


@shows(11)
async def test_a_programme_may_be_reciprocal(company: Company) -> None:
    assert (await programme(company, model="reciprocal"))["model"] == "reciprocal"


@shows(12)
async def test_a_programme_is_adjusted_while_it_runs_and_counts_its_revisions(company: Company) -> None:
    here = await programme(company)

    changed = await company.call("PATCH", f"/v1/programmes/{here['id']}", "coordinator", session_minutes=30)

    assert (changed["session_minutes"], changed["revision"]) == (30, here["revision"] + 1)


@shows(13)
async def test_a_coordinator_sees_how_the_pairs_fare(company: Company) -> None:
    pairing = await company.world.pairing()

    board = await company.call("GET", f"/v1/pairing-overviews?programme_id={pairing['programme_id']}", "coordinator")

    assert [(line["pairing_id"], line["health"]) for line in board["items"]] == [(pairing["id"], "on_track")]
    assert (await company.call("GET", "/v1/pairing-overviews", "mentor"))["items"] == []


@shows(15)
async def test_a_senior_applies_and_is_approved(company: Company) -> None:
    here = await programme(company)
    wish = {"programme_id": here["id"], "role": "mentee"}
    made = await company.call("POST", "/v1/applications", "mentee", 201, **wish, seeks=["Social media"])
    for move in ("review", "approve"):
        await company.call("POST", f"/v1/enrolments/{made['id']}/{move}", "coordinator")

    seen = await company.call("GET", f"/v1/enrolments/{made['id']}", "mentee")

    assert (made["status"], seen["status"], seen["role"]) == ("applied", "approved", "mentee")


@shows(14)
async def test_a_keen_junior_is_invited_and_answers(company: Company) -> None:
    here = await programme(company)
    made = await invited(company, here["id"], "mentor")
    (task,) = (await company.call("GET", "/v1/tasks?kind=answer_invitation", "mentor"))["items"]

    accepted = await company.call("POST", f"/v1/enrolments/{made['id']}/accept", "mentor")

    assert (task["enrolment_id"], made["status"], accepted["status"]) == (made["id"], "invited", "under_review")


@shows(14)
async def test_a_senior_names_a_keen_junior_whom_the_coordinator_invites(company: Company) -> None:
    here = await programme(company)
    ada = await company.world.newcomer("ada", rank=2, work_email="ada@acme.example")
    name = {"programme_id": here["id"], "role": "mentor", "work_email": "ada@acme.example", "reason": "Ask her on AI."}
    made = await company.call("POST", "/v1/nominations", "mentee", 201, **name)
    (word,) = (await company.call("GET", "/v1/nominations?status=made", "coordinator"))["items"]

    await company.call("POST", f"/v1/nominations/{word['id']}/take-up", "coordinator")

    (asked,) = (await company.call("GET", "/v1/enrolments", "ada"))["items"]
    assert (made["nominee_id"], word["nominee_id"], asked["person_id"]) == (None, ada, ada)
    assert (asked["status"], asked["origin"]) == ("invited", "nomination")


@shows(19)
@pytest.mark.parametrize("part", ["mentor", "mentee"])
async def test_whoever_hesitates_says_no_without_a_reason(company: Company, part: str) -> None:
    here = await programme(company)
    made = await invited(company, here["id"], part)

    left = await company.call("POST", f"/v1/enrolments/{made['id']}/withdraw", part)

    assert left["status"] == "withdrawn"
    assert [set(told.data) & {"reason", "text"} for told in await company.world.told(made["id"])] == [set(), set()]


@shows(45)
async def test_a_topic_asks_for_experiences(company: Company) -> None:
    templates = await company.call("GET", "/v1/programme-templates", "coordinator")
    kinds = {prompt["kind"] for each in templates["items"] for topic in each["topics"] for prompt in topic["prompts"]}
    assert kinds == {"question", "experience"}

    here = await programme(company)
    prompt = {"kind": "experience", "text": "Tell of the last time that somebody explained this to you."}
    await of_programme(company, "/v1/topics", here["id"], name="Being new", prompts=[prompt])
    await invited(company, here["id"], "mentor")
    seen = await company.call("GET", f"/v1/topics?programme_id={here['id']}", "mentor")
    assert seen["items"][0]["prompts"] == [prompt]


@shows(61)
async def test_a_programme_begins_with_a_playbook_and_a_guide(company: Company) -> None:
    starts_on = clock.now().date().isoformat()
    made = await company.call(
        "POST",
        "/v1/templated-programmes",
        "coordinator",
        201,
        template="digital_literacy",
        name="A",
        starts_on=starts_on,
    )

    found = await company.call("GET", f"/v1/programme-resources?programme_id={made['id']}&limit=100", "coordinator")

    texts = {(each["kind"], each["audience"]): each["body"] for each in found["items"]}
    assert len(texts["playbook", "mentor"].split()) > 300
    assert len(texts["guide", "mentee"].split()) > 300


@shows(20)
async def test_a_mentor_says_what_they_do_not_know(company: Company) -> None:
    here = await programme(company)

    made = await invited(company, here["id"], "mentor", offers=["Video"], out_of_scope=["Budgets", "Strategy"])

    assert made["out_of_scope"] == ["Budgets", "Strategy"]


@shows(21)
async def test_a_profile_tells_skills_wishes_interests_style_and_times(company: Company) -> None:
    here = await programme(company)
    profile = {
        "seeks": ["Video"],
        "seek_weights": {"Video": 8},
        "interests": ["Sailing"],
        "style": {"pace": 4},
        "availability": [{"weekday": "monday", "starts": "09:00", "ends": "11:00"}],
        "languages": ["en", "fr"],
    }

    made = await invited(company, here["id"], "mentee", **profile)

    assert {name: made[name] for name in profile} == profile


@shows(22)
async def test_who_may_join_depends_on_grade_and_age_is_no_field_anywhere(company: Company) -> None:
    here = await programme(company, eligibility=[{"role": "mentee", "min_rank": 8}])
    given = {"programme_id": here["id"], "person_id": company.world.people["mentee"], "role": "mentee"}

    problem = await company.call("POST", "/v1/enrolments", "coordinator", 409, **given)
    aged = await company.call("POST", "/v1/people", "admin", 422, given_name="A", family_name="B", rank_level=2, age=30)

    assert problem["errors"][0]["code"] == "not_eligible_min_rank"
    assert aged["errors"][0]["pointer"] == "/age"
