"""What a chapter declares once: fields, edges, filters, sorts and what each relation means in SQL.

Both doors, the contract and the compiler read this declaration; nothing else says what can be read.
"""

from collections.abc import Callable, Mapping
from dataclasses import InitVar, dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from typing import Any, ClassVar

import sqlalchemy as sa
from sqlmodel import SQLModel

from app import ids
from app.auth.actor import Role
from app.auth.policy import Relation
from app.auth.scopes import Scope
from app.pagination import MAX_LIMIT
from app.table import Instant
from app.text import Output

Table = sa.FromClause
ORGANISATION = sa.bindparam("organisation", type_=sa.Text)
ME = sa.bindparam("me", type_=sa.Text)
# The webhook endpoint that a portal's token is for.
ENDPOINT = sa.bindparam("endpoint", type_=sa.Text)
# The present time, for what follows from it by rule.
NOW = sa.bindparam("now", type_=Instant)
# The address of this installation, for links.
BASE_URL = sa.bindparam("base_url", type_=sa.Text)
Predicate = Callable[[Table], sa.ColumnElement[bool]]


def owner(table: Table) -> sa.ColumnElement[str]:
    """The column that names the organisation of a row; an organisation is its own."""
    return table.c.organisation_id if "organisation_id" in table.c else table.c.id


def same_organisation(table: Table, other: Table) -> sa.ColumnElement[bool]:
    """Both rows belong to one organisation: the condition that every join carries."""
    return owner(table) == owner(other)


def among(column: sa.ColumnElement[str], ids: sa.Select[str]) -> sa.ColumnElement[bool]:
    """Whether `column` is one of a few ids, which are found first: an index then leads to each, even beside an OR."""
    return column == sa.func.any(sa.func.array(ids.correlate(None).scalar_subquery()))


@dataclass(frozen=True)
class Equals:
    """`status=active,paused`: rows whose field is one of the values."""

    field: str

    # What is asked for where callers do not say.
    default: ClassVar[tuple[str, ...]] = ()

    @property
    def parameters(self) -> tuple[str, ...]:
        """The names under which callers give values."""
        return (self.field,)

    def kind(self, resource: "Resource") -> type | tuple[str, ...]:
        """What values are: as of the field."""
        return resource.kind_of(self.field)

    @property
    def column(self) -> str:
        """The column that values are compared with."""
        return self.field

    def meant(self, values: list[Any]) -> list[Any]:
        """The values that a row may have."""
        return values

    @property
    def meaning(self) -> str:
        """What it keeps, for the contract."""
        return f"Only those whose `{self.field}` is one of these."

    def where(
        self, table: Table, _parameter: str, value: sa.BindParameter[Any], *, several: bool
    ) -> sa.ColumnElement[bool]:
        """The condition on `table`; `value` is an array when there are several."""
        return _is(table.c[self.field], value, several)


@dataclass(frozen=True)
class Linked(Equals):
    """`subject_id=per_1,per_2`: rows whose `field` is named beside one of the values in another table, `link`."""

    parameter: str
    link: type[SQLModel]
    value: str
    target: str
    # The field that tells the same. Whoever is not shown it may ask for themselves alone.
    tells: str

    @property
    def parameters(self) -> tuple[str, ...]:
        """The names under which callers give values."""
        return (self.parameter,)

    @property
    def meaning(self) -> str:
        """What it keeps, for the contract."""
        return f"Only those with one of these as `{self.parameter}`."

    def where(
        self, table: Table, _parameter: str, value: sa.BindParameter[Any], *, several: bool
    ) -> sa.ColumnElement[bool]:
        """The condition on `table`; `value` is an array when there are several."""
        link: sa.Table = self.link.__table__  # type: ignore[attr-defined]
        found = sa.select(link.c[self.target]).where(
            owner(link) == ORGANISATION, _is(link.c[self.value], value, several)
        )
        return among(table.c[self.field], found)


def _is(column: sa.ColumnElement[Any], value: sa.BindParameter[Any], several: bool) -> sa.ColumnElement[bool]:
    return column == sa.func.any(value) if several else column == value


@dataclass(frozen=True)
class Range:
    """`starts_after=` (at or after) and `starts_before=` (before) for a field such as `starts_at`."""

    field: str

    @property
    def parameters(self) -> tuple[str, ...]:
        """The names under which callers give values."""
        stem = self.field.removesuffix("_at").removesuffix("_on")
        return (f"{stem}_after", f"{stem}_before")

    def kind(self, resource: "Resource") -> type | tuple[str, ...]:
        """What values are: as of the field."""
        return resource.kind_of(self.field)

    @property
    def column(self) -> str:
        """The column that values are compared with."""
        return self.field

    def meant(self, values: list[Any]) -> list[Any]:
        """The values that a row is compared with."""
        return values

    def where(
        self, table: Table, parameter: str, value: sa.BindParameter[Any], *, several: bool
    ) -> sa.ColumnElement[bool]:
        """The condition on `table`."""
        column = table.c[self.column]
        return column >= value if parameter.endswith("_after") else column < value


@dataclass(frozen=True)
class Made(Range):
    """`created_after=` and `created_before=` where ids tell when they were made: a walk along them begins there."""

    field: str = "created_at"
    prefix: str = ""

    @property
    def column(self) -> str:
        """The column that values are compared with."""
        return "id"

    def meant(self, values: list[Any]) -> list[Any]:
        """The first ids of their times."""
        return [ids.first_at(self.prefix, max(value, _EPOCH)) for value in values]


Filter = Equals | Range
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_BY_ID = Equals("id")


