"""The certificate with which an endpoint's deliveries say who sends them."""

import sqlalchemy as sa
from alembic import op

revision = "9c41f7be2a06"
down_revision = "9c3e51b7d204"
branch_labels = None
depends_on = None

COLUMNS = {
    "client_certificate_subject": sa.Text(),
    "client_certificate_fingerprint": sa.Text(),
    "client_certificate_expires_at": sa.DateTime(timezone=True),
    "sealed_identity": sa.LargeBinary(),
}


def upgrade() -> None:
    op.execute("set local lock_timeout = '2s'")
    for name, kind in COLUMNS.items():
        op.add_column("webhook_endpoint", sa.Column(name, kind, nullable=True))


def downgrade() -> None:
    op.execute("set local lock_timeout = '2s'")
    for name in reversed(COLUMNS):
        op.drop_column("webhook_endpoint", name)
