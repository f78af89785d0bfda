"""Operations keep the place where they go on."""

import sqlalchemy as sa
from alembic import op

revision = "d84b6f02c953"
down_revision = "3c9d5e17ab42"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("set local lock_timeout = '2s'")
    op.add_column("operation", sa.Column("cursor", sa.Text(), nullable=True))


def downgrade() -> None:
    op.execute("set local lock_timeout = '2s'")
    op.drop_column("operation", "cursor")
