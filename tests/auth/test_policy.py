"""The one table of who may do what: complete, and right where it hurts."""

import pytest

from app.auth import policy
from app.auth.actor import Role
from app.auth.policy import Relation
from app.declared import INTENTS, RESOURCES

ADMIN, COORDINATOR = Role.ORGANISATION_ADMIN, Role.COORDINATOR
PARTICIPANT, AUDITOR, SERVICE = Role.PARTICIPANT, Role.AUDITOR, Role.SERVICE_ACCOUNT
ANY, OWN, PAIR = (Relation.ORGANISATION,), (Relation.OWN,), (Relation.OWN_PAIRING,)
RUN = (Relation.OWN_PROGRAMME,)


def test_every_resource_has_a_row_and_every_row_a_resource() -> None:
    assert set(policy.READ) == {resource.name for resource in RESOURCES}


def test_every_intent_has_a_row_and_every_row_an_intent() -> None:
    names = {intent.name for intent in INTENTS}

    assert set(policy.ACT) - set(policy.WITHIN) == names
    assert set(policy.WITHIN.values()) <= names


def test_no_intent_is_declared_twice() -> None:
    names = [intent.name for intent in INTENTS]

    assert len(set(names)) == len(names)


def test_somebody_may_do_each_thing_and_see_each_thing() -> None:
    for table in (policy.READ, policy.ACT):
        for name, grants in table.items():
            assert any(grants.values()), name


@pytest.mark.parametrize("intent", INTENTS, ids=lambda intent: intent.name)
def test_who_may_do_something_may_see_what_it_is_done_to(intent: object) -> None:
    grants = policy.ACT[intent.name]  # type: ignore[attr-defined]
    readers = policy.READ[intent.resource.name]  # type: ignore[attr-defined]

    assert {role for role in Role if grants.get(role)} <= {role for role in Role if readers.get(role)}


@pytest.mark.parametrize("resource", RESOURCES, ids=lambda resource: resource.name)
def test_each_relation_of_a_row_means_something_to_its_resource(resource: object) -> None:
    granted = {relation for relations in policy.READ[resource.name].values() for relation in relations}  # type: ignore[attr-defined]

    assert granted - {Relation.ORGANISATION} <= set(resource.relations)  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("resource", "role", "relations"),
    [
        ("person", ADMIN, ANY),
        ("person", COORDINATOR, ANY),
        ("person", PARTICIPANT, OWN + PAIR),
        ("person", AUDITOR, ANY),
        ("pairing", AUDITOR, ANY + PAIR),
        ("enrolment", AUDITOR, ()),
        ("note", AUDITOR, ()),
        ("feedback", AUDITOR, ()),
        ("do_not_pair", COORDINATOR, ()),
        ("do_not_pair", PARTICIPANT, ()),
        ("topic", PARTICIPANT, (Relation.PUBLISHED,)),
        ("programme", COORDINATOR, (*RUN, Relation.PUBLISHED, Relation.SPONSORED)),
        ("programme", PARTICIPANT, (Relation.PUBLISHED, Relation.SPONSORED)),
        ("enrolment", COORDINATOR, RUN + OWN + PAIR),
        ("enrolment", PARTICIPANT, OWN + PAIR),
        ("session", ADMIN, PAIR),
        ("session", SERVICE, ANY),
        ("agenda_item", COORDINATOR, PAIR),
        ("agenda_item", SERVICE, ()),
        ("note", SERVICE, ()),
        ("note", ADMIN, OWN + PAIR),
        ("goal", COORDINATOR, PAIR),
        ("win", SERVICE, ()),
        ("feedback", COORDINATOR, (Relation.OWN, Relation.ADDRESSEE)),
        ("feedback", SERVICE, ()),
        ("webhook_endpoint", COORDINATOR, ()),
        ("delivery", PARTICIPANT, ()),
        ("api_key", ADMIN, ANY),
        ("api_key", COORDINATOR, OWN),
        ("api_key", SERVICE, ()),
    ],
)
def test_who_sees_what(resource: str, role: Role, relations: tuple[Relation, ...]) -> None:
    assert policy.readers(resource, role) == relations


@pytest.mark.parametrize(
    ("action", "role", "relations"),
    [
        ("update_organisation", ADMIN, ANY),
        ("update_organisation", SERVICE, ()),
        ("create_rank", COORDINATOR, ()),
        ("create_person", SERVICE, ANY),
        ("create_person", COORDINATOR, ()),
        ("update_person", PARTICIPANT, ()),
        ("create_do_not_pair", COORDINATOR, ()),
        ("create_programme", COORDINATOR, ANY),
        ("create_programme", PARTICIPANT, ()),
        ("publish_programme", COORDINATOR, RUN),
        ("publish_programme", PARTICIPANT, ()),
        ("assign_programme_role", PARTICIPANT, ()),
        ("assign_programme_role", COORDINATOR, RUN),
        ("appoint_coordinator", COORDINATOR, ()),
        ("approve_enrolment", COORDINATOR, RUN),
        ("approve_enrolment", PARTICIPANT, ()),
        ("apply_for_enrolment", PARTICIPANT, (Relation.PUBLISHED,)),
        ("apply_for_enrolment", SERVICE, ()),
        ("withdraw_enrolment", PARTICIPANT, OWN),
        ("remove_enrolment", PARTICIPANT, ()),
        ("dissolve_pairing", PARTICIPANT, ()),
        ("end_pairing_early", PARTICIPANT, PAIR),
        ("create_note", ADMIN, PAIR),
        ("create_note", SERVICE, ()),
        ("delete_note", PARTICIPANT, OWN),
        ("give_feedback", COORDINATOR, PAIR),
        ("sign_agreement", SERVICE, ()),
        ("create_webhook_endpoint", COORDINATOR, ()),
        ("create_api_key", ADMIN, ANY),
        ("create_api_key", SERVICE, ()),
        ("revoke_api_key", COORDINATOR, ()),
    ],
)
def test_who_may_do_what(action: str, role: Role, relations: tuple[Relation, ...]) -> None:
    assert policy.actors(action, role) == relations


def test_platform_staff_and_auditors_change_nothing_and_platform_staff_see_little() -> None:
    assert not any(policy.actors(name, role) for name in policy.ACT for role in (AUDITOR, Role.PLATFORM_ADMIN))
    # While a glass is broken: who is where in what state. Of the trail, what they did themselves.
    assert {name for name in policy.READ if policy.readers(name, Role.PLATFORM_ADMIN)} == {
        *("organisation", "rank", "person", "programme", "topic", "programme_resource", "programme_milestone"),
        *("sponsorship", "programme_role", "cohort", "pairing", "agreement", "signature", "break_glass"),
        "audit_entry",
    }


@pytest.mark.parametrize(
    ("role", "granted", "party", "bar"),
    [
        (ADMIN, ANY, PAIR, PAIR),
        (COORDINATOR, RUN, OWN + PAIR, OWN + PAIR),
        (COORDINATOR, RUN + OWN, OWN + PAIR, PAIR),
        (AUDITOR, ANY + PAIR, PAIR, ()),
        (PARTICIPANT, PAIR, PAIR, ()),
        (SERVICE, ANY, PAIR, ()),
    ],
)
def test_what_costs_an_office_holder_their_office(
    role: Role, granted: tuple[Relation, ...], party: tuple[Relation, ...], bar: tuple[Relation, ...]
) -> None:
    assert policy.barred(role, granted, party) == bar
