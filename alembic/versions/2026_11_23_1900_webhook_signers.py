"""What signs webhooks: secrets that can be read of, keys of an organisation; and addresses that are asked first."""

import sqlalchemy as sa
from alembic import op

from app.isolation import WORKER, isolate, let_worker, release, stop_worker

revision = "5a7e0d93c1b6"
down_revision = "5b1e8c7d30fa"
branch_labels = None
depends_on = None

ENUMS = {"handshake": ("none", "cloudevents"), "verification": ("none", "pending", "verified", "failed")}


def upgrade() -> None:
    op.execute("set local lock_timeout = '2s'")
    op.add_column("webhook_secret", sa.Column("last_signed_at", sa.DateTime(timezone=True), nullable=True))
    op.execute(f"grant update (last_signed_at) on webhook_secret to {WORKER}")
    _endpoint()
    op.create_table(
        "webhook_signing_key",
        sa.Column("organisation_id", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("public_key", sa.Text(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_webhook_signing_key_organisation_organisation_id")
        ),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_webhook_signing_key")),
    )
    isolate("webhook_signing_key")
    let_worker("webhook_signing_key", "select")


def _endpoint() -> None:
    op.add_column(
        "webhook_endpoint",
        sa.Column("asymmetric_signature", sa.Boolean(), server_default=sa.false(), nullable=False),
    )
    for name, values in ENUMS.items():
        kind = sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=40)
        op.add_column("webhook_endpoint", sa.Column(name, kind, server_default="none", nullable=False))
    for name in ("asymmetric_signature", *ENUMS):
        op.alter_column("webhook_endpoint", name, server_default=None)
    op.add_column("webhook_endpoint", sa.Column("verification_error", sa.Text(), nullable=True))
    op.add_column("webhook_endpoint", sa.Column("allowed_per_minute", sa.Integer(), nullable=True))
    op.create_index(
        "ix_webhook_endpoint_asked",
        "webhook_endpoint",
        ["lease_until"],
        postgresql_where=sa.text("verification = 'pending'"),
    )


def downgrade() -> None:
    op.execute("set local lock_timeout = '2s'")
    stop_worker("webhook_signing_key")
    release("webhook_signing_key")
    op.drop_table("webhook_signing_key")
    op.drop_index("ix_webhook_endpoint_asked", table_name="webhook_endpoint")
    for name in ("allowed_per_minute", "verification_error", "verification", "handshake", "asymmetric_signature"):
        op.drop_column("webhook_endpoint", name)
    op.execute(f"revoke update (last_signed_at) on webhook_secret from {WORKER}")
    op.drop_column("webhook_secret", "last_signed_at")
