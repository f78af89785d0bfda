"""The coordinator's word on a plan: checked on the data of now, all or the rest, newer over older."""

from datetime import timedelta

import pytest

from app.domain.matching import closing, solving
from app.errors import Conflict
from tests.conftest import NOON
from tests.domain.matching.conftest import Fair
from tests.outcomes import at_once, refused
from tests.world import World

BOTH = {("ada", "yves"), ("bob", "xena")}


async def promote(world: World, part: str, rank: int) -> None:
    """Somebody's rank changes."""
    person = await world.see("admin", world.people[part])
    assert person is not None
    await world.do("admin", "update_person", person["id"], version=person["version"], rank_level=rank)


async def test_an_approved_plan_is_offered_to_both_for_two_weeks(fair: Fair) -> None:
    run = await fair.run()

    approved = await fair.approve(run["id"])

    assert approved["status"] == "approved"
    for proposal in (await fair.proposals(run["id"])).values():
        assert proposal["status"] == "offered"
        assert proposal["expires_at"] == (NOON + timedelta(days=14)).isoformat()
        (event,) = await fair.world.told(proposal["id"])
        assert (event.type, event.changed) == ("match_proposal.offered", ["status"])


async def test_a_plan_of_many_pairs_is_written_and_offered_in_bites(
    fair: Fair, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(closing, "AT_ONCE", 1)
    monkeypatch.setattr(solving, "AT_ONCE", 1)
    run = await fair.run()

    await fair.approve(run["id"])

    proposals = (await fair.proposals(run["id"])).values()
    assert [proposal["status"] for proposal in proposals] == ["offered", "offered"]


async def test_the_coordinator_says_how_long_the_two_have(fair: Fair) -> None:
    run = await fair.run()

    await fair.approve(run["id"], expires_in_days=3)

    ends = {proposal["expires_at"] for proposal in (await fair.proposals(run["id"])).values()}
    assert ends == {(NOON + timedelta(days=3)).isoformat()}


async def test_a_person_who_was_promoted_is_refused_by_the_rule_that_they_break(fair: Fair) -> None:
    run = await fair.run()
    stale = (await fair.proposals(run["id"]))["ada", "yves"]
    await promote(fair.world, "ada", 6)

    with pytest.raises(Conflict) as caught:
        await fair.approve(run["id"])

    assert caught.value.code == "match_run_stale"
    (fault,) = caught.value.faults
    assert (fault.code, fault.pointer) == ("rank_gap", f"/proposals/{stale['id']}")
    assert {it["status"] for it in (await fair.proposals(run["id"])).values()} == {"suggested"}
    assert (await fair.see(run["id"]))["status"] == "proposed"


async def test_the_rest_is_offered_where_the_coordinator_allows(fair: Fair) -> None:
    run = await fair.run()
    await promote(fair.world, "ada", 6)

    await fair.approve(run["id"], allow_partial=True)

    statuses = {pair: it["status"] for pair, it in (await fair.proposals(run["id"])).items()}
    assert statuses == {("ada", "yves"): "superseded", ("bob", "xena"): "offered"}


async def test_every_rule_that_a_pair_breaks_by_now_is_listed(fair: Fair) -> None:
    world, run = fair.world, await fair.run()
    await promote(world, "ada", 6)
    apart = sorted((world.people["ada"], world.people["yves"]))
    await world.do("admin", "create_do_not_pair", person_id=apart[0], other_person_id=apart[1])
    await world.do("bob", "pause_enrolment", fair.enrolments["bob"])

    with pytest.raises(Conflict) as caught:
        await fair.approve(run["id"])

    assert {fault.code for fault in caught.value.faults} == {"do_not_pair", "rank_gap", "enrolment_not_ready"}


async def test_what_was_discarded_is_offered_to_nobody(fair: Fair) -> None:
    run = await fair.run()

    discarded = await fair.world.do("coordinator", "discard_match_run", run["id"])

    proposals = await fair.proposals(run["id"])
    assert discarded["status"] == "discarded"
    assert {it["status"] for it in proposals.values()} == {"superseded"}
    assert [await fair.world.told(it["id"]) for it in proposals.values()] == [[], []]
    with refused("match_run_state_conflict"):
        await fair.approve(run["id"])


async def test_a_newer_plan_supersedes_what_older_ones_proposed(fair: Fair) -> None:
    first, second, third = await fair.run(), await fair.run(), await fair.run()
    await fair.approve(first["id"])

    await fair.approve(third["id"])

    assert (await fair.see(first["id"]))["status"] == "approved"
    assert (await fair.see(second["id"]))["status"] == "superseded"
    older = [*(await fair.proposals(first["id"])).values(), *(await fair.proposals(second["id"])).values()]
    assert {it["status"] for it in older} == {"superseded"}
    assert {it["status"] for it in (await fair.proposals(third["id"])).values()} == {"offered"}
    told = [[event.type for event in await fair.world.told(it["id"])] for it in older]
    assert told == [["match_proposal.offered", "match_proposal.superseded"]] * 2 + [[], []]


@pytest.mark.parametrize("part", ["ada", "yves"])
async def test_a_yes_stands_when_the_same_two_are_proposed_again(fair: Fair, part: str) -> None:
    first = await fair.offered()
    await fair.world.do(part, "accept_match_proposal", first["ada", "yves"]["id"])

    again = await fair.offered(mode="incremental")

    side = "mentor" if part == "ada" else "mentee"
    assert again["ada", "yves"]["status"] == "half_accepted"
    assert again["ada", "yves"][f"{side}_accepted_at"]
    assert again["bob", "xena"]["status"] == "offered"


async def test_of_two_approvals_at_once_one_is_done(fair: Fair) -> None:
    run = await fair.run()

    answers, refusals = await at_once(fair.approve(run["id"]), fair.approve(run["id"]))

    assert len(answers) == 1
    assert refusals == ["match_run_state_conflict"]


async def test_of_two_plans_approved_at_once_nobody_is_offered_both(fair: Fair) -> None:
    first, second = await fair.run(), await fair.run()

    await at_once(fair.approve(first["id"]), fair.approve(second["id"]))

    statuses = {it["status"] for it in (await fair.proposals(second["id"])).values()}
    older = {it["status"] for it in (await fair.proposals(first["id"])).values()}
    assert (statuses, older) == ({"offered"}, {"superseded"})


async def test_a_programme_that_makes_no_pairs_now_offers_none(fair: Fair) -> None:
    run = await fair.run()
    await fair.world.do("coordinator", "pause_programme", fair.programme_id)

    with refused("programme_not_matching"):
        await fair.approve(run["id"])


async def test_fewer_seats_than_the_plan_took_bar_the_pairs_beyond_them(fair: Fair) -> None:
    world = fair.world
    eve = await fair.join("eve", "mentor", 2, capacity=2, offers=["AI", "Video"])
    for part in ("ada", "bob"):
        await world.do(part, "pause_enrolment", fair.enrolments[part])
    run = await fair.run()
    enrolment = await fair.see(eve)
    await world.do("eve", "update_enrolment", eve, version=enrolment["version"], capacity=1)

    with pytest.raises(Conflict) as caught:
        await fair.approve(run["id"])

    assert [fault.code for fault in caught.value.faults] == ["capacity_reached"]
