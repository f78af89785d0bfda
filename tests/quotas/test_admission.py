"""Who is let in, at both doors: budgets of credentials, organisations, costly operations and strangers' addresses."""

import re

import httpx
import orjson
import pytest

from app.declared import INTENTS
from app.main import create_app
from app.quotas import admission
from tests.conftest import TestClock
from tests.quotas.conftest import Limit
from tests.routers.conftest import Api
from tests.world import World

PEOPLE = "/v1/people?limit=1"
LEVEL = re.compile(r'"(\w+)";r=(\d+);t=(\d+)')


async def ask(client: httpx.AsyncClient, query: str) -> httpx.Response:
    """One GraphQL request."""
    return await client.post("/graphql", json={"query": query})


def left(answer: httpx.Response) -> dict[str, int]:
    """The units that an answer says are left."""
    return {name: int(units) for name, units, _ in LEVEL.findall(answer.headers["RateLimit"])}


def assert_limited(answer: httpx.Response, retry_after: int) -> None:
    """A problem document that says when to try again."""
    assert (answer.status_code, answer.headers["Content-Type"]) == (429, "application/problem+json")
    assert answer.json()["code"] == "rate_limited"
    assert answer.headers["Retry-After"] == str(retry_after)
    assert str(retry_after) in answer.json()["detail"]


async def test_a_credential_has_a_budget(api: Api, world: World, limit: Limit, clock: TestClock) -> None:
    limit(credential=3)
    admin = api(world.keys["admin"])

    answers = [await admin.get(PEOPLE) for _ in range(4)]

    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert_limited(answers[3], 20)
    clock.advance(seconds=20)
    assert (await admin.get(PEOPLE)).status_code == 200
    assert (await admin.get(PEOPLE)).status_code == 429


async def test_the_budget_of_one_credential_is_not_anothers(api: Api, world: World, limit: Limit) -> None:
    limit(credential=1)

    for part in ("admin", "coordinator", "service"):
        assert (await api(world.keys[part]).get(PEOPLE)).status_code == 200
    assert (await api(world.keys["admin"]).get(PEOPLE)).status_code == 429


async def test_an_organisation_has_a_budget_of_all_its_credentials(api: Api, world: World, limit: Limit) -> None:
    limit(organisation=2)

    answers = [await api(world.keys[part]).get(PEOPLE) for part in ("admin", "coordinator", "service")]

    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert_limited(answers[2], 30)


async def test_a_refusal_draws_nothing(api: Api, world: World, limit: Limit) -> None:
    kept = limit(credential=1, organisation=10)
    admin = api(world.keys["admin"])

    for _ in range(5):
        last = await admin.get(PEOPLE)

    assert left(last) == {"credential": 0, "organisation": 9}
    assert kept.organisation is not None


async def test_every_answer_to_somebody_we_know_says_how_they_stand(api: Api, world: World, limit: Limit) -> None:
    limit(credential=100, organisation=200)
    admin = api(world.keys["admin"])

    answers = [
        await admin.get(PEOPLE),
        await admin.get("/v1/people/nobody"),
        await admin.get("/v1/people?nonsense=1"),
        await admin.post("/v1/people", json={}),
        await ask(admin, "{ people { nodes { id } } }"),
        await ask(admin, "{ nonsense }"),
        await ask(admin, "{"),
    ]

    assert [answer.status_code for answer in answers] == [200, 404, 422, 422, 200, 200, 200]
    for answer in answers:
        assert answer.headers["RateLimit-Policy"] == '"credential";q=100;w=60, "organisation";q=200;w=60'
    assert [left(answer)["credential"] for answer in answers] == [99, 98, 97, 96, 95, 94, 93]
    assert answers[-1].headers["RateLimit"] == '"credential";r=93;t=5, "organisation";r=193;t=3'


async def test_without_limits_nothing_is_said_of_them(api: Api, world: World, limit: Limit) -> None:
    limit()

    answer = await api(world.keys["admin"]).get(PEOPLE)

    assert answer.status_code == 200
    assert not {"ratelimit", "ratelimit-policy"} & set(answer.headers)


