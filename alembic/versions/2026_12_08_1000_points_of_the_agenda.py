"""Who prepares a point of the agenda, and which topic it is about."""

import sqlalchemy as sa
from alembic import op

revision = "d2a85c03e7b1"
down_revision = "b82f61d4eaa5"
branch_labels = None
depends_on = None

REFERENCES = {"owner_id": ("person", None), "topic_id": ("topic", "SET NULL (topic_id)")}


def upgrade() -> None:
    op.execute("set local lock_timeout = '2s'")
    for column, (table, on_delete) in REFERENCES.items():
        op.add_column("agenda_item", sa.Column(column, sa.Text(), nullable=True))
        op.create_foreign_key(
            op.f(f"fk_agenda_item_{table}_organisation_id_{column}"),
            "agenda_item",
            table,
            ["organisation_id", column],
            ["organisation_id", "id"],
            ondelete=on_delete or "RESTRICT",
        )
    op.create_index(
        "ix_agenda_item_topic",
        "agenda_item",
        ["organisation_id", "topic_id"],
        postgresql_where=sa.text("topic_id is not null"),
    )


def downgrade() -> None:
    op.execute("set local lock_timeout = '2s'")
    op.drop_index("ix_agenda_item_topic", "agenda_item")
    for column, (table, _) in REFERENCES.items():
        op.drop_constraint(op.f(f"fk_agenda_item_{table}_organisation_id_{column}"), "agenda_item")
        op.drop_column("agenda_item", column)
