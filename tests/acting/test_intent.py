"""What an intent says of itself, for both doors to read."""

import pytest

from app.acting.intent import Intent, Kind
from app.declared import INTENTS
from app.text import Input, Patch

BY_NAME = {intent.name: intent for intent in INTENTS}
each = pytest.mark.parametrize("intent", INTENTS, ids=lambda intent: intent.name)


@each
def test_an_intent_says_what_it_does_in_one_sentence(intent: Intent) -> None:
    assert intent.summary.endswith(".")
    assert len(intent.summary) <= 120
    assert intent.description.startswith(intent.summary)


@each
def test_creating_and_changing_take_a_body_removing_takes_none(intent: Intent) -> None:
    if not intent.has_id:
        assert intent.takes is not None
        assert issubclass(intent.takes, Input)
    if intent.kind is Kind.UPDATE:
        assert intent.takes is not None
        assert issubclass(intent.takes, Patch)
    if intent.kind is Kind.DELETE:
        assert intent.takes is None


@each
def test_only_moves_have_a_verb_and_only_new_objects_a_path(intent: Intent) -> None:
    assert bool(intent.verb) is (intent.kind is Kind.MOVE)
    assert bool(intent.path) is (intent.kind in (Kind.CREATE, Kind.PUT, Kind.BEGIN))
    assert intent.has_id is not bool(intent.path)


@pytest.mark.parametrize(
    ("name", "needed"),
    [
        ("update_programme", True),
        ("publish_programme", False),
        ("create_programme", False),
        ("update_person", False),
        ("update_enrolment", True),
    ],
)
def test_changes_of_guarded_objects_name_the_version_that_was_read(name: str, *, needed: bool) -> None:
    assert BY_NAME[name].needs_version is needed


def test_a_second_way_to_make_an_object_has_a_path_of_its_own() -> None:
    assert BY_NAME["invite_enrolment"].path == "enrolments"
    assert BY_NAME["apply_for_enrolment"].path == "applications"


def test_two_ways_to_make_an_object_never_share_a_path() -> None:
    paths = [intent.path for intent in INTENTS if not intent.has_id]

    assert len(set(paths)) == len(paths)


def test_only_a_few_intents_reveal_a_secret() -> None:
    assert {intent.name for intent in INTENTS if intent.reveals} == {
        "create_api_key",
        "create_calendar_feed",
        "renew_calendar_feed",
        "create_webhook_endpoint",
        "issue_webhook_portal_token",
        "rotate_api_key",
        "rotate_webhook_secret",
    }
