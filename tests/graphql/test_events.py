"""Events by GraphQL: the same connection, the same cursors, the same catalogue."""

import httpx

from tests.graphql.client import Gql

FIRST = "query($after:String,$filter:EventFilter){events(first:1,after:$after,filter:$filter){%s}}"


async def test_both_doors_give_out_one_cursor(reader: Gql, client: httpx.AsyncClient) -> None:
    headers = {"Authorization": f"Bearer {reader.world.keys['service']}"}
    found = await reader.data(FIRST % "nodes{id data}pageInfo{endCursor}", "service")

    answer = await client.get("/v1/events", params={"after": "oldest", "limit": 1}, headers=headers)

    assert answer.json()["items"][0]["data"] == found["events"]["nodes"][0]["data"]
    cursor = found["events"]["pageInfo"]["endCursor"]
    assert answer.json()["next_cursor"] == cursor
    # A relay of another test may have numbered the events that follow.
    following = await reader.data(FIRST % "nodes{id}", "service", after=cursor)
    assert found["events"]["nodes"][0]["id"] not in {node["id"] for node in following["events"]["nodes"]}


async def test_events_are_found_by_their_types(reader: Gql) -> None:
    for pattern, least in (("person.*", 1), ("win.*", 0)):
        found = await reader.data(FIRST % "nodes{type}", "service", filter={"types": [pattern]})
        families = [f"{node['type'].split('.')[0]}.*" for node in found["events"]["nodes"]]
        assert len(families) >= least
        assert set(families) <= {pattern}


async def test_the_catalogue_is_read_by_anybody(reader: Gql) -> None:
    query = """{
        eventTypes{type visibility}
        one:eventType(type:"session.completed"){__typename name:type family isConfided dataSchema example}
        none:eventType(type:"session.nonsense"){type}
        people(first:1){nodes{id}}
    }"""

    found = await reader.data(query, "coordinator")

    assert {"type": "webhook_endpoint.ping", "visibility": "COORDINATOR"} in found["eventTypes"]
    assert found["one"]["name"] == found["one"]["example"]["type"] == "session.completed"
    assert (found["one"]["__typename"], found["one"]["isConfided"], found["none"]) == ("EventType", False, None)
    assert "session_id" in found["one"]["dataSchema"]["properties"]
    assert len(found["people"]["nodes"]) == 1
