"""Asking why: who is told what of the same run, and what is refused."""

from dataclasses import dataclass, replace
from typing import Any

import pytest

from app import clock, ids
from app import db as database
from app.acting.inquiry import ask
from app.auth.actor import Role
from app.auth.scopes import Scope
from app.declared import INQUIRIES
from app.domain.matching import inquiring, matter, policies, pricing, snapshot
from app.domain.matching.models import MatchRun, RunMode, RunStatus
from app.domain.matching.proposals import MatchProposal, ProposalStatus
from app.domain.programmes.models import Programme
from app.errors import Invalid
from app.matching.solving import solve
from app.reading import rows
from tests.outcomes import refused
from tests.world import World

_BY_NAME = {inquiry.name: inquiry for inquiry in INQUIRIES}
REASON = "We quarrelled."


async def asked(world: World, part: str, name: str, object_id: str, **data: Any) -> dict[str, Any]:
    """Let someone ask, through the same function as both doors."""
    inquiry = _BY_NAME[name]
    given = inquiry.takes.model_validate(data) if inquiry.takes else None
    found = await ask(world.actors[part], inquiry, object_id, given)
    return found.model_dump(mode="json")


@dataclass
class Matched:
    """A programme with a run: the mentor is paired with the mentee, another mentee refuses them, a third is left."""

    programme_id: str
    run_id: str
    proposal_id: str
    mentor: str
    mentee: str
    other: str
    third: str


@pytest.fixture
async def matched(world: World) -> Matched:
    """A run that was approved."""
    programme_id = await world.programme(allows_late_intake=True, status="active")
    await world.do("admin", "update_person", world.people["mentor"], languages=["en", "fr"], department="Sales")
    await world.do("admin", "update_person", world.people["mentee"], languages=["fr"], department="Law")
    offers: dict[str, Any] = {"offers": ["AI", "Video"], "offer_levels": {"AI": 5}, "languages": ["en", "fr"]}
    seeks: dict[str, Any] = {"seeks": ["AI"], "seek_weights": {"AI": 20}, "languages": ["en"]}
    people = [await world.newcomer(part, rank=7, department="Law") for part in ("refuser", "left over")]
    mentor = await world.enrolment(programme_id, world.people["mentor"], "mentor", **offers)
    mentee, other, third = [
        await world.enrolment(programme_id, person, "mentee", **seeks) for person in (world.people["mentee"], *people)
    ]
    wish: dict[str, Any] = {"enrolment_id": other, "other_enrolment_id": mentor, "rank": None, "reason": REASON}
    await world.do("refuser", "create_matching_preference", **wish)
    await world.do("mentee", "create_matching_preference", enrolment_id=mentee, other_enrolment_id=mentor, rank=1)
    run_id, proposal_id = await _run(world, programme_id, mentor, mentee)
    return Matched(programme_id, run_id, proposal_id, mentor, mentee, other, third)


async def _run(world: World, programme_id: str, mentor: str, mentee: str) -> tuple[str, str]:
    async with database.current().writing(world.organisation_id) as db:
        programme = await rows.by_id(db, Programme, programme_id)
        policy, market = await policies.in_force(db, programme), await snapshot.load(db, programme)
        plan = solve(market, policy, seed=0)
        (pair,) = plan.pairs
        assert (pair.mentor, pair.mentee) == (mentor, mentee)
        run = MatchRun(
            organisation_id=world.organisation_id,
            id=ids.new(MatchRun.prefix),
            programme_id=programme_id,
            mode=RunMode.FULL,
            status=RunStatus.APPROVED,
            policy=policy.model_dump(mode="json"),
            seed=0,
            requested_by=world.people["coordinator"],
        )
        db.add(run)
        await db.flush()
        await matter.keep_market(db, run, market.to_bytes())
        await db.flush()
        await matter.keep_plan(db, run, plan.to_bytes())
        proposal = MatchProposal(
            organisation_id=world.organisation_id,
            id=ids.new(MatchProposal.prefix),
            match_run_id=run.id,
            programme_id=programme_id,
            mentor_enrolment_id=mentor,
            mentee_enrolment_id=mentee,
            mentor_id=world.people["mentor"],
            mentee_id=world.people["mentee"],
            status=ProposalStatus.OFFERED,
            score=pair.score,
            offered_at=clock.now(),
        )
        db.add(proposal)
    return run.id, proposal.id


