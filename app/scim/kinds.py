"""What users and groups differ in, as the storage of the protocol meets them."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

import sqlalchemy as sa
from scim2_models import ResourceType
from scim2_models.path import FilterNode
from sqlmodel import col

from app.domain.groups.models import Group
from app.domain.groups.resource import GROUPS as GROUP_RESOURCE
from app.domain.people.models import Person
from app.domain.people.resource import PEOPLE
from app.reading import resource as reading
from app.reading.statement import Statement
from app.scim import attributes, filtering, groups, models, paging, people
from app.scim.attributes import Term
from app.scim.paging import Cut


# One of each, so that to be the same is to be equal: it is a key to compiled searches.
@dataclass(frozen=True, eq=False)
class Kind:
    """What users and groups differ in: our resource, the SCIM model, and what one asks of it in SQL."""

    resource: reading.Resource
    model: Any
    terms: Mapping[str, Term]
    id: str
    everything: sa.Select[Any]
    one: Statement


def _one(select: sa.Select[Any], model: Any) -> Statement:
    return Statement.of(select.where(col(model.id) == sa.bindparam("id", type_=sa.Text)))


USERS: Final = Kind(
    PEOPLE,
    people.MODEL,
    attributes.USER_TERMS,
    f"{models.CORE}:id".lower(),
    people.EVERYBODY,
    _one(people.EVERYBODY, Person),
)
GROUPS: Final = Kind(
    GROUP_RESOURCE,
    models.Group,
    attributes.GROUP_TERMS,
    f"{models.GROUP}:id".lower(),
    groups.GROUPS,
    _one(groups.GROUPS, Group),
)
_KINDS: Final = {"User": USERS, "Group": GROUPS}


def of(resource_type: ResourceType) -> Kind:
    """The kind of a resource type."""
    return _KINDS[str(resource_type.name)]


@lru_cache(maxsize=300)
def search(kind: Kind, form: FilterNode | None, by: str | None, cut: Cut) -> Statement:
    """A search of one form, compiled: that takes ten times as long as to ask it."""
    select = kind.everything
    if form is not None:
        select = select.where(filtering.condition(form, kind.model, kind.terms))
    term = None if by is None else kind.terms[by]
    return Statement.of(paging.statement(select, kind.terms[kind.id].value, term, cut))
