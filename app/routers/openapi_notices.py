"""The contract of the door for notices of HR systems: a signature is the credential."""

from app.domain.connectors.models import NoticeStyle
from app.domain.connectors.notices import SIGNATURES
from app.domain.connectors.resource import HR_SOURCES
from app.domain.organisations.resource import ORGANISATIONS
from app.routers import bodies, hr_notices
from app.routers import openapi_parameters as parameters
from app.routers.openapi_answers import good, problems
from app.routers.openapi_schemas import Json

_RECIPES = {
    NoticeStyle.BAMBOOHR: "HMAC-SHA256 of the body and `X-BambooHR-Timestamp`, in hexadecimal digits.",
    NoticeStyle.HIBOB: "HMAC-SHA512 of the body, in base64.",
    NoticeStyle.STANDARD_WEBHOOKS: "As the Standard Webhooks specification has it, with `webhook-id` and "
    "`webhook-timestamp`.",
}


def schemes() -> Json:
    """The ways to sign a notice, by the header that holds the signature."""
    return {
        style.value: {"type": "apiKey", "in": "header", "name": SIGNATURES[style], "description": _RECIPES[style]}
        for style in NoticeStyle
    }


def paths() -> dict[str, dict[str, Json]]:
    """The one operation."""
    return {hr_notices.PATH: {"post": _take()}}


def _take() -> Json:
    return {
        "operationId": "takeHrNotice",
        "summary": "Take a notice of an HR system.",
        "description": "Whom it names is fetched from the system, in the background; a notice that comes again does "
        "nothing. Its signature, by the secret that was registered, is the credential.",
        "tags": ["connectors"],
        "security": [{style.value: []} for style in NoticeStyle],
        "x-scopes": [],
        "parameters": [
            {**parameters.identifier(ORGANISATIONS), "name": "organisation_id"},
            parameters.identifier(HR_SOURCES),
        ],
        "requestBody": {
            "required": True,
            "content": {bodies.JSON: {"schema": {"type": "object"}, "example": {"data": {"ids": ["E-10042"]}}}},
        },
        "responses": {
            "204": good("It was taken.", None),
            **problems(401, 408, 413, 414, 415, 422, 429, 431, 500, 503),
        },
    }
