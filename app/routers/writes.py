"""POST, PATCH and DELETE, for every intent alike: read the request, perform the intent, say what came of it."""

import orjson
from starlette.requests import Request
from starlette.responses import Response

from app.acting.intent import Intent, Kind
from app.acting.run import Call, Done, perform
from app.routers import accepting, bodies, wishes
from app.routers.problems import Malformed
from app.routers.reads import PRIVATE, Endpoint, actor_of, entity_tag

METHODS = {Kind.CREATE: "POST", Kind.BEGIN: "POST", Kind.MOVE: "POST", Kind.UPDATE: "PATCH", Kind.DELETE: "DELETE"}

_STATUSES = {Kind.CREATE: 201, Kind.BEGIN: 202}


def path_of(intent: Intent) -> str:
    """Where an intent is found: `/v1/sessions`, `/v1/sessions/{id}`, `/v1/sessions/{id}/complete`."""
    if not intent.has_id:
        return f"/v1/{intent.path}"
    tail = f"/{intent.verb}" if intent.kind is Kind.MOVE else ""
    return f"/v1/{intent.resource.path}/{{id}}{tail}"


def write(intent: Intent) -> Endpoint:
    """The endpoint of one intent."""
    accepted = (bodies.MERGE_PATCH, bodies.JSON) if intent.kind is Kind.UPDATE else (bodies.JSON,)

    async def endpoint(request: Request) -> Response:
        actor, headers = await actor_of(request), request.headers
        if intent.kind is not Kind.DELETE:
            accepting.require_json(headers)
        wishes.refuse_query(request.scope["query_string"])
        body = await bodies.raw(request)
        if not body and intent.kind is Kind.UPDATE:
            raise Malformed("Send the changes as a merge patch.")
        data = bodies.parse(body, bodies.header(headers, "Content-Type"), intent.takes or bodies.Nothing, accepted)
        done = await perform(
            Call(
                actor=actor,
                intent=intent,
                wanted=wishes.whole(intent.resource).wanted,
                values={},
                object_id=request.path_params.get("id"),
                data=data if intent.takes else None,
                version=bodies.expected_version(headers, required=intent.needs_version),
                key=bodies.idempotency_key(headers, required=intent.needs_key)
                if intent.kind is not Kind.DELETE
                else None,
                fingerprint=body,
            )
        )
        return _answer(intent, done)

    return endpoint


def _answer(intent: Intent, done: Done) -> Response:
    headers = dict(PRIVATE)
    if done.replayed:
        headers["Idempotency-Replayed"] = "true"
    if intent.kind is Kind.DELETE:
        return Response(status_code=204, headers=headers)
    headers["ETag"] = entity_tag(intent.resource, done.version, done.body)
    body = done.body
    if done.secret is not None:
        body = body[:-1] + b',"secret":' + orjson.dumps(done.secret) + b"}"
    if not intent.has_id:
        headers["Location"] = f"/v1/{intent.resource.path}/{done.object_id}"
    return Response(body, _STATUSES.get(intent.kind, 200), headers, media_type="application/json")
