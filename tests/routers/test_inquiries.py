"""What is worked out about an object: the same answer, and the same refusal, through both doors."""

from typing import Any

import httpx
import pytest

from tests.graphql.client import Gql
from tests.routers.conftest import Api
from tests.world import World

WHY_NOT = """
    query($id: ID!, $other: ID!, $run: ID) {
        enrolmentWhyNot(id: $id, otherEnrolmentId: $other, matchRunId: $run) { __typename matchRunId }
    }
"""
SUGGESTIONS = """
    query($id: ID!) { told: enrolmentSuggestions(id: $id) {
        enrolmentId
        items { who: enrolmentId personId displayName score __typename mentor { ...side } mentee { ...side } }
    } }
    fragment side on ExplainedSide { utility parts { criterion points utility evidence isAssumed } }
"""
ELIGIBILITY = """
    query($id: ID!) {
        programme(id: $id) { eligibility { role minRank departments autoInvite groupId } }
        programmeEligibility(id: $id) { people sides { role eligible shortfalls { rule } } }
    }
"""


@pytest.fixture
async def pair(world: World) -> tuple[str, str]:
    """A mentor and a mentee who wait for partners."""
    programme_id = await world.programme(allows_late_intake=True, status="active")
    mentor, mentee = [
        await world.enrolment(programme_id, world.people[part], part, languages=["en"]) for part in ("mentor", "mentee")
    ]
    return mentor, mentee


@pytest.fixture
def gql(transport: httpx.ASGITransport, world: World) -> Gql:
    """The door of GraphQL."""
    return Gql(httpx.AsyncClient(transport=transport, base_url="http://flipside"), world)


@pytest.mark.parametrize("part", ["mentor", "coordinator"])
async def test_both_doors_tell_the_same(world: World, api: Api, gql: Gql, pair: tuple[str, str], part: str) -> None:
    answer = await api(world.keys[part]).get(f"/v1/enrolments/{pair[0]}/suggestions")
    told = (await gql.data(SUGGESTIONS, part, id=pair[0]))["told"]

    assert answer.status_code == 200
    (item,) = answer.json()["items"]
    (same,) = told["items"]
    assert (same["who"], same["score"], same["__typename"]) == (item["enrolment_id"], item["score"], "Suggestion")
    assert (same["personId"], same["displayName"]) == (item["person_id"], item["display_name"])
    assert (item["mentee"] is None) is (item["display_name"] is None) is (part == "mentor")
    for side in ("mentor", "mentee"):
        assert _spelt(item[side]) == same[side]
    kept = await api(world.keys[part]).get(
        f"/v1/enrolments/{pair[0]}/suggestions", headers={"If-None-Match": answer.headers["etag"]}
    )
    assert kept.status_code == 304


def _spelt(side: dict[str, Any] | None) -> dict[str, Any] | None:
    """A side of a REST answer as GraphQL spells it."""
    if side is None:
        return None
    parts = []
    for part in side["parts"]:
        others = {name: value for name, value in part.items() if name != "is_assumed"}
        parts.append(others | {"criterion": part["criterion"].upper(), "isAssumed": part["is_assumed"]})
    return {"utility": side["utility"], "parts": parts}


async def test_both_doors_refuse_the_same(world: World, api: Api, gql: Gql, pair: tuple[str, str]) -> None:
    mentor, mentee = pair
    path = f"/v1/enrolments/{mentor}/why-not"
    cases: tuple[tuple[str, dict[str, str], str, int], ...] = (
        ("mentor", {"other_enrolment_id": mentee}, "not_matched_yet", 409),
        ("mentor", {"other_enrolment_id": "enr_1"}, "invalid", 422),
        ("mentee", {"other_enrolment_id": mentee}, "not_found", 404),
        ("admin", {"other_enrolment_id": mentee}, "not_allowed", 403),
        ("service", {"other_enrolment_id": mentee}, "forbidden", 403),
    )
    for part, query, code, status in cases:
        answer = await api(world.keys[part]).get(path, params=query)
        assert (answer.status_code, answer.json()["code"]) == (status, code)
        assert await gql.codes(WHY_NOT, part, id=mentor, other=query["other_enrolment_id"]) == [code]


async def test_a_question_names_its_faulty_arguments(world: World, api: Api, gql: Gql, pair: tuple[str, str]) -> None:
    client = api(world.keys["mentor"])

    answer = await client.get(f"/v1/enrolments/{pair[0]}/why-not", params={"match_run_id": "mru_1"})
    assert {error["parameter"] for error in answer.json()["errors"]} == {"other_enrolment_id", "match_run_id"}
    body = await gql(WHY_NOT, "mentor", id=pair[0], other=pair[1], run="mru_1")
    assert [fault["argument"] for fault in body["errors"][0]["extensions"]["faults"]] == ["matchRunId"]
    unknown = await client.get(f"/v1/enrolments/{pair[0]}/suggestions", params={"fields": "id"})
    assert unknown.status_code == 422


async def test_both_doors_keep_rules_on_the_directory_and_count_whom_they_leave(
    world: World, api: Api, gql: Gql
) -> None:
    rules = {"role": "mentee", "min_rank": 4, "departments": ["Law"], "auto_invite": True}
    client = api(world.keys["coordinator"])
    body = {"name": "Reverse", "purpose": "Learn.", "starts_on": "2026-04-01", "eligibility": [rules]}

    made = await client.post("/v1/programmes", json=body)
    counted = await client.get(f"/v1/programmes/{made.json()['id']}/eligibility")
    told = await gql.data(ELIGIBILITY, "coordinator", id=made.json()["id"])
    by_age = await client.post("/v1/programmes", json=body | {"eligibility": [{"role": "mentee", "max_age": 30}]})

    assert (made.status_code, counted.status_code, by_age.status_code) == (201, 200, 422)
    assert made.json()["eligibility"][0] | rules == made.json()["eligibility"][0]
    assert told["programme"]["eligibility"] == [
        {"role": "MENTEE", "minRank": 4, "departments": ["Law"], "autoInvite": True, "groupId": None}
    ]
    assert told["programmeEligibility"] == {
        "people": counted.json()["people"],
        "sides": [{"role": "MENTEE", "eligible": None, "shortfalls": [{"rule": "MIN_RANK"}, {"rule": "DEPARTMENT"}]}],
    }
    (fault,) = by_age.json()["errors"]
    assert (fault["pointer"], "age or date of birth" in fault["detail"]) == ("/eligibility/0", True)
