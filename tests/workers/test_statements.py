"""Statements on their way to an LRS: how we say who we are, what counts as delivered, and what is never tried again."""

import asyncio
import base64
from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import asyncpg
import pytest
from typeid import base32

from app.webhooks.credentials import LrsAuth
from app.webhooks.sender import Failure, Outcome, Sender
from app.webhooks.tokens import EARLY, Tokens
from app.workers.deliver import Deliverer
from tests.conftest import TestClock
from tests.webhooks.receivers import receiver
from tests.workers.lrs import Lrs, answer, listening
from tests.workers.steps import deliver, only, relay_all, row, rows_of
from tests.world import World

BASIC = {"kind": "basic", "user": "flipside", "password": "s3cr3t"}
HEADER = "Basic " + base64.b64encode(b"flipside:s3cr3t").decode()


@pytest.fixture
async def lrs() -> AsyncIterator[Lrs]:
    """An LRS that listens."""
    async with listening() as it:
        yield it


async def endpoint(world: World, lrs: Lrs, **wishes: Any) -> dict[str, Any]:
    """An endpoint at the LRS."""
    given = {"url": f"{lrs.root}/xAPI/", "format": "xapi", "auth": BASIC, **wishes}
    return await world.do("admin", "create_webhook_endpoint", **given)


def client(lrs: Lrs, **more: Any) -> dict[str, Any]:
    """What a token is asked for with."""
    asked = {"kind": "client_credentials", "token_url": f"{lrs.root}/token", "client_id": "us", "client_secret": "a&b"}
    return asked | more


async def registered(world: World, **about: Any) -> tuple[str, str]:
    """Somebody is let into a programme, which makes one statement; who, and by which enrolment."""
    programme_id = await world.programme(status="enrolling")
    person_id = await world.person(**about)
    enrolment_id = await world.enrolment(programme_id, person_id, "mentor")
    await relay_all()
    return person_id, enrolment_id


async def attempts(owner: asyncpg.Connection, made: dict[str, Any]) -> list[dict[str, Any]]:
    """The log of an endpoint's one delivery."""
    return await rows_of(owner, "attempt", "delivery_id", (await only(owner, made["id"]))["id"])


async def test_a_statement_arrives_signed_and_says_who_we_are(
    world: World, lrs: Lrs, deliverer: Deliverer, owner: asyncpg.Connection
) -> None:
    made = await endpoint(world, lrs)
    _, enrolment_id = await registered(world, external_id="E-1")

    await deliver(deliverer)

    (hook,), ((statement,),) = lrs.of("POST"), lrs.bodies
    assert statement["actor"]["account"]["name"] == "E-1"
    assert UUID(statement["context"]["registration"]).bytes == base32.decode(enrolment_id.removeprefix("enr_"))
    assert hook.headers["authorization"] == HEADER
    assert hook.headers["x-experience-api-version"] == "1.0.3"
    assert hook.headers["content-type"] == "application/json"
    assert hook.is_signed_with(made["secret"])
    delivery = await only(owner, made["id"])
    assert (delivery["event_type"], delivery["status"]) == ("enrolment.approved", "delivered")


async def test_who_has_no_name_in_another_system_has_ours(world: World, lrs: Lrs, deliverer: Deliverer) -> None:
    await endpoint(world, lrs, xapi_version="2.0.0")
    person_id, _ = await registered(world)

    await deliver(deliverer)

    assert lrs.bodies[0][0]["actor"]["account"]["name"] == person_id
    assert lrs.of("POST")[0].headers["x-experience-api-version"] == "2.0.0"


async def test_a_session_is_one_request_with_a_statement_of_each(
    world: World, lrs: Lrs, deliverer: Deliverer, clock: TestClock
) -> None:
    await endpoint(world, lrs, types=["session.*"])
    session = await world.session((await world.pairing())["id"], days=1)
    clock.advance(days=2)
    await world.do("mentor", "complete_session", session["id"])
    await relay_all()

    await deliver(deliverer)

    ((one, two),) = lrs.bodies
    assert {one["actor"]["account"]["name"], two["actor"]["account"]["name"]} == {
        world.people["mentor"],
        world.people["mentee"],
    }
    assert one["id"] != two["id"]
    assert {it["context"]["registration"] is not None for it in (one, two)} == {True}


async def test_a_test_tells_of_people_who_are_made_up(world: World, lrs: Lrs, deliverer: Deliverer) -> None:
    made = await endpoint(world, lrs)
    await world.do("admin", "test_webhook_endpoint", made["id"], type="session.completed")
    await relay_all()

    await deliver(deliverer)

    assert len(lrs.bodies[0]) == 2
    assert lrs.of("POST")[0].headers["flipside-test"] == "true"


