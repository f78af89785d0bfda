"""Sessions that repeat."""

import sqlalchemy as sa
from alembic import op

from app.isolation import isolate, release

revision = "d94b2c71e3f8"
down_revision = "c83d1f60a2e7"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
REFERENCES = {"programme": "programme_id", "pairing": "pairing_id"}


def _enum(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, native_enum=False, create_constraint=True, length=40, name=name)


def _reference(table: str, other: str, column: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["organisation_id", column],
        [f"{other}.organisation_id", f"{other}.id"],
        name=op.f(f"fk_{table}_{other}_organisation_id_{column}"),
        ondelete="RESTRICT",
    )


def upgrade() -> None:
    op.execute("set local lock_timeout = '2s'")
    op.create_table(
        "recurring_session",
        *(
            sa.Column(name, sa.Text(), nullable=False)
            for name in ("organisation_id", "id", "programme_id", "pairing_id", "local_time", "zone")
        ),
        *(sa.Column(name, INSTANT, nullable=False) for name in ("created_at", "updated_at")),
        *(sa.Column(name, sa.Date(), nullable=False) for name in ("starts_on", "ends_on")),
        *(
            sa.Column(name, sa.Integer(), nullable=False)
            for name in ("version", "duration_minutes", "every_weeks", "count")
        ),
        sa.Column("status", _enum("seriesstatus", "active", "cancelled"), nullable=False),
        sa.Column("mode", _enum("mode", "remote", "hybrid", "in_person"), nullable=False),
        sa.Column("topic", sa.Text(), nullable=True),
        sa.CheckConstraint("ends_on >= starts_on", name=op.f("ck_recurring_session_days")),
        sa.CheckConstraint("every_weeks between 1 and 12", name=op.f("ck_recurring_session_every_weeks")),
        sa.CheckConstraint('"count" between 2 and 52', name=op.f("ck_recurring_session_count")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_recurring_session_organisation_organisation_id")
        ),
        *(_reference("recurring_session", other, column) for other, column in REFERENCES.items()),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_recurring_session")),
    )
    for other, column in REFERENCES.items():
        op.create_index(f"ix_recurring_session_{other}", "recurring_session", ["organisation_id", column, "id"])
    isolate("recurring_session")
    op.add_column("session", sa.Column("series_id", sa.Text(), nullable=True))
    op.create_foreign_key(
        op.f("fk_session_recurring_session_organisation_id_series_id"),
        "session",
        "recurring_session",
        ["organisation_id", "series_id"],
        ["organisation_id", "id"],
        ondelete="RESTRICT",
    )
    op.create_index(
        "ix_session_series",
        "session",
        ["organisation_id", "series_id", "id"],
        postgresql_where=sa.text("series_id is not null"),
    )


def downgrade() -> None:
    op.execute("set local lock_timeout = '2s'")
    op.drop_index("ix_session_series", "session")
    op.drop_constraint(op.f("fk_session_recurring_session_organisation_id_series_id"), "session")
    op.drop_column("session", "series_id")
    release("recurring_session")
    op.drop_table("recurring_session")
