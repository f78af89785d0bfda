"""What the policy lets a role see and do, as conditions on the rows of a table."""

from collections.abc import Mapping

import sqlalchemy as sa

from app.auth import policy, tiers
from app.auth.actor import Role
from app.auth.policy import Relation
from app.reading.resource import Predicate, Resource, Table

_COMMON: Mapping[Relation, Predicate] = {Relation.ORGANISATION: lambda _: sa.true()}


def visible(resource: Resource, table: Table, role: Role) -> sa.ColumnElement[bool]:
    """The rows of `table` that a role may see, as a condition."""
    return _held(resource, table, role, policy.readers(resource.name, role))


def permitted(resource: Resource, table: Table, role: Role, action: str) -> sa.ColumnElement[bool]:
    """The rows of `table` on which a role may act, as a condition."""
    return _held(resource, table, role, policy.actors(action, role))


def shown(resource: Resource, table: Table, role: Role, field: str) -> sa.ColumnElement[bool]:
    """The rows, of those that a role sees, of which it is shown a field, as a condition."""
    seen, granted = policy.readers(resource.name, role), tiers.shown(resource.name, field, role)
    if granted == seen:
        return sa.true()
    bar = _bar(resource, role, granted)
    if policy.OFFICES.issuperset(granted) and {*granted, *bar}.issuperset(seen):
        # Who sees the row and is no party to it sees it by the very office that is shown the field.
        return _is_none(resource, table, bar)
    return _held(resource, table, role, granted)


def _held(resource: Resource, table: Table, role: Role, granted: tuple[Relation, ...]) -> sa.ColumnElement[bool]:
    """Whether the caller stands to a row in one of these relations; no office holds over a pairing of their own."""
    bar = _bar(resource, role, granted)
    if Relation.ORGANISATION in granted and not bar:
        return sa.true()
    known = {**_COMMON, **resource.relations}
    held = []
    for relation in granted:
        if relation in known:
            condition = known[relation](table)
            of_office = relation in policy.OFFICES
            held.append(sa.and_(condition, _is_none(resource, table, bar)) if of_office else condition)
    return sa.or_(sa.false(), *held)


def _bar(resource: Resource, role: Role, granted: tuple[Relation, ...]) -> list[Relation]:
    return [relation for relation in policy.barred(role, granted, resource.party) if relation in resource.relations]


def _is_none(resource: Resource, table: Table, party: list[Relation]) -> sa.ColumnElement[bool]:
    """Whether the caller stands in none of these relations to a row."""
    if not party:
        return sa.true()
    # Not `not`: for a caller who is no person, comparisons with their id are neither true nor false.
    return sa.or_(*(resource.relations[relation](table) for relation in party)).is_not(sa.true())
