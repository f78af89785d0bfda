"""Runs from their beginning to their plan: who may start them, what they work on, what they leave behind."""

from typing import Any

import asyncpg
import pytest

from app import db as database
from app.domain.matching import matter
from app.domain.matching.models import MatchRun
from app.matching.plan import Plan
from app.reading import rows
from app.workers.run import Worker
from tests.conftest import TestClock
from tests.domain.matching.conftest import LENIENT, Fair
from tests.outcomes import at_once, invalid, refused
from tests.workers.steps import row
from tests.world import World


async def matter_of(owner: asyncpg.Connection, run: dict[str, Any]) -> list[Any]:
    """What is kept of a run's snapshot and plan."""
    found: list[Any] = await owner.fetch("select * from match_run_matter where match_run_id = $1", run["id"])
    return found


async def test_a_run_ends_with_a_plan_and_proposals_for_it(fair: Fair) -> None:
    run = await fair.run(seed=7)

    proposals = await fair.proposals(run["id"])
    assert (run["status"], run["solution"], run["seed"], run["phase"]) == ("proposed", "optimal", 7, None)
    assert (run["mentor_count"], run["mentee_count"], run["pair_count"], run["unmatched_count"]) == (2, 2, 2, 0)
    assert run["objective"] == run["bound"] > 0
    assert len(run["input_hash"]) == len(run["result_hash"]) == 64
    assert run["started_at"]
    assert run["finished_at"]
    assert set(proposals) == {("ada", "yves"), ("bob", "xena")}
    assert {proposal["status"] for proposal in proposals.values()} == {"suggested"}


async def test_the_points_of_both_sides_make_the_score(fair: Fair) -> None:
    run = await fair.run()

    share = run["policy"]["mentee_share"]
    for proposal in (await fair.proposals(run["id"])).values():
        mentee, mentor = (
            sum(each["points"] * each["weight"] for each in proposal[f"{side}_points"]) for side in ("mentee", "mentor")
        )
        assert proposal["score"] == share * mentee + (10 - share) * mentor


async def test_a_finished_run_is_told(fair: Fair) -> None:
    run = await fair.run()

    (event,) = await fair.world.told(run["id"])
    assert (event.type, event.visibility) == ("match_run.completed", "coordinator")
    assert event.data == {
        "match_run_id": run["id"],
        "programme_id": fair.programme_id,
        "mode": "full",
        "status": "proposed",
        "solution": "optimal",
        "pair_count": 2,
        "unmatched_count": 0,
    }


async def test_the_same_snapshot_and_seed_give_the_same_plan(fair: Fair) -> None:
    first, second = await fair.run(seed=3), await fair.run(seed=3)

    assert first["input_hash"] == second["input_hash"]
    assert first["result_hash"] == second["result_hash"]


async def test_a_programme_has_one_run_under_way(fair: Fair) -> None:
    await fair.begin()

    with refused("match_run_under_way"):
        await fair.begin()


async def test_of_two_runs_begun_at_once_one_is_under_way(fair: Fair) -> None:
    answers, refusals = await at_once(fair.begin(), fair.begin())

    assert len(answers) == 1
    assert refusals == ["match_run_under_way"]


async def test_a_programme_that_makes_no_pairs_is_not_matched(world: World) -> None:
    programme_id = await world.programme(status="enrolling")

    with refused("programme_not_matching"):
        await world.do("coordinator", "create_match_run", programme_id=programme_id)


@pytest.mark.parametrize("part", ["mentor", "mentee"])
async def test_participants_match_nobody(fair: Fair, part: str) -> None:
    run = await fair.begin()

    with refused("forbidden"):
        await fair.world.do(part, "create_match_run", programme_id=fair.programme_id)
    assert await fair.world.see(part, run["id"]) is None


async def test_an_empty_market_is_a_plan_with_nobody_in_it(world: World, at_hand: None) -> None:
    fair = Fair(world, await world.programme())

    run = await fair.run()

    assert (run["status"], run["pair_count"], run["unmatched_count"]) == ("proposed", 0, 0)


async def test_those_whom_every_rule_bars_are_unmatched_with_a_reason(world: World, at_hand: None) -> None:
    fair = Fair(world, await world.programme(status="active", allows_late_intake=True))
    await fair.join("ada", "mentor", 6)
    await fair.join("xena", "mentee", 6)

    run = await fair.run()

    assert (run["status"], run["pair_count"], run["unmatched_count"]) == ("proposed", 0, 2)


async def test_who_has_no_policy_is_matched_by_the_balanced_one_and_the_programmes_own_rules(world: World) -> None:
    programme_id = await world.programme(min_rank_gap=3, require_cross_department=True)

    run = await world.do("coordinator", "create_match_run", programme_id=programme_id)

    assert run["policy"]["rules"]["min_rank_gap"] == 3
    assert run["policy"]["rules"]["require_cross_department"] is True
    assert run["policy"]["criteria"][0]["name"] == "skills"


