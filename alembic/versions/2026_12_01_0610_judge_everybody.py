"""Every active pair is to be judged once: from then on it knows when to be looked at again."""

from alembic import op

revision = "7d15e0c3b826"
down_revision = "2f6c81d9a4b7"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("set local lock_timeout = '2s'")
    # The owner of the tables, who may be no superuser, sees the rows of every organisation.
    op.execute("alter table pairing no force row level security")
    op.execute("update pairing set health_due_at = activated_at where status = 'active'")
    op.execute("alter table pairing force row level security")


def downgrade() -> None:
    """What is due can be known again; nothing else has changed."""
