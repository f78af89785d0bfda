"""The OpenAPI 3.1 document of the REST door, made from the same declarations as its routes."""

import asyncio
import base64
import hashlib
from functools import cache

import orjson
from fastapi.openapi.docs import get_swagger_ui_html
from starlette.requests import Request
from starlette.responses import Response

from app import __version__
from app.declared import INQUIRIES, INTENTS
from app.routers import openapi_answers as answers
from app.routers import openapi_events as events
from app.routers import openapi_notices as notices
from app.routers import openapi_oauth as oauth
from app.routers import openapi_parameters as parameters
from app.routers.openapi_paths import paths
from app.routers.openapi_schemas import PREFIX, Json, components

ADDRESS = "/v1/openapi.json"
_ABOUT = """\
The API of reverse mentoring programmes: junior people mentor senior ones, and an organisation keeps track without
looking over their shoulders.

- **Ids** are opaque texts whose prefix says the type. What is absent and what is not yours look the same: 404.
- **Reads** take `fields` and `expand`; lists are pages with a cursor.
- **Changes** take an `Idempotency-Key`, and `If-Match` where a lost update would hurt.
- **Failures** are problem documents (RFC 9457) with a stable `code`.
- **Version 1 only grows**: expect members, values and events that are new.
"""
# The chapters of the story, in their order, then what is no chapter.
TAGS = {
    "organisations": "The company, and its ladder of ranks.",
    "people": "Who they are, and who must never be paired.",
    "groups": "Groups of the directory, as the HR system keeps them, and who is in them.",
    "imports": "People and enrolments in bulk, and what was announced of people for a later day.",
    "connectors": "HR systems that tell us of changes, and from which people are fetched.",
    "syncs": "What came in from an HR system, and what a comparison with it found.",
    "access": "The keys of people and services, where people sign in, and what they are to the organisation.",
    "operations": "Work that is too long for a request: how far it is, and what came of it.",
    "programmes": "A programme, its rules and dates, topics, resources, milestones, cohorts and sponsors.",
    "enrolments": "Who joined a programme, as mentor or mentee, with what skills and wishes.",
    "nominations": "Colleagues of whom somebody thinks that they should take part.",
    "readiness": "What people learn and acknowledge before their first partner, and how ready they feel.",
    "pairings": "A junior mentor and a senior mentee, from proposal to close, and what they agree on.",
    "conflicts": "Live pairs that a change of the directory has overtaken, for somebody to decide on.",
    "matching": "Who would suit whom, and whom people would like to be paired with.",
    "sessions": "Their meetings: plan, links, action items, notes, and whether they took place.",
    "planning": "Sessions that repeat, and when the two could meet.",
    "circles": "Peers of one side who meet to learn from each other.",
    "goals": "What a pair works towards, and the small wins on the way.",
    "feedback": "What they thought of it.",
    "check_ins": "How each partner finds the pair, every other month.",
    "competencies": "How each partner finds their own competencies, from before to half a year after.",
    "recognition": "Thanks between partners, and badges, certificates and awards of a programme.",
    "concerns": "What worries somebody, between them and whoever looks after it.",
    "farewells": "What two partners take along when their pairing closes.",
    "calendars": "One's own sessions in one's own calendar.",
    "stories": "What pairs tell others, if both agree.",
    "opportunities": "What taking part opens, and who puts themselves forward for it.",
    "announcements": "What a programme tells its people, or one side of them.",
    "tasks": "What waits for somebody.",
    "boards": "How the pairs of a programme fare, a line for each.",
    "privacy": "Consents, copies of one's data, being forgotten, and holds that delay it.",
    "webhooks": "Who is told of events, what was sent to them and what came back.",
    "audit": "Who did what, and who saw whose data.",
    "nodes": "Any object by its id.",
    "health": "Whether the service is well.",
}


@cache
def document() -> Json:
    """The whole document."""
    schemas = {**components(), **parameters.names(), **events.envelopes()}
    _leave_out_documents(schemas)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Flipside", "version": __version__, "description": _ABOUT},
        "servers": [{"url": "/", "description": "The server that gave out this document."}],
        "tags": [{"name": name, "description": description} for name, description in TAGS.items()],
        "paths": paths(),
        "webhooks": events.webhooks(),
        "components": {
            "schemas": dict(sorted(schemas.items())),
            "parameters": {**parameters.SHARED, **events.HEADERS},
            "responses": answers.shared(),
            "headers": answers.HEADERS,
            "securitySchemes": oauth.schemes() | notices.schemes(),
        },
    }


def _leave_out_documents(schemas: dict[str, Json]) -> None:
    """Drop what no JSON is written by: what stands beside a document, and questions, in the query."""
    for intent in INTENTS:
        if intent.document and intent.takes is not None:
            members = schemas.pop(intent.takes.__name__)["properties"]
            schemas.pop(members["format"]["$ref"].removeprefix(PREFIX), None)
    for inquiry in INQUIRIES:
        if inquiry.takes is not None:
            del schemas[inquiry.takes.__name__]


@cache
def _bytes() -> tuple[bytes, str]:
    body = orjson.dumps(document())
    return body, f'"{hashlib.blake2b(body, digest_size=12).hexdigest()}"'


async def serve(request: Request) -> Response:
    """The document itself; no credential is needed."""
    # The first time takes a third of a second, for which nobody else should wait.
    body, tag = await asyncio.to_thread(_bytes)
    headers = {"ETag": tag, "Cache-Control": "public, max-age=300"}
    if request.headers.get("if-none-match") == tag:
        return Response(status_code=304, headers=headers)
    return Response(body, headers=headers, media_type="application/json")


async def docs(_request: Request) -> Response:
    """The document for reading and trying out."""
    page = get_swagger_ui_html(openapi_url=ADDRESS, title="Flipside API")
    note = b"<p>The scripts and styles of this page come from a CDN (cdn.jsdelivr.net); the contract itself is at "
    link = f'<a href="{ADDRESS}">{ADDRESS}</a>.</p>'.encode()
    body = bytes(page.body).replace(b"<body>", b"<body>" + note + link, 1)
    return Response(body, headers={"Content-Security-Policy": _page_policy(body)}, media_type="text/html")


def _page_policy(page: bytes) -> str:
    """What the page needs and no more: its one script by its digest, and what it says it loads."""
    script = page.partition(b"<script>")[2].partition(b"</script>")[0]
    digest = base64.b64encode(hashlib.sha256(script).digest()).decode()
    return (
        f"default-src 'none'; script-src 'sha256-{digest}' https://cdn.jsdelivr.net; connect-src 'self'; "
        "style-src 'unsafe-inline' https://cdn.jsdelivr.net; img-src data: https://fastapi.tiangolo.com; "
        "frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
    )
