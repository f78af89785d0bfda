"""What facts do to open proposals: who leaves, rests or is paired otherwise is asked no more."""

import pytest

from app.workers.run import Worker
from tests.domain.matching.conftest import Fair

PAIR, OTHERS = ("ada", "yves"), ("bob", "xena")


async def statuses(fair: Fair, run_id: str) -> tuple[str, str]:
    """How the two proposals stand once all consequences are drawn."""
    await Worker().drain()
    found = await fair.proposals(run_id)
    return found[PAIR]["status"], found[OTHERS]["status"]


async def approved(fair: Fair) -> str:
    """A run whose pairs were offered."""
    run = await fair.run()
    await fair.approve(run["id"])
    return str(run["id"])


@pytest.mark.parametrize("move", ["pause", "withdraw", "remove"])
@pytest.mark.parametrize("part", PAIR)
async def test_who_steps_back_is_asked_no_more(fair: Fair, part: str, move: str) -> None:
    run_id = await approved(fair)

    await fair.world.do("coordinator", f"{move}_enrolment", fair.enrolments[part])

    assert await statuses(fair, run_id) == ("superseded", "offered")


async def test_who_leaves_the_organisation_is_asked_no_more(fair: Fair) -> None:
    run_id = await approved(fair)

    await fair.world.do("admin", "deactivate_person", fair.world.people["ada"])

    assert await statuses(fair, run_id) == ("superseded", "offered")


async def test_who_was_paired_otherwise_has_no_seat_for_it(fair: Fair) -> None:
    run_id = await approved(fair)
    await fair.join("eve", "mentor", 2)

    await fair.world.do("coordinator", "create_pairing", **fair.pair("eve", "yves"))

    assert await statuses(fair, run_id) == ("superseded", "offered")


async def test_two_who_were_paired_by_hand_are_asked_no_more_though_they_have_seats(fair: Fair) -> None:
    run_id = await approved(fair)
    for part in PAIR:
        enrolment = await fair.see(fair.enrolments[part])
        await fair.world.do(
            "coordinator", "update_enrolment", enrolment["id"], version=enrolment["version"], capacity=3
        )

    await fair.world.do("coordinator", "create_pairing", **fair.pair(*PAIR))

    assert await statuses(fair, run_id) == ("superseded", "offered")


async def test_two_whose_pair_ends_are_asked_no_more(fair: Fair) -> None:
    pairing = await fair.world.do("coordinator", "create_pairing", **fair.pair(*OTHERS))
    await Worker().drain()
    run = await fair.run()

    await fair.world.do("coordinator", "end_pairing_early", pairing["id"])
    await fair.approve(run["id"])

    await Worker().drain()
    assert {pair: it["status"] for pair, it in (await fair.proposals(run["id"])).items()} == {PAIR: "offered"}


async def test_a_programme_that_is_called_off_asks_nobody(fair: Fair) -> None:
    run_id = await approved(fair)

    await fair.world.do("coordinator", "cancel_programme", fair.programme_id)

    assert await statuses(fair, run_id) == ("superseded", "superseded")


async def test_a_programme_that_closes_asks_nobody(fair: Fair) -> None:
    run_id = await approved(fair)

    for move in ("evaluate", "close"):
        await fair.world.do("coordinator", f"{move}_programme", fair.programme_id)

    assert await statuses(fair, run_id) == ("superseded", "superseded")
