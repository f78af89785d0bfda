"""A shape and a role become one SQL statement that returns the JSON of the answer, compiled once.

The visibility rule of the policy is inside every FROM, and every join carries the organisation.
"""

from collections.abc import Iterator
from functools import lru_cache
from itertools import count
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, JSON
from sqlalchemy.sql.selectable import NamedFromClause

from app.auth.actor import Role
from app.reading import keyset, opening, witness
from app.reading.admission import shown, visible
from app.reading.fragments import EMPTY_LIST, as_json, built, text
from app.reading.keyset import Said
from app.reading.resource import ME, ORGANISATION, Linked, Resource, Table, owner, same_organisation
from app.reading.shape import Constant, Edges, Embedded, Leaf, Nodes, Page, ToMany, ToOne, Wanted
from app.reading.statement import Statement
from app.sealing.columns import Sealed


@lru_cache(maxsize=4096)
def one(wanted: Wanted, role: Role) -> Statement:
    """One object by its id: a row of JSON and version, or no row."""
    return _Compiler(role).one(wanted)


@lru_cache(maxsize=4096)
def page(listed: Page, role: Role) -> Statement:
    """A list of nodes as one row: the objects as a JSON list, and the sort keys of the last one when there are more."""
    return _Compiler(role).rows(listed)


@lru_cache(maxsize=4096)
def fields(wanted: tuple[tuple[str, Wanted | Page], ...], role: Role) -> Statement:
    """Several answers at once: one row with one column of JSON for each, found by id (slot `id_N`) or listed."""
    return _Compiler(role).columns(wanted)


@lru_cache(maxsize=512)
def _aliased(table: sa.Table, name: str) -> NamedFromClause:
    """A table under another name. Copying its columns is most of what compiling costs, so statements share it."""
    return table.alias(name)


