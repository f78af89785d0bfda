"""Events over REST: a list, a feed, and the catalogue of their types."""

from typing import Any

import pytest
from jsonschema import Draft202012Validator, FormatChecker

from app.events import bell
from app.routers.openapi_events import standalone
from app.webhooks.catalogue import BY_TYPE, CONFIDED
from tests.full import Full
from tests.routers.conftest import Api


async def test_the_feed_goes_on_where_it_ended(api: Api, acme: Full) -> None:
    service = api(acme.world.keys["service"])

    first = await service.get("/v1/events", params={"after": "oldest", "limit": 500})
    second = await service.get("/v1/events", params={"after": first.json()["next_cursor"]})

    assert [event["id"] for event in first.json()["items"]] == [acme.objects["event"]]
    assert second.json() == {"items": [], "next_cursor": first.json()["next_cursor"]}
    assert first.headers["cache-control"] == "no-store"


async def test_without_a_beginning_it_is_a_list_like_any_other(api: Api, acme: Full) -> None:
    service = api(acme.world.keys["service"])

    listed = (await service.get("/v1/events", params={"sort": "-sequence", "fields": "id"})).json()
    alone = (await service.get(f"/v1/events/{acme.objects['event']}")).json()

    assert listed == {"items": [{"id": acme.objects["event"]}], "next_cursor": None}
    assert alone["sequence"] == 1
    assert (await service.get("/v1/events", params={"types": "win.*"})).json()["items"] == []


async def test_who_waits_in_vain_gets_an_empty_page(api: Api, acme: Full, monkeypatch: pytest.MonkeyPatch) -> None:
    async def dismissed(listener: bell.Listener, _seconds: float) -> None:
        listener.is_dismissed = True

    monkeypatch.setattr(bell.Listener, "heard", dismissed)

    answer = await api(acme.world.keys["service"]).get("/v1/events", params={"after": "latest", "wait": 20})

    assert answer.json()["items"] == []


@pytest.mark.parametrize(
    ("query", "parameter"),
    [
        ({"after": "oldest", "wait": "21"}, "wait"),
        ({"after": "oldest", "wait": "-1"}, "wait"),
        ({"after": "oldest", "limit": "501"}, "limit"),
        ({"after": "oldest", "limit": "0"}, "limit"),
        ({"after": "oldest", "types": "nonsense"}, "types"),
        ({"after": "oldest", "types": ""}, "types"),
        ({"after": "oldest", "sort": "sequence"}, "sort"),
        ({"wait": "0", "nonsense": "1"}, "nonsense"),
        ({"after": "no cursor"}, "after"),
    ],
)
async def test_what_is_asked_amiss_is_named(api: Api, acme: Full, query: dict[str, str], parameter: str) -> None:
    refused = await api(acme.world.keys["service"]).get("/v1/events", params=query)

    assert refused.status_code in (400, 422)
    assert [fault["parameter"] for fault in refused.json()["errors"]] == [parameter]


@pytest.mark.parametrize("part", ["admin", "coordinator", "mentor", "mentee"])
async def test_nobody_who_is_somebody_learns_of_pairs_by_the_feed(api: Api, acme: Full, part: str) -> None:
    client = api(acme.world.keys[part])

    for query in ({"after": "oldest"}, {}):
        assert (await client.get("/v1/events", params=query)).json()["items"] == []
    assert (await client.get(f"/v1/events/{acme.objects['event']}")).status_code == 404


async def test_another_organisation_has_another_feed(api: Api, acme: Full, rival: Full) -> None:
    answer = await api(rival.world.keys["service"]).get("/v1/events", params={"after": "oldest"})

    assert [event["id"] for event in answer.json()["items"]] == [rival.objects["event"]]


async def catalogue(api: Api, full: Full) -> dict[str, Any]:
    """The types that there are, by name, as anybody reads them."""
    answer = await api(full.world.keys["mentor"]).get("/v1/event-types")
    return {each["type"]: each for each in answer.json()["items"]}


async def test_the_catalogue_tells_what_types_there_are(api: Api, acme: Full) -> None:
    found = await catalogue(api, acme)

    assert list(found) == sorted(BY_TYPE)
    assert {name for name, each in found.items() if each["is_confided"]} == CONFIDED
    assert found["session.completed"]["family"] == "session.*"


async def test_every_example_is_valid(api: Api, acme: Full) -> None:
    for name, each in (await catalogue(api, acme)).items():
        schema = {**each["data_schema"], "additionalProperties": False}
        Draft202012Validator(schema, format_checker=FormatChecker()).validate(each["example"]["data"])
        # The contract says more: of which kind each id is.
        Draft202012Validator(standalone(BY_TYPE[name]), format_checker=FormatChecker()).validate(each["example"])


async def test_one_type_is_found_by_its_name(api: Api, acme: Full) -> None:
    client = api(acme.world.keys["mentor"])

    found = await client.get("/v1/event-types/session.completed")

    assert found.json() == (await catalogue(api, acme))["session.completed"]
    known = await client.get("/v1/event-types/session.completed", headers={"If-None-Match": found.headers["etag"]})
    assert known.status_code == 304
    assert (await client.get("/v1/event-types/session.nonsense")).status_code == 404
    assert (await client.get("/v1/event-types?limit=1")).status_code == 422
    assert (await api().get("/v1/event-types")).status_code == 401
