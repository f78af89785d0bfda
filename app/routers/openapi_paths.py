"""The operations of the contract, one for every route: two for each resource, one for each intent."""

from typing import Any

from app.acting.inquiry import Inquiry
from app.acting.intent import Intent, Kind
from app.auth.scopes import Scope
from app.declared import INQUIRIES, INTENTS, RESOURCES
from app.domain.organisations.resource import ORGANISATIONS
from app.domain.people.resource import PEOPLE
from app.domain.privacy.resource import EXPORTS
from app.reading.resource import Resource
from app.routers import bodies, calendars, documents, exports, feed, inquiries, me, webhook_keys
from app.routers import openapi_examples as examples
from app.routers import openapi_notices as notices
from app.routers import openapi_oauth as oauth
from app.routers import openapi_parameters as parameters
from app.routers import openapi_templates as templates
from app.routers.openapi_answers import good, problems, to_anybody
from app.routers.openapi_schemas import Json, answer_of, components, ref
from app.routers.writes import METHODS, path_of
from app.webhooks.catalogue import BY_TYPE
from app.webhooks.feed import EVENTS

Paths = dict[str, dict[str, Json]]
_SPELLINGS = {"api": "API", "webhook": "webhook"}
_ALWAYS = (401, 414, 429, 431, 500, 503)


def paths() -> Paths:
    """Every path with its operations."""
    found: Paths = {}
    for resource in RESOURCES:
        found[f"/v1/{resource.path}"] = {"get": _list(resource)}
        found[f"/v1/{resource.path}/{{id}}"] = {"get": _one(resource)}
    for inquiry in INQUIRIES:
        found[inquiries.path_of(inquiry)] = {"get": _inquiry(inquiry)}
    for intent in INTENTS:
        found.setdefault(path_of(intent), {})[METHODS[intent.kind].lower()] = _write(intent)
    found[me.PATH] = {"get": _me()}
    found[exports.PATH] = {"get": _export_content()}
    found[webhook_keys.PATH] = {"get": _webhook_keys()}
    found[calendars.PATH] = {"get": _calendar()}
    found |= notices.paths()
    found[f"/v1/{EVENTS.path}"]["get"] |= _feed()
    found[feed.TYPES] = {"get": _event_types()}
    found[feed.TYPE] = {"get": _event_type()}
    found |= templates.paths()
    found |= oauth.paths()
    found["/v1/nodes/{id}"] = {"get": _node()}
    found["/health/live"] = {"get": _health("live", "Whether this process answers.", ())}
    found["/health/ready"] = {"get": _health("ready", "Whether it can serve: the database answers.", (503,))}
    return dict(sorted(found.items()))


def chapter(resource: Resource) -> str:
    """The chapter of the story that a resource belongs to, which is its tag."""
    module = resource.model.__module__.split(".")
    return {"auth": "access", "events": "webhooks"}.get(module[1], module[2] if module[1] == "domain" else module[1])


def camel(name: str) -> str:
    """`end_pairing_early` as `endPairingEarly`."""
    first, *rest = name.split("_")
    return first + "".join(word.title() for word in rest)


def words(name: str) -> str:
    """`api_key` as “API key”."""
    return " ".join(_SPELLINGS.get(word, word) for word in name.split("_"))


def _secured(scope: Scope) -> Json:
    return {"security": oauth.security(scope), "x-scopes": [scope.value]}


def _described(text: str, scope: Scope) -> str:
    return f"{text}\n\nScope: `{scope.value}`."


def _list(resource: Resource) -> Json:
    about = (
        f"{resource.schema.__doc__} Answers the first page of what you may see; `next_cursor` and the `Link` header "
        "lead to the next."
    )
    page = good("One page.", ref(f"{resource.type_name}Page"), "ETag", "Link", "CacheControl")
    return {
        "operationId": camel(f"list_{resource.plural}"),
        "summary": f"List {words(resource.plural)}.",
        "description": _described(about, resource.scope),
        "tags": [chapter(resource)],
        **_secured(resource.scope),
        "parameters": parameters.of_list(resource),
        "responses": {"200": page, "304": _unchanged(), **problems(400, 403, 406, 422, *_ALWAYS)},
    }


