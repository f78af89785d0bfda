"""The audit trail: entries, whom they are about, and the signed heads of their chains."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from app.isolation import isolate, let_worker, release, stop_worker

revision = "8a41d6f0c3b7"
down_revision = "8d2b6e40c1fa"
branch_labels = None
depends_on = None

TABLES = ("audit_entry", "audit_subject", "audit_head")
ROLES = "'organisation_admin', 'coordinator', 'participant', 'auditor', 'service_account', 'platform_admin'"


def upgrade() -> None:
    op.execute("set local lock_timeout = '2s'")
    op.create_table(
        "audit_entry",
        sa.Column("organisation_id", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("principal", sa.Text(), nullable=False),
        sa.Column("actor_id", sa.Text(), nullable=True),
        sa.Column("role", sa.String(40), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("resource", sa.Text(), nullable=False),
        sa.Column("object_id", sa.Text(), nullable=True),
        sa.Column("objects", sa.Integer(), nullable=False),
        sa.Column("members", postgresql.JSONB(), nullable=False),
        sa.Column("outcome", sa.String(40), nullable=False),
        sa.Column("code", sa.Text(), nullable=True),
        sa.Column("request_id", sa.Text(), nullable=True),
        sa.Column("mac", sa.LargeBinary(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=True),
        sa.Column("prev_hash", sa.LargeBinary(), nullable=True),
        sa.Column("hash", sa.LargeBinary(), nullable=True),
        sa.CheckConstraint(f"role in ({ROLES})", name=op.f("ck_audit_entry_role")),
        sa.CheckConstraint("outcome in ('done', 'refused')", name=op.f("ck_audit_entry_auditoutcome")),
        sa.CheckConstraint(
            "(sequence is null) = (hash is null) and (sequence is null) = (prev_hash is null)",
            name=op.f("ck_audit_entry_chained"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_audit_entry_organisation_organisation_id")
        ),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_audit_entry")),
    )
    op.create_index(
        "uq_audit_entry_sequence",
        "audit_entry",
        ["organisation_id", "sequence"],
        unique=True,
        postgresql_where=sa.text("sequence is not null"),
    )
    op.create_index(
        "ix_audit_entry_waiting", "audit_entry", ["organisation_id", "id"], postgresql_where=sa.text("sequence is null")
    )
    op.create_index("ix_audit_entry_actor", "audit_entry", ["organisation_id", "actor_id", "id"])
    op.create_table(
        "audit_subject",
        sa.Column("organisation_id", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Text(), nullable=False),
        sa.Column("entry_id", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_audit_subject_organisation_organisation_id")
        ),
        sa.PrimaryKeyConstraint("organisation_id", "person_id", "entry_id", name=op.f("pk_audit_subject")),
    )
    op.create_index("ix_audit_subject_entry", "audit_subject", ["organisation_id", "entry_id", "person_id"])
    op.create_table(
        "audit_head",
        sa.Column("organisation_id", sa.Text(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.Column("signature", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_audit_head_organisation_organisation_id")
        ),
        sa.PrimaryKeyConstraint("organisation_id", "day", name=op.f("pk_audit_head")),
    )
    # What is written down stays: nobody who serves requests changes or removes an entry, a worker only gives it its place.
    isolate("audit_entry", may="select, insert")
    isolate("audit_subject", may="select, insert")
    isolate("audit_head", may="select")
    let_worker("audit_entry", "select, update (sequence, prev_hash, hash)")
    let_worker("audit_subject", "select")
    let_worker("audit_head", "select, insert, update (sequence, hash, signature)")


def downgrade() -> None:
    op.execute("set local lock_timeout = '2s'")
    for table in reversed(TABLES):
        stop_worker(table)
        release(table)
        op.drop_table(table)
