"""Who gets in: every operation, generated, against strangers, keys without its scope and other organisations."""

import httpx
import pytest

from app.acting.intent import Intent, Kind
from app.auth import bearer
from app.auth.scopes import Scope
from app.declared import INTENTS, RESOURCES
from app.reading.resource import Resource
from app.routers.wishes import MOST_EXPANSIONS
from tests.conftest import TestClock
from tests.full import Full, service_key
from tests.routers.conftest import Api, Snapshot

# A walk over everything there is proves answers; which lines there are, the tests of the parts show.
pytestmark = pytest.mark.untraced

PARTS = ("admin", "coordinator", "mentor", "service")
of_intents = pytest.mark.parametrize("intent", INTENTS, ids=lambda intent: intent.name)
of_resources = pytest.mark.parametrize("resource", RESOURCES, ids=lambda resource: resource.name)


@pytest.fixture(autouse=True)
def _at_noon(clock: TestClock) -> None:
    """The keys of session-wide worlds were made at noon."""


async def _send(client: httpx.AsyncClient, full: Full, intent: Intent) -> httpx.Response:
    method, path, more = full.request(intent)
    return await client.request(method, path, **more)


@of_intents
async def test_no_intent_answers_a_stranger(intent: Intent, api: Api, acme: Full) -> None:
    answer = await _send(api(), acme, intent)

    assert (answer.status_code, answer.json()["code"]) == (401, "unauthenticated")
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")


@of_resources
async def test_no_read_answers_a_stranger(resource: Resource, api: Api, acme: Full) -> None:
    for path in (f"/v1/{resource.path}", f"/v1/{resource.path}/{acme.objects[resource.name]}", "/v1/nodes/x"):
        answer = await api().get(path)

        if path != "/v1/nodes/x":
            assert (answer.status_code, answer.json()["code"]) == (401, "unauthenticated")


@pytest.mark.parametrize("scope", Scope)
async def test_every_operation_refuses_a_key_without_its_scope(scope: Scope, api: Api, acme: Full) -> None:
    key = await service_key(acme.world, f"without-{scope.value}", {item.value for item in Scope} - {scope.value})
    client = api(key)

    for intent in INTENTS:
        answer = await _send(client, acme, intent) if intent.scope is scope else None
        assert answer is None or (answer.status_code, answer.json()["code"]) == (403, "scope_missing"), intent.name
    for resource in RESOURCES:
        for path in ("", f"/{acme.objects[resource.name]}") if resource.scope is scope else ():
            answer = await client.get(f"/v1/{resource.path}{path}")
            assert (answer.status_code, answer.json()["code"]) == (403, "scope_missing"), resource.name
        if resource.scope is scope:
            node = await client.get(f"/v1/nodes/{acme.objects[resource.name]}")
            assert (node.status_code, node.json()["code"]) == (403, "scope_missing"), resource.name


@of_resources
async def test_expanding_takes_the_scope_of_what_is_expanded(resource: Resource, api: Api, acme: Full) -> None:
    key = await service_key(acme.world, f"only-{resource.name}", {resource.scope.value})
    targets = {name: edge.to for name, edge in resource.references.items()}
    targets |= {name: collection.resource for name, collection in resource.collections.items()}

    for name, target in targets.items():
        answer = await api(key).get(f"/v1/{resource.path}", params={"expand": name})

        assert answer.status_code == (200 if target.scope is resource.scope else 403), name


@of_intents
async def test_another_organisation_changes_nothing(
    intent: Intent, api: Api, acme: Full, rival: Full, snapshot: Snapshot
) -> None:
    before = await snapshot(acme)

    answers = {part: await _send(api(rival.world.keys[part]), acme, intent) for part in PARTS}

    statuses = {answer.status_code for answer in answers.values()}
    if intent.has_id:
        # A role that never may is told so whether the object exists or not.
        assert statuses <= {403, 404}
        assert 404 in statuses
        assert await _told_the_same(intent, api, acme, rival, answers)
    elif _names_others(acme, intent):
        assert statuses <= {403, 422}
        # An audience is no reference, but it may not hold the id of another organisation either.
        code = "audience_not_own" if intent.name == "create_identity_provider" else "unknown_reference"
        assert {_fault(answer) for answer in answers.values() if answer.status_code == 422} == {code}
    assert await snapshot(acme) == before


