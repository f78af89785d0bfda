"""Imports every table, so that the metadata is complete for migrations."""

from app.acting.models import IdempotencyRecord
from app.auth.models import ApiKey, Credential
from app.declared import RESOURCES
from app.events.models import EventCounter, OutboxEvent
from app.quotas.models import QuotaLevel
from app.table import metadata
from app.webhooks.models import WebhookSecret

__all__ = [
    "ApiKey",
    "Credential",
    "EventCounter",
    "IdempotencyRecord",
    "OutboxEvent",
    "QuotaLevel",
    "WebhookSecret",
    "metadata",
]
TABLES = {resource.name: resource.table for resource in RESOURCES}
