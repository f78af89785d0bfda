"""Levels of the budgets that replicas share: unlogged, since they are worth a minute."""

import sqlalchemy as sa
from alembic import op

from app.isolation import isolate, let_worker, release, stop_worker

revision = "d41f7c02b9e6"
down_revision = "9e41c7b80d35"
branch_labels = None
depends_on = None

TABLE = "quota_level"


def upgrade() -> None:
    op.execute("set local lock_timeout = '2s'")
    op.create_table(
        TABLE,
        sa.Column("organisation_id", sa.Text(), nullable=False),
        sa.Column("budget", sa.Text(), nullable=False),
        sa.Column("holder", sa.Text(), nullable=False),
        sa.Column("full_at", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("organisation_id", "budget", "holder", name=op.f("pk_quota_level")),
        prefixes=["UNLOGGED"],
    )
    # No request waits for it: only what runs in the background writes here.
    isolate(TABLE, may="select")
    let_worker(TABLE, "select, insert, update, delete")


def downgrade() -> None:
    op.execute("set local lock_timeout = '2s'")
    stop_worker(TABLE)
    release(TABLE)
    op.drop_table(TABLE)
