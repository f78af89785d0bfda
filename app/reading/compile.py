"""A shape and a role become one SQL statement that returns the JSON of the answer, compiled once.

The visibility rule of the policy is inside every FROM, and every join carries the organisation.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import count
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, JSON
from sqlalchemy.dialects.postgresql.asyncpg import dialect as asyncpg_dialect
from sqlalchemy.sql.selectable import NamedFromClause

from app import pagination
from app.auth import policy
from app.auth.actor import Role
from app.reading.resource import ORGANISATION, Resource, Table, owner
from app.reading.shape import Constant, Edges, Embedded, Group, Leaf, Nodes, Page, Part, Says, ToMany, ToOne, Wanted

_DIALECT: sa.Dialect = asyncpg_dialect(paramstyle="numeric_dollar")  # type: ignore[no-untyped-call]
INNER_PAD, OUTER_PAD = "cursor_inner_pad", "cursor_outer_pad"


@dataclass(frozen=True, slots=True)
class Statement:
    """SQL text, the names of its values in their order, and those that every request shares.

    Rows: `body` (JSON), then `version` or `keys`.
    """

    sql: str
    names: tuple[str, ...]
    constants: dict[str, Any]


@lru_cache(maxsize=4096)
def one(wanted: Wanted, role: Role) -> Statement:
    """One object by its id: a row of JSON and version, or no row."""
    return _Compiler(role).one(wanted)


@lru_cache(maxsize=4096)
def page(listed: Page, role: Role) -> Statement:
    """A list whose first item are nodes: one row per object (JSON, sort keys as JSON text), one more than the limit."""
    return _Compiler(role).rows(listed)


@lru_cache(maxsize=4096)
def fields(wanted: tuple[tuple[str, Wanted | Page], ...], role: Role) -> Statement:
    """Several answers at once: one row with one column of JSON for each, found by id (slot `id_N`) or listed."""
    return _Compiler(role).columns(wanted)


def visible(resource: Resource, table: Table, role: Role) -> sa.ColumnElement[bool]:
    """The rows of `table` that a role may see, as a condition."""
    return _any_of(resource, table, policy.readers(resource.name, role))


def permitted(resource: Resource, table: Table, role: Role, action: str) -> sa.ColumnElement[bool]:
    """The rows of `table` on which a role may act, as a condition."""
    return _any_of(resource, table, policy.actors(action, role))


def _any_of(resource: Resource, table: Table, relations: tuple[policy.Relation, ...]) -> sa.ColumnElement[bool]:
    if policy.Relation.ORGANISATION in relations:
        return sa.true()
    known = [resource.relations[relation](table) for relation in relations if relation in resource.relations]
    return sa.or_(*known) if known else sa.false()


class _Compiler:
    """Builds one statement; holds the numbering of its aliases."""

    def __init__(self, role: Role) -> None:
        self._role = role
        self._number: Iterator[int] = count()

    def one(self, wanted: Wanted) -> Statement:
        table = self._alias(wanted.resource)
        row = self._object(wanted, table)
        version = table.c.version if "version" in table.c else sa.literal(1)
        return _statement(
            sa.select(_json(row), version.label("version"))
            .select_from(table.join(row, sa.true()))
            .where(*self._seen(wanted.resource, table), table.c.id == sa.bindparam("id_0", type_=sa.Text))
        )

    def rows(self, listed: Page) -> Statement:
        nodes = next(item for item in listed.items if isinstance(item, Nodes))
        chosen = self._chosen(listed, None)
        row = self._object(nodes.wanted, chosen)
        return _statement(
            sa.select(_json(row), _keys(listed, chosen).label("keys"))
            .select_from(chosen.join(row, sa.true()))
            .order_by(*_order(listed, chosen))
        )

    def columns(self, wanted: tuple[tuple[str, Wanted | Page], ...]) -> Statement:
        columns = []
        for index, (_, item) in enumerate(wanted):
            if isinstance(item, Page):
                columns.append(self._list(item, None).label(f"c{index}"))
                continue
            table = self._alias(item.resource)
            found = (*self._seen(item.resource, table), table.c.id == sa.bindparam(f"id_{index}", type_=sa.Text))
            columns.append(self._nested_object(item, table, found, ()).label(f"c{index}"))
        return _statement(sa.select(*columns))

    def _alias(self, resource: Resource) -> Table:
        return resource.table.alias(f"t{next(self._number)}")

    def _seen(self, resource: Resource, table: Table) -> tuple[sa.ColumnElement[bool], ...]:
        return owner(table) == ORGANISATION, visible(resource, table, self._role)

    def _items(self, wanted: Wanted, table: Table) -> list[sa.ColumnElement[Any]]:
        """The columns of one object, each under the key that its caller chose."""
        columns: list[sa.ColumnElement[Any]] = []
        for item in wanted.items:
            if isinstance(item, Constant):
                value: sa.ColumnElement[Any] = sa.literal_column(f"'{item.text}'::text")
            elif isinstance(item, Leaf):
                value = self._leaf(wanted.resource, table, item)
            elif isinstance(item, Embedded):
                value = _embedded(item, self._leaf(wanted.resource, table, Leaf(item.key, item.field)))
            elif isinstance(item, ToOne):
                target = self._alias(item.edge.to)
                joined = (_same(target, table), target.c.id == table.c[item.edge.column])
                value = self._nested_object(
                    item.wanted, target, (*joined, visible(item.edge.to, target, self._role)), (table,)
                )
            else:
                value = self._list(item.page, (table, item))
            columns.append(value.label(item.key))
        return columns

    def _leaf(self, resource: Resource, table: Table, leaf: Leaf) -> sa.ColumnElement[Any]:
        column = resource.column(table, leaf.field)
        if policy.hidden(resource.name, leaf.field, self._role):
            return sa.cast(sa.null(), column.type)
        return sa.func.upper(column) if leaf.as_name else column

    def _object(self, wanted: Wanted, table: Table) -> NamedFromClause:
        return sa.select(*self._items(wanted, table)).correlate(table).lateral(f"r{next(self._number)}")

    def _nested_object(
        self, wanted: Wanted, table: Table, where: tuple[sa.ColumnElement[bool], ...], outer: tuple[Table, ...]
    ) -> sa.ScalarSelect[Any]:
        inner = sa.select(*self._items(wanted, table)).select_from(table).where(*where)
        row = inner.correlate(*outer).subquery(f"r{next(self._number)}")
        return sa.select(_json(row)).select_from(row).scalar_subquery()

    def _chosen(self, listed: Page, parent: tuple[Table, ToMany] | None) -> sa.Subquery:
        """The rows of one page, one more than asked for."""
        table = self._alias(listed.resource)
        conditions = [visible(listed.resource, table, self._role)]
        if parent is None:
            conditions = list(self._seen(listed.resource, table))
        else:
            conditions += [_same(table, parent[0]), table.c[parent[1].column] == parent[0].c.id]
        conditions += [self._where(listed, table, index) for index in range(len(listed.wheres))]
        if listed.after is not None:
            conditions.append(_beyond(listed, table, listed.after))
        select = (
            sa.select(table)
            .where(*conditions)
            .order_by(*_order(listed, table))
            .limit(sa.bindparam(listed.limit, type_=sa.BigInteger) + sa.literal_column("1"))
        )
        if parent is not None:
            select = select.correlate(parent[0])
        return select.subquery(f"p{next(self._number)}")

    def _where(self, listed: Page, table: Table, index: int) -> sa.ColumnElement[bool]:
        where = listed.wheres[index]
        rule = listed.resource.parameters[where.parameter]
        kind = table.c[rule.field].type
        if isinstance(kind, sa.Enum):
            kind = sa.Text()
        value: sa.BindParameter[Any] = sa.bindparam(where.slot, type_=ARRAY(kind) if where.several else kind)
        return rule.where(table, where.parameter, value, several=where.several)

    def _list(self, listed: Page, parent: tuple[Table, ToMany] | None) -> sa.ScalarSelect[Any]:
        """One list as one JSON value: its objects and what it says of itself."""
        chosen = self._chosen(listed, parent)
        joined: Any = chosen
        columns: dict[int, sa.ColumnElement[Any]] = {}
        limit = sa.bindparam(listed.limit, type_=sa.BigInteger)
        place = sa.func.row_number().over(order_by=_order(listed, chosen)).label("place")
        scope = self._scope(listed, parent)
        for index, item in enumerate(listed.items):
            if isinstance(item, Nodes):
                row = self._object(item.wanted, chosen)
            elif isinstance(item, Edges):
                row = self._envelope(listed, item, chosen, scope)
            else:
                continue
            joined = joined.join(row, sa.true())
            columns[index] = _json(row).label(f"b{index}")
        keys = _keys(listed, chosen).label("keys")
        rows = sa.select(*columns.values(), keys, place).select_from(joined)
        if parent is not None:
            rows = rows.correlate(parent[0])
        numbered = rows.subquery(f"n{next(self._number)}")
        kept = numbered.c.place <= limit
        said = _Said(listed, numbered, limit, scope)
        answer = []
        for index, item in enumerate(listed.items):
            value: sa.ColumnElement[Any]
            if index in columns:
                gathered = sa.func.json_agg(
                    sa.text(
                        f"{numbered.name}.b{index} order by {numbered.name}.place{' desc' if listed.backward else ''}"
                    )
                )
                value = sa.func.coalesce(gathered.filter(kept), sa.literal_column("'[]'::json"), type_=JSON)
            elif isinstance(item, Group):
                value = _built([(part.key, said.value(part)) for part in item.items])
            else:
                value = said.value(item)  # type: ignore[arg-type]
            answer.append((item.key, value))
        whole = sa.select(_built(answer)).select_from(numbered)
        return (whole if parent is None else whole.correlate(parent[0])).scalar_subquery()

    def _envelope(self, listed: Page, edges: Edges, chosen: Table, scope: sa.ColumnElement[str]) -> NamedFromClause:
        columns: list[sa.ColumnElement[Any]] = []
        for item in edges.items:
            if isinstance(item, Nodes):
                row = self._object(item.wanted, chosen)
                value: Any = sa.select(_json(row)).select_from(row).correlate(chosen).scalar_subquery()
            elif isinstance(item, Constant):
                value = sa.literal_column(f"'{item.text}'::text")
            else:
                value = _cursor(scope, _keys(listed, chosen))
            columns.append(value.label(item.key))
        return sa.select(*columns).correlate(chosen).lateral(f"r{next(self._number)}")

    def _scope(self, listed: Page, parent: tuple[Table, ToMany] | None) -> sa.ColumnElement[str]:
        scope: sa.ColumnElement[str] = sa.bindparam(listed.scope, type_=sa.Text)
        return scope + parent[0].c.id if parent is not None and listed.scope_of_parent else scope


@dataclass(frozen=True)
class _Said:
    """What a list says of itself, over its numbered rows."""

    listed: Page
    numbered: NamedFromClause
    limit: sa.ColumnElement[int]
    scope: sa.ColumnElement[str]

    def value(self, item: Says | Constant) -> sa.ColumnElement[Any]:
        if isinstance(item, Constant):
            return sa.literal_column(f"'{item.text}'::text")
        backward = self.listed.backward
        has_more = sa.func.count() > self.limit
        has_other: sa.ColumnElement[bool] = sa.literal_column("true" if self.listed.after else "false")
        match item.part:
            case Part.HAS_NEXT:
                return has_other if backward else has_more
            case Part.HAS_PREVIOUS:
                return has_more if backward else has_other
            case Part.NEXT_CURSOR:
                return sa.case((has_more, self._cursor_at(self.limit)))
            case Part.START_CURSOR:
                return self._cursor_at(self._last if backward else sa.literal_column("1"))
            case Part.END_CURSOR:
                return self._cursor_at(sa.literal_column("1") if backward else self._last)

    @property
    def _last(self) -> sa.ColumnElement[int]:
        return sa.func.least(sa.func.count(), self.limit)

    def _cursor_at(self, place: sa.ColumnElement[int]) -> sa.ColumnElement[Any]:
        keys = sa.func.array_agg(
            sa.text(f"{self.numbered.name}.keys order by {self.numbered.name}.place"), type_=ARRAY(sa.Text)
        )
        key = sa.type_coerce(keys, ARRAY(sa.Text))[sa.cast(place, sa.Integer)]
        return _cursor(self.scope, key)


def _embedded(item: Embedded, column: sa.ColumnElement[Any]) -> sa.ColumnElement[Any]:
    """A list of JSON objects with the members that the caller wants, under the keys that they chose."""
    element = sa.func.jsonb_array_elements(column).table_valued("value", name=f"e_{item.field}", joins_implicitly=True)
    pairs: list[tuple[str, sa.ColumnElement[Any]]] = []
    for key, member, as_name in item.members:
        if member is None:
            pairs.append((key, sa.literal_column(f"'{item.type_name}'::text")))
            continue
        name = sa.literal_column(f"'{member}'")
        text = element.c.value.op("->>")(name)
        pairs.append((key, sa.func.upper(text) if as_name else element.c.value.op("->")(name)))
    return sa.select(
        sa.func.coalesce(sa.func.json_agg(_built(pairs)), sa.literal_column("'[]'::json"))
    ).scalar_subquery()


def _same(table: Table, other: Table) -> sa.ColumnElement[bool]:
    return owner(table) == owner(other)


def _json(row: NamedFromClause) -> sa.ColumnElement[Any]:
    return sa.func.row_to_json(sa.literal_column(row.name), type_=JSON).label("body")


def _built(pairs: list[tuple[str, sa.ColumnElement[Any]]]) -> sa.ColumnElement[Any]:
    arguments: list[Any] = []
    for key, value in pairs:
        arguments += [sa.literal_column(f"'{key}'"), value]
    return sa.func.json_build_object(*arguments, type_=JSON)


def _directed(listed: Page) -> bool:
    return listed.descending != listed.backward


def _order(listed: Page, table: Table) -> list[sa.ColumnElement[Any]]:
    names = ["id"] if listed.sort == "id" else [listed.sort, "id"]
    return [table.c[name].desc() if _directed(listed) else table.c[name] for name in names]


def _beyond(listed: Page, table: Table, slot: str) -> sa.ColumnElement[bool]:
    """Rows after the cursor. Its keys are bound as text and cast, so that they round-trip exactly."""

    def key(name: str, index: int) -> sa.ColumnElement[Any]:
        kind = table.c[name].type
        bound = sa.bindparam(f"{slot}_{index}", type_=sa.Text)
        return bound if isinstance(kind, sa.Text | sa.Enum) else sa.cast(bound, kind)

    names = ["id"] if listed.sort == "id" else [listed.sort, "id"]
    here = sa.tuple_(*(table.c[name] for name in names)) if len(names) > 1 else table.c.id
    there = sa.tuple_(*(key(name, i) for i, name in enumerate(names))) if len(names) > 1 else key("id", 0)
    return here < there if _directed(listed) else here > there


def _keys(listed: Page, table: Table) -> sa.ColumnElement[str]:
    names = ["id"] if listed.sort == "id" else [listed.sort, "id"]
    return sa.cast(sa.func.json_build_array(*(table.c[name] for name in names)), sa.Text)


def _cursor(scope: sa.ColumnElement[str], keys: sa.ColumnElement[str]) -> sa.ColumnElement[Any]:
    """The SQL twin of `pagination.seal`."""
    inner, outer = sa.bindparam(INNER_PAD, type_=sa.LargeBinary), sa.bindparam(OUTER_PAD, type_=sa.LargeBinary)
    message = sa.func.convert_to(scope + sa.literal_column("E'\\n'") + keys, sa.literal_column("'UTF8'"))
    digest = sa.func.sha256(outer.op("||")(sa.func.sha256(inner.op("||")(message))))
    sealed = sa.func.substr(digest, sa.literal_column("1"), sa.literal_column("16")).op("||")(
        sa.func.convert_to(keys, sa.literal_column("'UTF8'"))
    )
    text = sa.func.encode(sealed, sa.literal_column("'base64'"))
    return sa.case(
        (keys.is_not(None), sa.func.translate(text, sa.literal_column("E'+/=\\n'"), sa.literal_column("'-_'")))
    )


def _statement(select: sa.Select[Any]) -> Statement:
    compiled: Any = select.compile(dialect=_DIALECT)
    names = tuple(compiled.positiontup or ())
    constants = {
        name: _for_driver(bind) for name, bind in compiled.binds.items() if name in names and not bind.required
    }
    if INNER_PAD in names:
        constants[INNER_PAD], constants[OUTER_PAD] = pagination.pads()
    return Statement(compiled.string, names, constants)


def _for_driver(bind: sa.BindParameter[Any]) -> Any:
    process = bind.type.bind_processor(_DIALECT)
    return process(bind.value) if process else bind.value
