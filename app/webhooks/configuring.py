"""What an endpoint gets and how it looks: the rules between its members, and the sealing of its secrets."""

import orjson

from app.auth.actor import Actor
from app.auth.models import ApiKey
from app.auth.scopes import Scope
from app.db import Db
from app.domain.programmes.resource import PROGRAMMES
from app.errors import Forbidden
from app.ids import prefix_of
from app.outgoing import identities
from app.reading import rows
from app.sealing import columns
from app.webhooks import formats, predicates, transforms
from app.webhooks.catalogue import EVENTS, wants
from app.webhooks.custom_headers import CustomHeader
from app.webhooks.models import Payload, WebhookEndpoint
from app.webhooks.schemas import ClientCertificate, WebhookEndpointCreate, WebhookEndpointUpdate
from app.webhooks.transforms import Transformation

Configuration = WebhookEndpointCreate | WebhookEndpointUpdate
# What does not go into the row as it was sent.
SEALED = {"headers", "client_certificate"}


class NoKey(Forbidden):
    """Full payloads are read in the name of an API key; someone who signed in elsewhere has none."""

    code = "api_key_needed"


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
