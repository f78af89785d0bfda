"""The templates through both doors: the same facts, for whoever may read programmes."""

import httpx
import pytest

from app.domain.templates.catalogue import every
from tests.graphql.client import Gql
from tests.routers.conftest import Api
from tests.world import World

TEMPLATES = "/v1/programme-templates"
QUERY = """{
    programmeTemplates { key }
    one: programmeTemplate(key: "inclusion") {
        __typename key model objectives { type description } topics { name prompts { kind text } }
        resources { kind audience title body } milestones { title atPercent } matchingPolicy sessionMinutes
    }
    none: programmeTemplate(key: "nonsense") { key }
}"""
MAKE = """mutation($input: CreateProgrammeFromTemplateInput!) {
    createProgrammeFromTemplate(input: $input) { ... on Programme { name status topics(first: 9) { nodes { name } } } }
}"""


@pytest.fixture
def gql(transport: httpx.ASGITransport, world: World) -> Gql:
    """The door of GraphQL."""
    return Gql(httpx.AsyncClient(transport=transport, base_url="http://flipside"), world)


async def test_both_doors_show_the_same_templates(world: World, api: Api, gql: Gql) -> None:
    client = api(world.keys["mentor"])

    listed = (await client.get(TEMPLATES)).json()
    one = await client.get(f"{TEMPLATES}/inclusion")
    told = await gql.data(QUERY, "mentor")

    assert listed["next_cursor"] is None
    assert [each["key"] for each in listed["items"]] == list(every())
    assert [each["key"] for each in told["programmeTemplates"]] == [key.upper() for key in every()]
    assert one.json() == listed["items"][1] == every()["inclusion"].model_dump(mode="json")  # type: ignore[index]
    seen = one.json()
    assert (told["one"]["__typename"], told["one"]["key"], told["none"]) == ("ProgrammeTemplate", "INCLUSION", None)
    assert [topic["name"] for topic in told["one"]["topics"]] == [topic["name"] for topic in seen["topics"]]
    assert told["one"]["topics"][0]["prompts"][0] == {
        "kind": "QUESTION",
        "text": seen["topics"][0]["prompts"][0]["text"],
    }
    assert [each["body"] for each in told["one"]["resources"]] == [each["body"] for each in seen["resources"]]
    assert [each["atPercent"] for each in told["one"]["milestones"]] == [
        each["at_percent"] for each in seen["milestones"]
    ]


async def test_templates_are_for_those_who_may_read_programmes(world: World, api: Api) -> None:
    client = api(world.keys["mentor"])

    tag = (await client.get(TEMPLATES)).headers["etag"]
    assert (await client.get(TEMPLATES, headers={"If-None-Match": tag})).status_code == 304
    assert (await client.get(f"{TEMPLATES}/nonsense")).status_code == 404
    assert (await client.get(f"{TEMPLATES}?limit=1")).status_code == 422
    assert (await client.post(TEMPLATES)).status_code == 405
    assert (await api().get(TEMPLATES)).status_code == 401


async def test_both_doors_make_a_programme_from_a_template(world: World, api: Api, gql: Gql) -> None:
    wish = {"template": "new_technology", "name": "Try it", "starts_on": "2026-04-01"}

    answer = await api(world.keys["coordinator"]).post("/v1/templated-programmes", json=wish)
    assert (answer.status_code, answer.json()["status"], answer.json()["cadence_target_days"]) == (201, "draft", 14)
    assert answer.headers["location"].endswith(f"/v1/programmes/{answer.json()['id']}")
    unknown = await api(world.keys["coordinator"]).post("/v1/templated-programmes", json=wish | {"template": "x"})
    assert [error["pointer"] for error in unknown.json()["errors"]] == ["/template"]

    same = {"template": "NEW_TECHNOLOGY", "name": "Try it", "startsOn": "2026-04-01"}
    made = (await gql.data(MAKE, "coordinator", input=same))["createProgrammeFromTemplate"]
    names = {topic.name for topic in every()["new_technology"].topics}  # type: ignore[index]
    assert (made["status"], {node["name"] for node in made["topics"]["nodes"]}) == ("DRAFT", names)


async def test_a_clone_answers_the_new_programme(world: World, api: Api) -> None:
    programme_id = await world.programme()
    client = api(world.keys["coordinator"])

    answer = await client.post(f"/v1/programmes/{programme_id}/clone", json={"name": "Next", "starts_on": "2027-01-11"})

    assert answer.status_code == 200
    assert answer.json()["id"] != programme_id
    assert (await client.get(f"/v1/programmes/{answer.json()['id']}")).headers["etag"] == answer.headers["etag"]
