"""Acting: what REST can do GraphQL can do, with failures as data."""

from typing import Any

import pytest

from app.acting.intent import Intent, Kind
from app.declared import INTENTS
from app.graphql.inputs import secret_name
from tests.full import Full
from tests.graphql.client import PROBLEM, Gql
from tests.graphql.inputs import example
from tests.world import World

# A walk over everything there is proves answers; which lines there are, the tests of the parts show.
pytestmark = pytest.mark.untraced

DO = {intent.name: intent for intent in INTENTS}
# What others refer to goes last.
LAST_TO_GO = [
    *(each for each in INTENTS if each.kind is not Kind.DELETE),
    *(each for each in INTENTS if each.kind is Kind.DELETE),
]
KINDS = {"unauthenticated", "forbidden", "not_found", "conflict", "invalid", "rate_limited", "unavailable"}


@pytest.mark.parametrize("intent", LAST_TO_GO, ids=lambda intent: intent.name)
async def test_every_intent_can_be_asked_for(intent: Intent, workshop: Full, gql: Gql) -> None:
    part = workshop.reader(intent.resource.name)
    answers = {"Deleted"} if intent.kind is Kind.DELETE else {intent.answer.type_name, secret_name(intent.resource)}

    found = await gql.of(workshop.world).do(intent, part, **example(intent, workshop))

    if found["__typename"] == "Problem":
        # Whatever the state of the object: the input itself is never at fault.
        assert found["kind"] in KINDS - {"invalid"}, found
    else:
        assert found["__typename"] in answers


async def test_an_object_is_made_and_read_back(gql: Gql, world: World) -> None:
    wanted = """... on Person{displayName rankLevel languages hireDate employmentStatus manager{displayName}
        reports{nodes{id}}}"""

    found = await gql.do(
        DO["create_person"],
        wanted=wanted,
        givenName="Ada",
        familyName="Núñez",
        rankLevel=3,
        languages=["en", "fr-CA"],
        hireDate="2020-02-29",
        managerId=world.people["mentee"],
        title=None,
    )

    assert found == {
        "__typename": "Person",
        "displayName": "Ada Núñez",
        "rankLevel": 3,
        "languages": ["en", "fr-CA"],
        "hireDate": "2020-02-29",
        "employmentStatus": "ACTIVE",
        "manager": {"displayName": "Mentee Doe"},
        "reports": {"nodes": []},
    }


async def test_enums_and_small_objects_go_in_and_come_out(gql: Gql) -> None:
    objectives = [
        {"type": "DIGITAL_LITERACY", "description": "Prompts"},
        {"type": "CULTURE", "description": "One house"},
    ]

    found = await gql.do(
        DO["create_programme"],
        "coordinator",
        wanted="... on Programme{model status objectives{type description} agreementClauses{key}}",
        name="Reverse",
        purpose="Learn.",
        startsOn="2026-04-01",
        model="REVERSE",
        objectives=objectives,
        agreementClauses=[{"key": "one", "text": "We meet."}],
    )

    assert found == {
        "__typename": "Programme",
        "model": "REVERSE",
        "status": "DRAFT",
        "objectives": objectives,
        "agreementClauses": [{"key": "one"}],
    }


async def test_null_clears_and_what_is_absent_stays(gql: Gql, world: World) -> None:
    wanted = "... on Person{title department version}"
    person = await world.person(title="Dr", department="Lab")

    changed = await gql.do(DO["update_person"], wanted=wanted, id=person, title=None)
    untouched = await gql.do(DO["update_person"], wanted=wanted, id=person)
    refused = await gql.do(DO["update_person"], id=person, givenName=None)

    assert changed == untouched == {"__typename": "Person", "title": None, "department": "Lab", "version": 2}
    assert (refused["kind"], refused["path"]) == ("invalid", ["input", "givenName"])


async def test_a_removed_object_leaves_its_id(gql: Gql, world: World) -> None:
    rank = await world.do("admin", "create_rank", level=60, name="Chair")

    found = await gql.do(DO["delete_rank"], wanted="... on Deleted{id x:id}", id=rank["id"])

    assert found == {"__typename": "Deleted", "id": rank["id"], "x": rank["id"]}
    assert await gql.data("query($id:ID!){rank(id:$id){id}}", id=rank["id"]) == {"rank": None}
    again = await gql.do(DO["delete_rank"], id=rank["id"])
    assert (again["kind"], again["code"]) == ("not_found", "not_found")


