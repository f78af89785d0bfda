"""Endpoints have an ordering, limits and a health of their own; deliveries know what they wait in line with."""

import sqlalchemy as sa
from alembic import op

revision = "5b1e8c7d30fa"
down_revision = "4f7c1a9be260"
branch_labels = None
depends_on = None

# What is there already goes on as it did; where there is no default, nothing is known yet.
COLUMNS: dict[str, tuple[sa.types.TypeEngine, str | None]] = {
    "ordering": (sa.String(40), "none"),
    "rate_limit": (sa.Integer(), "50"),
    "max_in_flight": (sa.Integer(), "10"),
    "timeout_seconds": (sa.Integer(), "20"),
    "consecutive_failures": (sa.Integer(), "0"),
    "failing_since": (sa.DateTime(timezone=True), None),
    "last_success_at": (sa.DateTime(timezone=True), None),
    "next_attempt_at": (sa.DateTime(timezone=True), None),
    "probes": (sa.Integer(), "0"),
    "warnings": (sa.Integer(), "0"),
    "effective_rate": (sa.Float(), None),
    "paid_until": (sa.DateTime(timezone=True), None),
}
CHECKS = {
    "ordering": "ordering in ('none', 'key', 'strict')",
    "rate_limit_range": "rate_limit between 1 and 1000",
    "max_in_flight_range": "max_in_flight between 1 and 50",
    "timeout_range": "timeout_seconds between 5 and 30",
}
PENDING = sa.text("status = 'pending' and ordering_key is not null")


def upgrade() -> None:
    op.execute("set local lock_timeout = '2s'")
    for name, (kind, default) in COLUMNS.items():
        op.add_column("webhook_endpoint", sa.Column(name, kind, server_default=default, nullable=default is None))
    for name, condition in CHECKS.items():
        op.create_check_constraint(op.f(f"ck_webhook_endpoint_{name}"), "webhook_endpoint", condition)
    op.add_column("delivery", sa.Column("ordering_key", sa.Text(), nullable=True))
    order = ["organisation_id", "endpoint_id", "ordering_key", "sequence"]
    op.create_index("ix_delivery_order", "delivery", order, unique=False, postgresql_where=PENDING)


def downgrade() -> None:
    op.execute("set local lock_timeout = '2s'")
    op.drop_index("ix_delivery_order", table_name="delivery", postgresql_where=PENDING)
    op.drop_column("delivery", "ordering_key")
    for name in CHECKS:
        op.drop_constraint(op.f(f"ck_webhook_endpoint_{name}"), "webhook_endpoint", type_="check")
    for name in COLUMNS:
        op.drop_column("webhook_endpoint", name)
