"""How far a broker has been told of each organisation's events."""

import sqlalchemy as sa
from alembic import op

from app.isolation import isolate, let_worker, release, stop_worker

revision = "8e4b1f6a27d0"
down_revision = "d84b6f02c953"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("set local lock_timeout = '2s'")
    op.create_table(
        "broker_cursor",
        sa.Column("organisation_id", sa.Text(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lease_by", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_broker_cursor_organisation_organisation_id")
        ),
        sa.PrimaryKeyConstraint("organisation_id", name=op.f("pk_broker_cursor")),
    )
    isolate("broker_cursor", may="select")
    let_worker("broker_cursor", "select, insert, update")


def downgrade() -> None:
    op.execute("set local lock_timeout = '2s'")
    stop_worker("broker_cursor")
    release("broker_cursor")
    op.drop_table("broker_cursor")
