"""What the schema says of its own parts: pages, results, the members that every object has."""

from graphql import (
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLSchema,
    GraphQLUnionType,
)

_FIELDS = {
    "id": "The id, the same everywhere: in REST, events and logs.",
    "version": "Rises with every change.",
    "createdAt": "When it was made.",
    "updatedAt": "When it changed last.",
    "nodes": "The objects of this page.",
    "edges": "The objects of this page, each with its cursor.",
    "pageInfo": "Where this page stands in its list.",
    "node": "The object.",
    "cursor": "Where the object stands in this list: for `after` or `before`.",
    "hasNextPage": "Whether more objects follow.",
    "hasPreviousPage": "Whether more objects go before.",
    "startCursor": "The cursor of the first object; null on an empty page.",
    "endCursor": "The cursor of the last object; null on an empty page.",
    "secret": "Shown this once. Keep it safe.",
    "kind": "Of which kind: unauthenticated, forbidden, not_found, conflict, invalid, rate_limited or unavailable.",
    "code": "A stable name of what is wrong.",
    "message": "What is wrong, in words.",
    "path": "Which member of the request is at fault, from `input` downwards.",
    "requestId": "Names this request in our logs.",
    "faults": "Every member that is at fault.",
}
_ARGUMENTS = {
    "id": "The id. One that is malformed names nothing.",
    "otherEnrolmentId": "Of the same programme, on the other side.",
    "since": "From when on things are news. Absent: seven days ago.",
    "matchRunId": "Of which run. Absent: the last that there is to speak of.",
    "type": "The name of a type, such as `session.completed`.",
    "key": "The key of a template, such as `digital_literacy`.",
    "ids": "1 to 100 ids, of objects of any kind.",
    "input": "On what to act, and with what.",
    "first": "How many objects from the beginning, 1 to 100. 25 if `last` is not given either.",
    "after": "With `first`: from behind this cursor of the same list.",
    "last": "How many objects from the end, 1 to 100.",
    "before": "With `last`: up to this cursor of the same list.",
    "filter": "Which objects.",
    "orderBy": "In which order.",
}
_INPUTS = {
    "id": "On which object to act.",
    "version": "The version that you have read. The change is refused if there is a newer one.",
    "idempotencyKey": "1 to 255 visible ASCII characters. Repeated with the same key, a request has one effect.",
}
# Words of an object's own, which mean something else than they do here.
_PLAIN_TYPES = ("Problem", "Fault", "PageInfo", "Deleted")


def complete(schema: GraphQLSchema) -> None:
    """Describe what no declaration describes."""
    for kind in schema.type_map.values():
        if kind.name.startswith("__"):
            continue
        if isinstance(kind, GraphQLUnionType):
            kind.description = "What was changed, or the problem that stood in the way."
        elif isinstance(kind, GraphQLInputObjectType):
            for name, member in kind.fields.items():
                member.description = member.description or _INPUTS.get(name)
        elif isinstance(kind, GraphQLObjectType | GraphQLInterfaceType):
            for name, field in kind.fields.items():
                _complete(kind, name, field)


def _complete(kind: GraphQLObjectType | GraphQLInterfaceType, name: str, field: GraphQLField) -> None:
    is_own = kind.name in _PLAIN_TYPES or kind.name.endswith(("Connection", "Edge", "WithSecret"))
    if is_own or name in ("id", "version", "createdAt", "updatedAt"):
        field.description = field.description or _FIELDS.get(name, "The object.")
    for argument, each in field.args.items():
        each.description = each.description or _ARGUMENTS[argument]