def _one(resource: Resource) -> Json:
    name = words(resource.name)
    found = good("The object.", ref(f"{resource.type_name}View"), "ETag", "CacheControl")
    return {
        "operationId": camel(f"get_{resource.name}"),
        "summary": f"Read {'an' if name[0] in 'aeoA' else 'a'} {name}.",
        "description": _described(resource.schema.__doc__ or "", resource.scope),
        "tags": [chapter(resource)],
        **_secured(resource.scope),
        "parameters": parameters.of_one(resource),
        "responses": {"200": found, "304": _unchanged(), **problems(400, 403, 404, 406, 422, *_ALWAYS)},
    }


def _unchanged() -> Json:
    return good("You have it already.", None, "ETag", "CacheControl")


def _inquiry(inquiry: Inquiry) -> Json:
    found = good("The answer.", ref(inquiry.gives.__name__), "ETag", "CacheControl")
    return {
        "operationId": camel(f"get_{inquiry.name}"),
        "summary": inquiry.summary,
        "description": _described(inquiry.description, inquiry.scope),
        "tags": ["matching"],
        **_secured(inquiry.scope),
        "parameters": parameters.of_inquiry(inquiry),
        "responses": {"200": found, "304": _unchanged(), **problems(400, 403, 404, 406, 409, 422, *_ALWAYS)},
    }


def _write(intent: Intent) -> Json:
    operation: Json = {
        "operationId": camel(intent.name),
        "summary": intent.summary,
        "description": _described(intent.description, intent.scope),
        "tags": [chapter(intent.resource)],
        **_secured(intent.scope),
        "parameters": _write_parameters(intent),
    }
    if intent.takes is not None:
        operation["requestBody"] = _body(intent)
    failures = [400, 403, 408, 409, 413, 415, 422, *_ALWAYS]
    if intent.has_id:
        failures.append(404)
    if intent.has_id or intent.kind is Kind.PUT:
        failures.append(412)
    if intent.needs_version:
        failures.append(428)
    if intent.kind is not Kind.DELETE:
        failures.append(406)
    operation["responses"] = {**_success(intent), **problems(*failures)}
    return operation


def _write_parameters(intent: Intent) -> list[Json]:
    names = []
    if intent.has_id or intent.kind is Kind.PUT:
        names.append("IfMatchRequired" if intent.needs_version else "IfMatch")
    if intent.kind is not Kind.DELETE:
        names.append("IdempotencyKeyRequired" if intent.needs_key else "IdempotencyKey")
    found = [{"$ref": f"#/components/parameters/{name}"} for name in names]
    if intent.document:
        return [*parameters.of_document(intent), *found]
    if intent.kind is Kind.PUT:
        return [parameters.name_of(intent), *found]
    return [parameters.identifier(intent.resource), *found] if intent.has_id else found


def _body(intent: Intent) -> Json:
    assert intent.takes is not None  # noqa: S101
    name = intent.takes.__name__
    schema = components()[name]
    if intent.document:
        text = schema["properties"]["text"]
        forms = documents.FORMATS.items()
        written = {kind: {"schema": text, "example": examples.DOCUMENTS[form]} for kind, form in forms}
        return {"required": True, "content": written}
    content: Json = {"schema": ref(name), "example": schema["examples"][0]}
    types = (bodies.MERGE_PATCH, bodies.JSON) if intent.kind is Kind.UPDATE else (bodies.JSON,)
    # No body is taken as if it were an empty object; a change of nothing is none.
    required = intent.kind is Kind.UPDATE or bool(schema.get("required"))
    body: Json = {"required": required, "content": dict.fromkeys(types, content)}
    if intent.kind is Kind.UPDATE:
        body["description"] = (
            "A merge patch (RFC 7396): what is absent stays as it is, `null` clears what may be empty."
        )
    return body