@dataclass(frozen=True)
class Edge:
    """A reference from the declaring resource to another; `back` names the way back, a list."""

    name: str
    column: str
    to: "Resource"
    back: str | None = None
    description: str = ""
    back_description: str = ""


@dataclass(frozen=True)
class Collection:
    """The way back along an edge: the rows of `resource` whose `column` names this object."""

    name: str
    column: str
    resource: "Resource"
    description: str = ""


_OFFICES = frozenset({Role.ORGANISATION_ADMIN, Role.COORDINATOR, Role.AUDITOR, Role.PLATFORM_ADMIN})


@dataclass(frozen=True)
class Sensitive:
    """Whose data the rows of a resource are, and the roles whose reading of them goes on record."""

    subject: str
    watched: frozenset[Role] = _OFFICES


@dataclass(frozen=True, eq=False)
class Resource:
    """One readable thing. `schema` names its fields; each is a column of `model` or one of `computed`.

    `model` is a table of ours, or a class whose `__table__` asks several.
    """

    name: str
    plural: str
    model: type[Any]
    schema: type[Output]
    scope: Scope
    relations: Mapping[Relation, Predicate] = field(default_factory=dict)
    edges: InitVar[tuple[Edge, ...]] = ()
    filters: tuple[Filter, ...] = ()
    sorts: tuple[str, ...] = ()
    default_sort: str = "id"
    largest_page: int = MAX_LIMIT
    computed: Mapping[str, Callable[[Table], sa.ColumnElement[Any]]] = field(default_factory=dict)
    guarded: bool = False
    sensitive: Sensitive | None = None
    # Whether the audit trail is silent on who did or saw what of it: it says that something was, and no more.
    discreet: bool = False
    # What makes a caller a party to a row: then no office of theirs holds over it.
    party: tuple[Relation, ...] = (Relation.OWN_PAIRING,)
    collections: dict[str, Collection] = field(default_factory=dict)

    references: dict[str, Edge] = field(default_factory=dict)

    def __repr__(self) -> str:
        """Short, and the same in every process: shapes are told apart by it."""
        return f"Resource({self.name!r})"

    def __post_init__(self, edges: tuple[Edge, ...]) -> None:
        for edge in edges:
            self.add_edge(edge)

    def add_edge(self, edge: Edge) -> None:
        """Declare an edge; also afterwards, for one that leads back to this very resource."""
        self.references[edge.name] = edge
        if edge.back is not None:
            edge.to.collections[edge.back] = Collection(edge.back, edge.column, self, edge.back_description)

    @cached_property
    def table(self) -> sa.Table:
        """The table that holds the rows."""
        return self.model.__table__  # type: ignore[no-any-return]

    @property
    def is_derived(self) -> bool:
        """Whether its rows follow from those of others, which a question gathers, and none is its own."""
        return isinstance(self.model.__table__, sa.Subquery)

    @cached_property
    def prefix(self) -> str:
        """The prefix of its ids."""
        return str(self.model.prefix)

    @property
    def type_name(self) -> str:
        """Its name as a type: `ActionItem`."""
        return self.schema.__name__.removesuffix("Read")

    @property
    def path(self) -> str:
        """Its name in an address: `action-items`."""
        return self.plural.replace("_", "-")

    @cached_property
    def fields(self) -> tuple[str, ...]:
        """The names of its fields, in the order of the schema."""
        return tuple(self.schema.model_fields)

    @cached_property
    def parameters(self) -> dict[str, Filter]:
        """Its filters, by the name of their parameter."""
        return {name: item for item in self.filters for name in item.parameters}

    @cached_property
    def defaults(self) -> dict[str, tuple[str, ...]]:
        """What its filters take where callers do not say."""
        chosen = {name: item for name, item in self.parameters.items() if isinstance(item, Equals)}
        return {name: item.default for name, item in chosen.items() if item.default}

    def rule(self, parameter: str) -> Filter:
        """The filter behind a parameter. Objects can be found by their ids, too, where callers have other ways to."""
        return _BY_ID if parameter == "id" else self.parameters[parameter]

    @cached_property
    def orders(self) -> tuple[str, ...]:
        """Every `sort=` that callers may ask for; a leading minus turns it round."""
        names = dict.fromkeys((self.default_sort, *self.sorts))
        return tuple(order for name in names for order in (name, f"-{name}"))

    def kind_of(self, name: str) -> type | tuple[str, ...]:
        """What values of a stored field are: a Python type, or the texts that an enum allows."""
        kind = self.table.c[name].type
        return tuple(kind.enums) if isinstance(kind, sa.Enum) else kind.python_type

    def column(self, table: Table, name: str) -> sa.ColumnElement[Any]:
        """A field of `table`, stored or computed."""
        return self.computed[name](table) if name in self.computed else table.c[name]


def is_one_of(column: sa.ColumnElement[Any], *values: str) -> sa.ColumnElement[bool]:
    """Whether a status is one of these. Not `in_`: the read path knows no list that grows when a statement runs."""
    return sa.or_(*(column == sa.literal_column(f"'{value}'") for value in values))


def through(edge: Edge) -> dict[Relation, Predicate]:
    """The relations of the object that `edge` leads to, held through it."""

    def hold(predicate: Predicate) -> Predicate:
        # Its columns are most of what compiling costs: every statement shares them.
        target = edge.to.table.alias()

        def where(table: Table) -> sa.ColumnElement[bool]:
            return sa.exists(
                sa.select(sa.literal(1))
                .select_from(target)
                .where(
                    target.c.organisation_id == table.c.organisation_id,
                    target.c.id == table.c[edge.column],
                    predicate(target),
                )
                .correlate(table)
            )

        return where

    return {relation: hold(predicate) for relation, predicate in edge.to.relations.items()}
