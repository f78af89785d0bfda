"""Events in, statements out, byte for byte; and what makes two statements the same."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.integrations import xapi
from app.integrations.xapi import Participant
from app.webhooks.catalogue import BY_TYPE

BASE = "https://flipside.example.com"
GOLDEN = Path(__file__).parent / "statements"
MENTOR, MENTEE = "per_01kd3xq8v7fy2a9m4n6p0rsth0", "per_01kd3xq8v7fy2a9m4n6p0rstd5"
PEOPLE = {
    MENTOR: Participant("E-10042", "enr_01kd3xq8v7fy2a9m4n6p0rst0a"),
    MENTEE: Participant("E-20007", "enr_01kd3xq8v7fy2a9m4n6p0rst0b"),
}
Json = dict[str, Any]


def event(event_type: str) -> Json:
    """The event of this type as its file has it."""
    envelope = orjson.loads((GOLDEN / f"{event_type}.event.json").read_bytes())
    assert envelope["type"] == event_type
    about = {"occurred_at": datetime.fromisoformat(envelope["timestamp"]), "organisation_id": envelope["organisation"]}
    return {**envelope, **about}


def statements(event_type: str, people: dict[str, Participant] | None = None, **about: Any) -> list[Json]:
    """What is made of that event."""
    return xapi.statements({**event(event_type), **about}, PEOPLE if people is None else people, BASE)


@pytest.mark.parametrize("event_type", sorted(xapi.TYPES))
def test_an_event_makes_these_statements_byte_for_byte(event_type: str) -> None:
    made = orjson.dumps(statements(event_type), option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)

    assert made == (GOLDEN / f"{event_type}.statements.json").read_bytes()


@pytest.mark.parametrize("event_type", sorted(xapi.TYPES))
def test_the_events_of_these_files_are_as_the_catalogue_says(event_type: str) -> None:
    BY_TYPE[event_type].model_validate(event(event_type)["data"])


def test_every_file_is_of_a_type_that_makes_statements() -> None:
    assert {path.name.rsplit(".", 2)[0] for path in GOLDEN.iterdir()} == xapi.TYPES


@pytest.mark.parametrize("event_type", sorted(xapi.TYPES))
def test_a_statement_tells_nobody_who_the_partner_is(event_type: str) -> None:
    for statement in statements(event_type):
        text = orjson.dumps(statement).decode()
        assert sum(who.account in text for who in PEOPLE.values()) == 1
        assert "per_" not in text


def test_whoever_is_not_known_any_more_has_no_statement() -> None:
    assert [it["actor"]["account"]["name"] for it in statements("session.completed", {MENTEE: PEOPLE[MENTEE]})] == [
        "E-20007"
    ]
    assert statements("enrolment.approved", {}) == []


def test_an_event_of_another_type_makes_none() -> None:
    assert statements("session.completed", type="session.scheduled") == []


def test_without_an_enrolment_there_is_no_registration() -> None:
    (statement,) = statements("enrolment.approved", {MENTOR: Participant("E-10042", None)})

    assert "registration" not in statement["context"]


def test_a_session_was_when_it_ended_unless_that_is_yet_to_come() -> None:
    ends_at = datetime.fromisoformat(event("session.completed")["data"]["ends_at"])
    early = ends_at - timedelta(minutes=10)

    told = [
        statements("session.completed", occurred_at=at)[0]["timestamp"] for at in (ends_at + timedelta(days=9), early)
    ]
    assert [datetime.fromisoformat(at) for at in told] == [ends_at, early]


@given(st.uuids(), st.text(min_size=1), st.datetimes(timezones=st.just(UTC)))
def test_a_statement_keeps_its_id_whatever_else_changes_and_shares_it_with_none(
    number: UUID, account: str, at: datetime
) -> None:
    event_id = f"evt_{number}"
    first = statements("session.completed", id=event_id)
    renamed = {MENTOR: Participant(account, None), MENTEE: PEOPLE[MENTEE]}
    again = statements("session.completed", renamed, id=event_id, occurred_at=at)

    assert [it["id"] for it in again] == [it["id"] for it in first]
    others = [it["id"] for kind in xapi.TYPES for it in statements(kind, id=f"{event_id}_{kind}")]
    every = [it["id"] for it in first] + others
    assert len(set(every)) == len(every)
    assert all(UUID(it).version == 5 for it in every)


def restated(statement: Json) -> Json:
    """The statement as a record store may give it back."""
    activities = statement["context"]["contextActivities"]
    return {
        **statement,
        "stored": "2027-03-09T16:00:00.000Z",
        "authority": {"account": {"homePage": "https://lrs.example", "name": "us"}},
        "version": "1.0.0",
        "timestamp": statement["timestamp"].replace(".000Z", "+00:00"),
        "actor": {"account": statement["actor"]["account"]},
        "verb": {"id": statement["verb"]["id"], "display": {"fr": "assisté"}},
        "context": {**statement["context"], "contextActivities": {**activities, "parent": activities["parent"][0]}},
    }


CHANGES: list[Callable[[Json], object]] = [
    lambda it: it["actor"]["account"].update(name="E-1"),
    lambda it: it["verb"].update(id="http://adlnet.gov/expapi/verbs/completed"),
    lambda it: it["object"].update(id="https://elsewhere.example"),
    lambda it: it["result"].update(completion=False),
    lambda it: it.pop("result"),
    lambda it: it["context"].pop("registration"),
    lambda it: it["context"]["contextActivities"].update(parent=[]),
    lambda it: it.update(timestamp="2001-01-01T00:00:00Z"),
    lambda it: it.update(timestamp=7),
    lambda it: it.update(timestamp="whenever"),
    lambda it: it.pop("timestamp"),
    lambda it: it.update(actor="somebody"),
]


def test_what_a_record_store_adds_and_rewords_leaves_a_statement_the_same() -> None:
    statement = statements("session.completed")[0]

    assert xapi.is_same(statement, statement)
    assert xapi.is_same(statement, restated(statement))


@pytest.mark.parametrize("change", CHANGES)
def test_anything_else_makes_it_another_statement(change: Callable[[Json], object]) -> None:
    statement = statements("session.completed")[0]
    kept = orjson.loads(orjson.dumps(restated(statement)))
    change(kept)

    assert not xapi.is_same(statement, kept)


@pytest.mark.parametrize("kept", [None, [], "statement", 7])
def test_what_is_no_object_is_no_statement(kept: object) -> None:
    assert not xapi.is_same(statements("session.completed")[0], kept)