async def test_what_is_sent_again_is_the_same_and_its_conflict_counts_as_delivered(
    world: World, lrs: Lrs, deliverer: Deliverer, owner: asyncpg.Connection
) -> None:
    made = await endpoint(world, lrs)
    await registered(world)
    await deliver(deliverer)
    await world.do("admin", "retry_delivery", (await only(owner, made["id"]))["id"])

    await deliver(deliverer)

    first, again = lrs.bodies
    assert first == again
    delivery = await only(owner, made["id"])
    assert (delivery["status"], delivery["last_status"], delivery["last_error"]) == ("delivered", 409, None)
    (question,) = lrs.of("GET")
    assert question.headers["authorization"] == HEADER
    assert question.headers["x-experience-api-version"] == "1.0.3"
    assert "webhook-signature" not in question.headers
    assert len(lrs.kept) == 1


@pytest.mark.parametrize(
    ("kept", "status"), [({"verb": {"id": "http://adlnet.gov/expapi/verbs/passed"}}, "dead"), (None, "pending")]
)
async def test_a_conflict_with_another_statement_is_no_delivery(
    world: World, lrs: Lrs, deliverer: Deliverer, owner: asyncpg.Connection, kept: dict[str, Any] | None, status: str
) -> None:
    made = await endpoint(world, lrs)
    await registered(world)
    await deliver(deliverer)
    ((statement,),) = lrs.bodies
    lrs.kept = {} if kept is None else {statement["id"]: statement | kept}
    lrs.script = [answer("409 Conflict")]
    await world.do("admin", "retry_delivery", (await only(owner, made["id"]))["id"])

    await deliver(deliverer)

    delivery = await only(owner, made["id"])
    assert (delivery["status"], delivery["attempts"], delivery["last_error"]) == (status, 1, "status")


async def test_an_answer_that_is_no_json_proves_nothing(
    world: World, lrs: Lrs, deliverer: Deliverer, owner: asyncpg.Connection
) -> None:
    async def page(_reader: object, writer: Any) -> None:
        assert elsewhere.requests
        is_question = elsewhere.requests[-1].startswith(b"GET")
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 6\r\n\r\n<html>" if is_question else answer("409 Conflict"))

    async with receiver(page) as elsewhere:
        made = await endpoint(world, lrs, url=f"http://127.0.0.1:{elsewhere.port}")
        await registered(world)
        await deliver(deliverer)

    assert (await only(owner, made["id"]))["status"] == "pending"


@pytest.mark.parametrize(
    ("line", "status", "failures"),
    [
        ("400 Bad Request", "dead", 0),
        ("422 Unprocessable", "dead", 0),
        ("503 Busy", "pending", 1),
        ("403 No", "pending", 1),
    ],
)
async def test_what_an_lrs_will_never_take_is_not_tried_again_and_speaks_against_nobody(
    world: World, lrs: Lrs, deliverer: Deliverer, owner: asyncpg.Connection, line: str, status: str, failures: int
) -> None:
    made = await endpoint(world, lrs)
    lrs.script = [answer(line)]
    await registered(world)

    await deliver(deliverer)

    delivery = await only(owner, made["id"])
    assert (delivery["status"], delivery["attempts"]) == (status, 1)
    assert (await row(owner, "webhook_endpoint", made["id"]))["consecutive_failures"] == failures


async def test_the_log_shows_no_authorisation_even_if_the_lrs_repeats_it(
    world: World, lrs: Lrs, deliverer: Deliverer, owner: asyncpg.Connection
) -> None:
    made = await endpoint(world, lrs)
    lrs.script = [answer("500 Oops", {"you sent": HEADER})]
    await registered(world)

    await deliver(deliverer)

    (logged,) = await attempts(owner, made)
    assert logged["response"] == '{"you sent":"Basic [redacted]"}'


async def test_a_token_is_asked_for_once_until_shortly_before_its_end(
    world: World, lrs: Lrs, deliverer: Deliverer, clock: TestClock
) -> None:
    await endpoint(world, lrs, auth=client(lrs))
    await registered(world)
    await registered(world)
    await deliver(deliverer)
    clock.advance(seconds=3600 - EARLY.total_seconds())
    await registered(world)
    await deliver(deliverer)

    asked = lrs.of("POST", "/token")
    assert [hook.headers["authorization"] for hook in lrs.of("POST")] == ["Bearer token-1"] * 2 + ["Bearer token-2"]
    assert len(asked) == 2
    assert asked[0].headers["content-type"] == "application/x-www-form-urlencoded"
    assert asked[0].body == b"grant_type=client_credentials&scope=xapi%3Awrite&client_id=us&client_secret=a%26b"


async def test_a_token_that_is_not_taken_is_asked_for_anew(
    world: World, lrs: Lrs, deliverer: Deliverer, clock: TestClock
) -> None:
    await endpoint(world, lrs, auth=client(lrs, scope="all"))
    lrs.script = [answer("401 Unauthorized")]
    await registered(world)
    await deliver(deliverer)
    clock.advance(seconds=10)
    await deliver(deliverer)

    assert [hook.headers["authorization"] for hook in lrs.of("POST")] == ["Bearer token-1", "Bearer token-2"]
    assert b"scope=all&" in lrs.of("POST", "/token")[0].body
    assert len(lrs.kept) == 1