async def test_a_dry_run_is_looked_at_and_offers_nothing(fair: Fair) -> None:
    run = await fair.run(mode="dry_run")

    assert (run["status"], run["pair_count"]) == ("proposed", 2)
    assert await fair.proposals(run["id"]) == {}
    with refused("match_run_is_trial"):
        await fair.approve(run["id"])


async def test_a_what_if_tries_another_policy_on_the_snapshot_of_its_base(fair: Fair) -> None:
    base = await fair.run()
    await fair.join("zoe", "mentee", 8)

    tried = await fair.run(mode="what_if", base_run_id=base["id"], policy={"mentee_share": 10})

    assert tried["input_hash"] == base["input_hash"]
    assert (tried["policy"]["mentee_share"], tried["mentee_count"]) == (10, 2)
    assert tried["policy"]["rules"] == base["policy"]["rules"]
    assert await fair.proposals(tried["id"]) == {}
    assert 0 < tried["estimate"] <= tried["objective"] == tried["bound"] <= tried["estimate_bound"]
    assert base["estimate"] is base["estimate_bound"] is None


async def test_a_what_if_may_change_nothing(fair: Fair) -> None:
    base = await fair.run()

    tried = await fair.run(mode="what_if", base_run_id=base["id"])

    assert tried["result_hash"] == base["result_hash"]


async def test_a_what_if_of_a_run_without_a_plan_has_nothing_to_tell_first(
    fair: Fair, owner: asyncpg.Connection
) -> None:
    base = await fair.run()
    await owner.execute("update match_run_matter set plan = null where match_run_id = $1", base["id"])

    tried = await fair.run(mode="what_if", base_run_id=base["id"])

    assert (tried["status"], tried["estimate"]) == ("proposed", None)


async def test_a_reciprocal_programme_is_matched_as_one_pool(world: World, at_hand: None) -> None:
    programme_id = await world.programme(
        status="active", allows_late_intake=True, model="reciprocal", min_rank_gap=1, require_cross_department=False
    )
    fair = Fair(world, programme_id)
    await world.do("coordinator", "create_matching_policy", programme_id=programme_id, rules=LENIENT)
    for part, rank in (("ada", 2), ("bob", 4), ("cleo", 6)):
        await fair.join(part, "mentor", rank)
        await world.enrolment(programme_id, world.people[part], "mentee")

    run = await fair.run()

    # In two pools the one in the middle would be of two pairs.
    assert (run["solution"], run["pair_count"], run["policy"]["reciprocal"]) == ("optimal", 1, True)
    assert (run["mentor_count"], run["mentee_count"], run["unmatched_count"]) == (3, 3, 2)


async def test_what_does_not_go_with_the_mode_is_named_all_at_once(fair: Fair) -> None:
    base = await fair.run()
    tried = await fair.run(mode="what_if", base_run_id=base["id"])
    elsewhere = Fair(fair.world, await fair.world.programme())

    with refused("invalid", "/policy", "/base_run_id"):
        await fair.begin(policy={}, base_run_id=base["id"])
    with invalid("base_missing", "/base_run_id"):
        await fair.begin(mode="what_if")
    with invalid("other_programme", "/base_run_id"):
        await elsewhere.begin(mode="what_if", base_run_id=base["id"])
    with invalid("base_is_what_if", "/base_run_id"):
        await fair.begin(mode="what_if", base_run_id=tried["id"])
    with refused("invalid", "/policy/criteria", "/policy/criteria"):
        await fair.begin(mode="what_if", base_run_id=base["id"], policy={"criteria": [{"name": "skills"}]})


async def test_a_run_without_a_snapshot_is_nobodys_base(fair: Fair) -> None:
    base = await fair.begin()
    await fair.world.do("coordinator", "cancel_match_run", base["id"])

    with refused("match_run_forgotten"):
        await fair.begin(mode="what_if", base_run_id=base["id"])
    async with database.current().writing(fair.world.organisation_id) as db:
        run = await rows.by_id(db, MatchRun, base["id"])
        with refused("match_run_forgotten"):
            await matter.market_of(db, run)


@pytest.mark.parametrize(("days", "is_kept"), [(89, True), (91, False)])
async def test_snapshots_and_plans_go_after_90_days(
    fair: Fair, clock: TestClock, owner: asyncpg.Connection, days: int, is_kept: bool
) -> None:
    run = await fair.run()
    clock.advance(days=days)

    async with database.current().writing(fair.world.organisation_id) as db:
        await matter.forget_old(db)

    (kept,) = await matter_of(owner, run)
    assert (kept["market"] is not None, kept["plan"] is not None) == (is_kept, is_kept)


async def test_the_snapshot_lies_sealed(fair: Fair, owner: asyncpg.Connection) -> None:
    run = await fair.run()

    (kept,) = await matter_of(owner, run)
    assert fair.enrolments["ada"].encode() not in kept["market"] + kept["plan"]


