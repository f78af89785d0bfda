"""No caller makes us call inside our own network: not at any door, not at any attempt, whatever a name server says.

A socket inside listens throughout, and hears nothing.
"""

from collections.abc import AsyncIterator, Sequence
from ipaddress import ip_address

import httpx
import pytest

from app import config
from app.config import Settings
from app.outgoing import addresses
from app.outgoing.dialling import Address, Resolve
from app.webhooks.sender import Failure, Sender
from tests.conftest import TestClock
from tests.full import Full
from tests.graphql.client import Gql
from tests.security.ways_in import BLOCKED, NAME, REFUSED
from tests.webhooks.receivers import OK, Receiver, receiver
from tests.world import World


def resolving(*answers: list[str]) -> tuple[list[str], Resolve]:
    """A resolver that gives one list of answers after the other, and what it was asked."""
    asked: list[str] = []
    left = list(answers)

    async def resolve(host: str, _port: int) -> Sequence[Address]:
        asked.append(host)
        return [ip_address(answer) for answer in (left.pop(0) if len(left) > 1 else left[0])]

    return asked, resolve


@pytest.fixture
async def inside(settings: Settings, clock: TestClock, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Receiver]:
    """A socket that listens inside, on a port that is open to all, while private addresses are closed.

    The clock, since the keys of session-wide worlds were made at noon.
    """
    strict = settings.model_copy(update={"webhook_allow_private": False})
    monkeypatch.setattr(config, "settings", lambda: strict)
    async with receiver(OK) as it:
        monkeypatch.setattr(addresses, "PUBLIC_PORTS", addresses.PUBLIC_PORTS | {it.port})
        yield it


def at(inside: Receiver, url: str) -> str:
    """A way in, to the port of the socket."""
    return url.replace("PORT", str(inside.port))


def test_there_are_more_than_sixty_ways_in() -> None:
    assert len(REFUSED) + len(BLOCKED) > 60
    assert len({*REFUSED.values()}) == len(REFUSED)


@pytest.mark.parametrize("way", REFUSED)
async def test_what_tells_of_itself_is_refused_wherever_it_is_named(
    way: str, inside: Receiver, client: httpx.AsyncClient, acme: Full
) -> None:
    url, endpoint, gql = at(inside, REFUSED[way]), acme.objects["webhook_endpoint"], Gql(client, acme.world)
    headers = {"Authorization": f"Bearer {acme.world.keys['admin']}"}
    problem = "{__typename ... on Problem{kind faults{path}}}"

    for answer in (
        await client.post("/v1/webhook-endpoints", json={"url": url}, headers=headers),
        await client.patch(f"/v1/webhook-endpoints/{endpoint}", json={"url": url}, headers=headers),
    ):
        assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/url")
        assert url not in answer.text
    for name, given in (("create", {"url": url}), ("update", {"url": url, "id": endpoint})):
        kind = f"{name.title()}WebhookEndpointInput"
        query = f"mutation($i:{kind}!){{done:{name}WebhookEndpoint(input:$i){problem}}}"
        assert await gql.data(query, i=given) == {
            "done": {"__typename": "Problem", "kind": "invalid", "faults": [{"path": ["input", "url"]}]}
        }
    assert inside.connections == 0


@pytest.mark.parametrize("way", REFUSED)
async def test_it_is_not_dialled_either_if_it_was_stored_before_there_was_such_a_rule(
    way: str, inside: Receiver
) -> None:
    async with Sender(allow_private=False, resolve=resolving(["127.0.0.1"])[1]) as sender:
        outcome = await sender.post(at(inside, REFUSED[way]), {}, b"{}", timeout=5)

    assert (outcome.error, outcome.address, outcome.is_final) == (Failure.URL_REFUSED, None, True)
    assert inside.connections == 0


async def test_names_can_be_stored_whatever_they_lead_to(world: World, inside: Receiver) -> None:
    for url, _ in BLOCKED.values():
        if url.isascii():
            made = await world.do("admin", "create_webhook_endpoint", url=at(inside, url))
            await world.do("admin", "delete_webhook_endpoint", made["id"])


@pytest.mark.parametrize("way", BLOCKED)
async def test_what_a_name_leads_to_is_blocked_when_it_is_dialled(way: str, inside: Receiver) -> None:
    url, answers = BLOCKED[way]
    asked, resolve = resolving(answers)

    async with Sender(allow_private=False, resolve=resolve) as sender:
        outcomes = [await sender.post(at(inside, url), {}, b"{}", timeout=5)]
        outcomes.append(await sender.ask("OPTIONS", at(inside, url), {}, timeout=5))

    assert [(outcome.error, outcome.address) for outcome in outcomes] == [(Failure.BLOCKED_ADDRESS, None)] * 2
    assert all(outcome.is_final for outcome in outcomes)
    assert len(asked) == 2
    assert inside.connections == 0


@pytest.mark.parametrize("answers", [["127.0.0.1"], ["::ffff:127.0.0.1"]])
async def test_the_socket_inside_would_have_heard_it(answers: list[str], inside: Receiver) -> None:
    async with Sender(allow_private=True, resolve=resolving(answers)[1]) as sender:
        outcome = await sender.post(at(inside, NAME).replace("https", "http"), {}, b"{}", timeout=5)

    assert (outcome.delivered, inside.connections) == (True, 1)


async def test_a_name_that_turns_inside_after_the_check_is_dialled_where_it_was_checked(
    inside: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    public = addresses.is_public
    # The one address of this machine that stands for the internet.
    monkeypatch.setattr(addresses, "is_public", lambda address: str(address) == "127.0.0.2" or public(address))
    asked, resolve = resolving(["127.0.0.2"], ["127.0.0.1"])
    url = at(inside, NAME)

    async with Sender(allow_private=False, resolve=resolve) as sender:
        outside, again = [await sender.post(url, {}, b"{}", timeout=5) for _ in range(2)]

    assert (outside.error, outside.address) == (Failure.CONNECT, "127.0.0.2")
    assert (again.error, again.address) == (Failure.BLOCKED_ADDRESS, None)
    assert len(asked) == 2
    assert inside.connections == 0


@pytest.mark.parametrize("status", ["301 Moved", "302 Found", "303 Other", "307 Temporary", "308 Permanent"])
async def test_a_redirect_leads_nowhere(status: str, inside: Receiver) -> None:
    answer = f"HTTP/1.1 {status}\r\nlocation: http://127.0.0.1:{inside.port}/\r\ncontent-length: 0\r\n\r\n".encode()

    async with receiver(answer) as outside, Sender(allow_private=True) as sender:
        url = f"http://127.0.0.1:{outside.port}/"
        outcomes = [await sender.post(url, {}, b"{}", timeout=5), await sender.ask("OPTIONS", url, {}, timeout=5)]

    assert [(outcome.status, outcome.delivered) for outcome in outcomes] == [(int(status[:3]), False)] * 2
    assert inside.connections == 0
