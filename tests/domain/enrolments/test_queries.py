"""Questions about enrolments that a change depends on."""

from app import db as database
from app.domain.enrolments import queries
from app.domain.enrolments.models import EnrolmentStatus
from tests.world import World, found_world


async def test_the_live_enrolments_of_a_person_come_in_id_order(world: World) -> None:
    mentor, other = world.people["mentor"], await found_world("Other")
    programmes = [await world.programme(status="enrolling") for _ in range(4)]
    made = [await world.enrolment(programme, mentor, "mentor", status="invited") for programme in programmes]
    await world.enrolment(programmes[0], world.people["mentee"], "mentee")
    await world.do("mentor", "withdraw_enrolment", made[1])

    async with database.current().writing(world.organisation_id) as db:
        live = await queries.live_of_person(db, mentor)
    async with database.current().writing(other.organisation_id) as db:
        theirs = await queries.live_of_person(db, mentor)

    assert [enrolment.id for enrolment in live] == sorted({*made} - {made[1]})
    assert {enrolment.status for enrolment in live} == {EnrolmentStatus.INVITED}
    assert list(theirs) == []
