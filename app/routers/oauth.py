"""The token endpoint for service accounts (RFC 6749), and what others need to know of it (RFC 7517, 8414)."""

import base64
import binascii
from collections.abc import Sequence
from urllib.parse import parse_qsl, unquote_plus

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from app import clock
from app.auth import keys, scopes, signing_keys, tokens
from app.auth.actor import Actor, Role
from app.auth.credentials import BadCredential
from app.auth.scopes import Scope
from app.quotas import admission
from app.routers import bodies

TOKEN, KEYS, METADATA = "/oauth/token", "/.well-known/jwks.json", "/.well-known/oauth-authorization-server"
FORM = "application/x-www-form-urlencoded"
GRANT = "client_credentials"
_MEMBERS = frozenset({"grant_type", "scope", "client_id", "client_secret"})
_MOST_MEMBERS, _FORM_BYTES = 20, 16 * 1024
_PUBLIC = {"Cache-Control": "public, max-age=300"}
_PRIVATE = {"Cache-Control": "no-store", "Pragma": "no-cache"}


class TokenRefused(Exception):
    """A refusal in the words of RFC 6749 section 5.2."""

    def __init__(self, code: str, description: str, status: int = 400) -> None:
        super().__init__(description)
        self.code, self.description, self.status = code, description, status


async def token(request: Request) -> Response:
    """Give a service account an access token for its secret."""
    try:
        form = _form(await bodies.raw(request, _FORM_BYTES), request.headers.get("content-type"))
        client = await _client(request, form)
        granted = _granted(client, form.get("scope"))
    except TokenRefused as refused:
        headers = {**_PRIVATE, **({"WWW-Authenticate": 'Basic realm="flipside"'} if refused.status == 401 else {})}
        said = {"error": refused.code, "error_description": refused.description}
        return JSONResponse(said, refused.status, headers)
    text = await tokens.issue(client, granted, clock.now())
    seconds = int(tokens.LIFETIME.total_seconds())
    answer = {"access_token": text, "token_type": "Bearer", "expires_in": seconds, "scope": " ".join(sorted(granted))}
    return JSONResponse(answer, headers=_PRIVATE)


async def key_set(_request: Request) -> Response:
    """The public halves of the keys that sign our tokens."""
    return JSONResponse(await signing_keys.key_set(clock.now()), headers=_PUBLIC)


async def metadata(_request: Request) -> Response:
    """What a client's library wants to know of us."""
    base = tokens.issuer()
    said = {
        "issuer": base,
        "token_endpoint": base + TOKEN,
        "jwks_uri": base + KEYS,
        "grant_types_supported": [GRANT],
        "response_types_supported": [],
        "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
        "scopes_supported": [scope.value for scope in Scope],
        "service_documentation": base + "/docs",
    }
    return JSONResponse(said, headers=_PUBLIC)


def _form(body: bytes, content_type: str | None) -> dict[str, str]:
    if (content_type or "").partition(";")[0].strip().lower() != FORM:
        raise TokenRefused("invalid_request", f"Send the parameters as {FORM}.")
    try:
        pairs = parse_qsl(body.decode(), strict_parsing=True, max_num_fields=_MOST_MEMBERS)
    except ValueError:
        raise TokenRefused("invalid_request", "The body is no well-formed form.") from None
    form = dict(pairs)
    if len(form) < len(pairs) or not form.keys() <= _MEMBERS:
        raise TokenRefused("invalid_request", "Send each parameter once, and none that we do not know.")
    if "grant_type" not in form:
        raise TokenRefused("invalid_request", "Name the grant_type.")
    if form["grant_type"] != GRANT:
        raise TokenRefused("unsupported_grant_type", f"The grant_type that we know is {GRANT}.")
    return form


async def _client(request: Request, form: dict[str, str]) -> Actor:
    identity, secret = _presented(request.headers.getlist("authorization"), form)
    address = request.client.host if request.client else None
    try:
        client = await admission.admit(request.scope, _known(identity, secret, address))
    except BadCredential:
        raise _stranger() from None
    if client.role is not Role.SERVICE_ACCOUNT:
        raise TokenRefused("unauthorized_client", "This key is a person's. People sign in at their identity provider.")
    return client


async def _known(identity: str, secret: str, address: str | None) -> Actor:
    found = await keys.verify(secret, clock.now())
    if found.actor.principal != identity or not found.admits(address):
        raise BadCredential
    return found.actor


def _presented(headers: Sequence[str], form: dict[str, str]) -> tuple[str, str]:
    """Id and secret of the client, by one of the two ways (RFC 6749 section 2.3.1)."""
    if not headers:
        return form.get("client_id", ""), form.get("client_secret", "")
    if len(headers) > 1 or "client_secret" in form:
        raise TokenRefused("invalid_request", "Authenticate in one way only.")
    scheme, _, encoded = headers[0].partition(" ")
    if scheme.lower() != "basic":
        raise _stranger()
    try:
        identity, _, secret = base64.b64decode(encoded.strip(), validate=True).decode().partition(":")
    except (binascii.Error, ValueError):
        raise _stranger() from None
    return unquote_plus(identity), unquote_plus(secret)


def _stranger() -> TokenRefused:
    return TokenRefused("invalid_client", "The client is not known, or this is not its secret.", 401)


def _granted(client: Actor, asked: str | None) -> frozenset[Scope]:
    if asked is None:
        return client.scopes
    granted = scopes.within(client.scopes, asked)
    if not granted or granted != set(asked.split()):
        raise TokenRefused("invalid_scope", "The client has not all of these scopes.")
    return granted
