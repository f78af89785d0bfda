"""What a what-if tells before its plan is found."""

import sqlalchemy as sa
from alembic import op

revision = "a7d41e90c263"
down_revision = "5b7e02d4c9a1"
branch_labels = None
depends_on = None

NAMES = ("estimate", "estimate_bound")


def upgrade() -> None:
    op.execute("set local lock_timeout = '2s'")
    for name in NAMES:
        op.add_column("match_run", sa.Column(name, sa.BigInteger(), nullable=True))


def downgrade() -> None:
    op.execute("set local lock_timeout = '2s'")
    for name in NAMES:
        op.drop_column("match_run", name)
