"""A whole programme through the services."""

from tests.world import World


async def test_a_pair_meets(world: World) -> None:
    pairing = await world.pairing()
    session = await world.session(pairing["id"], days=-3)
    held = await world.do("mentor", "complete_session", session["id"], focus_rating=4)
    assert held["status"] == "completed"
    disputed = await world.do("mentee", "record_no_show", session["id"])
    assert disputed["status"] == "disputed"
    goal = await world.do("mentee", "set_goal", pairing_id=pairing["id"], title="Try it")
    done = await world.do("mentor", "achieve_goal", goal["id"])
    assert done["progress"] == 100
    given = await world.do(
        "mentee", "give_feedback", pairing_id=pairing["id"], type="partner", audience="partner", rating=5
    )
    assert given["addressee_id"] == world.people["mentor"]
