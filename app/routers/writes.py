"""POST, PUT, PATCH and DELETE, for every intent alike: read the request, perform the intent, say what came of it."""

from functools import partial

import orjson
from starlette.requests import Request
from starlette.responses import Response

from app import config
from app.acting.intent import Intent, Kind
from app.acting.run import Call, Done, perform
from app.quotas import admission
from app.routers import accepting, bodies, documents, wishes
from app.routers.problems import Malformed
from app.routers.reads import PRIVATE, Endpoint, actor_of, entity_tag
from app.text import Input

METHODS = {
    **dict.fromkeys((Kind.CREATE, Kind.BEGIN, Kind.MOVE), "POST"),
    Kind.PUT: "PUT",
    Kind.UPDATE: "PATCH",
    Kind.DELETE: "DELETE",
}

_STATUSES = {Kind.CREATE: 201, Kind.BEGIN: 202}


def path_of(intent: Intent) -> str:
    """Where an intent is found: `/v1/sessions`, `/v1/sessions/{id}`, `/v1/sessions/{id}/complete`."""
    if intent.kind is Kind.PUT:
        return f"/v1/{intent.path}/{{{intent.named_by}}}"
    if not intent.has_id:
        return f"/v1/{intent.path}"
    tail = f"/{intent.verb}" if intent.kind is Kind.MOVE else ""
    return f"/v1/{intent.resource.path}/{{id}}{tail}"


def write(intent: Intent) -> Endpoint:
    """The endpoint of one intent."""
    read = partial(_read_document if intent.document else _read_members, intent)

    async def endpoint(request: Request) -> Response:
        actor = await admission.admit(request.scope, actor_of(request), intent.cost, intent.name)
        headers = request.headers
        if intent.kind is not Kind.DELETE:
            accepting.require_json(headers)
        fingerprint, data = await read(request)
        done = await perform(
            Call(
                actor=actor,
                intent=intent,
                wanted=wishes.whole(intent.answer).wanted,
                values={},
                object_id=request.path_params.get("id"),
                data=data if intent.takes else None,
                version=bodies.expected_version(headers, required=intent.needs_version),
                key=bodies.idempotency_key(headers, required=intent.needs_key)
                if intent.kind is not Kind.DELETE
                else None,
                fingerprint=fingerprint,
            )
        )
        return _answer(intent, done)

    return endpoint


async def _read_members(intent: Intent, request: Request) -> tuple[bytes, Input]:
    """The body, an object in JSON, and what it means."""
    wishes.parameters(request.scope["query_string"])
    body = await bodies.raw(request, config.settings().body_limit_bytes)
    if not body and intent.kind is Kind.UPDATE:
        raise Malformed("Send the changes as a merge patch.")
    accepted = (bodies.MERGE_PATCH, bodies.JSON) if intent.kind is Kind.UPDATE else (bodies.JSON,)
    content_type = bodies.header(request.headers, "Content-Type")
    named = {intent.named_by: request.path_params["name"]} if intent.kind is Kind.PUT else {}
    data = bodies.parse(body, content_type, intent.takes or bodies.Nothing, accepted, named)
    return "".join(named.values()).encode() + body, data


async def _read_document(intent: Intent, request: Request) -> tuple[bytes, Input]:
    """The body, a document, and what it means together with the query."""
    assert intent.takes is not None  # noqa: S101
    body = await bodies.raw(request, documents.LIMIT_BYTES)
    return request.scope["query_string"] + b"\n" + body, documents.parse(request, body, intent.takes)


def _answer(intent: Intent, done: Done) -> Response:
    headers = dict(PRIVATE)
    if done.replayed:
        headers["Idempotency-Replayed"] = "true"
    if intent.kind is Kind.DELETE:
        return Response(status_code=204, headers=headers)
    headers["ETag"] = entity_tag(intent.answer, done.version, done.body)
    body = done.body
    if done.secret is not None:
        body = body[:-1] + b',"secret":' + orjson.dumps(done.secret) + b"}"
    if not intent.has_id or intent.begins:
        headers["Location"] = f"/v1/{intent.answer.path}/{done.object_id}"
    status = 202 if intent.begins else 201 if done.is_new else _STATUSES.get(intent.kind, 200)
    return Response(body, status, headers, media_type="application/json")
