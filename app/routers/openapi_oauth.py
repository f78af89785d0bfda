"""The contract of signing in: the ways to authenticate, and the operations of the token endpoint."""

from typing import Any

from app.auth.scopes import Scope
from app.routers import oauth
from app.routers.openapi_answers import problems, to_anybody
from app.routers.openapi_schemas import Json

_SCOPES = {scope.value: scope.value.replace(":", ", ") for scope in Scope}
_TEXT: Json = {"type": "string"}


def security(*scopes: Scope) -> list[Json]:
    """What an operation takes: any of the three credentials, with these scopes."""
    named = [scope.value for scope in scopes]
    return [{"bearer": []}, {"clientCredentials": named}, {"signIn": named}]


def schemes() -> Json:
    """The ways to authenticate. All of them end in `Authorization: Bearer …`."""
    listed = ", ".join(f"`{name}`" for name in _SCOPES)
    return {
        "bearer": {
            "type": "http",
            "scheme": "bearer",
            "bearerFormat": "fsk_live_…",
            "description": "An API key. It opens what its scopes name, each operation's being in `x-scopes`: "
            f"{listed}. What lies behind depends on whose key it is.",
        },
        "clientCredentials": {
            "type": "oauth2",
            "description": "A short-lived token for a service account: the id of its API key and the key are its "
            "client id and secret.",
            "flows": {"clientCredentials": {"tokenUrl": oauth.TOKEN, "scopes": _SCOPES}},
        },
        "signIn": {
            "type": "openIdConnect",
            "description": "A person's access token from an identity provider that their organisation has registered "
            "(`POST /v1/identity-providers`). The address stands for that provider's.",
            "openIdConnectUrl": "https://login.example.com/.well-known/openid-configuration",
        },
    }


def paths() -> dict[str, dict[str, Json]]:
    """The token endpoint and the two documents about it."""
    return {
        oauth.TOKEN: {"post": _token()},
        oauth.KEYS: {"get": _document("getSigningKeys", "The public keys that sign our tokens (RFC 7517).", "keys")},
        oauth.METADATA: {
            "get": _document("getTokenService", "The token endpoint, described (RFC 8414).", "token_endpoint")
        },
    }


def _token() -> Json:
    members = {
        "grant_type": {"type": "string", "enum": [oauth.GRANT]},
        "scope": {**_TEXT, "description": "Scopes, parted by spaces. Absent: all that the client has."},
        "client_id": {**_TEXT, "description": "The id of the API key, unless sent by HTTP Basic."},
        "client_secret": {**_TEXT, "description": "The API key itself, unless sent by HTTP Basic."},
    }
    schema = {"type": "object", "properties": members, "required": ["grant_type"], "additionalProperties": False}
    example = {"grant_type": oauth.GRANT, "scope": Scope.SESSIONS_READ.value}
    return {
        "operationId": "issueToken",
        "summary": "Get an access token for a service account.",
        "description": "OAuth 2.0 client credentials (RFC 6749 section 4.4). The token is good for 14 minutes, and "
        "ends within five seconds once the API key is revoked.",
        "tags": ["access"],
        "security": [],
        "parameters": [],
        "requestBody": {"required": True, "content": {oauth.FORM: {"schema": schema, "example": example}}},
        "responses": {
            "200": to_anybody("A token.", _answer(), "CacheControl"),
            "400": _refusal("The request cannot be granted as it is."),
            "401": _refusal("Not a client, or not its secret.", "WwwAuthenticate"),
            **problems(408, 413, 414, 415, 429, 431, 500, 503),
        },
    }


def _answer() -> Json:
    members: Json = {
        "access_token": {**_TEXT, "description": "To be sent as `Authorization: Bearer …`."},
        "token_type": {"type": "string", "const": "Bearer"},
        "expires_in": {"type": "integer", "description": "In seconds."},
        "scope": {**_TEXT, "description": "What it opens."},
    }
    return {"type": "object", "properties": members, "required": list(members)}


def _refusal(description: str, *names: str) -> Json:
    codes = "invalid_request invalid_client invalid_scope unauthorized_client unsupported_grant_type".split()
    members: dict[str, Any] = {"error": {"type": "string", "enum": codes}, "error_description": _TEXT}
    schema = {"type": "object", "properties": members, "required": list(members)}
    return to_anybody(description, schema, "CacheControl", *names)


def _document(operation: str, summary: str, member: str) -> Json:
    schema: Json = {"type": "object", "properties": {member: {}}, "required": [member]}
    return {
        "operationId": operation,
        "summary": summary,
        "description": f"{summary} No credential is needed.",
        "tags": ["access"],
        "security": [],
        "parameters": [],
        "responses": {"200": to_anybody("The document.", schema, "CacheControl"), **problems(414, 431, 500, 503)},
    }
