"""What an endpoint gets and how it looks: filters, formats, payloads, transformations, headers of its own."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from app.isolation import let_worker, stop_worker

revision = "4f7c1a9be260"
down_revision = "9b41d6e83f20"
branch_labels = None
depends_on = None

LISTS = ("programme_ids", "changed_fields", "transform", "header_names")
CHOICES = {"format": ("native", "cloudevents_structured", "cloudevents_binary"), "payload": ("thin", "full")}
OPTIONAL = {
    "filter": postgresql.JSONB(astext_type=sa.Text()),
    "sealed_headers": sa.LargeBinary(),
    "registered_by": sa.Text(),
}
# By these an event of a pair is known to belong to a programme; of the rest of them the worker sees nothing.
LINKS = {"pairing": "programme_id", "goal": "pairing_id"}


def upgrade() -> None:
    op.execute("set local lock_timeout = '2s'")
    table = "webhook_endpoint"
    for name in LISTS:
        column = sa.Column(name, postgresql.JSONB(astext_type=sa.Text()), server_default="[]", nullable=False)
        op.add_column(table, column)
        op.alter_column(table, name, server_default=None)
    for name, values in CHOICES.items():
        kind = sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=40)
        op.add_column(table, sa.Column(name, kind, server_default=values[0], nullable=False))
        op.alter_column(table, name, server_default=None)
    for name, column_type in OPTIONAL.items():
        op.add_column(table, sa.Column(name, column_type, nullable=True))
    for table, link in LINKS.items():
        let_worker(table, f"select (organisation_id, id, {link})")


def downgrade() -> None:
    op.execute("set local lock_timeout = '2s'")
    for table in LINKS:
        stop_worker(table)
    for name in (*OPTIONAL, *CHOICES, *LISTS):
        op.drop_column("webhook_endpoint", name)