class _Compiler:
    """Builds one statement; holds the numbering of its aliases."""

    def __init__(self, role: Role) -> None:
        self._role = role
        self._number: Iterator[int] = count()

    def one(self, wanted: Wanted) -> Statement:
        table = self._alias(wanted.resource)
        row = self._object(wanted, table)
        version = table.c.version if "version" in table.c else sa.literal(1)
        watched = self._watched(wanted, table)
        return Statement.of(
            sa.select(as_json(row), version.label("version"), *map(as_json, watched))
            .select_from(_joined(table, row, *watched))
            .where(*self._seen(wanted.resource, table), table.c.id == sa.bindparam("id_0", type_=sa.Text)),
            len(watched),
        )

    def rows(self, listed: Page) -> Statement:
        nodes = next(item for item in listed.items if isinstance(item, Nodes))
        chosen = self._chosen(listed, None)
        row = self._object(nodes.wanted, chosen)
        watched = self._watched(nodes.wanted, chosen)
        bodies = [as_json(item).label(f"b{index}") for index, item in enumerate((row, *watched))]
        place = keyset.place()
        # Of one row alone: to write the keys of all costs a tenth of the page.
        keys = sa.case((place == keyset.limit(listed), keyset.keys(listed, chosen)))
        numbers = keys.label("keys"), place.label("place")
        numbered = sa.select(*bodies, *numbers).select_from(_joined(chosen, row, *watched)).subquery("n")
        return Statement.of(keyset.gathered(listed, numbered, len(bodies)), len(watched))

    def columns(self, wanted: tuple[tuple[str, Wanted | Page], ...]) -> Statement:
        items = [item for _, item in wanted]
        columns = [self._column(item, index).label(f"c{index}") for index, item in enumerate(items)]
        seen = [(index, witness.of(item, self._role)) for index, item in enumerate(items)]
        watched = [self._column(item, index).label(f"w{index}") for index, item in seen if item is not None]
        return Statement.of(sa.select(*columns, *watched), len(watched))

    def _column(self, item: Wanted | Page, index: int) -> sa.ColumnElement[Any]:
        if isinstance(item, Page):
            return self._list(item, None)
        table = self._alias(item.resource)
        found = (
            *self._seen(item.resource, table),
            table.c.id == sa.bindparam(item.slot or f"id_{index}", type_=sa.Text),
        )
        return self._nested_object(item, table, found, ())

    def _watched(self, wanted: Wanted, table: Table) -> list[NamedFromClause]:
        """The row of ids that says whose data an object shows, if that is watched."""
        seen = witness.of(wanted, self._role)
        return [self._object(seen, table)] if isinstance(seen, Wanted) else []

    def _alias(self, resource: Resource) -> Table:
        return _aliased(resource.table, f"t{next(self._number)}")

    def _seen(self, resource: Resource, table: Table) -> tuple[sa.ColumnElement[bool], ...]:
        return owner(table) == ORGANISATION, visible(resource, table, self._role)

    def _items(self, wanted: Wanted, table: Table) -> list[sa.ColumnElement[Any]]:
        """The columns of one object, each under the key that its caller chose."""
        columns: list[sa.ColumnElement[Any]] = []
        for item in wanted.items:
            if isinstance(item, Constant):
                value: sa.ColumnElement[Any] = text(item.text)
            elif isinstance(item, Leaf):
                value = self._leaf(wanted.resource, table, item)
            elif isinstance(item, Embedded):
                value = _embedded(item, wanted.resource.column(table, item.field))
                value = self._if_shown(wanted.resource, table, item.field, value)
            elif isinstance(item, ToOne):
                target = self._alias(item.edge.to)
                joined = (same_organisation(target, table), target.c.id == table.c[item.edge.column])
                value = self._nested_object(
                    item.wanted, target, (*joined, visible(item.edge.to, target, self._role)), (table,)
                )
            else:
                value = self._list(item.page, (table, item))
            columns.append(value.label(item.key))
        return columns

    def _leaf(self, resource: Resource, table: Table, leaf: Leaf) -> sa.ColumnElement[Any]:
        column = resource.column(table, leaf.field)
        if isinstance(column.type, Sealed):
            value: sa.ColumnElement[Any] = opening.marker(table, resource.table.c[leaf.field], column)
        else:
            value = sa.func.upper(column) if leaf.as_name else column
        return self._if_shown(resource, table, leaf.field, value)

    def _if_shown(
        self, resource: Resource, table: Table, field: str, value: sa.ColumnElement[Any]
    ) -> sa.ColumnElement[Any]:
        """A value, or null where this field of the row is not for the caller."""
        allowed = shown(resource, table, self._role, field)
        if isinstance(allowed, sa.True_):
            return value
        # Few rows have something to hide: the others need no look at who asks.
        return sa.case((sa.and_(resource.column(table, field).is_not(None), allowed), value))

    # Rows are named with a dollar sign: no caller's key holds one, so none is taken for the row itself.
    def _object(self, wanted: Wanted, table: Table) -> NamedFromClause:
        return sa.select(*self._items(wanted, table)).correlate(table).lateral(f"r${next(self._number)}")

    def _nested_object(
        self, wanted: Wanted, table: Table, where: tuple[sa.ColumnElement[bool], ...], outer: tuple[Table, ...]
    ) -> sa.ScalarSelect[Any]:
        inner = sa.select(*self._items(wanted, table)).select_from(table).where(*where)
        row = inner.correlate(*outer).subquery(f"r${next(self._number)}")
        return sa.select(as_json(row)).select_from(row).scalar_subquery()

    def _found(self, listed: Page, parent: tuple[Table, ToMany] | None) -> tuple[Table, list[sa.ColumnElement[bool]]]:
        """The table of a list and the conditions on its rows."""
        table = self._alias(listed.resource)
        conditions = [visible(listed.resource, table, self._role)]
        if parent is None:
            conditions = list(self._seen(listed.resource, table))
        else:
            conditions += [same_organisation(table, parent[0]), table.c[parent[1].column] == parent[0].c.id]
        conditions += [self._where(listed, table, index) for index in range(len(listed.wheres))]
        if listed.after is not None:
            conditions.append(keyset.beyond(listed, table, listed.after))
        return table, conditions

    def _chosen(self, listed: Page, parent: tuple[Table, ToMany] | None) -> sa.Subquery:
        """The rows of one page, one more than asked for."""
        table, conditions = self._found(listed, parent)
        one_more = keyset.limit(listed) + sa.literal_column("1")
        select = sa.select(table).where(*conditions).order_by(*keyset.order(listed, table)).limit(one_more)
        return _inside(select, parent).subquery(f"p{next(self._number)}")

    def _where(self, listed: Page, table: Table, index: int) -> sa.ColumnElement[bool]:
        where = listed.wheres[index]
        rule = listed.resource.rule(where.parameter)
        kind = table.c[rule.column].type
        if isinstance(kind, sa.Enum):
            kind = sa.Text()
        value: sa.BindParameter[Any] = sa.bindparam(where.slot, type_=ARRAY(kind) if where.several else kind)
        found = rule.where(table, where.parameter, value, several=where.several)
        # What a caller is not shown is not found by its value either.
        if not isinstance(rule, Linked):
            return sa.and_(found, shown(listed.resource, table, self._role, rule.field))
        allowed = shown(listed.resource, table, self._role, rule.tells)
        asked: sa.ColumnElement[Any] = sa.func.all(value) if where.several else value
        of_oneself = ME.op("=", is_comparison=True)(asked)
        return found if isinstance(allowed, sa.True_) else sa.and_(found, sa.or_(allowed, of_oneself))

    def _list(self, listed: Page, parent: tuple[Table, ToMany] | None) -> sa.ColumnElement[Any]:
        """One list as one JSON value: its objects and what it says of itself."""
        nodes = [item for item in listed.items if isinstance(item, Nodes)]
        if len(nodes) == 1 and not listed.backward and all(isinstance(item, Nodes | Constant) for item in listed.items):
            return self._plain_list(listed, nodes[0], parent)
        chosen, scope = self._chosen(listed, parent), self._scope(listed, parent)
        rows: dict[int, NamedFromClause] = {}
        for index, item in enumerate(listed.items):
            if isinstance(item, Nodes):
                rows[index] = self._object(item.wanted, chosen)
            elif isinstance(item, Edges):
                rows[index] = self._envelope(listed, item, chosen, parent)
        joined = _joined(chosen, *rows.values())
        columns = [as_json(row).label(f"b{index}") for index, row in rows.items()]
        numbers = keyset.keys(listed, chosen).label("keys"), keyset.place().label("place")
        select = sa.select(*columns, *numbers).select_from(joined)
        said = Said(listed, _inside(select, parent).subquery(f"n{next(self._number)}"), scope)
        pairs = [
            (item.key, said.gathered(f"b{index}") if index in rows else said.value(item))  # type: ignore[arg-type]
            for index, item in enumerate(listed.items)
        ]
        # One row, even where nothing is counted or gathered: of a list whose type alone is asked for.
        whole = sa.select(built(pairs)).select_from(said.numbered).having(sa.true())
        return _inside(whole, parent).scalar_subquery()

    def _plain_list(self, listed: Page, nodes: Nodes, parent: tuple[Table, ToMany] | None) -> sa.ColumnElement[Any]:
        """A list of which only the objects are wanted: no row more than asked for, no numbering."""
        table, conditions = self._found(listed, parent)
        select = (
            sa.select(*self._items(nodes.wanted, table))
            .where(*conditions)
            .order_by(*keyset.order(listed, table))
            .limit(keyset.limit(listed))
        )
        row = _inside(select, parent).subquery(f"r${next(self._number)}")
        gathered = sa.func.json_agg(sa.literal_column(row.name), type_=JSON)
        objects = sa.select(sa.func.coalesce(gathered, EMPTY_LIST, type_=JSON)).select_from(row).scalar_subquery()
        return built([(item.key, objects if item is nodes else text(item.text)) for item in listed.items])  # type: ignore[union-attr]

    def _envelope(
        self, listed: Page, edges: Edges, chosen: Table, parent: tuple[Table, ToMany] | None
    ) -> NamedFromClause:
        columns: list[sa.ColumnElement[Any]] = []
        for item in edges.items:
            if isinstance(item, Nodes):
                row = self._object(item.wanted, chosen)
                value: Any = sa.select(as_json(row)).select_from(row).correlate(chosen).scalar_subquery()
            elif isinstance(item, Constant):
                value = text(item.text)
            else:
                value = keyset.cursor(self._scope(listed, parent), keyset.keys(listed, chosen))
            columns.append(value.label(item.key))
        return _inside(sa.select(*columns).correlate(chosen), parent).lateral(f"r${next(self._number)}")

    def _scope(self, listed: Page, parent: tuple[Table, ToMany] | None) -> sa.ColumnElement[str]:
        scope: sa.ColumnElement[str] = sa.bindparam(listed.scope, type_=sa.Text)
        return scope + parent[0].c.id if parent is not None and listed.scope_of_parent else scope