def _success(intent: Intent) -> Json:
    if intent.kind is Kind.DELETE:
        return {"204": good("It is gone.", None, "CacheControl")}
    schema = answer_of(intent.answer, reveals=intent.reveals)
    headers = ["ETag", "IdempotencyReplayed", "CacheControl"]
    if intent.kind is Kind.CREATE:
        return {"201": good("The new object.", schema, "Location", *headers)}
    if intent.kind is Kind.PUT:
        made = good("The new object.", schema, "Location", *headers)
        return {"200": good("The object as it is now.", schema, "Location", *headers), "201": made}
    if intent.kind is Kind.BEGIN or intent.begins:
        return {"202": good("The operation, which has begun.", schema, "Location", *headers)}
    return {"200": good("The object as it is now.", schema, *headers)}


def _me() -> Json:
    names = ",".join(me.EXPANDED)
    about = (
        "Your own record, what waits for you, and whom you mentor and learn from. A service account has none. Without "
        f"parameters it is read with `expand={names}`; with any, what they ask for."
    )
    read = _one(PEOPLE)
    return read | {
        "operationId": "getMe",
        "summary": "Read what there is for you.",
        "description": _described(about, PEOPLE.scope),
        "tags": ["tasks"],
        "parameters": [parameter for parameter in read["parameters"] if parameter.get("in") != "path"],
    }


def _export_content() -> Json:
    about = "Download one's own export: a ZIP of JSON and CSV files, kept for 24 hours. Each download is put on record."
    binary = {"content": {exports.TYPE: {"schema": {"type": "string", "format": "binary"}}}}
    file = good("The file.", None, "CacheControl") | binary
    return {
        "operationId": "getExportContent",
        "summary": "Download one's own export.",
        "description": _described(about, EXPORTS.scope),
        "tags": [chapter(EXPORTS)],
        **_secured(EXPORTS.scope),
        "parameters": [parameters.identifier(EXPORTS)],
        "responses": {"200": file, **problems(400, 403, 404, 409, *_ALWAYS)},
    }


def _webhook_keys() -> Json:
    keys: Json = {"type": "array", "items": {"type": "object"}}
    schema: Json = {"type": "object", "required": ["keys"], "properties": {"keys": keys}}
    unchanged = to_anybody("You have it already.", None, "ETag", "CacheControl")
    return {
        "operationId": "getWebhookKeys",
        "summary": "The public keys that sign an organisation's webhooks.",
        "description": "A key set (RFC 7517) of Ed25519 keys (RFC 8037), newest first: what `v1a` signatures are "
        "checked with. It may be kept for five minutes. No credential is needed.",
        "tags": ["webhooks"],
        "security": [],
        "parameters": [parameters.identifier(ORGANISATIONS), {"$ref": "#/components/parameters/IfNoneMatch"}],
        "responses": {
            "200": to_anybody("The key set.", schema, "ETag", "CacheControl"),
            "304": unchanged,
            **problems(404, 414, 431, 500, 503),
        },
    }


def _calendar() -> Json:
    content: Json = {"content": {"text/calendar": {"schema": {"type": "string"}}}}
    file = to_anybody("The calendar.", None, "ETag", "CacheControl") | content
    names = ("organisation_id", "id", "secret")
    return {
        "operationId": "getCalendar",
        "summary": "Somebody's sessions, for a calendar to subscribe to.",
        "description": "The address of a calendar feed, which is a secret: no other credential is needed. It holds the "
        "sessions of the last 90 days and all that are ahead (RFC 5545), and nothing of what they are about.",
        "tags": ["calendars"],
        "security": [],
        "parameters": [
            *({"name": name, "in": "path", "required": True, "schema": {"type": "string"}} for name in names),
            {"$ref": "#/components/parameters/IfNoneMatch"},
        ],
        "responses": {
            "200": file,
            "304": to_anybody("You have it already.", None, "ETag", "CacheControl"),
            **problems(404, 414, 429, 431, 500, 503),
        },
    }