async def test_a_password_that_is_not_taken_is_tried_again_later(
    world: World, lrs: Lrs, deliverer: Deliverer, owner: asyncpg.Connection
) -> None:
    made = await endpoint(world, lrs)
    lrs.script = [answer("401 Unauthorized")]
    await registered(world)

    await deliver(deliverer)

    assert (await only(owner, made["id"]))["status"] == "pending"


@pytest.mark.parametrize(
    ("grant", "logged"),
    [
        (answer("401 Unauthorized", {"error": "invalid_client", "sent": "a&b"}), "401 invalid_client"),
        (answer("410 Gone"), "410"),
        (answer("200 OK", {"access_token": "a\nb"}), "200"),
        (answer("200 OK", {"access_token": "secret", "token_type": "mac"}), "200"),
        (answer("200 OK", ["secret"]), "200"),
    ],
)
async def test_without_a_token_nothing_is_sent_and_the_log_says_why(
    world: World, lrs: Lrs, deliverer: Deliverer, owner: asyncpg.Connection, grant: bytes, logged: str
) -> None:
    made = await endpoint(world, lrs, auth=client(lrs))
    lrs.grants = [grant]
    await registered(world)

    await deliver(deliverer)

    (tried,) = await attempts(owner, made)
    assert (tried["status"], tried["error"], tried["response"]) == (None, "unauthorised", logged)
    assert lrs.of("POST") == []
    assert (await row(owner, "webhook_endpoint", made["id"]))["status"] == "enabled"
    assert (await only(owner, made["id"]))["status"] == "pending"


async def test_those_who_wait_for_a_token_wait_no_longer_than_they_may(lrs: Lrs) -> None:
    async def silent(_reader: object, _writer: object) -> None:
        return

    async with receiver(silent) as server, Sender(allow_private=True) as sender:
        tokens = Tokens(sender)
        auth = LrsAuth.model_validate(client(lrs, token_url=f"http://127.0.0.1:{server.port}/token"))
        found = await asyncio.gather(*(tokens.header(auth, 0.05) for _ in range(3)))

    assert [it.error for it in found if isinstance(it, Outcome)] == [Failure.TIMEOUT] * 3


async def test_tokens_that_have_ended_are_not_kept(lrs: Lrs, sender: Sender, clock: TestClock) -> None:
    tokens = Tokens(sender)
    first, second = (LrsAuth.model_validate(client(lrs, client_id=name)) for name in ("one", "two"))
    await tokens.header(first, 5)
    clock.advance(hours=2)
    await tokens.header(second, 5)
    tokens.drop(first, "Bearer token-1")
    tokens.drop(second, "Bearer token-1")

    assert len(tokens._held) == 1
    assert await tokens.header(second, 5) == "Bearer token-2"


async def test_no_token_is_asked_for_where_we_may_not_call(world: World, lrs: Lrs, owner: asyncpg.Connection) -> None:
    made = await endpoint(world, lrs, auth=client(lrs))
    await registered(world)

    async with Sender(allow_private=False) as strict:
        await deliver(Deliverer(strict))

    delivery = await only(owner, made["id"])
    assert (delivery["status"], delivery["last_error"]) == ("dead", "url_refused")
    assert lrs.asked == []


async def test_nothing_is_told_of_whoever_was_erased(
    world: World, lrs: Lrs, deliverer: Deliverer, owner: asyncpg.Connection
) -> None:
    made = await endpoint(world, lrs)
    person_id, _ = await registered(world)
    await owner.execute("update person set erased_at = now() where id = $1", person_id)

    await deliver(deliverer)

    delivery = await only(owner, made["id"])
    assert (delivery["status"], delivery["last_error"]) == ("dead", "nothing_to_tell")
    assert (lrs.asked, (await row(owner, "webhook_endpoint", made["id"]))["consecutive_failures"]) == ([], 0)


async def test_what_was_due_before_an_address_became_an_lrs_makes_no_statement(
    world: World, lrs: Lrs, deliverer: Deliverer, owner: asyncpg.Connection
) -> None:
    made = await endpoint(world, lrs, format="native", auth=None, types=["goal.set"])
    await world.do("admin", "test_webhook_endpoint", made["id"], type="goal.set")
    await relay_all()
    await world.do("admin", "update_webhook_endpoint", made["id"], format="xapi", auth=BASIC, types=["*"])

    await deliver(deliverer)

    assert lrs.asked == []
    found = await rows_of(owner, "delivery", "endpoint_id", made["id"])
    assert {it["last_error"] for it in found} == {"nothing_to_tell"}