async def _told_the_same(intent: Intent, api: Api, acme: Full, rival: Full, answers: dict[str, httpx.Response]) -> bool:
    """Whether an object of others looks just like one that never was."""
    name = intent.resource.name
    nowhere = Full(acme.world, acme.objects | {name: acme.objects[name][:-4] + "zzzz"})
    for part, answer in answers.items():
        other = await _send(api(rival.world.keys[part]), nowhere, intent)
        if _shown(answer) != _shown(other):
            return False
    return True


def _shown(answer: httpx.Response) -> tuple[int, dict[str, object]]:
    problem = answer.json()
    return answer.status_code, {key: problem[key] for key in problem if key not in ("instance", "request_id")}


def _names_others(full: Full, intent: Intent) -> bool:
    body = full.request(intent)[2]["content"].decode()
    return any(identifier in body for identifier in full.objects.values())


def _fault(answer: httpx.Response) -> str:
    return str(answer.json()["errors"][0]["code"])


@of_resources
async def test_another_organisation_sees_nothing(resource: Resource, api: Api, acme: Full, rival: Full) -> None:
    own, other = rival.objects[resource.name], acme.objects[resource.name]
    theirs = set(acme.objects.values())
    filters = [name for name in resource.parameters if name.endswith("_id") and name != "external_id"]
    if resource.name == "audit_entry":
        # A refused attempt on another organisation's object is on record in one's own trail, and rightly so.
        theirs, filters = {other}, []
    expand = ",".join((*resource.collections, *resource.references)[:MOST_EXPANSIONS])

    for part in PARTS:
        client = api(rival.world.keys[part])
        for path in (f"/v1/{resource.path}/{other}", f"/v1/nodes/{other}"):
            assert (await client.get(path)).status_code == 404
        listed = await client.get(f"/v1/{resource.path}", params={"limit": 100, "expand": expand} if expand else {})
        assert listed.status_code == 200
        assert not any(identifier in listed.text for identifier in theirs)
        for name in filters:
            target = acme.objects.get(name.removesuffix("_id"), acme.objects["person"])
            assert (await client.get(f"/v1/{resource.path}", params={name: target})).json()["items"] == []
    seen = await api(rival.world.keys[rival.reader(resource.name)]).get(f"/v1/{resource.path}/{own}")
    assert seen.status_code == 200


async def test_a_revoked_key_stops_working_within_five_seconds(api: Api, rival: Full, clock: TestClock) -> None:
    admin = api(rival.world.keys["admin"])
    made = (
        await admin.post(
            "/v1/api-keys",
            json={"name": "x", "role": "service_account", "service_account": "brief", "scopes": ["directory:read"]},
        )
    ).json()
    assert (await api(made["secret"]).get("/v1/people")).status_code == 200

    await admin.post(f"/v1/api-keys/{made['id']}/revoke")
    clock.advance(seconds=5)

    assert (await api(made["secret"]).get("/v1/people")).status_code == 401


@pytest.mark.parametrize(
    "credential",
    [
        "",
        "Bearer",
        "Bearer ",
        "Bearer x",
        "Basic dTpw",
        "fsk_live_x",
        "Bearer fsk_live_aaaaaaaa_" + "a" * 32 + "_aaaaaa",
    ],
)
async def test_what_is_no_key_is_refused_alike(credential: str, api: Api, acme: Full) -> None:
    answer = await api().get("/v1/people", headers={"Authorization": credential})

    assert answer.status_code == 401
    assert (
        answer.json()["detail"] == "Send a valid credential: Authorization: Bearer, then an API key or an access token."
    )


async def test_two_credentials_are_none(api: Api, acme: Full) -> None:
    bearer.forget()
    key = acme.world.keys["admin"]

    answer = await api().get("/v1/people", headers=[("Authorization", f"Bearer {key}")] * 2)

    assert answer.status_code == 401


def test_every_kind_of_intent_is_walked_over() -> None:
    assert {intent.kind for intent in INTENTS} == set(Kind)