def _feed() -> Json:
    about = (
        f"{EVENTS.schema.__doc__} Without `after` it is a list like any other. With `after` it is a feed: pages go on "
        f"for ever, and `next_cursor` is always there, to go on from next time; "
        "`wait` keeps an empty one back until something happens. Nothing ever appears behind a cursor. What is "
        "confided comes to those alone who name it in `types`."
    )
    page = good("One page.", ref("EventPage"), "ETag", "Link", "CacheControl")
    return {
        "description": _described(about, EVENTS.scope),
        "parameters": parameters.of_feed(),
        "responses": {"200": page, "304": _unchanged(), **problems(400, 403, 406, 410, 422, *_ALWAYS)},
    }


def _event_types() -> Json:
    about = "What types of events there are, with the schema of their `data` and an example. Takes any credential."
    return {
        **_catalogue("listEventTypes", "List event types.", about),
        "parameters": [{"$ref": "#/components/parameters/IfNoneMatch"}],
        "responses": {"200": _shown("EventTypePage"), "304": _unchanged(), **problems(400, 406, 422, *_ALWAYS)},
    }


def _event_type() -> Json:
    named = {"type": "string", "enum": sorted(BY_TYPE)}
    name = {"name": "id", "in": "path", "required": True, "description": "Its name.", "schema": named}
    return {
        **_catalogue("getEventType", "Read an event type.", "A type of event by its name. Takes any credential."),
        "parameters": [name, {"$ref": "#/components/parameters/IfNoneMatch"}],
        "responses": {"200": _shown("EventTypeRead"), "304": _unchanged(), **problems(400, 404, 406, 422, *_ALWAYS)},
    }


def _catalogue(operation_id: str, summary: str, about: str) -> Json:
    texts = {"operationId": operation_id, "summary": summary, "description": about}
    return {**texts, "tags": [chapter(EVENTS)], "security": oauth.security(), "x-scopes": []}


def _shown(name: str) -> Json:
    return good("The catalogue.", ref(name), "ETag", "CacheControl")


def _node() -> Json:
    views = sorted(f"{resource.type_name}View" for resource in RESOURCES)
    found = good("The object.", {"anyOf": [ref(name) for name in views]}, "ETag", "CacheControl")
    names: Json = {"type": "array", "items": {"type": "string"}, "minItems": 1}
    shape = [
        {"name": name, "in": "query", "schema": names, "style": "form", "explode": False, "description": about}
        for name, about in (
            ("fields", "As in the operation of the object's own type."),
            ("expand", "As in the operation of the object's own type."),
        )
    ]
    identifier: Json = {
        "name": "id",
        "in": "path",
        "required": True,
        "description": "Any id; its prefix says the type.",
        "schema": {"type": "string", "pattern": "^[a-z]{3}_[0-7][0-9a-hjkmnp-tv-z]{25}$"},
    }
    return {
        "operationId": "getNode",
        "summary": "Read any object by its id.",
        "description": "Whatever its type: this is where the `url` of an event leads. Takes the scope of that type.",
        "tags": ["nodes"],
        "security": oauth.security(),
        "x-scopes": [],
        "parameters": [identifier, *shape, {"$ref": "#/components/parameters/IfNoneMatch"}],
        "responses": {"200": found, "304": _unchanged(), **problems(400, 403, 404, 406, 422, *_ALWAYS)},
    }


def _health(name: str, summary: str, failures: tuple[int, ...]) -> Json:
    def answer(description: str, status: str, *headers: str) -> Json:
        member: dict[str, Any] = {"type": "string", "const": status}
        schema = {"type": "object", "properties": {"status": member}, "required": ["status"]}
        return to_anybody(description, {**schema, "examples": [{"status": status}]}, *headers)

    responses = {"200": answer("Yes.", "ok"), **problems(414, 431)}
    for status in failures:
        responses[str(status)] = answer("No.", "unavailable", "RetryAfter")
    return {
        "operationId": camel(f"check_{name}"),
        "summary": summary,
        "description": f"{summary} No credential is needed.",
        "tags": ["health"],
        "security": [],
        "parameters": [],
        "responses": responses,
    }
