"""Peers who bring each other on."""

from datetime import timedelta

from app import clock
from tests.journeys.conftest import Company


async def test_mentors_meet_among_themselves_and_nobody_else_sees_it(company: Company) -> None:
    programme = await company.world.programme(allows_late_intake=True)
    await company.world.newcomer("other mentor", rank=2)
    joined = [
        await company.world.enrolment(programme, company.world.people[part], "mentor", status="approved")
        for part in ("mentor", "other mentor")
    ]
    given = {"programme_id": programme, "name": "Thursdays", "role": "mentor"}
    alone = await company.call("POST", "/v1/circles", "coordinator", 422, **given, enrolment_ids=joined[:1])
    assert [fault["code"] for fault in alone["errors"]] == ["circle_of_one"]

    made = await company.call("POST", "/v1/circles", "coordinator", 201, **given, enrolment_ids=joined)
    at = (clock.now() + timedelta(days=3)).isoformat()
    meeting = {"circle_id": made["id"], "starts_at": at, "zone": "Europe/Paris", "agenda": "What was hard?"}
    held = await company.call("POST", "/v1/circle-meetings", "mentor", 201, **meeting)

    query = "query($id: ID!) { circle(id: $id) { members circleMembers { nodes { displayName } } } }"
    seen = (await company.gql.data(query, "other mentor", id=made["id"]))["circle"]
    assert {one["displayName"] for one in seen["circleMembers"]["nodes"]} >= {"Mentor Doe"}
    assert (await company.call("GET", f"/v1/circle-meetings/{held['id']}", "other mentor"))["agenda"]
    await company.call("GET", f"/v1/circles/{made['id']}", "mentee", 404)
