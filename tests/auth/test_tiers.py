"""How far fields go: every field has a tier, and nothing is withheld that the contract promises."""

from typing import get_args

import pytest

from app.auth import policy, tiers
from app.auth.actor import Role
from app.auth.policy import Relation
from app.auth.tiers import FIELDS, Tier
from app.declared import RESOURCES
from app.reading.resource import Resource
from tests.withheld import withheld


def named(tier: Tier) -> set[tuple[str, str]]:
    """The fields of a tier."""
    return {(name, field) for name, fields in FIELDS.items() for field in fields.get(tier, "").split()}


@pytest.mark.parametrize("resource", RESOURCES, ids=lambda resource: resource.name)
def test_every_field_has_a_tier(resource: Resource) -> None:
    assert {field for field in resource.fields if tiers.tier_of(resource.name, field)} == set(resource.fields)


def test_a_field_without_a_tier_is_refused() -> None:
    with pytest.raises(KeyError, match="shoe_size"):
        tiers.tier_of("person", "shoe_size")


def test_every_tier_names_fields_that_exist_and_each_once() -> None:
    for resource in RESOURCES:
        names = " ".join(FIELDS[resource.name].values()).split()
        assert len(names) == len(set(names)), resource.name
        assert set(names) <= set(resource.fields), resource.name
    assert set(FIELDS) == {resource.name for resource in RESOURCES}


def test_the_policy_names_who_is_shown_each_confidential_field_and_no_other() -> None:
    assert set(policy.CONFIDENTIAL) == named(Tier.CONFIDENTIAL)


@pytest.mark.parametrize("resource", RESOURCES, ids=lambda resource: resource.name)
def test_what_may_be_withheld_may_be_null(resource: Resource) -> None:
    for field in withheld(resource):
        assert type(None) in get_args(resource.schema.model_fields[field].annotation), field


@pytest.mark.parametrize(
    ("resource", "field", "role", "relations"),
    [
        ("pairing", "end_reason", Role.COORDINATOR, (Relation.OWN_PROGRAMME,)),
        ("pairing", "end_reason", Role.ORGANISATION_ADMIN, ()),
        ("pairing", "end_reason", Role.PARTICIPANT, ()),
        ("pairing", "average_focus", Role.AUDITOR, ()),
        ("session", "cancel_reason", Role.SERVICE_ACCOUNT, (Relation.ORGANISATION,)),
        ("session", "cancel_reason", Role.PARTICIPANT, ()),
        ("session", "starts_at", Role.AUDITOR, (Relation.ORGANISATION, Relation.OWN_PAIRING)),
        ("do_not_pair", "reason", Role.SERVICE_ACCOUNT, ()),
        ("note", "text", Role.PARTICIPANT, (Relation.OWN, Relation.OWN_PAIRING)),
    ],
)
def test_who_is_shown_what(resource: str, field: str, role: Role, relations: tuple[Relation, ...]) -> None:
    assert tiers.shown(resource, field, role) == relations
