"""Operations: work that is too long for a request, and what it works on."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from app.isolation import isolate, let_worker, release, stop_worker

revision = "8d41c2e6f0b7"
down_revision = "8a41d6f0c3b7"
branch_labels = None
depends_on = None

STATUSES = ("queued", "running", "succeeded", "failed", "cancelled")
ROLES = ("organisation_admin", "coordinator", "participant", "auditor", "service_account", "platform_admin")


def _enum(name: str, values: tuple[str, ...]) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=40)


def _json() -> postgresql.JSONB:
    return postgresql.JSONB(astext_type=sa.Text())


def _instant() -> sa.DateTime:
    return sa.DateTime(timezone=True)


def upgrade() -> None:
    op.execute("set local lock_timeout = '2s'")
    op.create_table(
        "operation",
        sa.Column("organisation_id", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", _instant(), nullable=False),
        sa.Column("updated_at", _instant(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("status", _enum("operationstatus", STATUSES), nullable=False),
        sa.Column("dry_run", sa.Boolean(), nullable=False),
        sa.Column("subject_ids", _json(), nullable=False),
        sa.Column("parameters", _json(), nullable=False),
        sa.Column("requested_by", sa.Text(), nullable=False),
        sa.Column("principal", sa.Text(), nullable=False),
        sa.Column("role", _enum("role", ROLES), nullable=False),
        sa.Column("scopes", _json(), nullable=False),
        sa.Column("person_id", sa.Text(), nullable=True),
        *(sa.Column(name, sa.Integer(), nullable=name == "total") for name in ("done", "total")),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in ("created", "updated", "unchanged", "refused")),
        sa.Column("errors", _json(), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=True) for name in ("result", "failure_code", "failure_detail")),
        *(sa.Column(name, _instant(), nullable=True) for name in ("started_at", "finished_at", "lease_until")),
        sa.Column("lease_by", sa.Text(), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.CheckConstraint("done >= 0 and (total is null or done <= total)", name=op.f("ck_operation_progress")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_operation_organisation_organisation_id")
        ),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_operation")),
    )
    op.create_index("ix_operation_requested_by", "operation", ["organisation_id", "requested_by", "id"])
    op.create_index(
        "ix_operation_due",
        "operation",
        ["created_at"],
        postgresql_where=sa.text("status in ('queued', 'running')"),
    )
    op.create_table(
        "operation_input",
        sa.Column("organisation_id", sa.Text(), nullable=False),
        sa.Column("operation_id", sa.Text(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id", "operation_id"],
            ["operation.organisation_id", "operation.id"],
            name=op.f("fk_operation_input_operation_organisation_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_operation_input_organisation_organisation_id")
        ),
        sa.PrimaryKeyConstraint("organisation_id", "operation_id", name=op.f("pk_operation_input")),
    )
    isolate("operation", may="select, insert, update")
    isolate("operation_input", may="select, insert, delete")
    let_worker("operation", "select, update")


def downgrade() -> None:
    op.execute("set local lock_timeout = '2s'")
    stop_worker("operation")
    for table in ("operation_input", "operation"):
        release(table)
        op.drop_table(table)
