"""What the two say, what each of them sees, and what a coordinator may take back."""

from typing import Any

import pytest

from app.auth.actor import Role
from app.workers.run import Worker
from app.workers.sweep import sweep_one
from tests.conftest import TestClock
from tests.domain.matching.conftest import Fair
from tests.outcomes import at_once, refused
from tests.world import World

PAIR = ("ada", "yves")


async def offered(fair: Fair) -> dict[str, Any]:
    """The proposal of a pair."""
    return (await fair.offered())[PAIR]


async def answer(fair: Fair, part: str, proposal: dict[str, Any], move: str = "accept", **data: Any) -> dict[str, Any]:
    """What somebody says to it."""
    return await fair.world.do(part, f"{move}_match_proposal", proposal["id"], **data)


async def types(world: World, proposal: dict[str, Any]) -> list[str]:
    """What was told of a proposal since it was offered."""
    return [event.type.removeprefix("match_proposal.") for event in await world.told(proposal["id"])][1:]


@pytest.mark.parametrize("order", [("ada", "yves"), ("yves", "ada")])
async def test_two_yeses_make_a_pair_that_awaits_its_agreement(fair: Fair, order: tuple[str, str]) -> None:
    proposal = await offered(fair)

    half = await answer(fair, order[0], proposal)
    whole = await answer(fair, order[1], proposal)

    pairing = await fair.see(whole["pairing_id"])
    assert (half["status"], half["pairing_id"], whole["status"]) == ("half_accepted", None, "confirmed")
    assert pairing["status"] == "pending_agreement"
    assert (pairing["mentor_id"], pairing["mentee_id"]) == (proposal["mentor_id"], proposal["mentee_id"])
    assert [(await fair.see(fair.enrolments[part]))["live_pairings"] for part in PAIR] == [1, 1]
    assert await types(fair.world, proposal) == ["accepted", "accepted", "confirmed"]


async def test_who_is_asked_may_read_who_it_would_be(fair: Fair) -> None:
    proposal = await offered(fair)
    ids = (fair.world.people["yves"], fair.enrolments["yves"])

    asked = [await fair.world.see("ada", object_id) for object_id in ids]
    await answer(fair, "ada", proposal, "decline")

    assert all(asked)
    assert [await fair.world.see("ada", object_id) for object_id in ids] == [None, None]


async def test_two_yeses_at_once_make_one_pair(fair: Fair) -> None:
    proposal = await offered(fair)

    answers, refusals = await at_once(answer(fair, "ada", proposal), answer(fair, "yves", proposal))

    assert sorted(one["status"] for one in answers) == ["confirmed", "half_accepted"]
    assert refusals == []


async def test_the_same_yes_at_once_counts_once(fair: Fair) -> None:
    proposal = await offered(fair)

    answers, refusals = await at_once(answer(fair, "ada", proposal), answer(fair, "ada", proposal))

    assert len(answers) == 1
    assert refusals == ["already_accepted"]


async def test_nobody_else_answers(fair: Fair) -> None:
    proposal = await offered(fair)

    for part, code in (("bob", "not_found"), ("mentor", "not_found"), ("coordinator", "not_allowed")):
        for move in ("accept", "decline"):
            with refused(code):
                await answer(fair, part, proposal, move)


async def test_what_is_only_suggested_is_known_to_coordinators_alone(fair: Fair) -> None:
    proposal = (await fair.proposals((await fair.run())["id"]))[PAIR]

    assert await fair.world.seen_by(proposal["id"]) == {"admin", "coordinator", "service"}
    with refused("not_found"):
        await answer(fair, "ada", proposal)


async def test_each_side_sees_its_own_points_and_not_the_others(fair: Fair) -> None:
    proposal = await offered(fair)

    seen = {part: await fair.see(proposal["id"], part) for part in (*PAIR, "coordinator", "admin", "service")}

    shown = {
        part: {name for name in ("score", "mentor_points", "mentee_points") if one[name] is not None}
        for part, one in seen.items()
    }
    assert shown == {
        "ada": {"mentor_points"},
        "yves": {"mentee_points"},
        "coordinator": {"score", "mentor_points", "mentee_points"},
        "admin": set(),
        "service": set(),
    }


async def test_a_coordinator_who_takes_part_sees_and_decides_as_their_side_does(fair: Fair) -> None:
    world = fair.world
    await fair.join("carl", "mentor", 2, offers=["Cooking"])
    await world.key_for(world.people["carl"], "carl", Role.COORDINATOR)
    await world.do(
        "coordinator",
        "assign_programme_role",
        programme_id=fair.programme_id,
        person_id=world.people["carl"],
        duty="matcher",
    )
    await fair.join("zoe", "mentee", 8, seeks=["Cooking"])
    run = await fair.run()
    own = (await fair.proposals(run["id"]))["carl", "zoe"]

    before = await world.see("carl", own["id"])
    await fair.approve(run["id"])
    after = await fair.see(own["id"], "carl")

    assert before is None
    assert (after["score"], after["mentee_points"]) == (None, None)
    assert after["mentor_points"]
    with refused("not_allowed"):
        await answer(fair, "carl", own, "veto", reason="Not for me.")


