"""The transport's methods: GET where it is allowed, and what the others are told."""

from urllib.parse import quote

import pytest

from app.graphql.http import not_a_query
from tests.graphql.door import Door, code_of


@pytest.fixture
def door() -> Door:
    return Door()


@pytest.mark.parametrize(
    ("allow_get", "method", "allow"),
    [
        *((False, method, "POST") for method in ("GET", "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS", "QUERY")),
        *((True, method, "GET, POST") for method in ("HEAD", "PUT", "DELETE", "OPTIONS")),
    ],
)
async def test_another_method_is_told_which_are_allowed(door: Door, allow_get: bool, method: str, allow: str) -> None:
    door.allow_get = allow_get

    response = await door.client.request(method, "/?query={b}")

    assert (response.status_code, response.headers["allow"]) == (405, allow)
    assert door.reached == []


async def test_a_query_may_come_in_the_address(door: Door) -> None:
    door.allow_get = True
    variables = quote('{"n":["é"]}')

    response = await door.client.get(f"/?query={quote('query Q{b}')}&operationName=Q&variables={variables}&x=1")

    [operation] = door.reached
    assert (operation.query, operation.variables, operation.operation_name) == ("query Q{b}", {"n": ["é"]}, "Q")
    assert operation.only_query is True
    assert response.status_code == 200


async def test_empty_parameters_are_as_good_as_none(door: Door) -> None:
    door.allow_get = True

    response = await door.client.get("/?query={b}&operationName=&variables=&extensions=")

    assert response.status_code == 200
    assert (door.reached[0].variables, door.reached[0].operation_name) == ({}, None)


@pytest.mark.parametrize(
    ("query_string", "code"),
    [
        ("", "malformed_request"),
        ("variables=%7B%7D", "malformed_request"),
        ("query={s3cret}&query={b}", "malformed_url"),
        ("query={s3cret%FF}", "malformed_url"),
        ("query={s3cret%ED%A0%80}", "malformed_url"),
        ("query={s3cret%00}", "malformed_request"),
        ("query={b}&variables=s3cret", "malformed_json"),
        ("query={b}&variables=[]", "malformed_request"),
        ("query={b}&variables=%22s3cret%22", "malformed_request"),
        ("query={b}&variables=" + "[" * 5000, "malformed_json"),
        ("query={b}&variables=%7B%22s3cret%22:" + "9" * 5000 + "%7D", "malformed_json"),
        ("query={b}&extensions=1", "malformed_request"),
        ("query={b}" + "".join(f"&s3cret{i}=1" for i in range(50)), "malformed_url"),
    ],
)
async def test_an_address_that_is_no_request_is_refused(door: Door, query_string: str, code: str) -> None:
    door.allow_get = True

    response = await door.client.get("/?" + query_string)

    assert (response.status_code, code_of(response)) == (400, code)
    assert door.reached == []


async def test_a_mutation_in_the_address_is_sent_to_post(door: Door) -> None:
    door.allow_get = True
    door.answer = not_a_query()

    response = await door.client.get("/?query=mutation{b}")

    assert (response.status_code, response.headers["allow"]) == (405, "POST")
    assert code_of(response) == "method_not_allowed"
