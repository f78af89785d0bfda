"""Every way on which a text could reach somebody: all that one caller is told, over both doors, in one string."""

from collections.abc import Iterator

import httpx
from strawberry.utils.str_converters import to_camel_case

from app.declared import RESOURCES
from app.graphql.schema import plural_name
from app.reading.resource import Resource
from app.routers.wishes import MOST_EXPANSIONS
from tests.graphql.client import Gql
from tests.graphql.selections import fields_of
from tests.world import World

Path = tuple[str, ...]
# What people say in confidence, and why two must not meet.
CONFIDED = {"note", "feedback", "check_in", "concern", "farewell", "do_not_pair", "win", "action_item", "agenda_item"}
CONFIDED |= {"competency_rating", "recognition"}


def links(resource: Resource) -> dict[str, tuple[Resource, bool]]:
    """What leads from a resource to others: the target, and whether there are many."""
    ones = {name: (edge.to, False) for name, edge in resource.references.items()}
    return ones | {name: (collection.resource, True) for name, collection in resource.collections.items()}


def paths(resource: Resource, targets: set[str], steps: int) -> Iterator[Path]:
    """The ways of so many steps at most that end in one of the targets."""
    for name, (target, _) in links(resource).items():
        if target.name in targets:
            yield (name,)
        if steps > 1:
            yield from ((name, *rest) for rest in paths(target, targets, steps - 1))


def selection(resource: Resource, path: Path) -> str:
    """A GraphQL selection along a path, with every field at its end."""
    if not path:
        return fields_of(resource)
    target, is_many = links(resource)[path[0]]
    inner, name = selection(target, path[1:]), to_camel_case(path[0])
    return f"{name}(first:6){{nodes{{{inner}}}}}" if is_many else f"{name}{{{inner}}}"


async def told_by_rest(client: httpx.AsyncClient, key: str, ids: list[str]) -> str:
    """The lists of what is confided, all that leads there, and each object as a node."""
    said, headers = [], {"Authorization": f"Bearer {key}"}
    for resource in RESOURCES:
        names = [".".join(path) for path in paths(resource, CONFIDED, 1)]
        for start in range(0, len(names) or int(resource.name in CONFIDED), MOST_EXPANSIONS):
            expand = {"expand": ",".join(names[start : start + MOST_EXPANSIONS])} if names else {}
            listed = await client.get(f"/v1/{resource.path}", params={"limit": 100, **expand}, headers=headers)
            assert listed.status_code == 200, listed.text
            said.append(listed.text)
    said += [(await client.get(f"/v1/nodes/{object_id}", headers=headers)).text for object_id in ids]
    return "\n".join(said)


async def told_by_graphql(client: httpx.AsyncClient, world: World, part: str, ids: list[str]) -> str:
    """The same in GraphQL's words, from two steps away."""
    gql, said = Gql(client, world), []
    for resource in RESOURCES:
        ways = [*paths(resource, {"note", "feedback"}, 2), *([()] if resource.name in CONFIDED else [])]
        for path in ways:
            query = f"{{{to_camel_case(plural_name(resource))}(first:6){{nodes{{{selection(resource, path)}}}}}}}"
            said.append(str(await gql.data(query, part)))
    every = " ".join(f"... on {each.type_name}{{{fields_of(each)}}}" for each in RESOURCES if each.name in CONFIDED)
    said.append((await gql.post(f"query($i:[ID!]!){{nodes(ids:$i){{id {every}}}}}", part, variables={"i": ids})).text)
    return "\n".join(said)
