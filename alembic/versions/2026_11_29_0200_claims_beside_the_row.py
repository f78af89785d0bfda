"""A delivery on its way is claimed in a column that no index holds, on pages with room for the row as it will be."""

import sqlalchemy as sa
from alembic import op

revision = "4f9d27a6e8b1"
down_revision = "b83e5f10d927"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("set local lock_timeout = '2s'")
    op.add_column("delivery", sa.Column("claimed_until", sa.DateTime(timezone=True)))
    # Pages filled to the brim would send every claimed row to another page, and write all its indexes.
    op.execute("alter table delivery set (fillfactor = 60)")


def downgrade() -> None:
    op.execute("set local lock_timeout = '2s'")
    op.execute("alter table delivery reset (fillfactor)")
    # What is on its way stays with whoever has it: they would else be sent twice at once.
    op.execute("alter table delivery no force row level security")
    op.execute("update delivery set due_at = claimed_until where status = 'pending' and claimed_until > due_at")
    op.execute("alter table delivery force row level security")
    op.drop_column("delivery", "claimed_until")
