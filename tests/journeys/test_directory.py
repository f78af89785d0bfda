"""The directory goes on changing under a programme: what that does to pairs, through both doors."""

from datetime import timedelta

from app import clock as time
from app.workers.run import Worker
from tests.journeys.conftest import Company
from tests.scim.conftest import ENTERPRISE


async def test_a_mentor_is_promoted_past_her_mentee(company: Company) -> None:
    world, pairing = company.world, await company.world.pairing()

    await company.call("PATCH", f"/v1/people/{world.people['mentor']}", "admin", rank_level=8)

    status, is_suspended, (conflict,) = await company.seen(pairing)
    assert (status, is_suspended, conflict["rule"], conflict["cause"]) == ("ACTIVE", False, "RANK_GAP", "RANK_LEVEL")
    assert conflict["causePerson"] == {"id": world.people["mentor"]}
    assert conflict["dueOn"] == str(time.now().date() + timedelta(days=14))
    assert await company.told(conflict["id"]) == ["pairing.conflict_detected*"]
    assert (await company.seen(pairing, "mentor"))[2] == []

    await company.call("POST", f"/v1/pairing-conflicts/{conflict['id']}/waive", "coordinator", 409, reason="A pity.")
    done = await company.call("POST", f"/v1/pairing-conflicts/{conflict['id']}/dissolve", "coordinator")

    assert (done["status"], done["options"]) == ("settled", ["dissolve", "correct_record"])
    assert (await company.seen(pairing))[0] == "DISSOLVED"
    assert (await company.told(conflict["id"]))[1:] == ["pairing.conflict_resolved"]


async def test_a_director_leaves(company: Company) -> None:
    world, pairing = company.world, await company.world.pairing()
    session = await world.session(pairing["id"])

    await company.scim("mentee", "active", False)

    assert (await company.seen(pairing))[0] == "ENDED_EARLY"
    ended = await company.call("GET", f"/v1/pairings/{pairing['id']}", "coordinator")
    assert (ended["end_reason"], ended["ended_at"][:10]) == ("left_organisation", str(time.now().date()))
    off = await company.call("GET", f"/v1/sessions/{session['id']}", "mentor")
    assert (off["status"], off["calendar_uid"], off["calendar_sequence"]) == (
        "cancelled",
        session["calendar_uid"],
        session["calendar_sequence"] + 1,
    )
    free = await company.call("GET", f"/v1/enrolments/{pairing['mentor_enrolment_id']}", "mentor")
    assert (free["status"], free["live_pairings"]) == ("ready", 0)
    assert (await company.told(world.people["mentee"]))[-1] == "person.deactivated"
    assert (await company.told(pairing["id"]))[-1] == "pairing.ended_early*"
    assert (await company.told(session["id"]))[-1] == "session.cancelled*"
    assert (await company.told(pairing["mentee_enrolment_id"]))[-1] == "enrolment.withdrawn*"


async def test_a_manager_is_swapped_so_that_a_pair_falls_into_one_line(company: Company) -> None:
    world, pairing = company.world, await company.world.pairing()
    head = await world.newcomer("head", rank=5)
    await company.call("PATCH", f"/v1/people/{world.people['mentor']}", "admin", manager_id=head)
    session = await world.session(pairing["id"])

    await company.scim("head", f"{ENTERPRISE}:manager", {"value": world.people["mentee"]})

    status, is_suspended, (conflict,) = await company.seen(pairing)
    assert (status, is_suspended, conflict["rule"]) == ("PAUSED", True, "REPORTING_LINE")
    assert (conflict["cause"], conflict["causePerson"]) == ("MANAGER_ID", {"id": head})
    assert conflict["options"] == ["dissolve", "correct_record"]
    assert (await company.told(pairing["id"]))[-1] == "pairing.paused*"
    assert (await company.told(session["id"]))[-1] == "session.cancelled*"
    problem = await company.call("POST", f"/v1/pairings/{pairing['id']}/resume", "mentor", 409)
    assert problem["code"] == "pairing_suspended"

    await company.scim("head", f"{ENTERPRISE}:manager", {"value": world.people["coordinator"]})

    status, is_suspended, (conflict,) = await company.seen(pairing)
    assert (status, is_suspended, conflict["status"]) == ("ACTIVE", False, "CURED")
    assert await company.told(conflict["id"]) == ["pairing.conflict_detected*", "pairing.conflict_resolved*"]
    assert (await company.told(pairing["id"]))[-1] == "pairing.resumed*"


async def test_a_department_and_a_leave_come_by_an_import_and_by_scim(company: Company) -> None:
    world = company.world
    pairing = await world.pairing()
    seen = await world.see("coordinator", pairing["programme_id"]) or {}
    await world.do(
        "coordinator",
        "update_programme",
        pairing["programme_id"],
        version=seen["version"],
        require_cross_department=True,
    )
    await world.do("admin", "update_person", world.people["mentor"], external_id="E-1")
    rows = "external_id,given_name,family_name,rank_level,department\nE-1,Ada,King,2,mentee desk\n"

    await world.do("admin", "begin_import", kind="people", format="csv", text=rows)
    await Worker().drain()

    (conflict,) = (await company.seen(pairing))[2]
    assert (conflict["rule"], conflict["options"][-1]) == ("SAME_DEPARTMENT", "waive")
    assert await company.told(conflict["id"]) == ["pairing.review_required*"]
    waive = 'mutation($id: ID!) { waivePairingConflict(input: {id: $id, reason: "Other work."}) { __typename } }'
    await company.gql.data(waive, "coordinator", id=conflict["id"])
    assert (await company.seen(pairing))[2][0]["status"] == "WAIVED"
    leave = "urn:flipside:scim:schemas:extension:mentoring:1.0:User:leaveStatus"
    for said, status in (("on_leave", "PAUSED"), (None, "ACTIVE")):
        await company.scim("mentee", leave, said)
        assert (await company.seen(pairing))[0] == status