def facts(side: dict[str, Any]) -> dict[str, list[str]]:
    """The evidence of a side, by criterion."""
    return {part["criterion"]: part["evidence"] for part in side["parts"]}


async def test_a_coordinator_is_told_all_of_why(world: World, matched: Matched) -> None:
    told = await asked(world, "coordinator", "match_proposal_why", matched.proposal_id)

    assert (told["mentor_enrolment_id"], told["mentee_enrolment_id"]) == (matched.mentor, matched.mentee)
    for side in (told["mentor"], told["mentee"]):
        assert side["utility"] == sum(part["utility"] for part in side["parts"])
    # A share of six tenths for the mentee.
    assert told["score"] == 6 * told["mentee"]["utility"] + 4 * told["mentor"]["utility"]
    assert facts(told["mentee"])["skills"] == ["wanted: AI, weight 20 of 20; offered at level 5"]
    assert facts(told["mentee"])["mentee_ranking"] == ["the mentee ranks the mentor in place 1"]
    assert told["mentor_standing"] == {
        "place": told["mentor_standing"]["place"],
        "among": 2,
        "next_enrolment_id": told["mentor_standing"]["next_enrolment_id"],
        "lacks": told["mentor_standing"]["lacks"],
    }


async def test_members_are_told_their_own_side_and_nothing_of_the_other(world: World, matched: Matched) -> None:
    mine = await asked(world, "mentor", "match_proposal_why", matched.proposal_id)
    theirs = await asked(world, "mentee", "match_proposal_why", matched.proposal_id)

    assert (mine["score"], mine["mentee"], mine["mentee_standing"]) == (None, None, None)
    assert (theirs["score"], theirs["mentor"], theirs["mentor_standing"]) == (None, None, None)
    assert facts(mine["mentor"])["skills"] == ["wanted: AI; offered at level 5"]
    assert "mentee_ranking" not in facts(mine["mentor"])
    assert facts(theirs["mentee"])["mentee_ranking"] == ["the mentee ranks the mentor in place 1"]
    for told in (mine, theirs):
        side = told["mentor"] or told["mentee"]
        assert side["utility"] == sum(part["utility"] for part in side["parts"])


async def test_a_rule_is_told_and_a_refusal_to_coordinators_alone(world: World, matched: Matched) -> None:
    data: dict[str, Any] = {"other_enrolment_id": matched.other}

    told = await asked(world, "coordinator", "enrolment_why_not", matched.mentor, **data)
    assert [rule["rule"] for rule in told["rules"]] == ["do_not_pair"]
    assert (told["is_chosen"], told["loss"], told["match_run_id"]) == (False, None, matched.run_id)
    mine = await asked(world, "mentor", "enrolment_why_not", matched.mentor, **data)
    third = await asked(world, "mentor", "enrolment_why_not", matched.mentor, other_enrolment_id=matched.third)
    # A private rule and a better plan look the same.
    assert mine | {"mentee_enrolment_id": ""} == third | {"mentee_enrolment_id": ""}
    assert (mine["rules"], mine["is_chosen"], mine["loss"], mine["ended"]) == ([], None, None, None)


async def test_whoever_is_left_over_is_told_what_the_rules_left(world: World, matched: Matched) -> None:
    told = await asked(world, "coordinator", "enrolment_why_unmatched", matched.other)
    mine = await asked(world, "refuser", "enrolment_why_unmatched", matched.other)
    third = await asked(world, "left over", "enrolment_why_unmatched", matched.third)

    assert (told["among"], told["has_partners"], told["nearest"]) == (1, False, None)
    assert {rule["rule"]: rule["left"] for rule in told["rules"]}["do_not_pair"] == 0
    assert (mine["among"], mine["nearest"], mine["binding_rule"]) == (None, None, None)
    assert all(rule["rule"] != "do_not_pair" and rule["left"] is None for rule in mine["rules"])
    assert mine["has_partners"] is third["has_partners"] is True
    of_third = await asked(world, "coordinator", "enrolment_why_unmatched", matched.third)
    assert of_third["nearest"]["other_enrolment_id"] == matched.mentor
    assert of_third["nearest"]["instead_of"] == {
        "mentor_enrolment_id": matched.mentor,
        "mentee_enrolment_id": matched.mentee,
    }