@pytest.mark.parametrize("part", PAIR)
async def test_a_no_ends_it_and_the_reason_stays_with_its_author(fair: Fair, part: str) -> None:
    proposal = await offered(fair)

    declined = await answer(fair, part, proposal, "decline", reason="We know each other.")

    other = PAIR[1 - PAIR.index(part)]
    own = ("declined_by", "decline_reason", "is_reason_shared")
    seen = {who: await fair.see(proposal["id"], who) for who in (other, "coordinator", "admin")}
    assert declined["status"] == "declined"
    assert [declined[name] for name in own] == [fair.world.people[part], "We know each other.", False]
    assert [seen[other][name] for name in own] == [None, None, None]
    assert [seen["coordinator"][name] for name in own] == [fair.world.people[part], None, False]
    assert [seen["admin"][name] for name in own] == [None, None, None]
    (event,) = (await fair.world.told(proposal["id"]))[1:]
    assert (event.type, event.actor) == ("match_proposal.declined", None)
    assert "reason" not in str(event.data)


async def test_the_coordinator_reads_a_reason_that_its_author_shares(fair: Fair) -> None:
    proposal = await offered(fair)

    await answer(fair, "yves", proposal, "decline", reason="No time.", share_reason=True)

    assert (await fair.see(proposal["id"]))["decline_reason"] == "No time."
    assert (await fair.see(proposal["id"], "ada"))["decline_reason"] is None


async def test_nobody_has_to_say_why(fair: Fair) -> None:
    proposal = await offered(fair)

    declined = await answer(fair, "ada", proposal, "decline")

    assert (declined["status"], declined["decline_reason"]) == ("declined", None)
    with refused("match_proposal_state_conflict"):
        await answer(fair, "yves", proposal)


async def test_a_no_follows_a_yes_of_the_other(fair: Fair) -> None:
    proposal = await offered(fair)
    await answer(fair, "ada", proposal)

    assert (await answer(fair, "yves", proposal, "decline"))["status"] == "declined"


async def test_a_coordinator_takes_an_offer_back_and_says_why_to_coordinators(fair: Fair) -> None:
    proposal = await offered(fair)
    await answer(fair, "ada", proposal)

    vetoed = await answer(fair, "coordinator", proposal, "veto", reason="They were a couple.")

    assert (vetoed["status"], vetoed["veto_reason"]) == ("vetoed", "They were a couple.")
    assert (await fair.see(proposal["id"], "ada"))["veto_reason"] is None
    assert await types(fair.world, proposal) == ["accepted", "vetoed"]


async def test_a_veto_before_the_offer_is_told_to_nobody(fair: Fair) -> None:
    run = await fair.run()
    proposal = (await fair.proposals(run["id"]))[PAIR]

    await answer(fair, "coordinator", proposal, "veto", reason="They were a couple.")
    await fair.approve(run["id"])

    assert await fair.world.told(proposal["id"]) == []
    assert (await fair.see(proposal["id"]))["status"] == "vetoed"


async def test_members_have_no_veto(fair: Fair) -> None:
    proposal = await offered(fair)

    with refused("forbidden"):
        await answer(fair, "ada", proposal, "veto", reason="No.")


async def test_what_nobody_answers_expires(fair: Fair, clock: TestClock) -> None:
    proposals = await fair.offered()
    await answer(fair, "ada", proposals[PAIR])
    await answer(fair, "bob", proposals["bob", "xena"], "decline")
    clock.advance(days=14)

    with refused("match_proposal_expired"):
        await answer(fair, "yves", proposals[PAIR])
    await sweep_one(fair.world.organisation_id)

    assert (await fair.see(proposals[PAIR]["id"]))["status"] == "expired"
    assert (await fair.see(proposals["bob", "xena"]["id"]))["status"] == "declined"
    assert await types(fair.world, proposals[PAIR]) == ["accepted", "expired"]


async def test_what_still_has_time_does_not_expire(fair: Fair, clock: TestClock) -> None:
    proposal = await offered(fair)
    clock.advance(days=13, hours=23)

    await sweep_one(fair.world.organisation_id)

    assert (await fair.see(proposal["id"]))["status"] == "offered"


async def test_two_who_can_no_longer_be_paired_are_not_told_which_rule_bars_them(fair: Fair) -> None:
    world, proposal = fair.world, await offered(fair)
    await answer(fair, "ada", proposal)
    apart = sorted(world.people[part] for part in PAIR)
    await world.do("admin", "create_do_not_pair", person_id=apart[0], other_person_id=apart[1])

    with refused("match_proposal_overtaken", *()):
        await answer(fair, "yves", proposal)

    assert (await fair.see(proposal["id"]))["status"] == "half_accepted"


async def test_a_seat_is_taken_once_by_however_many_yeses(fair: Fair) -> None:
    world = fair.world
    eve = await fair.join("eve", "mentor", 2, capacity=2, offers=["AI", "Video"])
    for part in ("ada", "bob"):
        await world.do(part, "pause_enrolment", fair.enrolments[part])
    proposals = await fair.offered()
    for mentee in ("xena", "yves"):
        await answer(fair, "eve", proposals["eve", mentee])
    enrolment = await fair.see(eve)
    await world.do("eve", "update_enrolment", eve, version=enrolment["version"], capacity=1)

    answers, refusals = await at_once(*(answer(fair, mentee, proposals["eve", mentee]) for mentee in ("xena", "yves")))
    await Worker().drain()

    assert len(answers) == 1
    assert refusals == ["match_proposal_overtaken"]
    statuses = sorted([(await fair.see(proposals["eve", mentee]["id"]))["status"] for mentee in ("xena", "yves")])
    assert statuses == ["confirmed", "superseded"]
