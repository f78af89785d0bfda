"""HR systems that tell us of changes, and the notices that came of them."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from app.isolation import isolate, release

revision = "c9f2a6d4e801"
down_revision = "d41c7a90be52"
branch_labels = None
depends_on = None

SOURCE, NOTICE = "hr_source", "hr_notice"
BEFORE = ("import", "reconciliation", "leavers")
STYLES = ("bamboohr", "hibob", "standard_webhooks")


def upgrade() -> None:
    op.execute("set local lock_timeout = '2s'")
    op.create_table(
        SOURCE,
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("organisation_id", "id", "name", "base_url")),
        *(sa.Column(name, sa.DateTime(timezone=True), nullable=False) for name in ("created_at", "updated_at")),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("style", sa.String(40), nullable=False),
        sa.Column("mapping", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("is_enabled", sa.Boolean(), nullable=False),
        sa.Column("sealed_secret", sa.LargeBinary(), nullable=False),
        sa.Column("sealed_token", sa.LargeBinary(), nullable=True),
        sa.CheckConstraint(sa.column("style").in_(STYLES), name=op.f(f"ck_{SOURCE}_noticestyle")),
        _of_organisation(SOURCE),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f(f"pk_{SOURCE}")),
    )
    op.create_table(
        NOTICE,
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("organisation_id", "hr_source_id", "mark")),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        _of_organisation(NOTICE),
        sa.ForeignKeyConstraint(
            ["organisation_id", "hr_source_id"],
            [f"{SOURCE}.organisation_id", f"{SOURCE}.id"],
            name=op.f(f"fk_{NOTICE}_{SOURCE}_organisation_id_hr_source_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("organisation_id", "hr_source_id", "mark", name=op.f(f"pk_{NOTICE}")),
    )
    op.create_index(f"ix_{NOTICE}_received", NOTICE, ["organisation_id", "hr_source_id", "received_at"])
    isolate(SOURCE)
    isolate(NOTICE)
    _allow((*BEFORE, "fetch"))


def downgrade() -> None:
    op.execute("set local lock_timeout = '2s'")
    op.execute("alter table sync_run no force row level security")
    op.execute("delete from sync_run where kind = 'fetch'")
    op.execute("alter table sync_run force row level security")
    _allow(BEFORE)
    for table in (NOTICE, SOURCE):
        release(table)
        op.drop_table(table)


def _of_organisation(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["organisation_id"], ["organisation.id"], name=op.f(f"fk_{table}_organisation_organisation_id")
    )


def _allow(kinds: tuple[str, ...]) -> None:
    """What a run of synchronisation may be."""
    name = op.f("ck_sync_run_synckind")
    op.drop_constraint(name, "sync_run")
    op.create_check_constraint(name, "sync_run", sa.column("kind").in_(kinds))
