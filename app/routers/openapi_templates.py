"""The operations of the contract that read the templates of programmes."""

from app.auth.scopes import Scope
from app.domain.templates.schemas import TemplateKey
from app.routers import openapi_oauth as oauth
from app.routers import programme_templates
from app.routers.openapi_answers import good, problems
from app.routers.openapi_schemas import Json, ref

_FAILURES = (400, 401, 403, 406, 414, 422, 429, 431, 500, 503)
_ABOUT = (
    "A template holds all that a programme begins with: rules, typed objectives, topics with prompts, handbooks, "
    "charters, training and milestones. `POST /v1/templated-programmes` makes a programme from one."
)


def paths() -> dict[str, dict[str, Json]]:
    """Both paths."""
    return {
        programme_templates.EVERY: {
            "get": _read("listProgrammeTemplates", "List programme templates.", _ABOUT, "ProgrammeTemplatePage")
        },
        programme_templates.ONE: {
            "get": _read("getProgrammeTemplate", "Read a programme template.", _ABOUT, "ProgrammeTemplateRead", True)
        },
    }


def _read(operation_id: str, summary: str, about: str, answer: str, is_one: bool = False) -> Json:
    keys: Json = {"type": "string", "enum": [key.value for key in TemplateKey]}
    key = {"name": "id", "in": "path", "required": True, "description": "Its key.", "schema": keys}
    return {
        "operationId": operation_id,
        "summary": summary,
        "description": f"{about}\n\nScope: `{Scope.PROGRAMMES_READ}`.",
        "tags": ["programmes"],
        "security": oauth.security(Scope.PROGRAMMES_READ),
        "x-scopes": [Scope.PROGRAMMES_READ.value],
        "parameters": [*([key] if is_one else []), {"$ref": "#/components/parameters/IfNoneMatch"}],
        "responses": {
            "200": good("What ships with the service.", ref(answer), "ETag", "CacheControl"),
            "304": good("You have it already.", None, "ETag", "CacheControl"),
            **problems(*sorted((*_FAILURES, *([404] if is_one else [])))),
        },
    }
