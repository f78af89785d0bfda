"""What a chapter declares, as the doors read it."""

import pytest

from app.auth.scopes import Scope
from app.declared import RESOURCES
from app.domain.organisations.models import Rank
from app.domain.organisations.schemas import RankRead
from app.domain.people.resource import PEOPLE
from app.domain.sessions.resource import ACTION_ITEMS, NOTES, SESSIONS
from app.reading.resource import Edge, Equals, Range, Resource


def test_a_resource_has_a_name_for_each_use() -> None:
    assert (ACTION_ITEMS.path, ACTION_ITEMS.type_name, ACTION_ITEMS.prefix) == ("action-items", "ActionItem", "act")
    assert ACTION_ITEMS.table.name == "action_item"
    assert repr(ACTION_ITEMS) == "Resource('action_item')"


def test_fields_stand_in_the_order_of_the_schema() -> None:
    assert NOTES.fields[:5] == ("id", "session_id", "author_id", "tier", "text")


def test_every_order_can_be_turned_round_and_the_default_comes_first() -> None:
    assert SESSIONS.orders == ("id", "-id", "starts_at", "-starts_at")
    assert NOTES.orders == ("created_at", "-created_at")


def test_a_filter_answers_to_its_parameters() -> None:
    assert Equals("status").parameters == ("status",)
    assert Range("starts_at").parameters == ("starts_after", "starts_before")
    assert Range("due_on").parameters == ("due_after", "due_before")
    assert set(SESSIONS.parameters) >= {"status", "starts_after", "starts_before"}


def test_an_edge_is_a_reference_here_and_a_collection_there() -> None:
    senior = Resource("senior", "seniors", Rank, RankRead, Scope.DIRECTORY_READ)
    edge = Edge("above", "level", senior, "below", "Who is above.", "Who is below.")
    junior = Resource("junior", "juniors", Rank, RankRead, Scope.DIRECTORY_READ, edges=(edge,))

    assert junior.references == {"above": edge}
    (way_back,) = senior.collections.values()
    assert (way_back.name, way_back.column, way_back.resource) == ("below", "level", junior)
    assert way_back.description == "Who is below."


def test_an_edge_may_have_no_way_back_and_lead_to_its_own_kind() -> None:
    assert "owner" in ACTION_ITEMS.references
    assert not any(way.resource is ACTION_ITEMS and way.column == "owner_id" for way in PEOPLE.collections.values())
    assert PEOPLE.references["manager"].to is PEOPLE
    assert PEOPLE.collections["reports"].resource is PEOPLE


@pytest.mark.parametrize("resource", RESOURCES, ids=lambda resource: resource.name)
def test_what_is_declared_exists(resource: Resource) -> None:
    columns = set(resource.table.c.keys())

    assert set(resource.fields) <= columns | set(resource.computed)
    assert {item.field for item in resource.filters} <= columns
    assert {order.removeprefix("-") for order in resource.orders} <= columns
    assert {edge.column for edge in resource.references.values()} <= columns


@pytest.mark.parametrize("resource", RESOURCES, ids=lambda resource: resource.name)
def test_a_list_is_ordered_by_what_is_never_empty(resource: Resource) -> None:
    for name in {order.removeprefix("-") for order in resource.orders}:
        # An event that is shown has its number, and the id of a task is made of another.
        never = {("event", "sequence"), ("task", "id")}
        assert (resource.name, name) in never or not resource.table.c[name].nullable