async def test_what_takes_no_credential_is_not_limited(api: Api, limit: Limit) -> None:
    limit(credential=1, organisation=1, address=1)

    for path in ("/health/live", "/v1/openapi.json", "/docs", "/nowhere") * 3:
        answer = await api().get(path)
        assert answer.status_code in (200, 404)
        assert "RateLimit" not in answer.headers


async def test_a_costly_operation_draws_its_units(api: Api, world: World, limit: Limit) -> None:
    limit(credential=25)
    admin = api(world.keys["admin"])

    answers = [await admin.post("/v1/deliveries/none/retry") for _ in range(3)]

    assert [answer.status_code for answer in answers] == [404, 404, 429]
    assert [left(answer)["credential"] for answer in answers] == [15, 5, 5]


async def test_a_costly_operation_has_a_budget_of_its_own(api: Api, world: World, limit: Limit) -> None:
    limit(credential=1000, operation=20)
    admin = api(world.keys["admin"])

    answers = [await admin.post("/v1/deliveries/none/retry") for _ in range(3)]

    assert [answer.status_code for answer in answers] == [404, 404, 429]
    assert answers[0].headers["RateLimit-Policy"] == '"credential";q=1000;w=60, "operation";q=20;w=60'
    assert left(answers[2]) == {"credential": 980, "operation": 0}
    assert_limited(answers[2], 30)
    assert (await admin.post("/v1/webhook-endpoints/none/ping")).status_code == 404
    assert (await admin.get(PEOPLE)).status_code == 200


def test_only_what_costs_us_more_costs_more() -> None:
    assert {intent.name: intent.cost for intent in INTENTS if intent.name in ("retry_delivery", "create_person")} == {
        "retry_delivery": 10,
        "create_person": 1,
    }
    assert all(intent.cost >= 1 for intent in INTENTS)


@pytest.mark.parametrize(
    ("query", "units"),
    [
        ("{ organisation { id } }", 1),
        ("{ people(first: 90) { nodes { id } } }", 1),
        ("{ people(first: 100) { nodes { id givenName } } }", 3),
        ("{ people(first: 100) { nodes { id nonsense } } }", 1),
        ('mutation { a: abandonGoal(input: {id: "x"}) { __typename } }', 1),
        (
            'mutation { a: abandonGoal(input: {id: "x"}) { __typename } '
            'b: abandonGoal(input: {id: "y"}) { __typename } }',
            2,
        ),
        ('mutation { ...on Mutation { retryDelivery(input: {id: "x"}) { __typename } } }', 11),
        (
            'mutation { ...F } fragment F on Mutation { a: retryDelivery(input: {id: "x"}) { __typename } '
            'b: abandonGoal(input: {id: "y"}) { __typename } c: abandonGoal(input: {id: "z"}) { __typename } }',
            12,
        ),
    ],
)
async def test_graphql_draws_by_its_points_and_its_effects(
    query: str, units: int, api: Api, world: World, limit: Limit
) -> None:
    limit(credential=1000)

    answer = await ask(api(world.keys["admin"]), query)

    assert 1000 - left(answer)["credential"] == units, answer.text


async def test_graphql_refuses_what_the_budget_does_not_hold(api: Api, world: World, limit: Limit) -> None:
    limit(credential=5)
    admin = api(world.keys["admin"])
    pages = " ".join(f"p{number}: people(first: 100) {{ nodes {{ id }} }}" for number in range(5))

    dear = await ask(admin, f"{{ {pages} }}")
    cheap = [await ask(admin, "{ organisation { id } }") for _ in range(5)]

    assert (dear.status_code, dear.json()["errors"][0]["extensions"]["code"]) == (429, "rate_limited")
    assert dear.headers["Retry-After"].isdigit()
    assert left(dear) == {"credential": 4}
    assert [answer.status_code for answer in cheap] == [200, 200, 200, 200, 429]


async def test_both_doors_draw_from_one_budget(api: Api, world: World, limit: Limit) -> None:
    limit(credential=2)
    admin = api(world.keys["admin"])

    assert (await admin.get(PEOPLE)).status_code == 200
    assert (await ask(admin, "{ organisation { id } }")).status_code == 200
    assert (await admin.get(PEOPLE)).status_code == 429
    assert (await ask(admin, "{ organisation { id } }")).status_code == 429


