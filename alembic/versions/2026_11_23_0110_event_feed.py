"""Events can be read by their numbers and subjects, be for one endpoint alone, and be forgotten."""

import sqlalchemy as sa
from alembic import op

from app.isolation import WORKER

revision = "5c2f7a90e1d3"
down_revision = "0c9e57b2d4a8"
branch_labels = None
depends_on = None

BEFORE = ("notes", "feedback", "sessions", "deliveries", "kept_answers")


def upgrade() -> None:
    op.execute("set local lock_timeout = '2s'")
    op.add_column("outbox_event", sa.Column("endpoint_id", sa.Text(), nullable=True))
    op.create_index("ix_outbox_event_feed", "outbox_event", ["organisation_id", "sequence", "id"])
    op.create_index("ix_outbox_event_subject", "outbox_event", ["organisation_id", "subject", "sequence", "id"])
    op.drop_index("ix_outbox_event_sequence", table_name="outbox_event")
    op.execute(f"grant delete on outbox_event to {WORKER}")
    _let(*BEFORE, "events")


def downgrade() -> None:
    op.execute("set local lock_timeout = '2s'")
    _let(*BEFORE)
    op.execute(f"revoke delete on outbox_event from {WORKER}")
    op.create_index("ix_outbox_event_sequence", "outbox_event", ["organisation_id", "sequence"])
    op.drop_index("ix_outbox_event_subject", table_name="outbox_event")
    op.drop_index("ix_outbox_event_feed", table_name="outbox_event")
    op.drop_column("outbox_event", "endpoint_id")


def _let(*classes: str) -> None:
    name, words = op.f("ck_retention_policy_dataclass"), ", ".join(f"'{name}'" for name in classes)
    op.drop_constraint(name, "retention_policy", type_="check")
    op.create_check_constraint(name, "retention_policy", f"data_class in ({words})")