def _joined(table: Table, *rows: NamedFromClause) -> sa.FromClause:
    joined: sa.FromClause = table
    for row in rows:
        joined = joined.join(row, sa.true())
    return joined


def _embedded(item: Embedded, column: sa.ColumnElement[Any]) -> sa.ColumnElement[Any]:
    """A JSON object, or a list of them, with the members that the caller wants, under the keys that they chose."""
    if not item.is_list:
        return built(_members(item, column))
    element = sa.func.jsonb_array_elements(column).table_valued("value", name=f"e_{item.field}", joins_implicitly=True)
    members = _members(item, element.c.value)
    return sa.select(sa.func.coalesce(sa.func.json_agg(built(members)), EMPTY_LIST)).scalar_subquery()


def _members(item: Embedded, value: sa.ColumnElement[Any]) -> list[tuple[str, sa.ColumnElement[Any]]]:
    pairs: list[tuple[str, sa.ColumnElement[Any]]] = []
    for key, member, as_name in item.members:
        if member is None:
            pairs.append((key, text(item.type_name)))
            continue
        name: sa.ColumnElement[str] = sa.literal_column(f"'{member}'")
        found = value.op("->>")(name)
        pairs.append((key, sa.func.upper(found) if as_name else value.op("->")(name)))
    return pairs


def _inside(select: sa.Select[Any], parent: tuple[Table, ToMany] | None) -> sa.Select[Any]:
    """A select that may speak of the object it belongs to."""
    return select if parent is None else select.correlate(parent[0])
