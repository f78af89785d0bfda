"""Endpoints lie in the order in which workers take them: a claim reads a few of them instead of all."""

import sqlalchemy as sa
from alembic import op

revision = "9c3e51b7d204"
down_revision = "c4d18e5f7a32"
branch_labels = None
depends_on = None

NAME, TABLE, ENABLED = "ix_webhook_endpoint_lane", "webhook_endpoint", sa.text("status = 'enabled'")


def upgrade() -> None:
    op.execute("set local lock_timeout = '2s'")
    op.drop_index(NAME, TABLE)
    op.create_index(NAME, TABLE, [sa.text("lease_until nulls first"), "id"], postgresql_where=ENABLED)


def downgrade() -> None:
    op.execute("set local lock_timeout = '2s'")
    op.drop_index(NAME, TABLE)
    op.create_index(NAME, TABLE, ["lease_until"], postgresql_where=ENABLED)
