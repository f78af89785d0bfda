"""Topics with prompts."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "3f84a1c7d902"
down_revision = "a41d07c95e02"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("set local lock_timeout = '2s'")
    op.add_column(
        "topic",
        sa.Column("prompts", postgresql.JSONB(astext_type=sa.Text()), nullable=False, server_default=sa.text("'[]'")),
    )


def downgrade() -> None:
    op.execute("set local lock_timeout = '2s'")
    op.drop_column("topic", "prompts")
