"""What matching works with: levels, weights, manner and hours on enrolments."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "5a7c2e9b1d40"
down_revision = "e2d80a6c4b17"
branch_labels = None
depends_on = None

TABLE = "enrolment"
EMPTY = {"offer_levels": "{}", "seek_weights": "{}", "style": "{}", "availability": "[]"}


def upgrade() -> None:
    op.execute("set local lock_timeout = '2s'")
    for name, empty in EMPTY.items():
        op.add_column(TABLE, sa.Column(name, JSONB(), nullable=False, server_default=empty))
        op.alter_column(TABLE, name, server_default=None)


def downgrade() -> None:
    op.execute("set local lock_timeout = '2s'")
    for name in EMPTY:
        op.drop_column(TABLE, name)
