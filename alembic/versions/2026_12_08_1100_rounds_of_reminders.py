"""How far an organisation's people have been reminded of what waits for them."""

import sqlalchemy as sa
from alembic import op

from app.isolation import isolate, release

revision = "e5c19f7ab042"
down_revision = "d2a85c03e7b1"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("set local lock_timeout = '2s'")
    op.create_table(
        "reminder_round",
        sa.Column("organisation_id", sa.Text(), nullable=False),
        sa.Column("told_since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("told_until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("after_person_id", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_reminder_round_organisation_organisation_id")
        ),
        sa.PrimaryKeyConstraint("organisation_id", name=op.f("pk_reminder_round")),
    )
    isolate("reminder_round", may="select, insert, update")


def downgrade() -> None:
    op.execute("set local lock_timeout = '2s'")
    release("reminder_round")
    op.drop_table("reminder_round")