async def test_suggestions_leave_out_whom_a_rule_bars_and_say_no_more_than_why(world: World, matched: Matched) -> None:
    told = await asked(world, "coordinator", "enrolment_suggestions", matched.mentor)
    mine = await asked(world, "mentor", "enrolment_suggestions", matched.mentor)
    why = await asked(world, "coordinator", "match_proposal_why", matched.proposal_id)

    assert {item["enrolment_id"] for item in told["items"]} == {matched.mentee, matched.third}
    by_id = {item["enrolment_id"]: item for item in told["items"]}
    assert by_id[matched.mentee]["score"] == why["score"]
    assert by_id[matched.mentee]["mentor"] == why["mentor"]
    assert [item["score"] for item in mine["items"]] == [None, None]
    assert all(item["mentee"] is None for item in mine["items"])
    utilities = [item["mentor"]["utility"] for item in mine["items"]]
    assert utilities == sorted(utilities, reverse=True)


async def test_suggestions_name_those_whom_the_asker_may_see(
    world: World, matched: Matched, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = await asked(world, "coordinator", "enrolment_suggestions", matched.mentor)
    mine = await asked(world, "mentor", "enrolment_suggestions", matched.mentor)
    actor = world.actors["coordinator"]
    monkeypatch.setitem(world.actors, "coordinator", replace(actor, scopes=actor.scopes - {Scope.DIRECTORY_READ}))
    unread = await asked(world, "coordinator", "enrolment_suggestions", matched.mentor)

    left_over = await world.see("admin", world.people["left over"])
    assert left_over is not None
    by_id = {item["enrolment_id"]: item for item in told["items"]}
    assert by_id[matched.third]["person_id"] == world.people["left over"]
    assert by_id[matched.third]["display_name"] == left_over["display_name"]
    # The one whom they were proposed to is theirs to see, and nobody else.
    by_id = {item["enrolment_id"]: item for item in mine["items"]}
    assert by_id[matched.mentee]["person_id"] == world.people["mentee"]
    assert (by_id[matched.third]["person_id"], by_id[matched.third]["display_name"]) == (None, None)
    assert {item["display_name"] for item in unread["items"]} == {None}


async def test_a_coordinator_who_is_in_the_pair_is_told_their_side_alone(world: World, matched: Matched) -> None:
    await world.key_for(world.people["left over"], "both", Role.COORDINATOR)
    duty: dict[str, Any] = {"person_id": world.people["both"], "duty": "coordinator"}
    await world.do("admin", "assign_programme_role", programme_id=matched.programme_id, **duty)

    told = await asked(world, "both", "enrolment_suggestions", matched.mentor)
    by_id = {item["enrolment_id"]: item for item in told["items"]}
    assert (by_id[matched.third]["score"], by_id[matched.third]["mentor"]) == (None, None)
    assert by_id[matched.mentee]["score"] is not None
    why_not = await asked(world, "both", "enrolment_why_not", matched.mentor, other_enrolment_id=matched.third)
    assert why_not["is_chosen"] is None
    own = await asked(world, "both", "enrolment_why_unmatched", matched.third)
    assert own["among"] is None


async def test_nobody_asks_for_others(world: World, matched: Matched) -> None:
    questions: tuple[tuple[str, str, dict[str, Any]], ...] = (
        ("enrolment_suggestions", matched.mentor, {}),
        ("enrolment_why_not", matched.mentor, {"other_enrolment_id": matched.other}),
        ("enrolment_why_unmatched", matched.mentor, {}),
        ("match_proposal_why", matched.proposal_id, {}),
    )
    for name, object_id, data in questions:
        for part, code in (("left over", "not_found"), ("admin", "not_allowed"), ("service", "forbidden")):
            with refused(code):
                await asked(world, part, name, object_id, **data)


async def test_a_run_that_is_not_decided_is_for_coordinators(world: World, matched: Matched) -> None:
    async with database.current().writing(world.organisation_id) as db:
        (await rows.by_id(db, MatchRun, matched.run_id, lock=True)).status = RunStatus.PROPOSED

    told = await asked(world, "coordinator", "enrolment_why_unmatched", matched.third, match_run_id=matched.run_id)
    assert told["match_run_id"] == matched.run_id
    with refused("not_matched_yet"):
        await asked(world, "left over", "enrolment_why_unmatched", matched.third)
    with refused("invalid"):
        await asked(world, "left over", "enrolment_why_unmatched", matched.third, match_run_id=matched.run_id)


async def test_a_question_is_about_the_run(world: World, matched: Matched) -> None:
    late = await world.enrolment(matched.programme_id, await world.newcomer("late", rank=7), "mentee")

    with refused("enrolment_not_waiting"):
        await asked(world, "late", "enrolment_why_unmatched", late)
    for other, code in ((late, "not_in_run"), (matched.mentor, "same_role")):
        with pytest.raises(Invalid) as caught:
            await asked(world, "mentor", "enrolment_why_not", matched.mentor, other_enrolment_id=other)
        (fault,) = caught.value.faults
        assert (fault.code, fault.parameter) == (code, "other_enrolment_id")


async def test_whoever_waits_for_nobody_has_no_suggestions(world: World, matched: Matched) -> None:
    await world.do("mentor", "pause_enrolment", matched.mentor)

    with refused("enrolment_not_waiting"):
        await asked(world, "mentor", "enrolment_suggestions", matched.mentor)


async def test_what_is_forgotten_is_explained_no_more(world: World, matched: Matched) -> None:
    await asked(world, "mentor", "match_proposal_why", matched.proposal_id)
    async with database.current().writing(world.organisation_id) as db:
        await db.fetch("update match_run_matter set market = null, plan = null where match_run_id = $1", matched.run_id)

    with refused("match_run_forgotten"):
        await asked(world, "mentor", "match_proposal_why", matched.proposal_id)


async def test_the_last_few_runs_are_kept_ready(
    world: World, matched: Matched, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inquiring, "_MOST_KEPT", 0)

    first = await asked(world, "mentor", "match_proposal_why", matched.proposal_id)

    assert await asked(world, "mentor", "match_proposal_why", matched.proposal_id) == first


async def test_a_look_by_office_goes_on_record_and_so_does_a_refusal(world: World, matched: Matched) -> None:
    for part in ("mentor", "coordinator"):
        await asked(world, part, "match_proposal_why", matched.proposal_id)
    with refused("not_found"):
        await asked(world, "left over", "match_proposal_why", matched.proposal_id)

    sql = "select actor_id, outcome from audit_entry where action = 'match_proposal_why' order by id"
    found = await database.current().reads.fetch(world.organisation_id, sql, ())
    assert [tuple(row) for row in found] == [
        (world.people["coordinator"], "done"),
        (world.people["left over"], "refused"),
    ]


async def test_only_a_few_wait_for_a_plan_to_be_solved_anew(
    world: World, matched: Matched, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(4):
        assert pricing._PLACES.acquire(blocking=False)
    try:
        with refused("unavailable"):
            await asked(world, "coordinator", "enrolment_why_not", matched.mentor, other_enrolment_id=matched.third)
    finally:
        for _ in range(4):
            pricing._PLACES.release()


async def test_what_a_forced_pair_costs_is_solved_apart_and_a_crash_is_told(world: World, matched: Matched) -> None:
    question: dict[str, Any] = {"other_enrolment_id": matched.third}

    told = await asked(world, "coordinator", "enrolment_why_not", matched.mentor, **question)
    assert (told["rules"], told["is_chosen"], told["is_exact"]) == ([], False, True)
    assert told["loss"] == told["score_loss"] > 0
    assert told["new"] == [{"mentor_enrolment_id": matched.mentor, "mentee_enrolment_id": matched.third}]
    assert told["ended"] == [{"mentor_enrolment_id": matched.mentor, "mentee_enrolment_id": matched.mentee}]

    for process in pricing._pool()._processes.values():
        process.kill()
    with refused("unavailable"):
        await asked(world, "coordinator", "enrolment_why_not", matched.mentor, **question)
    assert await asked(world, "coordinator", "enrolment_why_not", matched.mentor, **question) == told