async def test_pins_are_in_the_plan_whatever_else_is_better(fair: Fair) -> None:
    run = await fair.run(pins=[fair.pair("ada", "xena")])

    assert set(await fair.proposals(run["id"])) == {("ada", "xena"), ("bob", "yves")}


async def test_every_fault_of_every_pin_is_named_at_once(fair: Fair) -> None:
    world = fair.world
    await fair.join("carl", "mentor", 6)
    await fair.join("late", "mentor", 2, status="approved")
    await world.do("admin", "create_do_not_pair", person_id=world.people["bob"], other_person_id=world.people["yves"])
    elsewhere = await world.enrolment(
        await world.programme(status="active", allows_late_intake=True), world.people["ada"], "mentor"
    )
    pins = [
        fair.pair("ada", "xena"),
        fair.pair("ada", "xena"),
        fair.pair("bob", "yves"),
        fair.pair("carl", "yves"),
        fair.pair("late", "yves"),
        fair.pair("xena", "yves"),
        {"mentor_enrolment_id": elsewhere, "mentee_enrolment_id": fair.enrolments["yves"]},
    ]

    with refused(
        "invalid",
        "/pins/1/mentor_enrolment_id",
        "/pins/1/mentee_enrolment_id",
        "/pins/1",
        "/pins/2",
        "/pins/3",
        "/pins/4/mentor_enrolment_id",
        "/pins/5/mentor_enrolment_id",
        "/pins/6/mentor_enrolment_id",
    ):
        await fair.begin(pins=pins)


async def test_the_pins_of_a_what_if_are_held_to_its_snapshot(fair: Fair) -> None:
    base = await fair.run()
    await fair.join("zoe", "mentee", 8)

    tried = await fair.run(mode="what_if", base_run_id=base["id"], pins=[fair.pair("ada", "xena")])

    assert (tried["status"], tried["pair_count"]) == ("proposed", 2)
    async with database.current().writing(fair.world.organisation_id) as db:
        plan = Plan.from_bytes(await matter.plan_of(db, await rows.by_id(db, MatchRun, tried["id"])))
    pinned = fair.pair("ada", "xena").values()
    assert [(pair.mentor, pair.mentee) for pair in plan.pairs if pair.is_pinned] == [tuple(pinned)]
    assert tried["objective"] < base["objective"]


async def test_a_run_that_waits_is_cancelled_and_leaves_room_for_another(fair: Fair, owner: asyncpg.Connection) -> None:
    run = await fair.begin()

    cancelled = await fair.world.do("coordinator", "cancel_match_run", run["id"])
    await Worker().drain()

    assert cancelled["status"] == "cancelled"
    assert (await row(owner, "operation", run["operation_id"]))["status"] == "cancelled"
    assert await matter_of(owner, run) == []
    assert (await fair.run())["status"] == "proposed"


async def test_a_plan_is_not_cancelled_any_more(fair: Fair) -> None:
    run = await fair.run()

    with refused("match_run_state_conflict"):
        await fair.world.do("coordinator", "cancel_match_run", run["id"])


async def test_whoever_cancels_the_operation_cancels_the_run(fair: Fair) -> None:
    run = await fair.begin()

    await fair.world.do("coordinator", "cancel_operation", run["operation_id"])
    await Worker().drain()

    assert (await fair.see(run["id"]))["status"] == "cancelled"
    assert await fair.world.told(run["id"]) == []


async def test_a_run_can_be_cancelled_after_its_operation_was(fair: Fair) -> None:
    run = await fair.begin()
    await fair.world.do("coordinator", "cancel_operation", run["operation_id"])

    cancelled = await fair.world.do("coordinator", "cancel_match_run", run["id"])
    await Worker().drain()

    assert cancelled["status"] == "cancelled"


async def test_an_operation_of_another_kind_concerns_no_run(fair: Fair) -> None:
    begun = await fair.world.do("admin", "request_export")
    await fair.world.do("admin", "cancel_operation", begun["id"])

    await Worker().drain()

    assert (await fair.see(begun["id"], "admin"))["status"] == "cancelled"


async def test_an_incremental_run_knows_what_nobody_has_answered_yet(fair: Fair) -> None:
    first = await fair.run()
    await fair.approve(first["id"])

    second = await fair.run(mode="incremental")

    assert second["input_hash"] != first["input_hash"]
    assert set(await fair.proposals(second["id"])) == set(await fair.proposals(first["id"]))


async def test_policies_of_runs_stay_as_they_were(fair: Fair) -> None:
    run = await fair.run()
    programme = await fair.see(run["programme_id"])

    await fair.world.do(
        "coordinator", "update_programme", programme["id"], version=programme["version"], require_cross_department=True
    )

    assert (await fair.see(run["id"]))["policy"] == run["policy"]
    assert (await fair.begin())["policy"]["rules"]["require_cross_department"] is True
