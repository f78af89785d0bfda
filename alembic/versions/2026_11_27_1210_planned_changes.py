"""Changes of people that are announced for a later day."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from app.isolation import isolate, release

revision = "d52e8fab3c71"
down_revision = "c41d7e9a2b60"
branch_labels = None
depends_on = None

TABLE = "planned_change"
LISTS = ("changed", "errors", "scopes")
INSTANTS = ("created_at", "updated_at", "due_at")
TEXTS = ("organisation_id", "id", "external_id", "requested_by", "principal")
STATUSES = ("planned", "applied", "refused", "cancelled")
ROLES = (
    "organisation_admin",
    "coordinator",
    "participant",
    "auditor",
    "service_account",
    "platform_admin",
    "webhook_portal",
)


def upgrade() -> None:
    op.execute("set local lock_timeout = '2s'")
    op.add_column("operation", sa.Column("planned", sa.Integer(), nullable=False, server_default=sa.text("0")))
    op.create_table(
        TABLE,
        *(sa.Column(name, sa.Text(), nullable=False) for name in TEXTS),
        *(sa.Column(name, sa.DateTime(timezone=True), nullable=False) for name in INSTANTS),
        *(sa.Column(name, postgresql.JSONB(astext_type=sa.Text()), nullable=False) for name in LISTS),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Text(), nullable=True),
        sa.Column("effective_at", sa.Date(), nullable=False),
        sa.Column("status", sa.String(40), nullable=False),
        sa.Column("said", sa.LargeBinary(), nullable=True),
        sa.Column("role", sa.String(40), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(sa.column("status").in_(STATUSES), name=op.f(f"ck_{TABLE}_plannedchangestatus")),
        sa.CheckConstraint(sa.column("role").in_(ROLES), name=op.f(f"ck_{TABLE}_role")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f(f"fk_{TABLE}_organisation_organisation_id")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "person_id"],
            ["person.organisation_id", "person.id"],
            name=op.f(f"fk_{TABLE}_person_organisation_id_person_id"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f(f"pk_{TABLE}")),
    )
    op.create_index(f"ix_{TABLE}_external_id", TABLE, ["organisation_id", "external_id", "id"])
    op.create_index(f"ix_{TABLE}_person", TABLE, ["organisation_id", "person_id", "id"])
    op.create_index(
        f"ix_{TABLE}_due",
        TABLE,
        ["organisation_id", "due_at", "id"],
        postgresql_where=sa.text("status = 'planned'"),
    )
    isolate(TABLE)


def downgrade() -> None:
    op.execute("set local lock_timeout = '2s'")
    release(TABLE)
    op.drop_table(TABLE)
    op.drop_column("operation", "planned")