async def test_a_move_changes_what_it_should(gql: Gql, world: World) -> None:
    pairing = await world.pairing()
    wanted = "... on Pairing{status sessions{nodes{id}}}"

    found = await gql.do(DO["pause_pairing"], "coordinator", wanted=wanted, id=pairing["id"])
    again = await gql.do(DO["pause_pairing"], "coordinator", id=pairing["id"])

    assert found == {"__typename": "Pairing", "status": "PAUSED", "sessions": {"nodes": []}}
    assert (again["__typename"], again["kind"]) == ("Problem", "conflict")


async def test_problems_name_every_fault_and_no_value(gql: Gql) -> None:
    response = await gql.post(
        f"mutation($i:CreatePersonInput!){{createPerson(input:$i){{{PROBLEM}}}}}",
        variables={
            "i": {
                "givenName": "s3cret\n",
                "familyName": "",
                "rankLevel": 3000,
                "workEmail": "s3cret",
                "hireDate": "s3cret",
            }
        },
    )

    assert "s3cret" not in response.text
    problem = response.json()["data"]["createPerson"]
    assert (problem["kind"], problem["code"]) == ("invalid", "invalid")
    assert problem["requestId"] == response.headers["x-request-id"]
    assert {tuple(fault["path"]) for fault in problem["faults"]} == {
        ("input", name) for name in ("givenName", "familyName", "rankLevel", "workEmail", "hireDate")
    }
    assert problem["path"] == problem["faults"][0]["path"]


async def test_a_fault_deep_inside_is_found(gql: Gql) -> None:
    objectives = [{"type": "CULTURE", "description": "Good"}, {"type": "CULTURE", "description": ""}]

    problem = await gql.do(
        DO["create_programme"], "coordinator", name="N", purpose="P", startsOn="2026-04-01", objectives=objectives
    )

    assert [fault["path"] for fault in problem["faults"]] == [["input", "objectives", "1", "description"]]


async def test_an_unknown_reference_is_named(gql: Gql) -> None:
    problem = await gql.do(
        DO["create_person"], givenName="A", familyName="B", rankLevel=3, managerId="per_01jd0000000000000000000000"
    )

    assert (problem["kind"], problem["code"], problem["path"]) == (
        "invalid",
        "unknown_reference",
        ["input", "managerId"],
    )


async def test_parts_of_a_problem_under_other_names(gql: Gql) -> None:
    found = await gql.data(
        """mutation{createRank(input:{level:500,name:""}){...on Problem{a:code b:code f:faults{p:path c:__typename}
        g:faults{code}} __typename ...on Rank{id}}}"""
    )

    problem = found["createRank"]
    assert list(problem) == ["a", "b", "f", "g", "__typename"]
    assert problem["f"][0] == {"p": ["input", "level"], "c": "Fault"}
    assert len(problem["g"]) == len(problem["f"]) == 2


async def test_mutations_run_one_after_the_other(gql: Gql) -> None:
    found = await gql.data(
        """mutation{
            a:createRank(input:{level:61,name:"A"}){...on Rank{level version} ...on Problem{code}}
            b:createRank(input:{level:61,name:"B"}){...on Rank{level} ...on Problem{code kind}}
            c:createRank(input:{level:62,name:"C"}){__typename}
        }"""
    )

    assert found["a"] == {"level": 61, "version": 1}
    assert found["b"]["kind"] == "conflict"
    assert found["c"] == {"__typename": "Rank"}


async def test_nothing_has_to_be_read_back(gql: Gql, world: World) -> None:
    found = await gql.data('mutation{createRank(input:{level:63,name:"A"}){...on Problem{code}}}')

    assert found == {"createRank": {}}
    assert (await gql.data("{ranks(filter:{level:63}){nodes{name}}}"))["ranks"]["nodes"] == [{"name": "A"}]


async def test_fragments_on_what_a_mutation_answers(gql: Gql) -> None:
    found = await gql.data(
        """mutation{createRank(input:{level:64,name:"A"}){...N ...R}}
        fragment N on Node{id:__typename} fragment R on CreateRankResult{...on Rank{level ...M} ...on Problem{code}}
        fragment M on Rank{name version}"""
    )

    assert found == {"createRank": {"id": "Rank", "level": 64, "name": "A", "version": 1}}


async def test_a_list_that_is_read_back_wrongly_stops_the_change(gql: Gql) -> None:
    wanted = "... on Person{reports(first:0){nodes{id}}}"

    problem = await gql.do(DO["create_person"], wanted=wanted, givenName="Not", familyName="Made", rankLevel=3)

    assert (problem["code"], problem["path"]) == ("bad_query", ["first"])
    people: Any = await gql.data("{people(first:100){nodes{familyName}}}")
    assert {"familyName": "Made"} not in people["people"]["nodes"]
