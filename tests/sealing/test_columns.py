"""Which columns are sealed: the list, held to the schema; and that nothing of them lies in clear."""

import asyncpg
import orjson
import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis
from hypothesis import strategies as st

from app import db as database
from app.acting.run import perform
from app.declared import RESOURCES
from app.domain.sessions.contents import Note
from app.reading.resource import Resource
from app.sealing import columns, keeping
from app.sealing.columns import Sealed
from app.tables import metadata
from tests.outcomes import refused
from tests.sealing.conftest import CANARY, Confidence
from tests.world import World

# Column, and the column that names whose key seals it; without one it is the organisation's.
SEALED = {
    "note.text": "author_id",
    "feedback.text": "author_id",
    "check_in.comment": "author_id",
    "competency_rating.comment": "author_id",
    "recognition.text": "author_id",
    **dict.fromkeys(("nomination.work_email", "nomination.reason"), "nominator_id"),
    "concern.text": "reporter_id",
    "concern.notes": None,
    "training_assignment.waive_reason": "person_id",
    **dict.fromkeys(("farewell.learned", "farewell.thanks"), "author_id"),
    "pairing_conflict.waive_reason": None,
    "matching_preference.reason": "author_id",
    "do_not_pair.reason": None,
    "pairing.shared_manager_waiver": None,
    "webhook_secret.sealed": None,
    "webhook_endpoint.sealed_headers": None,
    "webhook_endpoint.sealed_auth": None,
    "webhook_endpoint.sealed_identity": None,
    "webhook_signing_key.sealed": None,
    "idempotency_record.body": None,
    "operation_input.sealed": None,
    "planned_change.said": None,
    **dict.fromkeys(("hr_source.sealed_secret", "hr_source.sealed_token"), None),
    **dict.fromkeys(("sync_difference.before", "sync_difference.after"), None),
    "legal_hold.reason": None,
    "break_glass.reason": None,
    "export.content": "person_id",
    "match_proposal.decline_reason": "declined_by",
    "match_proposal.veto_reason": None,
    "match_run_matter.market": None,
    "match_run_matter.plan": None,
}


def test_these_columns_are_sealed_and_no_others() -> None:
    found = {
        str(column): column.type.owner
        for table in metadata.tables.values()
        for column in table.c
        if isinstance(column.type, Sealed)
    }

    assert found == SEALED


@pytest.mark.parametrize("resource", RESOURCES, ids=lambda resource: resource.name)
def test_no_list_is_filtered_or_ordered_by_a_sealed_column(resource: Resource) -> None:
    sealed = {column.name for column in resource.table.c if isinstance(column.type, Sealed)}

    used = {item.field for item in resource.filters} | {resource.default_sort, *resource.sorts}
    assert not sealed & used


async def test_what_was_written_lies_nowhere_in_clear(confidence: Confidence, owner: asyncpg.Connection) -> None:
    needles = [form.encode() for form in ("canary", "sings", CANARY.encode().hex(), "\\x" + b"canary".hex())]
    tables = await owner.fetch("select tablename from pg_tables where schemaname = 'public'")

    for (table,) in tables:
        held = await owner.fetch(f'select t::text from "{table}" t')  # noqa: S608
        # Other tests' organisations lie beside ours, and may say the same.
        ours = [row for (row,) in held if confidence.world.organisation_id in row]
        assert not any(needle in row.encode() for row in ours for needle in needles), table


async def test_it_lies_in_no_kept_answer_and_no_event_either(
    world: World, confidence: Confidence, owner: asyncpg.Connection
) -> None:
    call = world.call("mentor", "create_note", key="once", session_id=confidence.session, text=CANARY)
    done = await perform(call)

    again = await perform(call)
    kept = await owner.fetchval("select body from idempotency_record where object_id = $1", done.object_id)

    assert orjson.loads(again.body)["text"] == CANARY
    assert again.replayed
    assert b"canary" not in kept


@hypothesis(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), min_size=1, max_size=300))
async def test_every_text_comes_back_as_it_was_written(confidence: Confidence, text: str) -> None:
    async with database.current().writing(confidence.world.organisation_id) as db:
        note = await db.get_one(Note, (confidence.world.organisation_id, confidence.note))
        await columns.seal(db, note, text=text)

    assert (await confidence.world.see("mentor", confidence.note) or {})["text"] == text


async def test_what_is_forgotten_to_be_sealed_cannot_be_stored(confidence: Confidence) -> None:
    with refused("invalid"):
        async with database.current().writing(confidence.world.organisation_id) as db:
            note = await db.get_one(Note, (confidence.world.organisation_id, confidence.note))
            note.sqlmodel_update({"text": CANARY})


async def test_no_text_is_no_envelope(world: World) -> None:
    keeping.forget()
    pairing = (await world.pairing())["id"]

    given_ = {"pairing_id": pairing, "type": "partner", "audience": "partner", "rating": 4}
    assert (await world.do("mentor", "give_feedback", **given_))["text"] is None
