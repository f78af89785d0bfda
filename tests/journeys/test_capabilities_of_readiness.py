"""What people learn, acknowledge and find out about themselves before their first partner."""

import pytest

from tests.journeys.capabilities import shows
from tests.journeys.conftest import Company
from tests.journeys.test_capabilities_of_programmes import invited, programme
from tests.prepared import CHARTER, MODULE, answers

_WAITS = "query { viewer { tasks(first: 20) { nodes { kind trainingAssignment { id title status } } } } }"


async def approved(company: Company, part: str, programme_id: str) -> str:
    """Somebody who accepted and was approved; their enrolment."""
    made = await invited(company, programme_id, part)
    await company.call("POST", f"/v1/enrolments/{made['id']}/accept", part)
    await company.call("POST", f"/v1/enrolments/{made['id']}/approve", "coordinator")
    return str(made["id"])


@shows(17)
@shows(18)
@pytest.mark.parametrize("part", ["mentor", "mentee"])
async def test_each_side_finds_out_how_ready_it_is_and_what_helps(company: Company, part: str) -> None:
    here = await programme(company, assesses_readiness=True)
    enrolment_id = await approved(company, part, here["id"])
    ready = f"/v1/enrolments/{enrolment_id}/ready"
    problem = await company.call("POST", ready, "coordinator", 409)
    assert [fault["code"] for fault in problem["errors"]] == ["assessment_missing"]

    said = {"enrolment_id": enrolment_id, "answers": answers(part, 2)}
    made = await company.call("POST", "/v1/readiness-assessments", part, 201, **said)

    assert (made["band"], len(made["actions"])) == ("growing", 1)
    seen = await company.call("GET", f"/v1/readiness-assessments/{made['id']}", "coordinator")
    assert (seen["band"], seen["answers"], seen["actions"]) == ("growing", None, None)
    assert (await company.call("POST", ready, "coordinator"))["status"] == "ready"
    assert await company.told(made["id"]) == ["readiness.assessed*"]


@shows(33)
@shows(59)
@pytest.mark.parametrize("part", ["mentor", "mentee"])
async def test_both_sides_learn_and_acknowledge_before_they_are_paired(company: Company, part: str) -> None:
    here = await programme(company)
    for given in (MODULE, CHARTER):
        body = {"programme_id": here["id"], "is_required": True, **given}
        await company.call("POST", "/v1/programme-resources", "coordinator", 201, **body)
    enrolment_id = await approved(company, part, here["id"])
    ready = f"/v1/enrolments/{enrolment_id}/ready"

    waiting = (await company.gql.data(_WAITS, part))["viewer"]["tasks"]["nodes"]

    found = {one["trainingAssignment"]["title"]: one["trainingAssignment"]["id"] for one in waiting}
    assert found.keys() == {MODULE["title"], CHARTER["title"]}
    problem = await company.call("POST", ready, "coordinator", 409)
    assert [fault["code"] for fault in problem["errors"]] == ["training_incomplete"]
    for assignment_id in found.values():
        done = await company.call("POST", f"/v1/training-assignments/{assignment_id}/complete", part)
        assert (done["status"], done["edition"]) == ("completed", 1)
        assert await company.told(assignment_id) == ["training.assigned", "training.completed"]
    assert (await company.call("POST", ready, "coordinator"))["status"] == "ready"
