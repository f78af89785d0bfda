"""Consents, copies and erasures of people's data, legal holds, retention policies; who was erased."""

import sqlalchemy as sa
from alembic import op

from app.isolation import isolate, release

revision = "f4d81c6a3e57"
down_revision = "e8b3f5d02c41"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
TABLES = ("consent", "export", "erasure", "legal_hold", "retention_policy")


def upgrade() -> None:
    op.execute("set local lock_timeout = '2s'")
    op.add_column("person", sa.Column("erased_at", INSTANT, nullable=True))
    # Too old to be kept, feedback loses its author; the number stays for the averages.
    op.alter_column("feedback", "author_id", nullable=True)
    op.create_check_constraint("ck_feedback_nobodys_text", "feedback", "author_id is not null or text is null")
    _consent()
    _export()
    _erasure()
    _legal_hold()
    _retention_policy()
    for table in TABLES:
        isolate(table, may="select, insert, update")


def downgrade() -> None:
    op.execute("set local lock_timeout = '2s'")
    for table in reversed(TABLES):
        release(table)
        op.drop_table(table)
    op.drop_constraint("ck_feedback_nobodys_text", "feedback")
    op.execute("delete from feedback where author_id is null")
    op.alter_column("feedback", "author_id", nullable=False)
    op.drop_column("person", "erased_at")
