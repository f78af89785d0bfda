"""Sealed texts in answers: one statement as ever, in whatever shape they are asked for, and `null` once shredded."""

from collections.abc import AsyncIterator

import httpx
import orjson
import pytest
from cryptography.exceptions import InvalidTag

from app import db as database
from app.config import Settings
from app.reading import opening
from app.sealing import keeping
from tests.graphql.client import Gql
from tests.sealing.conftest import CANARY, Confidence
from tests.wire import Tap, tapped

PATHS = (
    "/v1/notes/{note}",
    "/v1/notes",
    "/v1/notes?fields=id,text&sort=-created_at",
    "/v1/sessions/{session}?expand=notes",
    "/v1/pairings?expand=sessions.notes,feedback",
    "/v1/feedback?expand=author",
)
DEEP = """
    query($id: ID!) {
      pairing(id: $id) {
        sessions(first: 5) { edges { cursor node { said: notes { nodes { it: text again: text } } } } }
      }
      allFeedback { nodes { text } }
    }
"""


@pytest.fixture(name="wire")
async def _wire(opened: database.Database, address: str, settings: Settings) -> AsyncIterator[Tap]:
    async with tapped(address) as tap:
        counted = database.Database(
            tap.address, settings.model_copy(update={"read_pool_size": 1, "write_pool_size": 1})
        )
        database.use(counted)
        yield tap
        database.use(opened)
        await counted.close()


async def ask(client: httpx.AsyncClient, confidence: Confidence, path: str, part: str = "mentee") -> str:
    """The text of an answer."""
    answer = await client.get(
        path.format(**vars(confidence)), headers={"Authorization": f"Bearer {confidence.world.keys[part]}"}
    )
    assert answer.status_code == 200, answer.text
    return answer.text


def texts(value: object) -> list[str | None]:
    """Every member called `text`, wherever it is, under whatever alias."""
    if isinstance(value, list):
        return [text for item in value for text in texts(item)]
    if not isinstance(value, dict):
        return []
    own = [item for name, item in value.items() if name in ("text", "it", "again")]
    return own + [text for item in value.values() for text in texts(item)]


@pytest.mark.parametrize("path", PATHS)
async def test_rest_shows_what_was_written(path: str, client: httpx.AsyncClient, confidence: Confidence) -> None:
    seen = texts(orjson.loads(await ask(client, confidence, path)))

    assert seen
    assert set(seen) == {CANARY}


async def test_graphql_shows_it_in_nested_lists_and_under_aliases(gql: Gql, confidence: Confidence) -> None:
    seen = texts(await gql.data(DEEP, "mentee", id=confidence.pairing))

    assert seen == [CANARY] * 5


@pytest.mark.parametrize("path", PATHS)
async def test_a_read_is_one_statement_whether_or_not_its_keys_are_known(
    path: str, client: httpx.AsyncClient, confidence: Confidence, wire: Tap
) -> None:
    await ask(client, confidence, path)
    keeping.forget()
    wire.clear()

    await ask(client, confidence, path)

    assert (len(wire.statements), wire.round_trips) == (1, 1)


async def test_sealing_costs_one_statement_when_the_key_is_not_known_and_none_when_it_is(
    confidence: Confidence, wire: Tap
) -> None:
    async def cost(text: str) -> int:
        wire.clear()
        await confidence.world.do("mentor", "update_note", confidence.note, text=text)
        return len(wire.statements)

    await cost("to prepare everything")
    keeping.forget()

    assert await cost("unknown") == await cost("known") + 1


async def test_a_shredded_text_is_null_at_both_doors_and_the_rest_stays(
    client: httpx.AsyncClient, gql: Gql, confidence: Confidence
) -> None:
    world = confidence.world
    async with database.current().writing(world.organisation_id) as db:
        await keeping.shred(db, world.people["mentor"])

    assert (await world.see("mentee", confidence.note) or {})["text"] is None
    assert texts(orjson.loads(await ask(client, confidence, "/v1/notes"))).count(None) == 1
    seen = texts(await gql.data(DEEP, "mentee", id=confidence.pairing))
    assert (seen.count(CANARY), seen.count(None)) == (2, 3)
    assert (await world.see("mentee", confidence.feedback) or {})["rating"] == 4


async def test_who_may_not_see_a_text_sees_none(confidence: Confidence) -> None:
    told = await confidence.world.do(
        "service",
        "create_do_not_pair",
        reason=CANARY,
        person_id=confidence.world.people["mentor"],
        other_person_id=confidence.world.people["admin"],
    )

    assert told["reason"] is None
    assert (await confidence.world.see("admin", confidence.bar) or {})["reason"] == CANARY


async def test_what_callers_write_is_never_taken_for_a_marker(confidence: Confidence) -> None:
    world = confidence.world
    for begin in (opening.mark(), f'"{opening.mark()}', "sealed:", f'{opening.mark()[:-2]}"'):
        text = f"{begin}note.text.{confidence.note}.00.00"

        written = await world.do("mentor", "update_note", confidence.note, text=text)

        assert written["text"] == text
        assert (await world.see("mentee", confidence.note) or {})["text"] == text


async def test_markers_of_two_processes_differ() -> None:
    assert len(opening.mark().split(":")[1]) == 32
    assert opening.mark() not in (opening.__doc__ or "")


async def test_a_text_that_was_tampered_with_is_an_error_and_not_an_answer(
    confidence: Confidence, client: httpx.AsyncClient
) -> None:
    world = confidence.world
    async with database.current().writing(world.organisation_id) as db:
        swap = "update note set text = (select text from note where id = $1) where id = $2 returning id"
        assert await db.fetch(swap, confidence.reply, confidence.note)

    with pytest.raises(InvalidTag):
        await world.see("mentor", confidence.note)
