"""Who is matched with whom, what they agree on, and how a pair is kept safe and in rhythm."""

from datetime import timedelta
from typing import Any

import pytest

from app.workers.sweep import sweep_one
from tests.conftest import TestClock
from tests.journeys.capabilities import shows
from tests.journeys.conftest import Company

_SPEAKS: dict[str, Any] = {"languages": ["en"]}


async def matched(company: Company, mentor: dict[str, Any], mentee: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """A run over two people: the mentor's enrolment, and the suggestion that it gives."""
    world = company.world
    programme_id = await world.programme(status="matching", allows_late_intake=True)
    seat = await world.enrolment(programme_id, world.people["mentor"], "mentor", **_SPEAKS | mentor)
    await world.enrolment(programme_id, world.people["mentee"], "mentee", **_SPEAKS | mentee)
    found = await company.call("GET", f"/v1/enrolments/{seat}/suggestions", "coordinator")
    (suggestion,) = found["items"]
    return seat, suggestion


def points(suggestion: dict[str, Any], side: str = "mentee") -> dict[str, int]:
    """What counted for how much, of a hundred each."""
    return {part["criterion"]: part["points"] for part in suggestion[side]["parts"]}


async def proposed(company: Company) -> dict[str, Any]:
    """A pair that a run proposed and a coordinator offered."""
    world = company.world
    programme_id = await world.programme(status="matching", allows_late_intake=True)
    for part in ("mentor", "mentee"):
        await world.enrolment(programme_id, world.people[part], part, **_SPEAKS)
    run = await company.call("POST", "/v1/match-runs", "coordinator", 201, programme_id=programme_id)
    await company.call("POST", f"/v1/match-runs/{run['id']}/approve", "coordinator")
    (proposal,) = (await company.call("GET", f"/v1/match-proposals?match_run_id={run['id']}", "mentor"))["items"]
    return dict(proposal)


@shows(16)
async def test_a_senior_cannot_mentor_a_junior_and_a_promotion_is_noticed(company: Company) -> None:
    world = company.world
    programme_id = await world.programme(status="matching", allows_late_intake=True)
    junior = await world.enrolment(programme_id, world.people["mentor"], "mentee")
    senior = await world.enrolment(programme_id, world.people["mentee"], "mentor")
    turned = {"mentor_enrolment_id": senior, "mentee_enrolment_id": junior}

    problem = await company.call("POST", "/v1/pairings", "coordinator", 409, **turned)

    assert "rank_gap" in [error["code"] for error in problem["errors"]]
    await world.newcomer("junior", rank=2)
    await world.newcomer("senior", rank=7)
    pairing = await world.pairing(mentor="junior", mentee="senior")
    await company.call("PATCH", f"/v1/people/{world.people['junior']}", "admin", rank_level=7)
    _, _, (conflict,) = await company.seen(pairing)
    assert conflict["rule"] == "RANK_GAP"


@shows(23)
async def test_what_one_offers_is_held_against_what_the_other_seeks(company: Company) -> None:
    _, found = await matched(
        company, {"offers": ["Video"], "offer_levels": {"Video": 5}}, {"seeks": ["Video"], "seek_weights": {"Video": 9}}
    )

    assert points(found)["skills"] == 100


@shows(24)
async def test_interests_and_ways_of_working_count(company: Company) -> None:
    own = {"interests": ["Sailing", "Chess"], "style": {"pace": 3, "structure": 2}}
    _, found = await matched(company, own, own)

    # More than the 50 of those of whom nothing is known.
    assert points(found)["interests"] > 50
    assert points(found)["style"] > 50


@shows(25)
async def test_another_department_counts_and_may_be_a_rule(company: Company) -> None:
    _, found = await matched(company, {}, {})
    assert points(found)["cross_department"] == 100

    world = company.world
    programme_id = await world.programme(status="matching", allows_late_intake=True, require_cross_department=True)
    seats = {}
    for part, role, rank in (("young", "mentor", 2), ("old", "mentee", 8)):
        await world.newcomer(part, rank=rank, department="Sales")
        seats[f"{role}_enrolment_id"] = await world.enrolment(programme_id, world.people[part], role)
    problem = await company.call("POST", "/v1/pairings", "coordinator", 409, **seats)
    assert [error["code"] for error in problem["errors"]] == ["same_department"]


@shows(26)
async def test_levels_between_the_two_count_and_have_a_least(company: Company) -> None:
    _, found = await matched(company, {}, {})
    assert points(found)["rank_gap"] > 0

    world = company.world
    await world.newcomer("nearly", rank=6)
    programme_id = await world.programme(status="matching", allows_late_intake=True)
    seats = {
        "mentor_enrolment_id": await world.enrolment(programme_id, world.people["nearly"], "mentor"),
        "mentee_enrolment_id": await world.enrolment(programme_id, world.people["mentee"], "mentee"),
    }
    problem = await company.call("POST", "/v1/pairings", "coordinator", 409, **seats)
    assert [error["code"] for error in problem["errors"]] == ["rank_gap"]


@shows(27)
async def test_a_pair_comes_about_by_two_yeses(company: Company) -> None:
    proposal = await proposed(company)
    path = f"/v1/match-proposals/{proposal['id']}/accept"

    half = await company.call("POST", path, "mentor")
    whole = await company.call("POST", path, "mentee")

    assert (half["status"], half["pairing_id"]) == ("half_accepted", None)
    assert whole["status"] == "confirmed"
    assert (await company.call("GET", f"/v1/pairings/{whole['pairing_id']}", "mentor"))["status"] == "pending_agreement"


@shows(27)
async def test_a_no_needs_no_reason(company: Company) -> None:
    proposal = await proposed(company)

    declined = await company.call("POST", f"/v1/match-proposals/{proposal['id']}/decline", "mentee")

    assert declined["status"] == "declined"


@shows(28)
async def test_hours_that_both_have_are_found_across_zones(company: Company) -> None:
    mornings = [{"weekday": "monday", "starts": "09:00", "ends": "12:00"}]
    evenings = [{"weekday": "monday", "starts": "13:30", "ends": "16:30"}]
    _, found = await matched(
        company, {"zone": "Europe/Paris", "availability": mornings}, {"zone": "Asia/Kolkata", "availability": evenings}
    )

    assert points(found)["overlap"] > 0


@shows(29)
async def test_a_pair_that_does_not_meet_is_noticed_with_a_rule_and_a_suggestion(
    company: Company, clock: TestClock
) -> None:
    pairing = await company.world.pairing()
    clock.advance(days=64)
    await sweep_one(company.world.organisation_id)

    seen = await company.call("GET", f"/v1/pairings/{pairing['id']}", "coordinator")
    told = (await company.world.told(pairing["id"]))[-1]

    assert (seen["health"], seen["health_rule"]) == ("at_risk", "overdue_twice")
    assert (told.type, told.data["suggested_action"]) == ("pairing.flagged_at_risk", "offer_rematch")
    parted = await company.call("POST", f"/v1/pairings/{pairing['id']}/rematch", "coordinator")
    assert (parted["status"], parted["end_reason"]) == ("ended_early", "rematch")
    (run,) = (await company.call("GET", "/v1/match-runs?mode=incremental", "coordinator"))["items"]
    assert run["pair_count"] == 0


@shows(30)
async def test_both_sign_before_they_meet(company: Company) -> None:
    pairing = await company.world.pairing(status="pending_agreement")
    (agreement,) = (await company.call("GET", f"/v1/agreements?pairing_id={pairing['id']}", "mentor"))["items"]
    keys = {clause["key"] for clause in agreement["clauses"]}
    assert keys >= {"goals", "boundaries", "roles", "confidentiality", "reporting"}

    sign, activate = f"/v1/agreements/{agreement['id']}/sign", f"/v1/pairings/{pairing['id']}/activate"
    await company.call("POST", sign, "mentor")
    early = await company.call("POST", activate, "coordinator", 409)
    await company.call("POST", sign, "coordinator", 403)
    await company.call("POST", sign, "mentee")

    assert "agreement" in early["code"]
    assert (await company.call("POST", activate, "coordinator"))["status"] == "active"


@shows(31)
@pytest.mark.parametrize(
    ("tier", "readers"),
    [
        ("author_only", {"mentor"}),
        ("pair", {"mentor", "mentee"}),
        ("pair_and_coordinator", {"mentor", "mentee", "coordinator"}),
    ],
)
async def test_a_note_is_read_by_those_of_its_tier(company: Company, tier: str, readers: set[str]) -> None:
    world = company.world
    session = await world.session((await world.pairing())["id"])
    note = {"session_id": session["id"], "tier": tier, "text": "I had never dared to ask."}
    made = await company.call("POST", "/v1/notes", "mentor", 201, **note)

    assert await world.seen_by(made["id"]) == readers


@shows(32)
async def test_the_weaker_stands_in_no_line_with_the_stronger_and_may_leave_without_fault(company: Company) -> None:
    world = company.world
    await world.do("admin", "update_person", world.people["mentor"], manager_id=world.people["mentee"])
    programme_id = await world.programme(status="matching", allows_late_intake=True)
    seats = {
        f"{part}_enrolment_id": await world.enrolment(programme_id, world.people[part], part)
        for part in ("mentor", "mentee")
    }
    problem = await company.call("POST", "/v1/pairings", "coordinator", 409, **seats)
    assert "reporting_line" in [error["code"] for error in problem["errors"]]

    await world.newcomer("junior", rank=2)
    await world.newcomer("senior", rank=8)
    pairing = await world.pairing(mentor="junior", mentee="senior")
    await company.call("POST", f"/v1/pairings/{pairing['id']}/end-early", "junior", reason="fit")

    (event,) = [told for told in await world.told(pairing["id"]) if told.type == "pairing.ended_early"]
    assert (event.data["reason"], event.visibility) == ("no_fault", "programme")
    assert (await company.call("GET", f"/v1/pairings/{pairing['id']}", "senior"))["end_reason"] is None


@shows(35)
async def test_a_pair_that_settles_in_is_not_judged(company: Company, clock: TestClock) -> None:
    until = (clock.time + timedelta(days=80)).date().isoformat()
    pairing = await company.world.pairing(grace_until=until)
    clock.advance(days=70)
    await sweep_one(company.world.organisation_id)

    assert (await company.call("GET", f"/v1/pairings/{pairing['id']}", "coordinator"))["health"] == "on_track"


@shows(36)
async def test_a_pair_goes_on_informally_and_is_not_tracked(company: Company, clock: TestClock) -> None:
    pairing = await company.world.pairing()
    for move, part in (
        ("begin-closing", "coordinator"),
        ("complete", "coordinator"),
        ("continue-informally", "mentee"),
    ):
        await company.call("POST", f"/v1/pairings/{pairing['id']}/{move}", part)
    clock.advance(days=200)
    await sweep_one(company.world.organisation_id)

    seen = await company.call("GET", f"/v1/pairings/{pairing['id']}", "mentor")
    assert (seen["status"], seen["health"]) == ("informal", "on_track")


@shows(49)
async def test_each_side_rates_its_own_growth(company: Company, clock: TestClock) -> None:
    pairing = await company.world.pairing()
    for point, days in (("baseline", 1), ("mid", 60)):
        clock.advance(days=days)
        for part, competency in (("mentee", "digital_tools"), ("mentor", "coaching")):
            rated = {"pairing_id": pairing["id"], "competency": competency, "point": point, "value": 2 + (days > 1)}
            await company.call("POST", "/v1/competency-ratings", part, 201, **rated)

    seen = await company.call("GET", "/v1/competency-ratings", "mentor")

    assert [(each["competency"], each["point"], each["value"]) for each in seen["items"]] == [
        ("coaching", "baseline", 2),
        ("coaching", "mid", 3),
    ]


@shows(52)
async def test_each_partner_is_asked_how_the_pair_is(company: Company, clock: TestClock) -> None:
    pairing = await company.world.pairing()
    clock.advance(days=31)
    (task,) = (await company.call("GET", "/v1/tasks?kind=answer_check_in", "mentee"))["items"]
    answers = {"usefulness": 5, "openness": 4, "time_found": 2}

    made = await company.call("POST", "/v1/check-ins", "mentee", 201, pairing_id=pairing["id"], **answers)

    assert task["pairing_id"] == pairing["id"]
    seen = await company.call("GET", f"/v1/check-ins/{made['id']}", "coordinator")
    assert (seen["round"], seen["usefulness"], seen["time_found"]) == (1, None, None)


@shows(55)
async def test_a_badge_is_awarded_and_everybody_in_the_programme_may_see_it(company: Company) -> None:
    pairing = await company.world.pairing()
    badge = {"kind": "badge", "name": "First steps", "description": "Met once", "measure": "sessions_held"}
    here = {"programme_id": pairing["programme_id"], "at_least": 1}
    await company.call("POST", "/v1/recognition-criteria", "coordinator", 201, **badge, **here)
    session = await company.world.session(pairing["id"], days=-1 / 24)
    await company.call("POST", f"/v1/sessions/{session['id']}/complete", "mentor")
    await company.world.newcomer("colleague")

    seen = await company.call("GET", f"/v1/recognitions?programme_id={pairing['programme_id']}", "colleague")

    assert {(each["person_id"], each["title"]) for each in seen["items"]} == {
        (company.world.people[part], "First steps") for part in ("mentor", "mentee")
    }


@shows(56)
async def test_the_mentee_says_thanks_and_the_mentor_reads_it(company: Company) -> None:
    pairing = await company.world.pairing()
    words = {"pairing_id": pairing["id"], "text": "You never made me feel slow."}

    made = await company.call("POST", "/v1/thanks", "mentee", 201, **words)

    assert (await company.call("GET", f"/v1/recognitions/{made['id']}", "mentor"))["text"] == words["text"]
    assert await company.world.seen_by(made["id"]) == {"mentor", "mentee", "service"}


@shows(31)
async def test_a_concern_is_between_its_reporter_and_whoever_looks_after_it(company: Company) -> None:
    world = company.world
    pairing = await world.pairing()
    handler = await world.newcomer("handler", rank=4)
    duty = {"programme_id": pairing["programme_id"], "person_id": handler, "duty": "case_handler"}
    await company.call("POST", "/v1/programme-roles", "admin", 201, **duty)
    concern = {
        "programme_id": pairing["programme_id"],
        "pairing_id": pairing["id"],
        "text": "He laughs at my questions.",
    }

    made = await company.call("POST", "/v1/concerns", "mentor", 201, **concern)

    assert await world.seen_by(made["id"]) == {"mentor", "handler"}
    assert await world.told(made["id"]) == []


@shows(57)
async def test_a_story_is_told_with_the_yes_of_both_and_taken_back_by_one(company: Company) -> None:
    pairing = await company.world.pairing()
    words = {"pairing_id": pairing["id"], "title": "How it began", "text": "She asked me what a prompt was."}
    made = await company.call("POST", "/v1/success-stories", "mentor", 201, **words)
    path = f"/v1/success-stories/{made['id']}"
    await company.call("POST", f"{path}/offer", "mentor")
    await company.call("POST", f"{path}/consent", "mentor")
    await company.call("GET", path, "coordinator", 404)

    told = await company.call("POST", f"{path}/consent", "mentee")

    assert (told["status"], (await company.call("GET", path, "coordinator"))["text"]) == ("published", words["text"])
    await company.call("POST", f"{path}/withdraw", "mentee")
    await company.call("GET", path, "coordinator", 404)


@shows(58)
async def test_an_opportunity_is_open_to_those_who_take_part(company: Company) -> None:
    programme_id = (await company.world.pairing())["programme_id"]
    offer = {"kind": "stretch_role", "title": "Lead the pilot", "description": "Two days a week, for six months."}

    made = await company.call("POST", "/v1/opportunities", "coordinator", 201, programme_id=programme_id, **offer)

    seen = await company.call("GET", f"/v1/opportunities?programme_id={programme_id}", "mentor")
    assert [(each["id"], each["kind"]) for each in seen["items"]] == [(made["id"], "stretch_role")]