@pytest.mark.parametrize("path", [PEOPLE, "/graphql"])
async def test_failed_authentications_are_counted_by_address(
    path: str, api: Api, world: World, limit: Limit, clock: TestClock
) -> None:
    limit(address=3)
    stranger = api("fsk_live_guess")
    method, body = ("POST", orjson.dumps({"query": "{ organisation { id } }"})) if path == "/graphql" else ("GET", b"")

    async def knock() -> httpx.Response:
        return await stranger.request(method, path, content=body, headers={"Content-Type": "application/json"})

    answers = [await knock() for _ in range(5)]

    assert [answer.status_code for answer in answers] == [401, 401, 401, 429, 429]
    assert answers[4].headers["Retry-After"] == "20"
    clock.advance(seconds=20)
    assert (await knock()).status_code == 401


async def test_whose_credential_was_good_may_go_on_beside_somebody_who_guesses(
    api: Api, world: World, limit: Limit
) -> None:
    limit(address=1)
    assert (await api(world.keys["admin"]).get(PEOPLE)).status_code == 200

    assert [(await api("guess").get(PEOPLE)).status_code for _ in range(2)] == [401, 429]

    assert (await api(world.keys["admin"]).get(PEOPLE)).status_code == 200
    assert (await api(world.keys["mentor"]).get(PEOPLE)).status_code == 429


async def test_a_refused_address_asks_the_database_nothing(
    api: Api, limit: Limit, monkeypatch: pytest.MonkeyPatch, world: World
) -> None:
    limit(address=1)
    await api("guess").get(PEOPLE)
    monkeypatch.setattr("app.db._database", None)

    assert (await api(world.keys["admin"]).get(PEOPLE)).status_code == 429


@pytest.mark.parametrize(
    ("one", "other", "is_same"),
    [
        ("192.0.2.1", "192.0.2.1", True),
        ("192.0.2.1", "192.0.2.2", False),
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", True),
        ("2001:db8:1:2::1", "2001:db8:1:3::1", False),
        ("::ffff:192.0.2.1", "192.0.2.1", True),
        ("::ffff:192.0.2.1", "::ffff:192.0.2.2", False),
    ],
)
async def test_an_address_is_a_host_or_a_network_of_ipv6(
    one: str, other: str, is_same: bool, world: World, limit: Limit
) -> None:
    limit(address=1)
    app, statuses = create_app(), []

    for host in (one, other):
        transport = httpx.ASGITransport(app, client=(host, 1))
        async with httpx.AsyncClient(transport=transport, base_url="http://flipside") as client:
            statuses.append((await client.get(PEOPLE)).status_code)

    assert statuses == [401, 429 if is_same else 401]


async def test_only_so_many_good_credentials_are_remembered(
    api: Api, world: World, limit: Limit, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(admission, "_MOST_WELCOME", 2)
    kept = limit(address=10)

    for part in ("admin", "coordinator", "mentor"):
        await api(world.keys[part]).get(PEOPLE)

    assert len(kept.welcome) == 1


async def test_a_credential_that_was_good_is_forgotten_when_it_fails(
    api: Api, world: World, limit: Limit, clock: TestClock
) -> None:
    kept = limit(address=10)
    made = await api(world.keys["admin"]).post(
        "/v1/api-keys",
        json={"name": "x", "role": "service_account", "service_account": "short", "scopes": ["directory:read"]},
    )
    service = api(made.json()["secret"])
    assert (await service.get(PEOPLE)).status_code == 200
    await api(world.keys["admin"]).post(f"/v1/api-keys/{made.json()['id']}/revoke")
    clock.advance(seconds=6)

    assert (await service.get(PEOPLE)).status_code == 401

    assert len(kept.welcome) == 1


def test_the_budgets_of_a_process_come_from_its_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    admission.budgets.cache_clear()

    kept = admission.budgets()

    assert kept is admission.budgets()
    assert kept.shared() == [budget for budget in (kept.credential, kept.organisation, kept.operation) if budget]
    admission.budgets.cache_clear()
