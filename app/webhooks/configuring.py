"""What an endpoint gets and how it looks: the rules between its members, and the sealing of what is secret in them."""

from collections.abc import Iterator
from typing import Final

import orjson

from app.auth.actor import Actor
from app.auth.models import ApiKey
from app.auth.scopes import Scope
from app.db import Db
from app.domain.programmes.resource import PROGRAMMES
from app.errors import Fault, Forbidden, Invalid
from app.ids import prefix_of
from app.outgoing import identities
from app.reading import rows
from app.sealing import columns
from app.webhooks import credentials, formats, predicates, transforms
from app.webhooks.catalogue import BY_TYPE, EVENTS, wants
from app.webhooks.credentials import LrsAuth
from app.webhooks.custom_headers import CustomHeader
from app.webhooks.models import Format, Payload, WebhookEndpoint, XapiVersion
from app.webhooks.schemas import ClientCertificate, WebhookEndpointCreate, WebhookEndpointUpdate
from app.webhooks.transforms import Transformation

Configuration = WebhookEndpointCreate | WebhookEndpointUpdate
# What an endpoint has in another form than it was sent in.
SEALED: Final = {"headers", "auth", "client_certificate"}
# Headers that the format sets.
_OF_XAPI: Final = frozenset({"authorization", "x-experience-api-version"})


class NoKey(Forbidden):
    """Full payloads are read in the name of an API key; someone who signed in elsewhere has none."""

    code = "api_key_needed"


class BadXapi(Invalid):
    """What makes an endpoint an LRS is not as it should be; the faults say where."""

    code = "bad_xapi"


async def settle(db: Db, actor: Actor, endpoint: WebhookEndpoint, data: Configuration) -> None:
    """Hold an endpoint, as it is about to be, to the rules, and seal what is to be sealed.

    Raises `Invalid` with pointers into what was sent, and `Forbidden`.
    """
    sent = data.model_fields_set
    if "programme_ids" in sent:
        for place, programme_id in enumerate(data.programme_ids):
            await rows.refer(db, actor, PROGRAMMES, programme_id, pointer=f"/programme_ids/{place}")
    if "filter" in sent and data.filter is not None:
        predicates.compiled(data.filter, formats.MEMBERS)
    _check_transform(endpoint)
    _register(actor, endpoint)
    if "headers" in sent:
        await _seal(db, endpoint, data.headers)
    await _settle_xapi(db, endpoint, data)
    if "client_certificate" in sent:
        await _identify(db, endpoint, data.client_certificate)


def _check_transform(endpoint: WebhookEndpoint) -> None:
    """Whatever was sent: other types may lack what a step names."""
    if not endpoint.transform:
        return
    members = {name for event in EVENTS if wants(endpoint.types, event.type) for name in event.model_fields}
    if endpoint.payload is Payload.FULL:
        members.add(formats.OBJECT)
    transforms.check([Transformation.model_validate(step) for step in endpoint.transform], members)


def _register(actor: Actor, endpoint: WebhookEndpoint) -> None:
    """Whatever was sent: another address for what somebody else may see is a way to learn it."""
    if endpoint.payload is not Payload.FULL:
        endpoint.registered_by = None
        return
    actor.require(Scope.EVENTS_FULL)
    if prefix_of(actor.principal) != ApiKey.prefix:
        raise NoKey("Full payloads are read in the name of an API key. Use one to register or change the endpoint.")
    endpoint.registered_by = actor.principal


async def _seal(db: Db, endpoint: WebhookEndpoint, headers: list[CustomHeader]) -> None:
    endpoint.header_names = [header.name for header in headers]
    text = orjson.dumps({header.name: header.value for header in headers}).decode() if headers else None
    await columns.seal(db, endpoint, sealed_headers=text)


async def _identify(db: Db, endpoint: WebhookEndpoint, given: ClientCertificate | None) -> None:
    identity = identities.NOBODY
    if given is not None:
        identity = identities.examined(given.certificate, given.private_key, "/client_certificate")
    endpoint.client_certificate_subject = identity.subject
    endpoint.client_certificate_fingerprint = identity.fingerprint
    endpoint.client_certificate_expires_at = identity.expires_at
    await columns.seal(db, endpoint, sealed_identity=identity.pem)


async def _settle_xapi(db: Db, endpoint: WebhookEndpoint, data: Configuration) -> None:
    is_xapi = endpoint.format is Format.XAPI
    if found := tuple(_faults(endpoint, data.auth) if is_xapi else _misplaced(data)):
        raise BadXapi("An endpoint of the format xapi is not as it should be.", faults=found)
    if not is_xapi:
        endpoint.xapi_version = endpoint.auth_kind = endpoint.sealed_auth = None
        return
    endpoint.xapi_version = endpoint.xapi_version or XapiVersion.V1_0_3
    if data.auth is not None:
        endpoint.auth_kind = data.auth.kind
        await columns.seal(db, endpoint, sealed_auth=data.auth.model_dump_json())


def _faults(endpoint: WebhookEndpoint, auth: LrsAuth | None) -> Iterator[Fault]:
    """Whatever was sent: each of these may come to be wrong by a change of another."""
    if auth is not None:
        yield from credentials.faults(auth)
    elif endpoint.auth_kind is None:
        yield Fault("is needed with the format xapi, and again with another address", code="needed", pointer="/auth")
    if "?" in endpoint.url:
        yield Fault("is the base of an LRS, which has no query", code="wrong_form", pointer="/url")
    if not any(wants(endpoint.types, kind) and formats.tells(Format.XAPI, kind) for kind in BY_TYPE):
        yield Fault("names no type of event that makes a statement", code="no_statement", pointer="/types")
    if endpoint.payload is Payload.FULL:
        yield Fault("has no full form in the format xapi", code="wrong_form", pointer="/payload")
    if endpoint.transform:
        yield Fault("has nothing to change in the format xapi", code="wrong_form", pointer="/transform")
    if _OF_XAPI.intersection(endpoint.header_names):
        yield Fault("names a header that the format xapi sets", code="wrong_form", pointer="/headers")


def _misplaced(data: Configuration) -> Iterator[Fault]:
    for name in ("auth", "xapi_version"):
        if getattr(data, name) is not None:
            yield Fault("belongs to the format xapi", code="wrong_form", pointer=f"/{name}")
