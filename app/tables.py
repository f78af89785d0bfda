"""Imports every table, so that the metadata is complete for migrations."""

from app.acting.models import IdempotencyRecord
from app.audit.models import AuditEntry, AuditHead, AuditSubject
from app.auth.models import ApiKey, Credential, IssuerBinding, SigningKey
from app.declared import RESOURCES
from app.domain.connectors.models import HrNotice
from app.domain.matching.models import MatchRunMatter
from app.domain.operations.models import OperationInput
from app.domain.people.models import AwaitedManager
from app.domain.privacy.operators import Operator
from app.domain.reminders.models import ReminderRound
from app.events.models import BrokerCursor, EventCounter, OutboxEvent
from app.quotas.models import QuotaLevel
from app.sealing.models import DataKey
from app.table import metadata

__all__ = [
    "ApiKey",
    "AuditEntry",
    "AuditHead",
    "AuditSubject",
    "AwaitedManager",
    "BrokerCursor",
    "Credential",
    "DataKey",
    "EventCounter",
    "HrNotice",
    "IdempotencyRecord",
    "IssuerBinding",
    "MatchRunMatter",
    "OperationInput",
    "Operator",
    "OutboxEvent",
    "QuotaLevel",
    "ReminderRound",
    "SigningKey",
    "metadata",
]
TABLES = {resource.name: resource.table for resource in RESOURCES}
